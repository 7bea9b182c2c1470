import type { FactValue } from '@dayshift/core'

/** A count with its noun: `1 row`, `2,000 rows`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}

/** A number as a person reads it: four significant digits, whole numbers whole. */
export function short(number: number): string {
  if (Number.isInteger(number) && Math.abs(number) < 1e15) return String(number)
  return String(Number(number.toPrecision(4)))
}

/** A p-value: two significant digits; what a double cannot tell from nothing is `< 1e-300`. */
export function probability(p: number): string {
  if (p === 0) return '< 1e-300'
  return p >= 0.001 ? String(Number(p.toPrecision(2))) : p.toExponential(0)
}

/** A share in percent, as it was given: `99 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))} %`
}

/** A value that is what is wrong, so as it is, digit by digit; `no value` where there is none. */
export function valueWords(value: FactValue | undefined): string {
  return value === null || value === undefined ? 'no value' : printable(String(value))
}

/** A value in a cell: control characters are shown, not sent to the terminal. */
export function cell(value: FactValue | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return short(value)
  return printable(String(value))
}

/** Characters that a terminal obeys, those that turn the direction of writing, and what agents of Azure Pipelines obey in any line of a log. */
const OBEYED = /[\p{Control}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]|#(?=#(?:vso)?\[)/giu

/** Text whose control characters a terminal would obey, made visible; so are those that turn the direction of writing. */
export function printable(text: string): string {
  return text.replaceAll(OBEYED, (character) => {
    const known: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
    const code = (character.codePointAt(0) as number).toString(16)
    return known[character] ?? (code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`)
  })
}

/** The same of JSON, which stays the same data. */
export function printableJson(json: string): string {
  return json.replaceAll(OBEYED, (character) =>
    character === '\n' ? character : `\\u${(character.codePointAt(0) as number).toString(16).padStart(4, '0')}`,
  )
}

/** Text of several lines, each made printable; none after the first is a workflow command of GitHub’s, which knows them in any step’s log. */
export function printableLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line, at) => printable(at === 0 ? line : line.replace(/^(\s*):(?=:)/, String.raw`$1\x3a`)))
    .join('\n')
}
