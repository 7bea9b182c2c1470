import { createHash, hash as hashAtOnce } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { messageOf, systemCode, throwIfAborted } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import { stampOf, type Stamp } from './stamp.ts'

/** DVC reads in pieces of 1 MiB too, and md5-dos2unix depends on it; a smaller file costs a buffer of its own size. */
const CHUNK = 1 << 20

/** DVC 3 hashes bytes as they are; DVC 2 hashed texts as if their lines ended in LF. */
export type HashAlgorithm = 'md5' | 'md5-dos2unix'

/** What data is known by. */
export interface DataHash {
  readonly algorithm: HashAlgorithm
  /** 32 lower-case hex digits; `.dir` follows them where it is a directory. */
  readonly digits: string
}

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
  /** `md5` by default. */
  readonly algorithm?: HashAlgorithm | undefined
}

/** The md5 of a text in UTF-8, or of bytes. */
export function md5Of(content: string | Uint8Array): string {
  return hashAtOnce('md5', content)
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
  const { md5, bytes } = await hashStamped(path, options, take)
  return { md5, bytes }
}

/** As {@link hashFile}, and by what the file is known that was read. */
export async function hashStamped(
  path: string,
  options: ReadOptions = {},
  take?: (piece: Uint8Array) => Promise<void>,
): Promise<Content & { readonly stamp: Stamp }> {
  throwIfAborted(options.signal)
  const source = await openToRead(path)
  try {
    const before = await source.stat({ bigint: true })
    const content = await pump(source, path, Number(before.size), options, take)
    refuseChanged(path, before, await source.stat({ bigint: true }), content.bytes)
    return { ...content, stamp: stampOf(before) }
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
export async function hashWhileCopying(
  path: string,
  target: FileHandle,
  options: ReadOptions = {},
): Promise<Content & { readonly stamp: Stamp }> {
  return hashStamped(path, options, (piece) => writeAll(target, piece))
}

/**
 * Refuses a file that was written to while it was read. An edit may have put size and time of change back, but not the
 * time at which its entry changed; that one changes with the number of its links too.
 *
 * @throws DS_DVC_CHANGED
 */
export function refuseChanged(path: string, before: BigIntStats, after: BigIntStats, bytes: number): void {
  const isSame =
    Number(after.size) === bytes &&
    after.mtimeNs === before.mtimeNs &&
    (after.ctimeNs === before.ctimeNs || after.nlink !== before.nlink)
  if (!isSame) throw failure('DS_DVC_CHANGED', `${path} changed while it was being read`, { where: path })
}

/** Reads the next piece and hands on the last while one is hashed: the hash alone takes the time. */
async function pump(
  source: FileHandle,
  path: string,
  size: number,
  options: ReadOptions,
  take?: (piece: Uint8Array) => Promise<void>,
): Promise<Content> {
  const hash = createHash('md5')
  const buffers = [0, 1, 2].map(() => Buffer.allocUnsafe(Math.min(CHUNK, size + 1)))
  const read = (at: number): Promise<Buffer> => readPiece(source, buffers[at % 3] as Buffer, path)
  let bytes = 0
  let taking: Promise<void> = Promise.resolve()
  let reading = read(0)
  for (let at = 0; ; at++) {
    const piece = await reading
    if (piece.length === 0) break
    throwIfAborted(options.signal)
    reading = read(at + 1)
    reading.catch(() => undefined)
    await taking
    if (take) taking = take(piece)
    taking.catch(() => undefined)
    hash.update(options.algorithm === 'md5-dos2unix' ? dos2unix(piece) : piece)
    bytes += piece.length
    options.onProgress?.(piece.length)
  }
  await taking
  return { md5: hash.digest('hex'), bytes }
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function readPiece(source: FileHandle, buffer: Buffer, path: string): Promise<Buffer> {
  try {
    let filled = 0
    for (;;) {
      const { bytesRead } = await source.read(buffer, filled, buffer.length - filled)
      filled += bytesRead
      if (bytesRead === 0 || filled === buffer.length) return buffer.subarray(0, filled)
    }
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** Hashes content that comes in pieces of any length. */
export interface Hasher {
  update(piece: Uint8Array): void
  /** 32 lower-case hex digits. */
  digest(): string
}

/**
 * Opens a hasher.
 *
 * @param algorithm `md5-dos2unix` looks at 1 MiB at a time, whatever pieces come
 */
export function openHasher(algorithm: HashAlgorithm): Hasher {
  const hash = createHash('md5')
  if (algorithm === 'md5') return { update: (piece) => void hash.update(piece), digest: () => hash.digest('hex') }
  const chunk = Buffer.allocUnsafe(CHUNK)
  let filled = 0
  const flush = (): void => {
    hash.update(dos2unix(chunk.subarray(0, filled)))
    filled = 0
  }
  return {
    update(piece) {
      for (let at = 0; at < piece.length;) {
        const part = piece.subarray(at, at + CHUNK - filled)
        chunk.set(part, filled)
        filled += part.length
        at += part.length
        if (filled === CHUNK) flush()
      }
    },
    digest() {
      flush()
      return hash.digest('hex')
    },
  }
}

/** What DVC 2 hashed of a piece: CRLF within it is LF, where its first 512 bytes look like text. */
function dos2unix(piece: Buffer): Uint8Array {
  let at = piece.indexOf(CRLF)
  if (at < 0 || !isText(piece.subarray(0, 512))) return piece
  const out = Buffer.allocUnsafe(piece.length)
  let length = 0
  let from = 0
  for (; at >= 0; at = piece.indexOf(CRLF, at + 2)) {
    length += piece.copy(out, length, from, at)
    from = at + 1
  }
  length += piece.copy(out, length, from)
  return out.subarray(0, length)
}

const CRLF = Buffer.from('\r\n')

/** No NUL, and at most 30 % of other bytes than printable ASCII, LF, CR, tab, form feed and backspace. */
function isText(block: Uint8Array): boolean {
  let others = 0
  for (const byte of block) {
    if (byte === 0) return false
    if ((byte < 0x20 || byte > 0x7e) && ![0x08, 0x09, 0x0a, 0x0c, 0x0d].includes(byte)) others++
  }
  return others / block.length <= 0.3
}

/** Writes a piece to where the file stands. */
export async function writeAll(target: FileHandle, piece: Uint8Array): Promise<void> {
  let written = 0
  while (written < piece.length) {
    const { bytesWritten } = await target.write(piece, written, piece.length - written)
    written += bytesWritten
  }
}

/** The error for a file or folder that cannot be read. */
export function unreadable(path: string, error: unknown): Error {
  if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) {
    return failure('DS_DVC_PATH_MISSING', `${path} does not exist`, { where: path, cause: error })
  }
  return failure('DS_DVC_UNREADABLE', `cannot read ${path}: ${messageOf(error)}`, { where: path, cause: error })
}
