import type { DataFile, Finding } from '@dayshift/core'
import { lookAtFiles } from '../data-files.ts'
import type { Basis, Evidence, Look } from '../evidence.ts'
import { barrenAmong, newestFilled } from '../newest-filled.ts'

/** Which of several files counts. */
export interface MtimeOptions {
  /**
   * `newest`: data is as old as its newest file. `oldest`: as its oldest one. `all`: the same, and each file that is stale
   * is told. Default: newest.
   */
  readonly files?: 'newest' | 'oldest' | 'all' | undefined
}

/**
 * The time at which files were last changed, by the file system's clock. Checkouts, copies and caches set it anew, so
 * that old data looks fresh after them. A file counts only where it has a row, as far as that can be told, and is not broken.
 *
 * @example await freshness({ path: 'shards/*.csv' }, { bases: [mtimeBasis({ files: 'all' })] })
 */
export function mtimeBasis({ files = 'newest' }: MtimeOptions = {}): Basis {
  return { name: 'mtime', read: (look) => (files === 'newest' ? readNewest(look) : readOldest(look, files === 'all')) }
}

async function readNewest(look: Look): Promise<Evidence> {
  const { files, none, findings } = await lookAtFiles(look.paths, look)
  if (none) return { basis: 'mtime', time: null, ...none, findings }
  const found = await newestFilled(files, look)
  if (found.file === undefined) return { basis: 'mtime', time: null, ...found, findings }
  return { ...of(found.file), findings: [...findings, ...barrenFiles(found.barren)] }
}

async function readOldest(look: Look, isAll: boolean): Promise<Evidence> {
  const { files, none, findings } = await lookAtFiles(look.paths, { ...look, isEach: true })
  if (none) return { basis: 'mtime', time: null, ...none, findings }
  const barren = await barrenAmong(files, look)
  const sorted = files.filter((file) => !barren.includes(file)).sort((a, b) => a.mtimeMs - b.mtimeMs)
  if (sorted.length === 0) {
    const subject = `none of ${files.length} files has a row: ${files[0]?.path}`
    return { basis: 'mtime', time: null, absent: 'no_rows', subject, findings }
  }
  const parts = sorted.map(({ path, mtimeMs }) => ({ subject: path, time: Math.floor(mtimeMs) }))
  return { ...of(sorted[0] as DataFile), ...(isAll ? { parts } : {}), findings: [...findings, ...barrenFiles(barren)] }
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
