import type { z } from 'zod'
import type { $ZodType, $ZodTypes } from 'zod/v4/core'

/** Tells a Zod 4 object schema of any copy of Zod, zod/mini included. */
export function isZodObject(value: unknown): value is z.ZodObject {
  const def = (value as { _zod?: { def?: { type?: unknown } } } | null | undefined)?._zod?.def
  return def?.type === 'object'
}

/** Tells a Zod 4 schema of any copy of Zod, zod/mini included. */
export function isZodSchema(value: unknown): value is $ZodType {
  return typeof (value as { _zod?: { def?: { type?: unknown } } } | null | undefined)?._zod?.def?.type === 'string'
}

/** What Zod keeps of a schema. */
export function defOf(schema: $ZodType): $ZodTypes['_zod']['def'] {
  return (schema as $ZodTypes)._zod.def
}
