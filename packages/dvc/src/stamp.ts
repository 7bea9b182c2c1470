import type { BigIntStats } from 'node:fs'

/** By what the system tells that a file is still the same: nanoseconds of its two times, its inode, its bytes. */
export interface Stamp {
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  readonly ino: bigint
  readonly size: bigint
}

/** The stamp of what `lstat` or `fstat` found. Inodes beyond 63 bits keep their bits. */
export function stampOf({ mtimeNs, ctimeNs, ino, size }: BigIntStats): Stamp {
  return { mtimeNs, ctimeNs, ino: BigInt.asIntN(64, ino), size }
}
