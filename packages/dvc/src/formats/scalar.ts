/** Lines of a .dvc file are broken after this many columns, at spaces only. */
const WIDTH = 80

const NULL = /^(?:~|null|Null|NULL)?$/
const TRUE = /^(?:true|True|TRUE)$/
const FALSE = /^(?:false|False|FALSE)$/

/** The YAML 1.2 core schema as ruamel.yaml resolves it: plain texts that would not be read back as strings. */
export const NOT_A_STRING = new RegExp(
  [
    NULL,
    TRUE,
    FALSE,
    /^(?!_)[-+]?(?:0b[01_]+|0o?[0-7_]+|[0-9_]+|0x[0-9a-fA-F_]+)$/,
    /^[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$/,
    /^[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?$/,
    /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
    /^[0-9]{4}-(?:[0-9]{2}-[0-9]{2}|[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/,
    /^(?:<<|=)$/,
  ]
    .map(({ source }) => source)
    .join('|'),
)

/** Where YAML would read syntax: markers at the start, `: ` and ` #` within, spaces at the ends. */
const SYNTAX = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`])|^[-?](?: |$)|:(?: |$)| #|^ | $/

/** What brackets and braces forbid beside that. */
const FLOW_SYNTAX = /[,[\]{}]|^[?:]$/

const LINE_BREAK = /[\n\u0085\u2028\u2029]/
/** What only double quotes can write. Unpaired surrogates are among it; they have no UTF-8. */
const SPECIAL = /[^\n\x20-\x7E\u0085\u00A0-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD\u{10000}-\u{10FFFF}]/u

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1B': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

/**
 * What a plain text stands for. A number is one only where it keeps all its digits: a hash of digits does not become one.
 *
 * @example resolveScalar('0x1f') // 31
 */
export function resolveScalar(text: string): string | number | boolean | null {
  if (NULL.test(text)) return null
  if (TRUE.test(text)) return true
  if (FALSE.test(text)) return false
  if (!NOT_A_STRING.test(text) || /^0[0-9]/.test(text) || text.length > 20) return text
  const value = Number(text)
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value)) ? value : text
}

/**
 * Writes `key: text` as ruamel.yaml does for DVC: the same quotes and the same line breaks, so that the bytes of a new
 * .dvc file are DVC's own. Where ruamel's own bytes would be read back as another text (line separators, a line broken
 * at several spaces), the text is written in double quotes on one line instead.
 *
 * @param indent spaces before the key; broken lines are indented by two more
 * @returns without the indent of the first line and without a line end
 * @example emitEntry('md5', '01234567890123456789012345678901', 2) // "md5: '01234567890123456789012345678901'"
 */
export function emitEntry(key: string, text: string, indent: number): string {
  return `${key}:${emitScalar(text, indent + key.length + 1, indent + 2)}`
}

/** Writes a key: never broken. */
export function emitKey(text: string, flow = false): string {
  if (text === '' || text.includes('\n') || SPECIAL.test(text) || LINE_BREAK.test(text)) {
    return text === '' ? "''" : escaped(text)
  }
  if (isPlain(text, flow)) return text
  return text.includes("'") ? escaped(text) : `'${text}'`
}

/**
 * Writes a text after a key's colon, a list's dash or a comma.
 *
 * @param column where that ends
 * @param indent spaces before lines that it is broken into; `undefined` in a document that stands within braces as a whole,
 *   where these have none, and no word gets a line of its own
 * @param flow whether it stands within brackets or braces
 * @returns with the space before it
 */
export function emitScalar(text: string, column: number, indent: number | undefined, flow = false): string {
  const broken = `\n${' '.repeat(indent ?? 0)}`
  // ruamel writes U+0085, U+2028 and U+2029 raw, which only ruamel reads back; the escapes are read by everyone.
  if (LINE_BREAK.test(text.replaceAll('\n', ''))) return ` ${escaped(text)}`
  if (isPlain(text, flow)) return plain(text, column, indent) ?? ` ${escaped(text)}`
  const special = SPECIAL.test(text) || text.includes('\n')
  if (special || text.includes("'")) return ` ${doubleQuoted(text, column + 2, broken) ?? escaped(text)}`
  return ` ${singleQuoted(text, column + 2, broken)}`
}

/**
 * Writes a number, a date or an alias as it is spelt.
 *
 * @param column as {@link emitScalar} takes it, and `indent` too
 * @returns with the space before it
 */
export function emitSpelling(spelling: string, column: number, indent: number | undefined): string {
  return plain(spelling, column, indent) ?? ` ${spelling}`
}

/** Whether a word would go past the width, so that it starts a line of its own. */
export function isTooLong(word: string, column: number, indent: number | undefined): boolean {
  return indent !== undefined && columns(word) + column > WIDTH && column > indent
}

function isPlain(text: string, flow: boolean): boolean {
  const special = SPECIAL.test(text) || text.includes('\n')
  return !special && !SYNTAX.test(text) && !(flow && FLOW_SYNTAX.test(text)) && !NOT_A_STRING.test(text)
}

/** Characters as ruamel counts columns: code points. */
export function columns(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** A word that would go past the width starts a line of its own, and the space before it stays at the line's end. */
function plain(text: string, start: number, indent: number | undefined): string | undefined {
  const broken = `\n${' '.repeat(indent ?? 0)}`
  let column = start + 1
  let out = ' '
  for (const [part] of text.matchAll(/ +|[^ ]+/g)) {
    const size = columns(part)
    if (part.startsWith(' ')) {
      if (size === 1 && column >= WIDTH) {
        out += broken
        column = indent ?? 0
        continue
      }
    } else if (indent !== undefined && isTooLong(part, column, indent)) {
      if (out.endsWith('  ')) return undefined
      out += broken
      column = indent
    }
    out += part
    column += size
  }
  return out
}

function singleQuoted(text: string, start: number, broken: string): string {
  let column = start
  let out = "'"
  let at = 0
  for (const [part] of text.matchAll(/ +|[^ ]+/g)) {
    const size = columns(part)
    const inside = at > 0 && at + part.length < text.length
    at += part.length
    if (part === ' ' && inside && column > WIDTH) {
      out += broken
      column = broken.length - 1
    } else {
      out += part
      column += size
    }
  }
  return `${out}'`
}

function escaped(text: string): string {
  return `"${Array.from(text, escapeCharacter).join('')}"`
}

/**
 * Double quotes with ruamel's line breaks: past the width, before a space or right after an escape, with a backslash
 * where the break alone would change the text.
 *
 * @returns undefined where ruamel itself breaks the text so that it reads back as another one
 */
function doubleQuoted(text: string, start: number, broken: string): string | undefined {
  const characters = Array.from(text)
  let column = start
  /** The first character that is not written yet. */
  let from = 0
  let out = '"'
  const write = (piece: string): void => {
    out += piece
    column += columns(piece)
  }
  for (const [at, character] of characters.entries()) {
    const escape = escapeCharacter(character)
    if (escape !== character) {
      write(characters.slice(from, at).join('') + escape)
      from = at + 1
    }
    const breaks = at > 0 && at < characters.length - 1 && (character === ' ' || from >= at)
    if (!breaks || column + at - from <= WIDTH) continue
    const backslash = needsBackslash(characters, from, at)
    write(characters.slice(from, at).join('') + (backslash ? '\\' : ''))
    from = Math.max(from, at)
    out += broken
    column = broken.length - 1
    if (characters[from] === ' ') {
      if (backslash) write('\\')
      else from++
    } else if (!backslash) return undefined
  }
  return `${out}${characters.slice(from).join('')}"`
}

function needsBackslash(characters: readonly string[], from: number, at: number): boolean {
  const space = characters.indexOf(' ', at)
  if (space < 0 || space === characters.length - 1 || from === at) return true
  if (characters.slice(at, space).some((character) => character === '\n' || character === '"' || character === "'")) {
    return true
  }
  const next = characters[space + 1]
  return next === ' ' || next === '\n' || (characters[at - 1] === ' ' && characters[at] === ' ')
}

function escapeCharacter(character: string): string {
  const escape = ESCAPES[character]
  if (escape !== undefined) return escape
  if (!SPECIAL.test(character)) return character
  const code = character.codePointAt(0) as number
  const hex = code.toString(16).toUpperCase()
  return code <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`
}
