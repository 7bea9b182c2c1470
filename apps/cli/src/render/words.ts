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

/** A value in a cell: control characters are shown, not sent to the terminal. */
export function cell(value: FactValue | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return short(value)
  return printable(String(value))
}

/** Text whose control characters a terminal would obey, made visible. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Control}/gu, (character) => {
    const known: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }
    return known[character] ?? `\\x${(character.codePointAt(0) as number).toString(16).padStart(2, '0')}`
  })
}
