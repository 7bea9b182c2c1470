import { RegExpParser, type AST } from '@eslint-community/regexpp'
import { BYTES, combined, type Dfa } from './dfa.ts'
import { Nfa, type ByteSet, type Piece } from './nfa.ts'
import { bytesBetween } from './texts.ts'

/** Thrown for what no automaton tells. */
class Untranslatable extends Error {}

/** Longer patterns are left to JavaScript. */
const LONGEST = 4000

/**
 * The automaton of the texts in ASCII in which JavaScript finds a pattern; it accepts no others.
 *
 * @returns nothing for what automata cannot tell (references to groups), or what is not made here: anchors and lookahead
 *   elsewhere than at the ends, lookbehind, words' ends, properties, the flags m, v and y
 */
export function patternDfa(pattern: RegExp): Dfa | undefined {
  if (/[mvy]/.test(pattern.flags) || pattern.source.length > LONGEST) return undefined
  try {
    const ast = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern.source, 0, pattern.source.length, {
      unicode: pattern.unicode,
    })
    return new Reading(pattern).whole(ast.alternatives)
  } catch {
    // Also what the parser does not know, and automata that would be too large.
    return undefined
  }
}

const ASCII = 0x7f

class Reading {
  readonly #ignoreCase: boolean
  readonly #dotAll: boolean

  constructor({ ignoreCase, dotAll }: RegExp) {
    this.#ignoreCase = ignoreCase
    this.#dotAll = dotAll
  }

  /** All texts in which one of the alternatives is found. */
  whole(alternatives: readonly AST.Alternative[]): Dfa {
    return alternatives.map(({ elements }) => this.#found(elements)).reduce((one, other) => combined(one, other, 'or'))
  }

  #found(all: readonly AST.Element[]): Dfa {
    const anchored = isAnchor(all[0], 'start')
    const elements = anchored ? all.slice(1) : all
    const first = elements.findIndex((element) => !isLookahead(element))
    const ahead = elements.slice(0, first < 0 ? elements.length : first).filter(isLookahead)
    if (ahead.length > 0 && !anchored) throw new Untranslatable('lookahead')
    const body = this.#dfa(elements.slice(ahead.length), anchored)
    return ahead.reduce((dfa, { negate, alternatives }) => {
      const begins = alternatives
        .map((alternative) => this.#dfa(alternative.elements, true))
        .reduce((one, other) => combined(one, other, 'or'))
      return combined(dfa, begins, negate ? 'without' : 'and')
    }, body)
  }

  /** Texts that begin with elements, or have them somewhere. */
  #dfa(elements: readonly AST.Element[], anchored: boolean): Dfa {
    const nfa = new Nfa()
    const anything = (): Piece => nfa.repeat(() => nfa.byte(bytesBetween(0, ASCII)), 0, Number.POSITIVE_INFINITY)
    const tail = (rest: readonly AST.Element[]): Piece => {
      const last = rest.at(-1)
      if (isAnchor(last, 'end')) return this.#sequence(nfa, rest.slice(0, -1))
      // What stands behind is looked at, and may go on.
      if (isLookahead(last) && !last.negate) {
        const seen = nfa.either(last.alternatives.map((alternative) => tail(alternative.elements)))
        return nfa.sequence([this.#sequence(nfa, rest.slice(0, -1)), seen])
      }
      return nfa.sequence([this.#sequence(nfa, rest), anything()])
    }
    return nfa.dfa(nfa.sequence([...(anchored ? [] : [anything()]), tail(elements)]))
  }

  #sequence(nfa: Nfa, elements: readonly AST.Element[]): Piece {
    return nfa.sequence(elements.map((element) => this.#piece(nfa, element)))
  }

  #piece(nfa: Nfa, element: AST.Element): Piece {
    switch (element.type) {
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
        return nfa.byte(this.#cased(this.#set(element)))
      case 'CapturingGroup':
        return nfa.either(element.alternatives.map(({ elements }) => this.#sequence(nfa, elements)))
      case 'Group':
        if (element.modifiers) throw new Untranslatable('modifiers')
        return nfa.either(element.alternatives.map(({ elements }) => this.#sequence(nfa, elements)))
      case 'Quantifier':
        return nfa.repeat(() => this.#piece(nfa, element.element), element.min, element.max)
      default:
        throw new Untranslatable(element.type)
    }
  }

  #set(element: AST.Character | AST.CharacterSet | AST.CharacterClass): ByteSet {
    if (element.type === 'Character') return this.#between(element.value, element.value)
    if (element.type === 'CharacterSet') return this.#named(element)
    const sets = element.elements.map((part) => {
      if (part.type === 'CharacterClassRange') return this.#between(part.min.value, part.max.value)
      if (part.type === 'Character' || part.type === 'CharacterSet') return this.#set(part)
      throw new Untranslatable(part.type)
    })
    const all = this.#cased(union(sets))
    return element.negate ? others(all) : all
  }

  /** Letters of ASCII that others become where case is ignored are no matter of bytes. */
  #between(from: number, to: number): ByteSet {
    if (this.#ignoreCase && to > ASCII) throw new Untranslatable('letters beyond ASCII')
    return from > ASCII ? union([]) : bytesBetween(from, Math.min(to, ASCII))
  }

  #named(set: AST.CharacterSet): ByteSet {
    if (set.kind === 'property') throw new Untranslatable(set.kind)
    if (set.kind === 'any') return this.#dotAll ? bytesBetween(0, ASCII) : others(setOf('\n\r'))
    const holds = SETS[set.kind]
    return set.negate ? others(holds) : holds
  }

  #cased(set: ByteSet): ByteSet {
    if (!this.#ignoreCase) return set
    return set.map((has, byte) => {
      const letter = String.fromCharCode(byte)
      const swapped = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()
      return byte <= ASCII ? has | (set[swapped.charCodeAt(0)] as number) : 0
    })
  }
}

function isAnchor(element: AST.Element | undefined, kind: 'start' | 'end'): boolean {
  return element?.type === 'Assertion' && element.kind === kind
}

function isLookahead(element: AST.Element | undefined): element is AST.LookaheadAssertion {
  return element?.type === 'Assertion' && element.kind === 'lookahead'
}

function union(sets: readonly ByteSet[]): ByteSet {
  return new Uint8Array(BYTES).map((_, byte) => (sets.some((set) => set[byte] === 1) ? 1 : 0))
}

/** What is in ASCII and not in a set. */
function others(set: ByteSet): ByteSet {
  return set.map((has, byte) => (byte <= ASCII ? 1 - has : 0))
}

function setOf(characters: string): ByteSet {
  return union(characters.split('').map((character) => bytesBetween(character.charCodeAt(0), character.charCodeAt(0))))
}

const DIGITS = bytesBetween(0x30, 0x39)

const SETS: Readonly<Record<'digit' | 'space' | 'word', ByteSet>> = {
  digit: DIGITS,
  space: union([bytesBetween(0x09, 0x0d), bytesBetween(0x20, 0x20)]),
  word: union([DIGITS, bytesBetween(0x41, 0x5a), bytesBetween(0x61, 0x7a), setOf('_')]),
}
