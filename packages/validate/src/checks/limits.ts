import type { $ZodType } from 'zod/v4/core'
import { addedChecks, allChecks, type CheckDef } from './check-def.ts'
import { defOf } from './schema.ts'
import { unwrap } from './wrapper.ts'

/** What limits a schema: bounds and lengths, and the number of values that it lists. */
export interface Limits {
  readonly values: number | undefined
  readonly checks: readonly CheckDef[]
  /** Whether nothing is of it. */
  readonly isNever: boolean
  /** Whether its values are whole numbers. */
  readonly isInteger: boolean
}

/** The limits of a schema, wrappers taken off. Other than numbers, texts, dates and lists of values have none. */
export function limitsOf(schema: $ZodType): Limits {
  const inner = unwrap(schema)
  const def = defOf(inner)
  const values =
    def.type === 'enum' ? Object.values(def.entries).length : def.type === 'literal' ? def.values.length : undefined
  const isInteger = def.type === 'number' && allChecks(inner).some(isWhole)
  return { values, checks: addedChecks(inner), isNever: def.type === 'never', isInteger }
}

function isWhole({ check, format }: CheckDef): boolean {
  return check === 'number_format' && /^(safe|u?)int/.test(String(format))
}
