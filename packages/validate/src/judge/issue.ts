import type { $ZodIssue, $ZodType } from 'zod/v4/core'
import { boundName, formatName } from '../checks/check-name.ts'
import { placeWithin } from '../checks/place.ts'

/**
 * The name of the check that an issue belongs to: the same that `rulesOf` gives the check of the schema.
 *
 * @param schema of the value
 * @param missing whether the value that failed is a missing one
 */
export function checkOfIssue(issue: $ZodIssue, schema: $ZodType, missing: boolean): string {
  const place = issue.path.length === 0 ? '' : placeWithin(schema, issue.path)
  const name = missing && place === '' && issue.code !== 'custom' ? 'not_null' : nameOf(issue)
  return place === '' ? name : `${place} ${name}`
}

function nameOf(issue: $ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return 'type'
    case 'too_small':
      return sized(issue.origin)
        ? lengthName('>=', issue.minimum, issue.exact)
        : boundName('>', issue.inclusive ?? true, bound(issue, issue.minimum))
    case 'too_big':
      return sized(issue.origin)
        ? lengthName('<=', issue.maximum, issue.exact)
        : boundName('<', issue.inclusive ?? true, bound(issue, issue.maximum))
    case 'invalid_format':
      return formatName(issue.format, issue.pattern)
    case 'not_multiple_of':
      return `multiple_of ${issue.divisor}`
    case 'invalid_value':
      return 'one_of'
    case 'unrecognized_keys':
      return 'keys'
    case 'invalid_union':
      return 'union'
    case 'custom':
      return 'refine'
    default:
      return issue.code
  }
}

function sized(origin: string): boolean {
  return origin === 'string' || origin === 'array' || origin === 'set' || origin === 'file'
}

function lengthName(op: string, size: number | bigint, exact: boolean | undefined): string {
  return `length ${exact ? '=' : op} ${size}`
}

/** Zod tells a date's bound in milliseconds. */
function bound(issue: { readonly origin: string }, value: number | bigint): unknown {
  return issue.origin === 'date' ? new Date(Number(value)) : value
}

/** Whether an issue says that a whole number is outside ±(2^53 − 1): part of being an integer, not a bound of the contract. */
export function isUnsafeInteger(issue: $ZodIssue): boolean {
  return (issue.code === 'too_big' || issue.code === 'too_small') && issue.origin === 'int'
}
