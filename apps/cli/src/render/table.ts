/** Columns of a table that cells are not cut below. */
const LEAST = 8

/**
 * Lays cells out in columns. Numbers and what looks like them stand to the right.
 *
 * @param rows all of the same length
 * @param to columns of a terminal that lines keep to: the longest cells are cut
 * @example table([['a', '1'], ['bc', '20']]) // ['a    1', 'bc  20']
 */
export function table(all: readonly (readonly string[])[], indent = '', to = Infinity): string[] {
  const room = fitted(
    (all[0] ?? []).map((_, at) => Math.max(...all.map((row) => width(row[at] ?? '')))),
    to - width(indent),
  )
  const rows = all.map((row) => row.map((cell, at) => clip(cell, room[at] as number)))
  const widths = room.map((_, at) => Math.max(...rows.map((row) => width(row[at] as string))))
  const body = rows.slice(1)
  const right = widths.map(
    (_, at) => body.length > 0 && body.every((row) => /^[-+]?[\d.,]+(e[-+]?\d+)?%?$|^$/i.test(row[at] ?? '')),
  )
  return rows.map((row) =>
    (indent + row.map((cell, at) => pad(cell, widths[at] as number, right[at] === true)).join('  ')).trimEnd(),
  )
}

/** Widths of columns that lines have room for: the widest are made less wide. */
function fitted(widths: readonly number[], to: number): number[] {
  const room = to - 2 * (widths.length - 1)
  let most = Math.max(0, ...widths)
  const sum = (): number => widths.reduce((total, one) => total + Math.min(one, most), 0)
  while (sum() > room && most > LEAST) most--
  // What the widest of them leave over, the last one takes.
  const left = Math.max(0, Math.min(room, Infinity) - sum())
  return widths.map((one, at) => Math.min(one, at === widths.length - 1 ? most + left : most))
}

function pad(cell: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - width(cell)))
  return right ? space + cell : cell + space
}

/** Columns that text takes on a terminal: wide characters of East Asia and emoji take two. */
export function width(text: string): number {
  let columns = 0
  for (const character of text) {
    const code = character.codePointAt(0) as number
    if (/\p{Mark}/u.test(character)) continue
    columns +=
      code > 0x10ff &&
      /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Emoji_Presentation}/u.test(character)
        ? 2
        : 1
  }
  return columns
}

/** A word in pieces that have room in a line. */
function pieces(word: string, to: number): string[] {
  const parts = ['']
  for (const character of word) {
    const next = (parts.at(-1) as string) + character
    if (width(next) <= to) parts[parts.length - 1] = next
    else parts.push(character)
  }
  return parts
}

/** Text cut to so many columns of a terminal, with `…` where something is cut away. */
export function clip(text: string, to: number): string {
  if (width(text) <= to) return text
  let kept = ''
  for (const character of text) {
    if (width(kept + character) >= to) break
    kept += character
  }
  return `${kept}…`
}

/**
 * Text in lines that keep to a width, broken between words. The first begins with a label, the others are set in as far.
 *
 * @param apart whether words that are longer than a line are broken too, rather than stand out
 * @example wrap('a long text', 10, '  x ') // ['  x a long', '    text']
 */
export function wrap(text: string, to: number, label = '', apart = false): string[] {
  const lines = [label]
  const space = ' '.repeat(width(label))
  const words = text.split(' ')
  for (const word of apart ? words.flatMap((one) => pieces(one, to - width(label))) : words) {
    const line = lines.at(-1) as string
    const next = line === label || line === space ? line + word : `${line} ${word}`
    if (width(next) <= to || line === label || line === space) lines[lines.length - 1] = next
    else lines.push(space + word)
  }
  return lines
}
