import { RegExpParser, type AST } from '@eslint-community/regexpp'

/** Thrown for what Python's regular expressions have not, or in another way. */
class Untranslatable extends Error {}

/** From one code point to another, both within. */
type Range = readonly [from: number, to: number]

const LAST = 0x10_ff_ff
/** More ranges than these are no pattern to read. */
const MOST_RANGES = 120

const SETS: Readonly<Record<'digit' | 'space' | 'word', readonly Range[]>> = {
  digit: [[0x30, 0x39]],
  space: [
    [9, 13],
    [0x20, 0x20],
    [0xa0, 0xa0],
    [0x16_80, 0x16_80],
    [0x20_00, 0x20_0a],
    [0x20_28, 0x20_29],
    [0x20_2f, 0x20_2f],
    [0x20_5f, 0x20_5f],
    [0x30_00, 0x30_00],
    [0xfe_ff, 0xfe_ff],
  ],
  word: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x5f, 0x5f],
    [0x61, 0x7a],
  ],
}
const LINE_ENDS: readonly Range[] = [
  [10, 10],
  [13, 13],
  [0x20_28, 0x20_29],
]

/**
 * A regular expression of JavaScript as one of Python: `re.search` finds it in the same texts. What JavaScript takes of
 * characters beyond U+FFFF without the flag u, half by half, it does not follow.
 *
 * @throws SyntaxError for what Python has not (look-behind, references to groups, the flags m and v), or not shortly
 * @example pythonSource(/^\d+$/) // '^[0-9]+\\Z'
 */
export function pythonSource(pattern: RegExp): string {
  try {
    if (/[mvy]/.test(pattern.flags)) throw new Untranslatable(`the flags ${pattern.flags}`)
    const ast = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern.source, 0, pattern.source.length, {
      unicode: pattern.unicode,
    })
    return new Printer(pattern).alternatives(ast.alternatives)
  } catch (error) {
    const why = error instanceof Untranslatable ? error.message : 'it is not understood'
    throw new SyntaxError(`the pattern ${String(pattern)} cannot be one of Python: ${why}`, { cause: error })
  }
}

class Printer {
  readonly #ignoreCase: boolean
  readonly #dotAll: boolean
  readonly #unicode: boolean

  constructor({ ignoreCase, dotAll, unicode }: RegExp) {
    this.#ignoreCase = ignoreCase
    this.#dotAll = dotAll
    this.#unicode = unicode
  }

  alternatives(alternatives: readonly AST.Alternative[]): string {
    return alternatives.map(({ elements }) => elements.map((element) => this.#element(element)).join('')).join('|')
  }

  #element(element: AST.Element): string {
    switch (element.type) {
      case 'Character':
        return written(this.#inAnyCase([element.value, element.value]))
      case 'CharacterSet':
        return element.kind === 'any' && this.#dotAll ? '(?s:.)' : written(this.#setOf(element))
      case 'CharacterClass':
        return this.#class(element)
      case 'CapturingGroup':
        return `(?:${this.alternatives(element.alternatives)})`
      case 'Group':
        if (element.modifiers) throw new Untranslatable('flags within')
        return `(?:${this.alternatives(element.alternatives)})`
      case 'Quantifier':
        return this.#quantifier(element)
      case 'Assertion':
        return this.#assertion(element)
      default:
        throw new Untranslatable(element.type === 'Backreference' ? 'references to groups' : element.type)
    }
  }

  #assertion(assertion: AST.Assertion): string {
    switch (assertion.kind) {
      case 'start':
        return '^'
      case 'end':
        return '\\Z'
      case 'word':
        if (this.#ignoreCase && this.#unicode) throw new Untranslatable('ends of words in any case')
        return assertion.negate ? '(?a:\\B)' : '(?a:\\b)'
      case 'lookahead':
        return `(?${assertion.negate ? '!' : '='}${this.alternatives(assertion.alternatives)})`
      default:
        throw new Untranslatable('look-behind')
    }
  }

  #quantifier({ element, min, max, greedy }: AST.Quantifier): string {
    if (element.type === 'Assertion') throw new Untranslatable('a repeated assertion')
    const inner = this.#element(element)
    const body =
      element.type === 'Character' || inner.startsWith('[') || inner.startsWith('(?:') ? inner : `(?:${inner})`
    const times =
      max === Number.POSITIVE_INFINITY
        ? (['*', '+'][min] ?? `{${min},}`)
        : min === 0 && max === 1
          ? '?'
          : min === max
            ? `{${min}}`
            : `{${min},${max}}`
    return `${body}${times}${greedy ? '' : '?'}`
  }

  #class(element: AST.CharacterClass | AST.ExpressionCharacterClass): string {
    if (element.type !== 'CharacterClass') throw new Untranslatable('the flag v')
    const ranges = element.elements.flatMap((member): readonly Range[] => {
      if (member.type === 'Character') return this.#inAnyCase([member.value, member.value])
      if (member.type === 'CharacterClassRange') return this.#inAnyCase([member.min.value, member.max.value])
      if (member.type === 'CharacterSet') return this.#setOf(member)
      throw new Untranslatable(member.type)
    })
    return written(ranges, element.negate)
  }

  #setOf(set: AST.CharacterSet): readonly Range[] {
    if (set.kind === 'any') return complement(LINE_ENDS)
    // Each of them has what it has in every case, but for the long s and the Kelvin sign, which are words then.
    if (this.#ignoreCase && (set.kind === 'property' || (set.kind === 'word' && this.#unicode))) {
      throw new Untranslatable('sets of letters in any case')
    }
    if (set.kind === 'property') return propertyRanges(set)
    return set.negate ? complement(SETS[set.kind]) : SETS[set.kind]
  }

  /** What JavaScript takes for the same when case is ignored. Of letters beyond ASCII, only what ASCII leads to is known. */
  #inAnyCase([from, to]: Range): Range[] {
    if (!this.#ignoreCase) return [[from, to]]
    if (to > 0x7f) throw new Untranslatable('letters beyond ASCII in any case')
    const found: Range[] = [[from, to]]
    for (let code = from; code <= to; code++) {
      const letter = String.fromCodePoint(code)
      for (const other of [letter.toLowerCase(), letter.toUpperCase()]) {
        if (other !== letter) found.push([other.charCodeAt(0), other.charCodeAt(0)])
      }
      if (this.#unicode && /k/i.test(letter)) found.push([0x21_2a, 0x21_2a])
      if (this.#unicode && /s/i.test(letter)) found.push([0x1_7f, 0x1_7f])
    }
    return found
  }
}

/** One character of those, or of all others. */
function written(ranges: readonly Range[], negate = false): string {
  const all = sorted(ranges)
  const [only] = all
  if (!negate && all.length === 1 && only && only[0] === only[1]) return outside(only[0])
  // A short list of what it is not is easier to read than a long one of what it is.
  const others = complement(all)
  const flip = others.length < all.length
  const shownRanges = flip ? others : all
  if (shownRanges.length > MOST_RANGES) throw new Untranslatable('a class of many ranges')
  if (shownRanges.length === 0) return flip !== negate ? '(?s:.)' : '(?!)'
  return `[${flip !== negate ? '^' : ''}${shownRanges.map(rangeText).join('')}]`
}

function propertyRanges(set: AST.CharacterSet): readonly Range[] {
  const pattern = new RegExp(`^${set.raw}$`, 'u')
  const found: Range[] = []
  let from = -1
  for (let code = 0; code <= LAST + 1; code++) {
    const isIn = code <= LAST && pattern.test(String.fromCodePoint(code))
    if (isIn && from < 0) from = code
    if (!isIn && from >= 0) {
      found.push([from, code - 1])
      from = -1
    }
  }
  return found
}

function sorted(ranges: readonly Range[]): Range[] {
  const merged: [number, number][] = []
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

function complement(ranges: readonly Range[]): Range[] {
  const others: Range[] = []
  let next = 0
  for (const [from, to] of sorted(ranges)) {
    if (from > next) others.push([next, from - 1])
    next = to + 1
  }
  if (next <= LAST) others.push([next, LAST])
  return others
}

function rangeText([from, to]: Range): string {
  const between = to - from > 1 ? '-' : ''
  return from === to ? within(from) : `${within(from)}${between}${within(to)}`
}

function outside(code: number): string {
  return /[\^$\\.*+?()[\]{}|]/.test(String.fromCodePoint(code)) ? `\\${String.fromCodePoint(code)}` : shown(code)
}

/** In a class also what Python may read as an operator among sets one day is behind a backslash. */
function within(code: number): string {
  return /[\^\\\]\-[&~|]/.test(String.fromCodePoint(code)) ? `\\${String.fromCodePoint(code)}` : shown(code)
}

function shown(code: number): string {
  if (code >= 0x20 && code < 0x7f) return String.fromCodePoint(code)
  const hex = code.toString(16)
  return code < 0x1_00
    ? `\\x${hex.padStart(2, '0')}`
    : code < 0x1_00_00
      ? `\\u${hex.padStart(4, '0')}`
      : `\\U${hex.padStart(8, '0')}`
}
