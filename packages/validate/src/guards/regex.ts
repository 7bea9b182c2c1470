import { RegExpParser, type AST } from '@eslint-community/regexpp'

/** Repeats within repeats, multiplied: RE2 writes each of them out. */
const MOST_REPEATS = 200

/** Longer patterns are left to JavaScript. */
const LONGEST = 4000

/** Thrown for what RE2 does not have, or has in another way. */
class Untranslatable extends Error {}

/**
 * A regular expression of JavaScript as one of RE2 that matches whole texts, for texts in ASCII alone: those that it matches
 * are those in which JavaScript finds the pattern. RE2 has no backtracking, so that no text takes long.
 *
 * @returns nothing for what RE2 has not (lookaround, references to groups) or would take in another way (anchors in the
 *   middle, the flags m, v and y)
 * @example re2Of(/^[a-z]+/) // '[a-z]+(?s:.*)'
 */
export function re2Of(pattern: RegExp): string | undefined {
  if (/[mvy]/.test(pattern.flags) || pattern.source.length > LONGEST) return undefined
  try {
    const ast = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern.source, 0, pattern.source.length, {
      unicode: pattern.unicode,
    })
    return new Translation(pattern).whole(ast)
  } catch {
    // Also what the parser does not know.
    return undefined
  }
}

/** What may stand before and behind a pattern without an anchor. */
const ANYTHING = '(?s:.*)'

class Translation {
  readonly #ignoreCase: boolean
  readonly #dotAll: boolean

  constructor({ ignoreCase, dotAll }: RegExp) {
    this.#ignoreCase = ignoreCase
    this.#dotAll = dotAll
  }

  /** Anchors stand at the ends of every alternative, or of none. */
  whole({ alternatives }: AST.Pattern): string {
    const parts = alternatives.map(({ elements }) => {
      const start = isAnchor(elements[0], 'start')
      const end = elements.length > (start ? 1 : 0) && isAnchor(elements.at(-1), 'end')
      const inner = elements.slice(start ? 1 : 0, end ? -1 : undefined)
      const body = inner.map((element) => this.#element(element, 1)).join('')
      return `${start ? '' : ANYTHING}${body}${end ? '' : ANYTHING}`
    })
    return `${this.#ignoreCase ? '(?i)' : ''}${parts.length === 1 ? parts[0] : `(?:${parts.join('|')})`}`
  }

  #alternatives(alternatives: readonly AST.Alternative[], repeats: number): string {
    const parts = alternatives.map(({ elements }) =>
      elements.map((element) => this.#element(element, repeats)).join(''),
    )
    return `(?:${parts.join('|')})`
  }

  /** @param repeats how often what stands around it repeats it */
  #element(element: AST.Element, repeats: number): string {
    switch (element.type) {
      case 'Character':
        return literalOf(this.#known(element.value))
      case 'CharacterSet':
        return this.#set(element)
      case 'CharacterClass':
        return this.#class(element)
      case 'CapturingGroup':
        return this.#alternatives(element.alternatives, repeats)
      case 'Group':
        if (element.modifiers) throw new Untranslatable('modifiers')
        return this.#alternatives(element.alternatives, repeats)
      case 'Quantifier':
        return this.#quantifier(element, repeats)
      case 'Assertion':
        if (element.kind === 'word') return element.negate ? '\\B' : '\\b'
        throw new Untranslatable(element.kind)
      default:
        throw new Untranslatable(element.type)
    }
  }

  #quantifier({ element, min, max }: AST.Quantifier, repeats: number): string {
    const most = repeats * Math.max(1, max === Number.POSITIVE_INFINITY ? min : max)
    if (most > MOST_REPEATS) throw new Untranslatable('too many repeats')
    const inner = this.#element(element, most)
    const body = element.type === 'Assertion' ? undefined : `(?:${inner})`
    if (body === undefined) throw new Untranslatable('a repeated assertion')
    if (max === Number.POSITIVE_INFINITY) return min === 0 ? `${body}*` : min === 1 ? `${body}+` : `${body}{${min},}`
    return `${body}{${min},${max}}`
  }

  /** Where case is ignored, each language has letters of its own that become letters of ASCII: the Kelvin sign is a k to RE2. */
  #known(code: number): number {
    if (this.#ignoreCase && code > 0x7f) throw new Untranslatable('letters beyond ASCII')
    return code
  }

  #set(set: AST.CharacterSet): string {
    if (set.kind === 'any') return this.#dotAll ? '(?s:.)' : '[^\\n\\r]'
    return `[${rangesOf(set)}]`
  }

  #class(characterClass: AST.CharacterClass | AST.ExpressionCharacterClass): string {
    if (characterClass.type !== 'CharacterClass' || characterClass.elements.length === 0)
      throw new Untranslatable('class')
    const ranges = characterClass.elements.map((element) => {
      if (element.type === 'Character') return codeOf(this.#known(element.value))
      if (element.type === 'CharacterClassRange') {
        return `${codeOf(element.min.value)}-${codeOf(this.#known(element.max.value))}`
      }
      if (element.type === 'CharacterSet') return rangesOf(element)
      throw new Untranslatable(element.type)
    })
    return `[${characterClass.negate ? '^' : ''}${ranges.join('')}]`
  }
}

function isAnchor(element: AST.Element | undefined, kind: 'start' | 'end'): boolean {
  return element?.type === 'Assertion' && element.kind === kind
}

function literalOf(code: number): string {
  return /[A-Za-z0-9]/.test(String.fromCodePoint(code)) && code < 0x80 ? String.fromCodePoint(code) : codeOf(code)
}

function codeOf(code: number): string {
  return `\\x{${code.toString(16)}}`
}

/** What JavaScript's sets hold of ASCII, and what their negations do. */
const SETS: Readonly<Record<'digit' | 'space' | 'word', readonly [holds: string, others: string]>> = {
  digit: ['0-9', '\\x{0}-\\x{2f}\\x{3a}-\\x{7f}'],
  space: ['\\x{9}-\\x{d}\\x{20}', '\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{7f}'],
  word: ['0-9A-Za-z_', '\\x{0}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{7f}'],
}

function rangesOf(set: AST.CharacterSet): string {
  if (set.kind === 'any' || set.kind === 'property') throw new Untranslatable(set.kind)
  return SETS[set.kind][set.negate ? 1 : 0]
}
