import type { z } from 'zod'
import type { $ZodType } from 'zod/v4/core'

/** The columns of an object schema with their own schemas, in the order of the contract. */
export function columnsOf(object: z.ZodObject): [column: string, schema: $ZodType][] {
  return Object.entries(object._zod.def.shape)
}

/** Whether an object schema has refinements of whole rows. */
export function refinesRows(object: z.ZodObject): boolean {
  return (object._zod.def.checks ?? []).length > 0
}

/**
 * The schema of keys that an object schema does not name: where it has one of its own, and where it lets them pass and has
 * refinements, which see them.
 */
export function schemaOfOthers(object: z.ZodObject): $ZodType | undefined {
  const { catchall } = object._zod.def
  const type = catchall?._zod.def.type
  if (type === undefined || type === 'never') return undefined
  return type === 'unknown' && !refinesRows(object) ? undefined : catchall
}

/** Whether an object schema refuses keys that it does not name. */
export function forbidsOthers(object: z.ZodObject): boolean {
  return object._zod.def.catchall?._zod.def.type === 'never'
}
