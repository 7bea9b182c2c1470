import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { messageOf, systemCode, throwIfAborted } from '@dayshift/core'
import { failure } from './codes.ts'

/** DVC reads in pieces of 1 MiB too; a smaller file costs a buffer of its own size. */
const CHUNK = 1 << 20

/** A file's content, weighed. */
export interface Content {
  /** 32 lower-case hex digits. */
  readonly md5: string
  readonly bytes: number
}

/** How long reads are watched and stopped. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined
  /** Called after each piece with its length in bytes. */
  readonly onProgress?: ((bytes: number) => void) | undefined
}

/** The md5 of a text in UTF-8, or of bytes. */
export function md5Of(content: string | Uint8Array): string {
  return createHash('md5').update(content).digest('hex')
}

/**
 * Hashes a file in constant memory, and hands on what was hashed: who wants a copy reads the data but once.
 *
 * @param take gets each piece in order; its bytes are overwritten once it is done
 * @throws DS_DVC_UNREADABLE, DS_DVC_CHANGED where the file is written to at the same time, DS_ABORTED, and what `take` throws
 * @example await hashFile('weather.csv') // { md5: 'd41d8cd98f00b204e9800998ecf8427e', bytes: 0 }
 */
export async function hashFile(
  path: string,
  options: ReadOptions = {},
  take?: (piece: Uint8Array) => Promise<void>,
): Promise<Content> {
  throwIfAborted(options.signal)
  const source = await openToRead(path)
  try {
    const before = await source.stat()
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, before.size + 1))
    const hash = createHash('md5')
    let bytes = 0
    for (;;) {
      const bytesRead = await readPiece(source, buffer, path)
      if (bytesRead === 0) break
      const piece = buffer.subarray(0, bytesRead)
      hash.update(piece)
      await take?.(piece)
      bytes += bytesRead
      options.onProgress?.(bytesRead)
      throwIfAborted(options.signal)
    }
    const after = await source.stat()
    if (after.size !== bytes || after.mtimeMs !== before.mtimeMs) {
      throw failure('DS_DVC_CHANGED', `${path} changed while it was being read`, { where: path })
    }
    return { md5: hash.digest('hex'), bytes }
  } finally {
    await source.close()
  }
}

/**
 * Copies a file into an open one and hashes what was copied, in a single pass.
 *
 * @param target open for writing, at its start
 * @throws as {@link hashFile}, and the system's own error where the target cannot be written
 */
export function hashWhileCopying(path: string, target: FileHandle, options: ReadOptions = {}): Promise<Content> {
  return hashFile(path, options, (piece) => writeAll(target, piece))
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function readPiece(source: FileHandle, buffer: Buffer, path: string): Promise<number> {
  try {
    return (await source.read(buffer, 0, buffer.length)).bytesRead
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function writeAll(target: FileHandle, piece: Uint8Array): Promise<void> {
  let written = 0
  while (written < piece.length) {
    const { bytesWritten } = await target.write(piece, written, piece.length - written)
    written += bytesWritten
  }
}

/** The error for a file or folder that cannot be read. */
export function unreadable(path: string, error: unknown): Error {
  if (systemCode(error) === 'ENOENT') {
    return failure('DS_DVC_PATH_MISSING', `${path} does not exist`, { where: path, cause: error })
  }
  return failure('DS_DVC_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { where: path, cause: error })
}
