/** The columns of a state, in the memory that its file was read into. */
export interface StateColumns {
  readonly numbers: BigInt64Array
  readonly md5s: Buffer
  /** Where each key ends. */
  readonly ends: Uint32Array
  readonly keys: Buffer
}

/** Bytes before the columns. */
export const HEADER = 32

/** An entry's numbers: mtime, ctime, inode, size. */
export const NUMBERS = 4

/** Bytes of an md5. */
export const MD5 = 16

/** The columns that lie in some memory. */
export function columnsOf(memory: SharedArrayBuffer, count: number, keyBytes: number): StateColumns {
  return {
    numbers: new BigInt64Array(memory, HEADER, count * NUMBERS),
    md5s: Buffer.from(memory, HEADER + count * NUMBERS * 8, count * MD5),
    ends: new Uint32Array(memory, keysFrom(count) - count * 4, count),
    keys: Buffer.from(memory, keysFrom(count), keyBytes),
  }
}

/** Where the keys begin. */
export function keysFrom(count: number): number {
  return HEADER + count * (NUMBERS * 8 + MD5 + 4)
}
