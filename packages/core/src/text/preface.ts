import type { Engine, QueryOptions } from '../engine.ts'
import type { CsvOptions } from '../source.ts'
import { firstLines } from './layout.ts'
import { fileBytes, isOpaque } from './file-bytes.ts'
import { scratchCopy } from './scratch-copy.ts'

const LF = 0x0a
const CR = 0x0d

/**
 * Empties the lines before a table where the engine would stumble over them: it takes quotes in them for the table's, and
 * does not count comments as lines.
 *
 * @returns the files, or copies of them with the same lines
 */
export async function withoutPrefaces(
  engine: Engine,
  files: readonly string[],
  { skip = 0, quote = '"', comment = '' }: CsvOptions,
  query: QueryOptions,
): Promise<string[]> {
  if (skip === 0 || !engine.scratch) return [...files]
  const read: string[] = []
  for (const file of files) {
    const lines = isOpaque(file) ? [] : await firstLines(engine, file, skip, undefined, query)
    const harmful = lines.some(
      (line) => (quote !== '' && line.includes(quote)) || (comment !== '' && line.includes(comment)),
    )
    read.push(harmful ? await scratchCopy(engine, file, withEmptyLines(file, skip, query), query) : file)
  }
  return read
}

/** A file's bytes, of the first lines only their ends. */
async function* withEmptyLines(file: string, lines: number, query: QueryOptions): AsyncGenerator<Buffer> {
  let left = lines
  let afterCr = false
  for await (const chunk of fileBytes(file, query)) {
    let at = 0
    const ends: number[] = []
    for (; at < chunk.length && (left > 0 || afterCr); at++) {
      const byte = chunk[at] as number
      if (afterCr && byte !== LF && left === 0) break
      if (byte === LF || byte === CR) {
        if (!(byte === LF && afterCr)) left--
        ends.push(byte)
      }
      afterCr = byte === CR
    }
    yield Buffer.concat([Buffer.from(ends), chunk.subarray(at)])
    if (left === 0 && at < chunk.length) afterCr = false
  }
}
