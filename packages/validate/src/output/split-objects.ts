import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import { once } from 'node:events'
import { finished, pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { formatOf, literal, writeAtomically, type Frame, type QueryOptions } from '@dayshift/core'
import type { FailingRows } from './failing-rows.ts'
import { pathTo } from '../judge/object-rows.ts'

/** Whether a file is one of JSON objects that is written here: as an array, or one a line. */
export function holdsObjects(path: string): boolean {
  const format = formatOf(path)
  return (format === 'json' || format === 'jsonl') && !/\.zst$/i.test(path)
}

/**
 * Writes JSON objects that break nothing, or the others, as they were written: with the keys that each has, and every digit.
 *
 * @param wantsFailed whether those are wanted that break something
 * @param names the keys that are kept; all where none are named
 */
export async function writeObjects(
  frame: Frame,
  failed: FailingRows,
  wantsFailed: boolean,
  path: string,
  names: readonly string[] | undefined,
  query: QueryOptions,
): Promise<void> {
  const isList = formatOf(path) === 'json'
  await writeAtomically(path, async (temporary) => {
    const file = createWriteStream(temporary)
    const zip = /\.gz$/i.test(path) ? createGzip() : undefined
    const done = zip ? pipeline(zip, file) : finished(file)
    const out: Writable = zip ?? file
    // A full disk is told where the end is waited for.
    done.catch(() => undefined)
    try {
      let row = 0
      let written = 0
      if (isList) await put(out, '[\n')
      for await (const { rows, columns } of frame.engine.stream(objectsQuery(frame, names), query)) {
        const texts = columns[0] as ArrayLike<string>
        const parts: string[] = []
        for (let at = 0; at < rows; at++, row++) {
          if (failed.has(row) !== wantsFailed) continue
          const text = texts[at] as string
          // Line ends stand in no text of JSON: between its parts they are as good as spaces.
          parts.push(
            isList && written > 0 ? ',\n' : '',
            isList ? text : text.replaceAll(/[\r\n]+/g, ' '),
            isList ? '' : '\n',
          )
          written++
        }
        if (parts.length > 0) await put(out, parts.join(''))
      }
      if (isList) await put(out, '\n]\n')
      out.end()
      await done
    } catch (error) {
      out.destroy()
      file.destroy()
      throw error
    }
  })
}

async function put(out: Writable, text: string): Promise<void> {
  if (out.errored) throw out.errored
  if (!out.write(text)) await Promise.race([once(out, 'drain'), once(out, 'close')])
  if (out.errored) throw out.errored
}

/** SQL of the objects as text. */
function objectsQuery({ objects }: Frame, names: readonly string[] | undefined): string {
  const from = objects?.from.text ?? ''
  if (!names) return `SELECT CAST(json AS VARCHAR) FROM ${from}`
  const parts = names.map((name) => {
    const key = `${JSON.stringify(name)}:`
    return `${literal(key).text} || CAST(json_extract(json, ${pathTo(name)}) AS VARCHAR)`
  })
  return `SELECT '{' || concat_ws(',', ${parts.join(', ')}) || '}' FROM ${from}`
}
