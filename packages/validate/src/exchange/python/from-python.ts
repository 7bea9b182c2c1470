import { messageOf } from '@dayshift/core'

/** Thrown for what Python's regular expressions have and JavaScript's have not. */
export class Untranslatable extends SyntaxError {}

/** Characters, as a class of JavaScript with the flag u writes them between its brackets. */
const SETS: Readonly<Record<'d' | 'w' | 's', string>> = {
  d: String.raw`\p{Nd}`,
  w: String.raw`\p{L}\p{N}_`,
  s: String.raw`\t-\r\x1c- \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000`,
}
const ASCII_SETS: typeof SETS = { d: '0-9', w: 'A-Za-z0-9_', s: String.raw`\t-\r ` }

/** What stands for itself in a pattern of JavaScript only behind a backslash. */
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/

/** Groups that Python has: atomic ones, conditions, flags, names with letters of any script. */
const PYTHON_GROUPS = /^\(\?(?:>|\(\w+\)|[aiLmsux]*(?:-[imsx]+)?[:)]|P[<=][\p{L}_][\p{L}\p{N}_]*[>)])/u

/** Escapes that Python has: characters by name, and by three octal digits. */
const PYTHON_ESCAPES = /^\\(?:N\{[^}]+\}|[1-3][0-7]{2})/

/** How a pattern is to be found in a text. */
export type Anchoring =
  /** Anywhere: `re.search`. */
  | 'search'
  /** At the start: `re.match`. */
  | 'match'
  /** From start to end: `re.fullmatch`. */
  | 'fullmatch'

/**
 * A regular expression of Python as one of JavaScript that is found in the same texts: `\d`, `\w`, `\b` and `\s` mean all of
 * Unicode, `$` also stands before a line break at the end, and a full stop is anything but a line feed.
 *
 * @param anchoring default: `search`
 * @throws SyntaxError for what is no pattern of Python, and for what JavaScript has not (conditions, atomic groups, possessive
 *   quantifiers, `(?x)`)
 * @example pythonPattern('(?P<year>\\d{4})$') // /(?<year>\p{Nd}{4})(?=\n?$)/u
 */
export function pythonPattern(source: string, anchoring: Anchoring = 'search'): RegExp {
  try {
    return translated(source, anchoring)
  } catch (error) {
    if (error instanceof Untranslatable) {
      throw new Untranslatable(`the pattern ${source} of Python cannot be one of JavaScript: ${error.message}`, {
        cause: error,
      })
    }
    // That a range runs backwards shows only when the whole is compiled.
    const reason = messageOf(error).replace(/^Invalid regular expression: .*: /s, '')
    throw new SyntaxError(`${source} is no regular expression: ${reason}`, { cause: error })
  }
}

function translated(source: string, anchoring: Anchoring): RegExp {
  const { text, flags, alternatives } = new Translation(source)
  if (anchoring === 'search') return new RegExp(text, flags)
  const body = alternatives ? `(?:${text})` : text
  const start = body.startsWith('^') ? '' : '^'
  return new RegExp(`${start}${body}${anchoring === 'fullmatch' ? '$' : ''}`, flags)
}

/** Whether a pattern means the same in both languages, and is written alike. */
export function isCommon(source: string): boolean {
  return /^\^?(?:[A-Za-z0-9 _@,;:#%&=!"'<>~-]|\\[.+*?(){}[\]|^$/\\]|\[(?:[A-Za-z0-9 _@.,;:+*?(){}#%&=!"'<>~]|[A-Za-z0-9]-[A-Za-z0-9])+\](?:[+*?]|\{\d+(?:,\d*)?\})?)*$/.test(
    source,
  )
}

class Translation {
  readonly text: string
  /** Whether alternatives stand at the top. */
  alternatives = false
  #at = 0
  #depth = 0
  #ignoreCase = false
  #dotAll = false
  #multiline = false
  #ascii = false
  /** Whether the last thing may be repeated. */
  #repeatable = false
  readonly #source: string

  constructor(source: string) {
    this.#source = source
    this.#globalFlags()
    let text = ''
    while (this.#at < source.length) text += this.#next()
    if (this.#depth > 0) throw new SyntaxError('a bracket stays open')
    this.text = text
  }

  get flags(): string {
    return this.#ignoreCase ? 'iu' : 'u'
  }

  #globalFlags(): void {
    const found = /^\(\?([aiLmsux]+)\)/.exec(this.#source)
    if (!found) return
    this.#at = found[0].length
    for (const flag of found[1] ?? '') {
      if (flag === 'i') this.#ignoreCase = true
      else if (flag === 's') this.#dotAll = true
      else if (flag === 'm') this.#multiline = true
      else if (flag === 'a') this.#ascii = true
      else if (flag === 'x') throw new Untranslatable('the flag x')
      else if (flag !== 'u') throw new SyntaxError(`the flag ${flag}`)
    }
  }

  #sets(): typeof SETS {
    return this.#ascii ? ASCII_SETS : SETS
  }

  /** Translates what stands next. */
  #next(): string {
    const point = String.fromCodePoint(this.#source.codePointAt(this.#at) as number)
    const repeatable = this.#repeatable
    this.#repeatable = true
    switch (point) {
      case '\\':
        return this.#escape()
      case '[':
        return this.#class()
      case '(':
        return this.#open()
      case ')':
        if (this.#depth-- === 0) throw new SyntaxError('a bracket closes that was not opened')
        return this.#take(1)
      case '|':
        this.alternatives ||= this.#depth === 0
        this.#repeatable = false
        return this.#take(1)
      case '^':
        this.#repeatable = false
        this.#at++
        return this.#multiline ? String.raw`(?<![^\n])` : '^'
      case '$':
        this.#repeatable = false
        this.#at++
        return this.#multiline ? String.raw`(?![^\n])` : String.raw`(?=\n?$)`
      case '.':
        this.#at++
        return this.#dotAll ? String.raw`[\s\S]` : String.raw`[^\n]`
      case '*':
      case '+':
      case '?':
        return this.#quantified(this.#take(1), repeatable)
      case '{': {
        const range = /^\{(\d*)(?:(,)(\d*))?\}/.exec(this.#source.slice(this.#at))
        const [all = '', from = '', comma = '', to = ''] = range ?? []
        if (!range || (from === '' && to === '')) return this.#literal(point)
        this.#at += all.length
        return this.#quantified(`{${from || '0'}${comma}${to}}`, repeatable)
      }
      default:
        return this.#literal(point)
    }
  }

  #take(length: number): string {
    this.#at += length
    return this.#source.slice(this.#at - length, this.#at)
  }

  #literal(point: string): string {
    this.#at += point.length
    return literal(point)
  }

  #quantified(quantifier: string, repeatable: boolean): string {
    if (!repeatable) throw new SyntaxError('a repeat of nothing')
    this.#repeatable = false
    if (this.#source[this.#at] === '+') throw new Untranslatable('possessive quantifiers')
    return this.#source[this.#at] === '?' ? `${quantifier}${this.#take(1)}` : quantifier
  }

  #open(): string {
    const rest = this.#source.slice(this.#at)
    const comment = /^\(\?#[^)]*\)/.exec(rest)
    if (comment) {
      this.#at += comment[0].length
      return ''
    }
    const same = /^\((?:\?(?:[:=!]|<[=!]))?/.exec(rest)?.[0] ?? ''
    const name = /^\(\?P<([A-Za-z_]\w*)>/.exec(rest)
    const again = /^\(\?P=([A-Za-z_]\w*)\)/.exec(rest)
    if (again) {
      this.#at += again[0].length
      return `\\k<${again[1]}>`
    }
    this.#depth++
    this.#repeatable = false
    if (name) {
      this.#at += name[0].length
      return `(?<${name[1]}>`
    }
    if (same === '(' && rest[1] === '?') {
      throw new (PYTHON_GROUPS.test(rest) ? Untranslatable : SyntaxError)(`the group ${rest.slice(0, 4)}`)
    }
    return this.#take(same.length)
  }

  #escape(): string {
    const letter = this.#source[this.#at + 1] ?? ''
    const { d, w, s } = this.#sets()
    const sets: Readonly<Record<string, string>> = {
      d: `[${d}]`,
      D: `[^${d}]`,
      w: `[${w}]`,
      W: `[^${w}]`,
      s: `[${s}]`,
      S: `[^${s}]`,
    }
    const set = sets[letter]
    if (set !== undefined) {
      this.#at += 2
      return set
    }
    const places: Readonly<Record<string, string>> = {
      A: '^',
      Z: '$',
      z: '$',
      b: `(?:(?<=[${w}])(?![${w}])|(?<![${w}])(?=[${w}]))`,
      B: `(?:(?<=[${w}])(?=[${w}])|(?<![${w}])(?![${w}]))`,
    }
    const place = places[letter]
    if (place !== undefined) {
      this.#at += 2
      this.#repeatable = false
      return place
    }
    const group = /^\\([1-9]\d?)(?!\d)/.exec(this.#source.slice(this.#at))
    if (group) {
      this.#at += group[0].length
      return `(?:${group[0]})`
    }
    return literal(this.#escaped())
  }

  /** The character behind a backslash. */
  #escaped(): string {
    const rest = this.#source.slice(this.#at)
    const code = /^\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(0[0-7]{0,2}))/.exec(rest)
    if (code) {
      this.#at += code[0].length
      const [, two, four, eight, octal] = code
      return String.fromCodePoint(octal === undefined ? parseInt(two ?? four ?? eight ?? '', 16) : parseInt(octal, 8))
    }
    const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' }
    const point = rest.length > 1 ? String.fromCodePoint(rest.codePointAt(1) as number) : ''
    if (point === '' || (/[A-Za-z0-9]/.test(point) && controls[point] === undefined)) {
      throw new (PYTHON_ESCAPES.test(rest) ? Untranslatable : SyntaxError)(`the escape \\${point}`)
    }
    this.#at += 1 + point.length
    return controls[point] ?? point
  }

  #class(): string {
    this.#at++
    const negated = this.#source[this.#at] === '^'
    if (negated) this.#at++
    const parts: string[] = []
    const others: string[] = []
    for (let first = true; first || this.#source[this.#at] !== ']'; first = false) {
      if (this.#at >= this.#source.length) throw new SyntaxError('a class stays open')
      const from = this.#member(others)
      if (from === undefined) continue
      if (from.length > 1 && !isPoint(from)) {
        parts.push(from)
        continue
      }
      const isRange = this.#source[this.#at] === '-' && ![']', undefined].includes(this.#source[this.#at + 1])
      if (!isRange) {
        parts.push(inClass(from))
        continue
      }
      this.#at++
      const to = this.#member(others)
      if (to === undefined || !isPoint(to)) throw new SyntaxError('a range to a set')
      parts.push(`${inClass(from)}-${inClass(to)}`)
    }
    this.#at++
    const named = parts.length === 0 && others.length > 0 ? [] : [`[${parts.join('')}]`]
    if (others.length === 0) return `[${negated ? '^' : ''}${parts.join('')}]`
    const either = [...named, ...others].join('|')
    return negated ? `(?:(?!${either})[\\s\\S])` : `(?:${either})`
  }

  /** A character of a class, or the inside of a set; a set of all others goes to those, since it has a class of its own. */
  #member(others: string[]): string | undefined {
    const letter = this.#source[this.#at + 1] ?? ''
    if (this.#source[this.#at] === '\\') {
      const sets = this.#sets()
      if (letter === 'd' || letter === 'w' || letter === 's') {
        this.#at += 2
        return sets[letter]
      }
      if (letter === 'D' || letter === 'W' || letter === 'S') {
        this.#at += 2
        others.push(`[^${sets[letter.toLowerCase() as 'd' | 'w' | 's']}]`)
        return undefined
      }
      if (letter === 'b') {
        this.#at += 2
        return '\b'
      }
      return this.#escaped()
    }
    const point = String.fromCodePoint(this.#source.codePointAt(this.#at) as number)
    this.#at += point.length
    return point
  }
}

function isPoint(text: string): boolean {
  return text.length === String.fromCodePoint(text.codePointAt(0) as number).length
}

function literal(point: string): string {
  if (SYNTAX.test(point)) return `\\${point}`
  return visible(point)
}

function inClass(point: string): string {
  return /[\^\\\]\-[]/.test(point) ? `\\${point}` : visible(point)
}

/** Letters as they are, what cannot be seen by its code. */
function visible(point: string): string {
  return /[\p{L}\p{N}\p{P}\p{S} ]/u.test(point) && !/[\u2028\u2029]/.test(point)
    ? point
    : `\\u{${(point.codePointAt(0) as number).toString(16)}}`
}
