import type { Taken } from './intake.ts'

/** What was taken of many files, on its way between threads. */
export interface PackedTaken {
  readonly count: number
  /** Of each file mtime, ctime, inode, size, bytes read, when the reading began, whether a copy waits; then all md5s. */
  readonly memory: ArrayBuffer
}

const NUMBERS = 7
const MD5 = 16

/** Packs what was taken, one file after the other. */
export function packTaken(most: number): { add(taken: Taken): void; taken(): PackedTaken } {
  const memory = new ArrayBuffer(most * (NUMBERS * 8 + MD5))
  const numbers = new BigInt64Array(memory, 0, most * NUMBERS)
  const md5s = Buffer.from(memory, most * NUMBERS * 8)
  let count = 0
  return {
    add({ md5, bytes, stamp, since, isMade }) {
      const first = count * NUMBERS
      numbers[first] = stamp.mtimeNs
      numbers[first + 1] = stamp.ctimeNs
      numbers[first + 2] = stamp.ino
      numbers[first + 3] = stamp.size
      numbers[first + 4] = BigInt(bytes)
      numbers[first + 5] = BigInt(since)
      numbers[first + 6] = isMade ? 1n : 0n
      md5s.write(md5, count++ * MD5, 'hex')
    },
    taken: () => ({ count, memory }),
  }
}

/** Unpacks what another thread took. */
export function* unpackTaken({ count, memory }: PackedTaken): Generator<Taken> {
  const most = memory.byteLength / (NUMBERS * 8 + MD5)
  const numbers = new BigInt64Array(memory, 0, most * NUMBERS)
  const md5s = Buffer.from(memory, most * NUMBERS * 8)
  for (let at = 0; at < count; at++) {
    const [mtimeNs = 0n, ctimeNs = 0n, ino = 0n, size = 0n, bytes, since, isMade] = numbers.subarray(
      at * NUMBERS,
      (at + 1) * NUMBERS,
    )
    yield {
      md5: md5s.toString('hex', at * MD5, at * MD5 + MD5),
      bytes: Number(bytes),
      stamp: { mtimeNs, ctimeNs, ino, size },
      since: Number(since),
      isMade: isMade === 1n,
    }
  }
}
