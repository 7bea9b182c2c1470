import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { formatOf, writeAtomically, type Frame, type QueryOptions } from '@dayshift/core'
import type { FailingRows } from './failing-rows.ts'
import { withKeys } from './object-text.ts'

/** Whether a file is one of JSON objects that is written here: as an array, or one a line. */
export function holdsObjects(path: string): boolean {
  const format = formatOf(path)
  return (format === 'json' || format === 'jsonl') && !/\.zst$/i.test(path)
}

/** Which JSON objects are written, and what of them. */
interface Wanted {
  /** Those that break something, or the others. */
  readonly failed: boolean
  /** The keys that are kept; all where none are named. */
  readonly names: readonly string[] | undefined
}

/** Writes JSON objects that break nothing, or the others, as they were written: with the keys that each has, and every digit. */
export async function writeObjects(
  frame: Frame,
  failing: FailingRows,
  wanted: Wanted,
  path: string,
  query: QueryOptions,
): Promise<void> {
  const pieces = objectsText(frame, failing, wanted, formatOf(path) === 'json', query)
  await writeAtomically(path, async (temporary) => {
    const file = createWriteStream(temporary)
    const text = Readable.from(pieces)
    if (/\.gz$/i.test(path)) await pipeline(text, createGzip(), file)
    else await pipeline(text, file)
  })
}

async function* objectsText(
  frame: Frame,
  failing: FailingRows,
  { failed, names }: Wanted,
  isList: boolean,
  query: QueryOptions,
): AsyncGenerator<string> {
  const kept = names && new Set(names)
  const from = frame.objects?.from.text ?? ''
  let row = 0
  let written = 0
  if (isList) yield '[\n'
  for await (const { rows, columns } of frame.engine.stream(`SELECT CAST(json AS VARCHAR) FROM ${from}`, query)) {
    const texts = columns[0] as ArrayLike<string>
    const parts: string[] = []
    for (let at = 0; at < rows; at++, row++) {
      if (failing.has(row) !== failed) continue
      const text = kept ? withKeys(texts[at] as string, kept) : (texts[at] as string)
      if (isList) parts.push(written > 0 ? ',\n' : '', text)
      // Line ends stand in no text of JSON: between its parts they are as good as spaces.
      else parts.push(text.replaceAll(/[\r\n]+/g, ' '), '\n')
      written++
    }
    if (parts.length > 0) yield parts.join('')
  }
  if (isList) yield '\n]\n'
}
