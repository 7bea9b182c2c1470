/** How the values of one type stand to those of another. */
export type TypeRelation = 'same' | 'wider' | 'narrower' | 'other'

/** Bits of whole-number types, and whether they have a sign. */
const INTEGERS: Readonly<Record<string, readonly [bits: number, signed: boolean]>> = {
  TINYINT: [8, true],
  SMALLINT: [16, true],
  INTEGER: [32, true],
  BIGINT: [64, true],
  HUGEINT: [128, true],
  UTINYINT: [8, false],
  USMALLINT: [16, false],
  UINTEGER: [32, false],
  UBIGINT: [64, false],
  UHUGEINT: [128, false],
}

/** Bits of whole numbers that each floating-point type has exactly. */
const EXACT_BITS: Readonly<Record<string, number>> = { FLOAT: 24, DOUBLE: 53 }

/** Types without parameters whose values are among those of the next. */
const CHAINS: readonly (readonly string[])[] = [
  ['FLOAT', 'DOUBLE'],
  ['DATE', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP'],
  ['ENUM', 'VARCHAR'],
  ['UUID', 'VARCHAR'],
]

/**
 * How the values of a new type stand to those of an old one, by the engine's names of types: `wider` where every old value
 * is one of the new type, exactly.
 *
 * @example typeRelation('INTEGER', 'BIGINT') // 'wider'
 * @example typeRelation('DECIMAL(10,2)', 'DECIMAL(10,4)') // 'other': eight digits before the point do not fit any more
 */
export function typeRelation(before: string, after: string): TypeRelation {
  if (before === after) return 'same'
  if (isWithin(before, after)) return 'wider'
  if (isWithin(after, before)) return 'narrower'
  return 'other'
}

/** Whether every value of a type is one of another. */
function isWithin(a: string, b: string): boolean {
  if (a.endsWith('[]') && b.endsWith('[]')) return isWithin(a.slice(0, -2), b.slice(0, -2))
  const [from, to] = [nameOf(a), nameOf(b)]
  if (from === 'ENUM' && to === 'ENUM') {
    const values = new Set(valuesOf(b))
    return valuesOf(a).every((value) => values.has(value))
  }
  if (CHAINS.some((chain) => chain.includes(from) && chain.indexOf(from) < chain.indexOf(to))) return true
  const whole = INTEGERS[from]
  const decimal = digitsOf(b)
  if (whole) {
    const [bits, signed] = whole
    const other = INTEGERS[to]
    if (other) return other[1] === signed ? other[0] > bits : other[1] && other[0] > bits
    if (decimal) return decimal.before >= String(2n ** BigInt(signed ? bits - 1 : bits) - 1n).length
    return (EXACT_BITS[to] ?? 0) >= (signed ? bits - 1 : bits)
  }
  const digits = digitsOf(a)
  return (
    digits !== undefined &&
    decimal !== undefined &&
    a !== b &&
    decimal.before >= digits.before &&
    decimal.after >= digits.after
  )
}

/** Of a list (`ENUM('a')[]`) the whole: it is no `ENUM`. */
function nameOf(type: string): string {
  return type.replace(/\(.*\)$/s, '').trim()
}

/** The values of an enumeration, as they are written. */
function valuesOf(type: string): string[] {
  return type.match(/'(?:[^']|'')*'/g) ?? []
}

/** Digits before and after the point of a decimal type. */
function digitsOf(type: string): { readonly before: number; readonly after: number } | undefined {
  const match = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)
  return match ? { before: Number(match[1]) - Number(match[2]), after: Number(match[2]) } : undefined
}
