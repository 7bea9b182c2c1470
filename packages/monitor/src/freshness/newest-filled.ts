import type { DataFile } from '@dayshift/core'
import type { Absent, Look } from './evidence.ts'
import { hasRows, seenRows } from './has-rows.ts'

/** Files without a row that are passed over before all are taken to be so. */
const PATIENCE = 32

/** The newest file with a row, or why there is none. */
export type NewestFilled =
  | { readonly file: DataFile; /** Newer ones without a row. */ readonly barren: readonly DataFile[] }
  | { readonly file?: undefined; readonly absent: Absent; readonly subject: string }

/**
 * Finds the newest file that has a row, or of which that cannot be told.
 *
 * @param files one or more
 */
export async function newestFilled(
  files: readonly DataFile[],
  look: Pick<Look, 'open' | 'signal' | 'format'>,
): Promise<NewestFilled> {
  const barren: DataFile[] = []
  for (const file of newestFirst(files)) {
    if (barren.length === PATIENCE) break
    const rows = await hasRows(file, look)
    if (typeof rows === 'object') return { absent: 'unreadable', subject: rows.broken }
    if (rows !== 'no') return { file, barren }
    barren.push(file)
  }
  const [newest] = barren as [DataFile]
  return {
    absent: 'no_rows',
    subject:
      barren.length === 1
        ? `${newest.path} has no rows`
        : `${newest.path} and ${barren.length - 1} more of the newest files have no rows`,
  }
}

/**
 * The files among many that have no row: those whose size or first lines tell it, and of those whose rows must be counted the smallest,
 * up to the first that has one.
 */
export async function barrenAmong(
  files: readonly DataFile[],
  look: Pick<Look, 'open' | 'signal' | 'format'>,
): Promise<readonly DataFile[]> {
  const untold: DataFile[] = []
  for (const file of files) if ((await seenRows(file, look.format)) === undefined) untold.push(file)
  const barren: DataFile[] = []
  for (const file of untold.sort((a, b) => a.bytes - b.bytes).slice(0, PATIENCE)) {
    if ((await hasRows(file, look)) !== 'no') break
    barren.push(file)
  }
  return barren
}

/** One after the other, since most often the first is all that is asked for. */
function* newestFirst(files: readonly DataFile[]): Generator<DataFile> {
  const newest = files.reduce((a, b) => (a.mtimeMs >= b.mtimeMs ? a : b))
  yield newest
  yield* files.filter((file) => file !== newest).sort((a, b) => b.mtimeMs - a.mtimeMs)
}
