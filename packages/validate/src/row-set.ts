/** A set of row numbers, a bit each. */
export class RowSet {
  #bits = new Uint32Array(1024)
  #size = 0

  /** How many rows are in it. */
  get size(): number {
    return this.#size
  }

  /** @param row from 0 */
  add(row: number): void {
    const word = Math.floor(row / 32)
    if (word >= this.#bits.length) {
      const larger = new Uint32Array(Math.max(this.#bits.length * 2, word + 1))
      larger.set(this.#bits)
      this.#bits = larger
    }
    const bit = 1 << (row % 32)
    const before = this.#bits[word] as number
    if ((before & bit) !== 0) return
    this.#bits[word] = before | bit
    this.#size++
  }

  /** The rows in it, in order. */
  *[Symbol.iterator](): Generator<number> {
    for (let word = 0; word < this.#bits.length; word++) {
      let rest = (this.#bits[word] as number) >>> 0
      while (rest !== 0) {
        yield word * 32 + 31 - Math.clz32(rest & -rest)
        rest = (rest & (rest - 1)) >>> 0
      }
    }
  }
}
