import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { failure } from '../codes.ts'
import { rememberCopy } from './copies.ts'
import type { Engine, QueryOptions } from '../engine.ts'
import { isDayshiftError, messageOf } from '../errors.ts'
import { throwIfAborted } from '../abort.ts'
import { newTable } from '../sources/table-name.ts'

/**
 * Writes bytes to a file that is read in another's place, and lives as long as the engine.
 *
 * @returns its path
 * @throws DS_WRITE where there is no room
 */
export async function scratchCopy(
  engine: Engine,
  original: string,
  bytes: AsyncIterable<Uint8Array>,
  { signal }: QueryOptions = {},
): Promise<string> {
  if (!engine.scratch) throw failure('DS_ENGINE', `${engine.dialect.name} has no folder to keep a decoded file in`)
  const path = join(await engine.scratch(), `${newTable('copy')}.csv`)
  try {
    await pipeline(Readable.from(bytes), createWriteStream(path, { mode: 0o600 }), signal ? { signal } : {})
  } catch (error) {
    await rm(path, { force: true })
    throwIfAborted(signal)
    if (isDayshiftError(error)) throw error
    throw failure('DS_WRITE', `cannot write a copy of ${original}: ${messageOf(error)}`, {
      where: path,
      hint: 'Copies of decoded and mended files need room in the temporary folder; see tempDirectory.',
      cause: error,
    })
  }
  rememberCopy(path, original)
  return path
}
