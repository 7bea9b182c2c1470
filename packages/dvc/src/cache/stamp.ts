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

/** Milliseconds within which a file system may give two writes the same time. */
export const TICK = 20

/** The same for file systems that know whole seconds only. */
const COARSE_TICK = 2100

/** Within how many milliseconds another write may have had the same time. */
export function tickOf({ ctimeNs }: Pick<Stamp, 'ctimeNs'>): number {
  return ctimeNs % 1_000_000_000n === 0n ? COARSE_TICK : TICK
}

/** When a file or folder changed last, in milliseconds. */
export function changedAt({ mtimeNs, ctimeNs }: Pick<Stamp, 'mtimeNs' | 'ctimeNs'>): number {
  return Number((ctimeNs > mtimeNs ? ctimeNs : mtimeNs) / 1_000_000n)
}
