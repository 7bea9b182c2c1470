import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { throwIfAborted } from '../abort.ts'
import type { CsvLayout } from '../dialect.ts'
import type { QueryOptions } from '../engine.ts'
import { eachRecord, IrregularText } from '../sampling/text-records.ts'

/** The engine cuts larger files, and reads the parts at once, guessing where records begin. */
const READ_AT_ONCE = 8_000_000

/** Thrown to end a walk. */
class Found extends Error {}

/**
 * The layout by which files are read: from front to back where a cell of theirs has a line break. The engine guesses where
 * records begin in the middle of a file, and lines within such a cell may look like records.
 */
export async function orderlyLayout(
  files: readonly string[],
  layout: CsvLayout,
  options: QueryOptions,
): Promise<CsvLayout> {
  if (layout.quote === '') return layout
  for (const file of files) if (await hasQuotedBreak(file, layout, options)) return { ...layout, serial: true }
  return layout
}

async function hasQuotedBreak(file: string, layout: CsvLayout, options: QueryOptions): Promise<boolean> {
  // What is decompressed comes from front to back anyway.
  if (/\.(gz|zst)$/i.test(file)) return true
  const { size } = await stat(file)
  if (size <= READ_AT_ONCE || !(await holds(file, layout.quote, options))) return false
  if (Buffer.byteLength(layout.delimiter) > 1 || Buffer.byteLength(layout.quote) > 1) return true
  if (layout.escape !== undefined && layout.escape !== layout.quote) return true
  const { delimiter, quote } = layout
  try {
    await eachRecord(file, { delimiter, quote, header: false }, refuseBreak, options)
    return false
  } catch (error) {
    if (error instanceof Found || error instanceof IrregularText) return true
    throw error
  }
}

function refuseBreak(bytes: Buffer, from: number, to: number): void {
  if (bytes.indexOf(0x0a, from) < to - 1) throw new Found()
}

async function holds(file: string, text: string, { signal }: QueryOptions): Promise<boolean> {
  const input = createReadStream(file, { highWaterMark: 1 << 22 })
  try {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      throwIfAborted(signal)
      if (chunk.includes(text)) return true
    }
    return false
  } finally {
    input.destroy()
  }
}
