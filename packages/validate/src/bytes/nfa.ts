import { BYTES, smallest, States, TooLarge, type Dfa } from './dfa.ts'

/** Bytes, one place each: 1 for those that are in it. */
export type ByteSet = Uint8Array

/** A piece of an automaton: where it begins and where it ends. */
export interface Piece {
  readonly from: number
  readonly to: number
}

const MOST_STATES = 2000

/** An automaton that is put together piece by piece, as K. Thompson does. */
export class Nfa {
  readonly #free: number[][] = []
  readonly #by: (readonly [set: ByteSet, to: number] | undefined)[] = []

  /** What accepts the empty text alone. */
  empty(): Piece {
    const state = this.#state()
    return { from: state, to: state }
  }

  /** One byte of a set. */
  byte(set: ByteSet): Piece {
    const [from, to] = [this.#state(), this.#state()]
    this.#by[from] = [set, to]
    return { from, to }
  }

  /** One piece behind another. */
  sequence(pieces: readonly Piece[]): Piece {
    const [first, ...others] = pieces
    if (!first) return this.empty()
    let to = first.to
    for (const piece of others) {
      this.#join(to, piece.from)
      to = piece.to
    }
    return { from: first.from, to }
  }

  /** One of some pieces. */
  either(pieces: readonly Piece[]): Piece {
    const [from, to] = [this.#state(), this.#state()]
    for (const piece of pieces) {
      this.#join(from, piece.from)
      this.#join(piece.to, to)
    }
    return { from, to }
  }

  /** A piece, made anew each time, so often. */
  repeat(make: () => Piece, min: number, max: number): Piece {
    const pieces = Array.from({ length: min }, make)
    if (max === Number.POSITIVE_INFINITY) {
      const loop = this.empty()
      const inner = make()
      this.#join(loop.from, inner.from)
      this.#join(inner.to, loop.from)
      return this.sequence([...pieces, loop])
    }
    let rest = this.empty()
    for (let more = min; more < max; more++) rest = this.either([this.sequence([make(), rest]), this.empty()])
    return this.sequence([...pieces, rest])
  }

  /**
   * The deterministic automaton of the texts that a piece accepts.
   *
   * @throws TooLarge
   */
  dfa({ from, to }: Piece): Dfa {
    const states = new States<readonly number[]>()
    const numberOf = (some: readonly number[]): number => {
      const closed = this.#closure(some)
      return states.number(closed.join(), closed)
    }
    numberOf([])
    const start = numberOf([from])
    const next: Uint16Array[] = []
    for (let at = 0; at < states.all.length; at++) {
      const edges = (states.all[at] as readonly number[]).flatMap((state) => {
        const edge = this.#by[state]
        return edge ? [edge] : []
      })
      const row = new Uint16Array(BYTES)
      const known = new Map<string, number>()
      for (let byte = 0; edges.length > 0 && byte < BYTES; byte++) {
        const reached = edges.filter(([set]) => set[byte] === 1).map(([, state]) => state)
        const key = reached.join()
        const target = known.get(key) ?? numberOf(reached)
        known.set(key, target)
        row[byte] = target
      }
      next.push(row)
    }
    return smallest({ start, next, accepts: states.all.map((some) => some.includes(to)) })
  }

  #closure(some: readonly number[]): readonly number[] {
    const seen = new Set(some)
    for (const state of seen) for (const free of this.#free[state] as number[]) seen.add(free)
    return [...seen].toSorted((a, b) => a - b)
  }

  #state(): number {
    if (this.#free.length >= MOST_STATES) throw new TooLarge()
    this.#by.push(undefined)
    return this.#free.push([]) - 1
  }

  #join(from: number, to: number): void {
    ;(this.#free[from] as number[]).push(to)
  }
}
