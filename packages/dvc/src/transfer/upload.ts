import { hash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { failure } from '../codes.ts'
import { openHasher, unreadable, type DataHash } from '../cache/hash.ts'
import { corruptObject } from '../cache/manifest.ts'
import { cutBuffer } from '../cache/slab.ts'
import { DIR_SUFFIX } from '../formats/tree.ts'
import type { Upload } from '../remotes/remote.ts'

/** Files up to this many bytes are read at once. */
const SMALL = 1 << 20

/**
 * An object of the cache on its way to a remote. It is held against its name while it is read: one that was changed in
 * place fails before its last piece, so that no remote keeps it.
 *
 * @param path where it lies
 * @param bytes its size
 * @throws by `open`: DS_DVC_OBJECT_CORRUPT, DS_DVC_CHANGED, DS_DVC_UNREADABLE
 */
export function uploadOf(path: string, of: DataHash, bytes: number): Upload {
  const { algorithm, digits } = plainly(of)
  return {
    bytes,
    ...(algorithm === 'md5' ? { md5: digits } : {}),
    open: () => (bytes <= SMALL && algorithm === 'md5' ? whole(path, digits, bytes) : stream(path, of, bytes)),
  }
}

/** A manifest is hashed as it is, also by DVC 2. */
export function plainly({ algorithm, digits }: DataHash): DataHash {
  return { algorithm: digits.endsWith(DIR_SUFFIX) ? 'md5' : algorithm, digits: digits.slice(0, 32) }
}

function whole(path: string, md5: string, bytes: number): readonly Uint8Array[] {
  const content = cutBuffer(bytes + 1)
  let read: number
  try {
    const file = openSync(path, 'r')
    try {
      // The byte more would show that it has grown.
      read = readSync(file, content, 0, bytes + 1, null)
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw unreadable(path, error)
  }
  if (read !== bytes) throw changed(path)
  const piece = content.subarray(0, bytes)
  if (hash('md5', piece) !== md5) throw corruptObject(path)
  return [piece]
}

/** While a piece is written elsewhere, the next is read and hashed; the last one waits for the hash. */
async function* stream(path: string, of: DataHash, bytes: number): AsyncGenerator<Uint8Array> {
  const { algorithm, digits } = plainly(of)
  const hasher = openHasher(algorithm)
  const file = await open(path, 'r').catch((error: unknown) => Promise.reject(unreadable(path, error)))
  try {
    const buffers = [0, 1, 2].map(() => Buffer.allocUnsafe(SMALL))
    let length = 0
    const next = async (turn: number): Promise<Buffer> => {
      const buffer = buffers[turn % 3] as Buffer
      const { bytesRead } = await file.read(buffer, 0, buffer.length).catch((error: unknown) => {
        throw unreadable(path, error)
      })
      const piece = buffer.subarray(0, bytesRead)
      hasher.update(piece)
      length += bytesRead
      return piece
    }
    let held: Buffer | undefined
    let reading = next(0)
    for (let turn = 1; ; turn++) {
      const piece = await reading
      if (piece.length === 0) break
      reading = next(turn)
      reading.catch(() => undefined)
      if (held) yield held
      held = piece
    }
    if (length !== bytes) throw changed(path)
    if (hasher.digest() !== digits) throw corruptObject(path)
    if (held) yield held
  } finally {
    await file.close()
  }
}

function changed(path: string): Error {
  return failure('DS_DVC_CHANGED', `${path} changed while it was being read`, { where: path })
}
