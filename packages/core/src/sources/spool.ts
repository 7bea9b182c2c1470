import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, gunzipSync } from 'node:zlib'
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
  [/^(ARROW1|\xff\xff\xff\xff)/, 'arrow'],
  [/^\x28\xb5\x2f\xfd/, 'zst'],
  [/^(\xef\xbb\xbf)?\s*[[{]/, 'json'],
]

/**
 * Keeps what comes out of a stream in a file, since data is read more than once: for types, for the sample, for the ETL.
 * The file lives as long as the engine.
 *
 * @param format default: told by the first bytes, which gzip may hide, else `csv`
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
  let path: string | undefined
  try {
    const chunks = reader[Symbol.asyncIterator]() as AsyncIterator<Uint8Array | string>
    const head: Buffer[] = []
    let next = await chunks.next()
    for (let length = 0; !next.done && length < HEAD; next = await chunks.next()) {
      const chunk = Buffer.from(next.value as string)
      head.push(chunk)
      length += chunk.length
    }
    const first = Buffer.concat(head)
    path = join(await engine.scratch(), `${newTable('stream')}.${suffixOf(first, format)}`)
    const rest = async function* (): AsyncGenerator<Buffer> {
      if (first.length > 0) yield first
      for (; !next.done; next = await chunks.next()) {
        yield Buffer.from(next.value as string)
        onProgress?.({ fraction: undefined })
      }
    }
    await pipeline(rest, createWriteStream(path, { mode: 0o600 }), signal ? { signal } : {})
    return path
  } catch (error) {
    if (path !== undefined) await rm(path, { force: true })
    throwIfAborted(signal)
    throw failure('DS_SOURCE_UNREADABLE', `the stream broke off: ${messageOf(error)}`, { cause: error })
  } finally {
    reader.destroy()
  }
}

/** Bytes that are looked at to tell the format. */
const HEAD = 512

function suffixOf(head: Buffer, format: FileFormat | undefined): string {
  const found = magicOf(head) ?? 'csv'
  if (found === 'gz') return `${format ?? magicOf(inflated(head)) ?? 'csv'}.gz`
  return found === 'zst' ? `${format ?? 'csv'}.zst` : (format ?? found)
}

function magicOf(head: Buffer): string | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gz'
  const text = head.toString('latin1')
  return MAGIC.find(([magic]) => magic.test(text))?.[1]
}

/** What the beginning of a gzip file holds; nothing where it is none. */
function inflated(head: Buffer): Buffer {
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return Buffer.of()
  }
}
