import { stat } from 'node:fs/promises'
import type { CsvLayout } from '../dialect.ts'
import type { QueryOptions } from '../engine.ts'
import { byteLayout } from './byte-layout.ts'
import { openQuote } from './open-quotes.ts'
import { IrregularText, OpenQuote, walkText } from './walk.ts'

/** The engine cuts larger files, and reads the parts at once, guessing where records begin. */
const READ_AT_ONCE = 8_000_000

/**
 * The layout by which files are read: from front to back where a cell of theirs has a line break. The engine guesses where
 * records begin in the middle of a file, and lines within such a cell may look like records.
 *
 * @throws DS_SOURCE_MALFORMED where a quote stays open
 */
export async function orderlyLayout(
  files: readonly string[],
  layout: CsvLayout,
  options: QueryOptions,
): Promise<CsvLayout> {
  if (layout.quote === '' || layout.serial) return layout
  for (const file of files) if (await hasQuotedBreak(file, layout, options)) return { ...layout, serial: true }
  return layout
}

async function hasQuotedBreak(file: string, layout: CsvLayout, options: QueryOptions): Promise<boolean> {
  // What is decompressed comes from front to back anyway.
  if (/\.(gz|zst)$/i.test(file)) return true
  const { size } = await stat(file)
  if (size <= READ_AT_ONCE) return false
  // Also with one column, and with lines beside the table: nothing but quotes matters.
  const bytes = byteLayout([file], { ...layout, comment: '', skip: 0 }, Number.POSITIVE_INFINITY)
  if (!bytes) return true
  try {
    const { breaks } = await walkText(file, { ...bytes, header: false }, { untilBreak: true }, options)
    return breaks
  } catch (error) {
    if (error instanceof OpenQuote) throw await openQuote(file, error.offset)
    if (error instanceof IrregularText) return true
    throw error
  }
}
