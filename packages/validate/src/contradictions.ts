import type { $ZodType } from 'zod/v4/core'
import type { CheckDef } from './checks/check-def.ts'
import { boundName } from './checks/check-name.ts'
import { limitsOf } from './checks/limits.ts'
import { isOptional } from './checks/wrapper.ts'

/** A bound, as `>= 3`. */
interface Limit {
  readonly name: string
  readonly value: unknown
  readonly inclusive: boolean
}

/**
 * What no value can meet, in words: a bound above another one, a list without values.
 *
 * @example contradictions(z.int().min(5).max(3)) // ['no value is >= 5 and <= 3']
 */
export function contradictions(schema: $ZodType): string[] {
  const { values, checks, isNever, isInteger } = limitsOf(schema)
  // No value at all is what a column that must not be there has.
  if (isNever) return isOptional(schema) ? [] : ['no value is of type never']
  if (values === 0) return ['it lists no values']
  if (checks.some(({ check, value }) => check === 'multiple_of' && value === 0)) return ['no value is a multiple of 0']
  const lows = checks.flatMap((check) => lowOf(check) ?? [])
  const highs = checks.flatMap((check) => highOf(check) ?? [])
  return lows.flatMap((low) =>
    highs.flatMap((high) => (areApart(low, high, isInteger) ? [`no value is ${low.name} and ${high.name}`] : [])),
  )
}

function lowOf(check: CheckDef): Limit | undefined {
  switch (check.check) {
    case 'greater_than':
      // One that does not always run rules nothing out.
      return check['when'] === undefined ? bound('>', check) : undefined
    case 'min_length':
      return { name: `length >= ${String(check['minimum'])}`, value: check['minimum'], inclusive: true }
    case 'length_equals':
      return { name: `length = ${String(check['length'])}`, value: check['length'], inclusive: true }
    default:
      return undefined
  }
}

function highOf(check: CheckDef): Limit | undefined {
  switch (check.check) {
    case 'less_than':
      return check['when'] === undefined ? bound('<', check) : undefined
    case 'max_length':
      return { name: `length <= ${String(check['maximum'])}`, value: check['maximum'], inclusive: true }
    case 'length_equals':
      return { name: `length = ${String(check['length'])}`, value: check['length'], inclusive: true }
    default:
      return undefined
  }
}

function bound(op: '<' | '>', { value, inclusive }: CheckDef): Limit {
  return { name: boundName(op, inclusive === true, value), value, inclusive: inclusive === true }
}

/** Numbers, big integers and dates all compare. Between 3 and 4, both exclusive, there is no whole number. */
function areApart(low: Limit, high: Limit, isInteger: boolean): boolean {
  const [from, to] = [low.value, high.value] as [number, number]
  if (from > to || (!(low.inclusive && high.inclusive) && from >= to)) return true
  if (!isInteger || typeof from !== 'number' || typeof to !== 'number') return false
  const least = low.inclusive ? Math.ceil(from) : Math.floor(from) + 1
  const most = high.inclusive ? Math.floor(to) : Math.ceil(to) - 1
  return least > most
}
