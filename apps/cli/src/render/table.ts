/**
 * Lays cells out in columns. Numbers and what looks like them stand to the right.
 *
 * @param rows all of the same length
 * @example table([['a', '1'], ['bc', '20']]) // ['a    1', 'bc  20']
 */
export function table(rows: readonly (readonly string[])[], indent = ''): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => width(row[at] ?? ''))))
  const body = rows.slice(1)
  const right = widths.map(
    (_, at) => body.length > 0 && body.every((row) => /^[-+]?[\d.,]+(e[-+]?\d+)?%?$|^$/i.test(row[at] ?? '')),
  )
  return rows.map((row) =>
    (indent + row.map((cell, at) => pad(cell, widths[at] as number, right[at] === true)).join('  ')).trimEnd(),
  )
}

function pad(cell: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - width(cell)))
  return right ? space + cell : cell + space
}

/** Columns that text takes on a terminal: wide characters of East Asia and emoji take two. */
function width(text: string): number {
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
