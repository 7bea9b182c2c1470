import { formatOf, isDayshiftError, type DataFile } from '@dayshift/core'
import type { Look } from './evidence.ts'

/** A text file of more bytes than this has a row beside its header. */
const SMALL = 65_536

/** Whether a file has rows: `unknown` where that would take long to say, or where it is no table that can be opened. */
export type HasRows = 'yes' | 'no' | 'unknown' | { readonly broken: string }

/**
 * Whether there is a row in a file: one with a header only is as empty as one without a byte. Text above 64 KiB is not
 * looked into. Of Parquet the footer says it; a Parquet or Arrow file that cannot be opened is broken.
 */
export async function hasRows({ path, bytes }: DataFile, look: Pick<Look, 'open' | 'signal'>): Promise<HasRows> {
  const format = formatOf(path)
  const isBinary = format === 'parquet' || format === 'arrow'
  if (format === undefined || (format !== 'parquet' && bytes > SMALL)) return 'unknown'
  try {
    const frame = await look.open(path)
    return (await frame.count({ signal: look.signal })) > 0 ? 'yes' : 'no'
  } catch (error) {
    if (!isDayshiftError(error) || error.code === 'DS_ABORTED') throw error
    if (error.code === 'DS_SOURCE_EMPTY') return 'no'
    return isBinary ? { broken: error.message } : 'unknown'
  }
}
