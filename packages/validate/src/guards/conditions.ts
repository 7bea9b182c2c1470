import { ident, literal } from '@dayshift/core'
import type { NumericRules } from '../checks/numeric.ts'
import type { PlannedColumn } from '../planned-column.ts'

/**
 * SQL of the rows in which a column may fail: all that do, and few others.
 *
 * @returns nothing where only Zod can tell
 */
export function suspects(column: PlannedColumn): string | undefined {
  const { name, rules, accept, runAs } = column
  const missing = rules.acceptsMissing ? [] : [`${ident(name).text} IS NULL`]
  if (runAs === 'sql') return [...missing, ...failConditions(column).map(([, fails]) => `(${fails})`)].join(' OR ')
  return accept === undefined ? undefined : [...missing, `(${doubtful(name, accept)})`].join(' OR ')
}

/** SQL of the values that are there and not surely right. */
export function doubtful(name: string, accept: string): string {
  return `${ident(name).text} IS NOT NULL AND NOT (${accept})`
}

/**
 * The checks of a number column with the SQL of their failures. NaN compares as the largest number in the engine, so
 * values that Zod takes for no number are kept from the bounds.
 */
export function failConditions(column: PlannedColumn): [check: string, fails: string][] {
  const { integer, bounds } = column.rules.numeric as NumericRules
  const name = ident(column.name).text
  const value = column.exactIntegers ? name : `CAST(${name} AS DOUBLE)`
  const unsafe = `(abs(CAST(${name} AS DOUBLE)) > ${Number.MAX_SAFE_INTEGER})`
  // Beyond 2^53 − 1 an integer column gives JavaScript a bigint, which is no number to Zod.
  const noNumber = column.exactIntegers
    ? `${value} NOT BETWEEN -${Number.MAX_SAFE_INTEGER} AND ${Number.MAX_SAFE_INTEGER}`
    : `NOT isfinite(${value})${integer ? ` OR (isfinite(${value}) AND ${value} <> trunc(${value}))` : ''}`
  const typeFails = integer && !column.exactIntegers ? `(${noNumber}) OR ${unsafe}` : noNumber
  const present = `${name} IS NOT NULL`
  return [
    ['type', `${present} AND (${typeFails})`],
    ...bounds.map(({ check, op, value: limit }): [string, string] => [
      check,
      `${present} AND NOT (${noNumber}) AND NOT (${value} ${op} ${literal(limit).text})`,
    ]),
  ]
}
