import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { throwIfAborted } from '../abort.ts'
import { failure } from '../codes.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { messageOf } from '../errors.ts'
import type { FileFormat } from '../format.ts'
import { newTable } from './table-name.ts'

/** Bytes of a file, or text, that come one after another: a pipe, a download. */
export type GivenBytes = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>

/** What a file's first bytes say, before what its name says. */
const MAGIC: readonly (readonly [RegExp, string])[] = [
  [/^PAR1/, 'parquet'],
  [/^ARROW1/, 'arrow'],
  [/^\x1f\x8b/, 'csv.gz'],
  [/^\x28\xb5\x2f\xfd/, 'csv.zst'],
  [/^(\xef\xbb\xbf)?\s*[[{]/, 'json'],
]

/**
 * Keeps what comes out of a stream in a file, since data is read more than once: for types, for the sample, for the ETL.
 * The file lives as long as the engine.
 *
 * @param format default: told by the first bytes, else `csv`
 * @returns the file's path
 * @throws DS_SOURCE_UNREADABLE where the stream fails
 */
export async function spool(
  engine: Engine,
  bytes: GivenBytes,
  format: FileFormat | undefined,
  { signal, onProgress }: QueryOptions = {},
): Promise<string> {
  throwIfAborted(signal)
  if (!engine.scratch) throw failure('DS_ENGINE', `${engine.dialect.name} has no folder to keep a stream in`)
  const reader = Readable.from(bytes, { objectMode: true })
  try {
    const chunks = reader[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | string>
    const head: Buffer[] = []
    let length = 0
    let ended = false
    while (length < 64 && !ended) {
      const { value, done } = await chunks.next()
      ended = done === true
      if (!ended) length += head.push(Buffer.from(value as string)) && (head.at(-1)?.length ?? 0)
    }
    const first = Buffer.concat(head)
    const text = first.toString('latin1')
    const found = MAGIC.find(([magic]) => magic.test(text))?.[1] ?? 'csv'
    const suffix = format !== undefined && !/\.(gz|zst)$/.test(found) ? format : found.replace('csv', format ?? 'csv')
    const path = join(await engine.scratch(), `${newTable('stream')}.${suffix}`)
    const rest = async function* (): AsyncGenerator<Buffer> {
      if (first.length > 0) yield first
      for (let next = ended ? undefined : await chunks.next(); next && !next.done; next = await chunks.next()) {
        yield Buffer.from(next.value as string)
        onProgress?.({ fraction: undefined })
      }
    }
    await pipeline(rest, createWriteStream(path, { mode: 0o600 }), signal ? { signal } : {})
    return path
  } catch (error) {
    throwIfAborted(signal)
    throw failure('DS_SOURCE_UNREADABLE', `the stream broke off: ${messageOf(error)}`, { cause: error })
  } finally {
    reader.destroy()
  }
}
