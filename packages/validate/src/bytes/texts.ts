import { BYTES, type Dfa } from './dfa.ts'
import { Nfa, type ByteSet, type Piece } from './nfa.ts'

/** The bytes between two, both among them. */
export function bytesBetween(from: number, to: number): ByteSet {
  return new Uint8Array(BYTES).fill(1, from, to + 1)
}

const ANY = bytesBetween(0, 0xff)

/** Some texts, and no others. */
export function oneOf(texts: readonly string[]): Dfa {
  const nfa = new Nfa()
  return nfa.dfa(nfa.either(texts.map((text) => textPiece(nfa, text))))
}

/** Texts that have another at their start, at their end, or somewhere. */
export function having(where: 'start' | 'end' | 'somewhere', text: string): Dfa {
  const nfa = new Nfa()
  const more = (): Piece => nfa.repeat(() => nfa.byte(ANY), 0, Number.POSITIVE_INFINITY)
  const before = where === 'start' ? [] : [more()]
  const behind = where === 'end' ? [] : [more()]
  return nfa.dfa(nfa.sequence([...before, textPiece(nfa, text), ...behind]))
}

/** All texts. */
export function anything(): Dfa {
  const nfa = new Nfa()
  return nfa.dfa(nfa.repeat(() => nfa.byte(ANY), 0, Number.POSITIVE_INFINITY))
}

/**
 * Texts of so many characters or more: as JavaScript counts them, so that those it counts twice, four bytes each, are in
 * none. The bytes are known to be UTF-8.
 */
export function atLeast(min: number): Dfa {
  // Of each count three states: all of a character read, one byte of it left, two bytes left.
  const state = (count: number, left: number): number => 1 + Math.min(count, min) * 3 + left
  const next: Uint16Array[] = [new Uint16Array(BYTES)]
  for (let count = 0; count <= min; count++) {
    const [read, one, two] = [new Uint16Array(BYTES), new Uint16Array(BYTES), new Uint16Array(BYTES)]
    read.fill(state(count + 1, 0), 0, 0x80)
    read.fill(state(count, 1), 0xc2, 0xe0)
    read.fill(state(count, 2), 0xe0, 0xf0)
    one.fill(state(count + 1, 0), 0x80, 0xc0)
    two.fill(state(count, 1), 0x80, 0xc0)
    next.push(read, one, two)
  }
  return { start: state(0, 0), next, accepts: next.map((_, at) => at === state(min, 0)) }
}

function textPiece(nfa: Nfa, text: string): Piece {
  return nfa.sequence([...new TextEncoder().encode(text)].map((byte) => nfa.byte(bytesBetween(byte, byte))))
}
