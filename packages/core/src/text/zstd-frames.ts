import { open, type FileHandle } from 'node:fs/promises'
import { throwIfAborted } from '../abort.ts'
import { failure } from '../codes.ts'
import type { QueryOptions } from '../engine.ts'
import { originalOf } from './copies.ts'

const FRAME = 0xfd2fb528

/** Frames of any content, which readers pass over: 0x184D2A50 to 0x184D2A5F. */
const SKIPPED = 0x184d2a5

/** Bytes that a frame's header and the header of its first block take at most. */
const HEADER = 18

/** Bytes of the field that tells a frame's size, by the first two bits of its descriptor. */
const SIZES = [0, 2, 4, 8] as const
const DICTIONARIES = [0, 1, 2, 4] as const

/**
 * Walks the blocks of a Zstandard file (RFC 8878) by their headers, without unpacking them: the engine reads a file that
 * was cut off as far as it goes, and says nothing.
 *
 * @throws DS_SOURCE_MALFORMED where the last frame has no end, or something else stands there
 */
export async function checkZstd(path: string, { signal }: QueryOptions = {}): Promise<void> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    let at = 0
    while (at < size) {
      throwIfAborted(signal)
      const next = await frameEnd(file, at, size)
      if (next === undefined || next > size) throw cutOff(path)
      at = next
    }
  } finally {
    await file.close()
  }
}

/** Where a frame ends; nothing where none begins, or it has no end. */
async function frameEnd(file: FileHandle, start: number, size: number): Promise<number | undefined> {
  const head = await read(file, start, HEADER)
  if (head.length < 8) return undefined
  const magic = head.readUInt32LE(0)
  if (magic >>> 4 === SKIPPED) return start + 8 + head.readUInt32LE(4)
  if (magic !== FRAME) return undefined
  const descriptor = head[4] as number
  const single = (descriptor & 0x20) !== 0
  const content = SIZES[descriptor >>> 6] as number
  let at =
    start + 5 + (single ? 0 : 1) + (DICTIONARIES[descriptor & 3] as number) + (content === 0 && single ? 1 : content)
  for (let last = false; !last;) {
    const header = await read(file, at, 3)
    if (header.length < 3 || at > size) return undefined
    const bits = header.readUIntLE(0, 3)
    last = (bits & 1) === 1
    const kind = (bits >>> 1) & 3
    if (kind === 3) return undefined
    at += 3 + (kind === 1 ? 1 : bits >>> 3)
  }
  return at + ((descriptor & 4) === 0 ? 0 : 4)
}

async function read(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
  return buffer.subarray(0, bytesRead)
}

function cutOff(path: string): Error {
  const where = originalOf(path)
  return failure(
    'DS_SOURCE_MALFORMED',
    `${where} is cut off, or goes on with something else: it is no whole Zstandard file`,
    {
      where,
      hint: 'Fetch or write it again.',
    },
  )
}
