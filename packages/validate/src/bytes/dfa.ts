import { LARGEST_AUTOMATON, type ByteAutomaton } from '@dayshift/core'

/** A deterministic automaton over bytes. Nothing is accepted once state 0 is reached, and nothing leads out of it. */
export interface Dfa {
  readonly start: number
  /** For each state the next one, by byte. */
  readonly next: readonly Uint16Array[]
  readonly accepts: readonly boolean[]
}

/** Thrown for automata that would have too many states. */
export class TooLarge extends Error {}

/** Far more than a pattern that people write has. */
const MOST_STATES = 1000

export const BYTES = 256

/** Numbers states by what they are made of, as they are met. */
export class States<Made> {
  readonly all: Made[] = []
  readonly #numbers = new Map<string, number>()

  /** @throws TooLarge */
  number(key: string, made: Made): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    if (this.all.length >= MOST_STATES) throw new TooLarge()
    this.#numbers.set(key, this.all.length)
    return this.all.push(made) - 1
  }
}

/** What both accept, what one of them does, or what the first does and the second does not. */
export function combined(one: Dfa, other: Dfa, how: 'and' | 'or' | 'without'): Dfa {
  const isAccepted = (a: number, b: number): boolean => {
    const [first, second] = [one.accepts[a] as boolean, other.accepts[b] as boolean]
    return how === 'and' ? first && second : how === 'or' ? first || second : first && !second
  }
  const states = new States<readonly [number, number]>()
  const numberOf = (a: number, b: number): number => {
    // Nothing comes of it any more.
    const dead = how === 'or' ? a === 0 && b === 0 : a === 0 || (how === 'and' && b === 0)
    return dead ? states.number('dead', [0, 0]) : states.number(`${a},${b}`, [a, b])
  }
  states.number('dead', [0, 0])
  const start = numberOf(one.start, other.start)
  const next: Uint16Array[] = []
  for (let at = 0; at < states.all.length; at++) {
    const [a, b] = states.all[at] as readonly [number, number]
    const row = new Uint16Array(BYTES)
    next.push(row)
    // Nothing leads out of the first.
    if (at === 0) continue
    const [first, second] = [one.next[a] as Uint16Array, other.next[b] as Uint16Array]
    let [lastA, lastB, last] = [-1, -1, 0]
    for (let byte = 0; byte < BYTES; byte++) {
      const [toA, toB] = [first[byte] as number, second[byte] as number]
      // Neighbours mostly lead to the same state.
      if (toA !== lastA || toB !== lastB) last = numberOf(toA, toB)
      row[byte] = last
      lastA = toA
      lastB = toB
    }
  }
  return smallest({ start, next, accepts: states.all.map(([a, b], at) => at > 0 && isAccepted(a, b)) })
}

/** The automaton with the fewest states that accepts the same: E. F. Moore's partition refinement. */
export function smallest({ start, next, accepts }: Dfa): Dfa {
  const { classes, width } = classesOf(next)
  const byteOf = Array.from({ length: width }, (_, kind) => classes.indexOf(kind))
  let groups: number[] = accepts.map((accepting) => (accepting ? 1 : 0))
  for (let count = new Set(groups).size; ;) {
    const numbers = new Map<string, number>()
    // The dead state is the first to be numbered.
    const refined = next.map((row, state) => {
      const key = `${groups[state]}:${byteOf.map((byte) => groups[row[byte] as number]).join()}`
      const known = numbers.get(key) ?? numbers.size
      numbers.set(key, known)
      return known
    })
    groups = refined
    if (numbers.size === count) break
    count = numbers.size
  }
  const leaders: number[] = []
  groups.forEach((group, state) => (leaders[group] ??= state))
  return {
    start: groups[start] as number,
    next: leaders.map((leader) => (next[leader] as Uint16Array).map((state) => groups[state] as number)),
    accepts: leaders.map((leader) => accepts[leader] as boolean),
  }
}

/** Bytes that no state tells apart are of one class. */
function classesOf(next: readonly Uint16Array[]): { readonly classes: Uint8Array; readonly width: number } {
  let classes = new Uint16Array(BYTES)
  for (const row of next) {
    const numbers = new Map<number, number>()
    classes = classes.map((kind, byte) => {
      const key = kind * 65_536 + (row[byte] as number)
      const known = numbers.get(key) ?? numbers.size
      numbers.set(key, known)
      return known
    })
  }
  return { classes: Uint8Array.from(classes), width: Math.max(...classes) + 1 }
}

/**
 * An automaton as the walk over bytes runs it.
 *
 * @param without a byte that is accepted nowhere
 * @returns nothing where it is too large
 */
export function byteAutomaton(dfa: Dfa, without: number): ByteAutomaton | undefined {
  const next = dfa.next.map((row) => row.with(without, 0))
  const { classes, width } = classesOf(next)
  if (next.length * width >= LARGEST_AUTOMATON) return undefined
  // Those that accept come last, so that one comparison tells them.
  const order = [...next.keys()].toSorted((a, b) => Number(dfa.accepts[a]) - Number(dfa.accepts[b]) || a - b)
  const places = new Uint16Array(order.length)
  order.forEach((state, place) => (places[state] = place))
  const byteOf = Array.from({ length: width }, (_, kind) => classes.indexOf(kind))
  return {
    classes,
    width,
    next: Uint16Array.from(
      order.flatMap((state) => byteOf.map((byte) => places[next[state]?.[byte] as number] as number)),
    ),
    start: places[dfa.start] as number,
    accepting: dfa.accepts.filter((accepting) => !accepting).length,
  }
}

/** Whether a text is accepted. */
export function acceptsText(dfa: Dfa, text: string): boolean {
  let state = dfa.start
  for (const byte of new TextEncoder().encode(text)) state = dfa.next[state]?.[byte] ?? 0
  return dfa.accepts[state] ?? false
}
