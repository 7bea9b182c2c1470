import type { $ZodType } from 'zod/v4/core'
import { defOf } from './schema.ts'

/** What kind of JavaScript value a schema takes: text cells are decoded to it. */
export type ValueKind = 'string' | 'number' | 'bigint' | 'boolean' | 'date' | 'any'

/** The kind of a schema that has no wrapper; `any` where it takes several kinds. */
export function kindOf(schema: $ZodType): ValueKind {
  const def = defOf(schema)
  if ((def as { coerce?: boolean }).coerce === true) return 'string'
  switch (def.type) {
    case 'string':
    case 'template_literal':
      return 'string'
    case 'number':
    case 'nan':
      return 'number'
    case 'bigint':
    case 'boolean':
    case 'date':
      return def.type
    case 'enum':
      return kindOfValues(Object.values(def.entries))
    case 'literal':
      return kindOfValues(def.values)
    default:
      return 'any'
  }
}

function kindOfValues(values: readonly unknown[]): ValueKind {
  const types = new Set(values.filter((value) => value !== null && value !== undefined).map((value) => typeof value))
  const [only] = types
  if (types.size !== 1 || only === undefined) return 'any'
  return only === 'string' || only === 'number' || only === 'bigint' || only === 'boolean' ? only : 'any'
}
