import type { $ZodType } from 'zod/v4/core'
import { addedChecks, type CheckDef } from './check-def.ts'
import { nameOf } from './check-name.ts'
import { defOf } from './schema.ts'

/** A bound of a number. */
export interface Bound {
  readonly check: string
  readonly op: '<' | '<=' | '>' | '>='
  readonly value: number
}

/** A schema that comes down to a finite number between bounds: what SQL can count exactly. */
export interface NumericRules {
  /** Whole numbers within ±(2^53 − 1) only. */
  readonly integer: boolean
  readonly bounds: readonly Bound[]
}

/** The rules of a plain finite number, or undefined where the schema asks for more than SQL can say exactly. */
export function numericRules(schema: $ZodType): NumericRules | undefined {
  const def = defOf(schema)
  if (def.type !== 'number' || (def as { coerce?: boolean }).coerce === true) return undefined
  const own = def as unknown as Partial<CheckDef>
  const checks = addedChecks(schema)
  const formats = checks.filter(({ check }) => check === 'number_format')
  // A format that comes after a bound leaves the bound's failures standing; only a leading one stops the rest.
  if (formats.length > (own.check === undefined && checks[0]?.check === 'number_format' ? 1 : 0)) return undefined
  const leading = own.check === 'number_format' ? own : formats[0]
  const format = leading?.['format']
  if (format !== undefined && (format !== 'safeint' || leading?.['abort'] === true)) return undefined
  const bounds: Bound[] = []
  for (const check of checks) {
    if (check.check === 'number_format') continue
    const { value } = check
    // NaN is the largest number to the engine, and neither more nor less than any to JavaScript.
    const usual = typeof value === 'number' && !Number.isNaN(value) && check['abort'] !== true && !check['when']
    if (!usual || (check.check !== 'greater_than' && check.check !== 'less_than')) return undefined
    const name = nameOf(check) as string
    // A bound that is said twice is one check.
    if (bounds.some((bound) => bound.check === name)) continue
    bounds.push({ check: name, op: name.split(' ')[0] as Bound['op'], value })
  }
  return { integer: format === 'safeint', bounds }
}
