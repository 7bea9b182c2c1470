/** Bytes of a slab. */
const SLAB = 1 << 20

/** Larger buffers are made by themselves. */
const LARGEST = 64 << 10

let slab: Buffer = Buffer.alloc(0)
let taken = 0

/**
 * A buffer for a small file, cut from one that many share: where ten thousand are read, a memory block for each of them
 * would cost more than the reading. No two overlap, and none is used again; what was in it before is undefined.
 *
 * @param bytes how many
 * @example cutBuffer(4096).length // 4096
 */
export function cutBuffer(bytes: number): Buffer {
  if (bytes > LARGEST) return Buffer.allocUnsafe(bytes)
  if (taken + bytes > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB)
    taken = 0
  }
  const cut = slab.subarray(taken, taken + bytes)
  taken += bytes
  return cut
}
