import type { $ZodType } from 'zod/v4/core'
import { defOf } from './schema.ts'

/**
 * What a schema is, as `array`, and the schema of its items, where it is a list.
 *
 * @param within whether to look within `nullable`, `optional` and `readonly`
 */
export function shapeOf(schema: $ZodType, within = false): { readonly type: string; readonly item?: $ZodType } {
  const def = defOf(schema)
  if (within && (def.type === 'optional' || def.type === 'nullable' || def.type === 'readonly')) {
    return shapeOf(def.innerType, within)
  }
  if (within && (def as { coerce?: boolean }).coerce === true) return { type: `coerce.${def.type}` }
  return def.type === 'array' ? { type: def.type, item: def.element } : { type: def.type }
}
