import type { $ZodIssue } from 'zod/v4/core'
import { HIDDEN } from '../failure.ts'

/** Issues whose usual words do not hold the value. */
const PLAIN: ReadonlySet<string> = new Set(
  'invalid_type too_small too_big invalid_format not_multiple_of invalid_value'.split(' '),
)

/** Values that are shorter may stand in any words. */
const TELLING = 3

/**
 * The message of an issue where values are not to be shown: a schema may make it of the value, as Zod does of names of keys.
 *
 * @param value the value that the schema was given
 */
export function hiddenMessage({ code, message }: $ZodIssue, value: unknown): string {
  const words = message.toLowerCase()
  const least = PLAIN.has(code) ? TELLING : 1
  const holds = [...textsIn(value)].some((text) => text.length >= least && words.includes(text.toLowerCase()))
  return holds ? HIDDEN : message
}

/** Texts, numbers and names of keys in a value, at any depth. */
function* textsIn(value: unknown): Generator<string> {
  if (value === null || value === undefined) return
  if (value instanceof Date) yield Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 10)
  else if (typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) {
      if (!Array.isArray(value)) yield key
      yield* textsIn(item)
    }
  } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') yield String(value)
}
