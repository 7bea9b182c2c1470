import type { DataFile, Finding } from '@dayshift/core'
import { lookAtFiles } from '../data-files.ts'
import type { Basis, Evidence, Look } from '../evidence.ts'
import { hasRows } from '../has-rows.ts'

/** Which of several files counts. */
export interface MtimeOptions {
  /**
   * `newest`: data is as old as its newest file. `oldest`: as its oldest one. `all`: the same, and each file that is stale
   * is told. Default: newest.
   */
  readonly files?: 'newest' | 'oldest' | 'all' | undefined
}

/** Files without a row that are passed over before all are taken to be so. */
const PATIENCE = 32

/**
 * The time at which files were last changed, by the file system's clock. Checkouts, copies and caches set it anew, so
 * that old data looks fresh after them.
 *
 * @example await freshness({ path: 'shards/*.csv' }, { bases: [mtimeBasis({ files: 'all' })] })
 */
export function mtimeBasis({ files = 'newest' }: MtimeOptions = {}): Basis {
  return { name: 'mtime', read: (look) => (files === 'newest' ? readNewest(look) : readOldest(look, files === 'all')) }
}

async function readNewest(look: Look): Promise<Evidence> {
  const { files, none, findings } = await lookAtFiles(look.paths)
  if (none) return { basis: 'mtime', time: null, ...none, findings }
  const barren: DataFile[] = []
  for (const file of newestFirst(files)) {
    if (barren.length === PATIENCE) break
    const rows = await hasRows(file, look)
    if (typeof rows === 'object') {
      return { basis: 'mtime', time: null, absent: 'unreadable', subject: rows.broken, findings }
    }
    if (rows !== 'no') return { ...of(file), findings: [...findings, ...barrenFiles(barren)] }
    barren.push(file)
  }
  const [newest] = barren as [DataFile]
  const subject =
    barren.length === 1
      ? `${newest.path} has no rows`
      : `${newest.path} and ${barren.length - 1} more of the newest files have no rows`
  return { basis: 'mtime', time: null, absent: 'no_rows', subject, findings }
}

async function readOldest(look: Look, isAll: boolean): Promise<Evidence> {
  const { files, none, findings } = await lookAtFiles(look.paths)
  if (none) return { basis: 'mtime', time: null, ...none, findings }
  const sorted = [...files].sort((a, b) => a.mtimeMs - b.mtimeMs)
  const parts = sorted.map(({ path, mtimeMs }) => ({ subject: path, time: Math.floor(mtimeMs) }))
  return { ...of(sorted[0] as DataFile), ...(isAll ? { parts } : {}), findings }
}

/** One after the other, since most often the first is all that is asked for. */
function* newestFirst(files: readonly DataFile[]): Generator<DataFile> {
  const newest = files.reduce((a, b) => (a.mtimeMs >= b.mtimeMs ? a : b))
  yield newest
  yield* files.filter((file) => file !== newest).sort((a, b) => b.mtimeMs - a.mtimeMs)
}

function of({ path, mtimeMs }: DataFile): Evidence {
  return { basis: 'mtime', time: Math.floor(mtimeMs), subject: path, findings: [] }
}

function barrenFiles(files: readonly DataFile[]): Finding[] {
  const [first] = files
  if (!first) return []
  const more = files.length > 1 ? ` and ${files.length - 1} more` : ''
  return [
    {
      severity: 'info',
      code: 'freshness.files_without_rows',
      message: `${files.length} ${files.length === 1 ? 'file' : 'files'} without a row left out: ${first.path}${more}`,
    },
  ]
}
