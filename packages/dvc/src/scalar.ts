/** Lines of a .dvc file are broken after this many columns, at spaces only. */
const WIDTH = 80

/** The YAML 1.2 core schema as ruamel.yaml resolves it: plain texts that would not be read back as strings. */
const NOT_A_STRING = [
  /^(?:~|null|Null|NULL)?$/,
  /^(?:true|True|TRUE|false|False|FALSE)$/,
  /^(?!_)[-+]?(?:0b[01_]+|0o?[0-7_]+|[0-9_]+|0x[0-9a-fA-F_]+)$/,
  /^[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$/,
  /^[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?$/,
  /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  /^[0-9]{4}-(?:[0-9]{2}-[0-9]{2}|[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/,
  /^(?:<<|=)$/,
]

/** Where YAML would read syntax: markers at the start, `: ` and ` #` within, spaces at the ends. */
const SYNTAX = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`])|^[-?](?: |$)|:(?: |$)| #|^ | $/

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
 * Writes `key: text` as ruamel.yaml does for DVC: the same quotes and the same line breaks, so that the bytes of a new
 * .dvc file are DVC's own. Where ruamel's own bytes would be read back as another text (line separators, a line broken
 * at several spaces), the text is written in double quotes on one line instead.
 *
 * @param indent spaces before the key; broken lines are indented by two more
 * @returns without the indent of the first line and without a line end
 * @example emitEntry('md5', '01234567890123456789012345678901', 2) // "md5: '01234567890123456789012345678901'"
 */
export function emitEntry(key: string, text: string, indent: number): string {
  const column = indent + key.length + 1
  const broken = `\n${' '.repeat(indent + 2)}`
  return `${key}:${emitScalar(text, column, broken)}`
}

function emitScalar(text: string, column: number, broken: string): string {
  // ruamel writes U+0085, U+2028 and U+2029 raw, which only ruamel reads back; the escapes are read by everyone.
  if (LINE_BREAK.test(text.replaceAll('\n', ''))) return ` ${escaped(text)}`
  const special = SPECIAL.test(text) || text.includes('\n')
  if (!special && !SYNTAX.test(text) && !isNotAString(text)) return plain(text, column, broken) ?? ` ${escaped(text)}`
  if (special || text.includes("'")) return ` ${doubleQuoted(text, column + 2, broken) ?? escaped(text)}`
  return ` ${singleQuoted(text, column + 2, broken)}`
}

function isNotAString(text: string): boolean {
  return NOT_A_STRING.some((pattern) => pattern.test(text))
}

/** Characters as ruamel counts columns: code points. */
function length(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

/** A word that would go past the width starts a line of its own, and the space before it stays at the line's end. */
function plain(text: string, start: number, broken: string): string | undefined {
  const indent = broken.length - 1
  let column = start + 1
  let out = ' '
  for (const [part] of text.matchAll(/ +|[^ ]+/g)) {
    const size = length(part)
    if (part.startsWith(' ')) {
      if (size === 1 && column >= WIDTH) {
        out += broken
        column = indent
        continue
      }
    } else if (size + column > WIDTH && column > indent) {
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
    const size = length(part)
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
    column += length(piece)
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
