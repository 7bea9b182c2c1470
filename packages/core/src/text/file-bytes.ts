import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { throwIfAborted } from '../abort.ts'
import { failure } from '../codes.ts'
import { originalOf } from './copies.ts'
import { checkZstd } from './zstd-frames.ts'
import type { QueryOptions } from '../engine.ts'
import { isDayshiftError, messageOf, systemCode } from '../errors.ts'

/** Bytes read at once. */
const CHUNK = 1 << 20

/** Whether a file is compressed in a way that only the engine reads. */
export function isOpaque(path: string): boolean {
  return /\.zst$/i.test(path)
}

/**
 * The bytes of a file from its start on, decompressed where its name ends with `.gz`, in constant memory.
 *
 * @throws DS_SOURCE_MALFORMED where a compressed file is cut off, or goes on with something else
 */
export async function* fileBytes(path: string, options: QueryOptions = {}): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK })
  const zipped = /\.gz$/i.test(path)
  const bytes = zipped ? file.pipe(createGunzip({ chunkSize: CHUNK })) : file
  // A pipe leaves the reader's errors behind.
  if (zipped) file.once('error', (error) => bytes.destroy(error))
  try {
    for await (const chunk of bytes as AsyncIterable<Buffer>) {
      throwIfAborted(options.signal)
      yield chunk
    }
  } catch (error) {
    const code = systemCode(error) ?? ''
    if (!code.startsWith('Z_')) throw unreadable(path, error)
    const cut = code === 'Z_BUF_ERROR'
    throw failure(
      'DS_SOURCE_MALFORMED',
      `${originalOf(path)} is ${cut ? 'cut off' : `no whole gzip file: ${messageOf(error)}`}`,
      {
        where: originalOf(path),
        hint: 'Copy or download the file again: rows at its end are missing.',
        cause: error,
      },
    )
  } finally {
    file.destroy()
    bytes.destroy()
  }
}

/** What is thrown where the system does not let a file be read. */
function unreadable(path: string, error: unknown): unknown {
  if (systemCode(error) === undefined || isDayshiftError(error)) return error
  const file = originalOf(path)
  const gone = systemCode(error) === 'ENOENT'
  return gone
    ? failure('DS_SOURCE_NOT_FOUND', `there is no file ${file}`, { where: file, cause: error })
    : failure('DS_SOURCE_UNREADABLE', `cannot read ${file}: ${messageOf(error)}`, { where: file, cause: error })
}

/**
 * Looks at a compressed file (`.gz`, `.zst`) up to its end, in constant memory, to know that nothing is missing. Of other files
 * nothing is looked at.
 *
 * @throws DS_SOURCE_MALFORMED where it is cut off, or goes on with something else
 * @example await checkWhole('/data/weather.csv.gz')
 */
export async function checkWhole(path: string, options?: QueryOptions): Promise<void> {
  if (/\.zst$/i.test(path)) return checkZstd(path, options)
  if (!/\.gz$/i.test(path)) return
  for await (const chunk of fileBytes(path, options)) if (chunk.length === 0) break
}
