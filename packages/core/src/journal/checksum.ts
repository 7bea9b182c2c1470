import { createReadStream } from 'node:fs'
import { crc32 } from 'node:zlib'

/**
 * CRC-32 of a file's first bytes.
 *
 * @param bytes of which; where the file is shorter, of all it has
 */
export async function checksumOf(path: string, bytes: number): Promise<number> {
  if (bytes === 0) return 0
  let checksum = 0
  for await (const block of createReadStream(path, { end: bytes - 1, highWaterMark: 1 << 20 })) {
    checksum = crc32(block as Buffer, checksum)
  }
  return checksum
}
