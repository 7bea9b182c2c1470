import type { $ZodType } from 'zod/v4/core'
import { defOf } from './schema.ts'

/** A check of a schema, as Zod keeps it. */
export interface CheckDef {
  readonly check: string
  readonly [key: string]: unknown
}

/** The checks that were added to a schema, in the order in which Zod runs them. */
export function addedChecks(schema: $ZodType): CheckDef[] {
  return (defOf(schema).checks ?? []).map((check) => check._zod.def as unknown as CheckDef)
}

/** The same after the one that the schema itself is, as `z.int()` and `z.email()` are. */
export function allChecks(schema: $ZodType): CheckDef[] {
  const def = defOf(schema) as unknown as Partial<CheckDef>
  return [...(def.check === undefined ? [] : [def as CheckDef]), ...addedChecks(schema)]
}
