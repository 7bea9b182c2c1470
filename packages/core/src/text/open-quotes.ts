import { stat } from 'node:fs/promises'
import { failure } from '../codes.ts'
import type { CsvLayout } from '../dialect.ts'
import type { QueryOptions } from '../engine.ts'
import { byteLayout } from './byte-layout.ts'
import { originalOf } from './copies.ts'
import { fileBytes, isOpaque } from './file-bytes.ts'
import { openQuoteIn } from './records.ts'
import { IrregularText, OpenQuote, walkText } from './walk.ts'

/** Smaller files the engine reads as one piece, and says itself what is wrong. */
const ONE_PIECE = 1_000_000

/**
 * Makes sure that no quote stays open up to the end of a file: of larger files the engine leaves out what is behind it,
 * without a word.
 *
 * @throws DS_SOURCE_MALFORMED naming the line
 */
export async function checkQuotes(file: string, layout: CsvLayout, query: QueryOptions): Promise<void> {
  if (layout.quote === '' || isOpaque(file)) return
  const zipped = /\.gz$/i.test(file)
  if (!zipped && (await stat(file)).size <= ONE_PIECE) return
  const bytes = byteLayout([], layout, Number.POSITIVE_INFINITY)
  try {
    if (bytes) return void (await walkText(file, { ...bytes, header: false }, {}, query))
  } catch (error) {
    if (error instanceof OpenQuote) throw await openQuote(file, error.offset)
    if (!(error instanceof IrregularText)) throw error
  }
  const line = await openQuoteIn(file, layout, query)
  if (line !== undefined) throw unclosed(file, line)
}

/** The error for a quote that stays open, in the record that begins at an offset. */
export async function openQuote(file: string, offset: number): Promise<Error> {
  let [line, position] = [1, 0]
  for await (const chunk of fileBytes(file)) {
    const part = chunk.subarray(0, offset - position)
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) line++
    position += chunk.length
    if (position >= offset) break
  }
  return unclosed(file, line)
}

function unclosed(file: string, line: number): Error {
  const where = `${originalOf(file)}:${line}`
  return failure('DS_SOURCE_MALFORMED', `${where}: Value with unterminated quote found.`, {
    where,
    hint: 'Mend that line: every record needs as many cells as the header, and quotes in pairs. Or leave such lines out: badLines (--bad-lines).',
  })
}
