import { throwIfAborted } from '@dayshift/core/ground'
import { failure } from '../codes.ts'
import type { Upload } from './remote.ts'

/**
 * The content of an upload in blocks of one size, of which the last may be shorter. There is at least one. A block is its
 * receiver's own.
 *
 * @param take is asked before a block is filled: it may wait until there is room for one more
 * @throws DS_DVC_CHANGED where it is not as long as was said, before the last block; what the content itself throws
 * @example for await (const block of blocksOf(upload, 8 << 20, 'data.csv')) send(block)
 */
export async function* blocksOf(
  upload: Upload,
  size: number,
  where: string,
  take?: () => Promise<void>,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  let done = 0
  let filled = 0
  let block: Buffer | undefined
  for await (const piece of upload.open()) {
    throwIfAborted(signal)
    if (done + filled + piece.length > upload.bytes) throw otherLength(where, upload, 'more')
    for (let at = 0; at < piece.length;) {
      // A full block leaves only when more follows: the content may yet turn out to be wrong.
      if (block && filled === block.length) {
        yield block
        done += filled
        filled = 0
        block = undefined
      }
      if (!block) {
        await take?.()
        block = Buffer.allocUnsafe(Math.min(size, upload.bytes - done))
      }
      const length = Math.min(block.length - filled, piece.length - at)
      block.set(piece.subarray(at, at + length), filled)
      filled += length
      at += length
    }
  }
  if (done + filled < upload.bytes) throw otherLength(where, upload, 'less')
  if (!block) await take?.()
  yield block ?? Buffer.alloc(0)
}

/** What is thrown where content has another length than was said. */
export function otherLength(where: string, { bytes }: Upload, much: 'more' | 'less'): Error {
  return failure('DS_DVC_CHANGED', `${where}: its content has ${much} than the ${bytes} bytes that were to be sent`, {
    where,
  })
}
