import type { $ZodType } from 'zod/v4/core'
import { allChecks, type CheckDef } from './check-def.ts'
import { defOf } from './schema.ts'
import { isPlain, unwrap } from './wrapper.ts'

/** A schema of texts, numbers, truth values, dates or a list of values, as plain data. */
export interface PlainSchema {
  readonly type: 'string' | 'number' | 'boolean' | 'date' | 'values'
  /** In the order in which Zod runs them. */
  readonly checks: readonly CheckDef[]
  /** The values of an enum or a literal. */
  readonly values?: readonly unknown[]
}

/** A schema as plain data, where nothing around it changes what it says. */
export function plainSchema(schema: $ZodType): PlainSchema | undefined {
  const inner = unwrap(schema)
  const def = defOf(inner)
  if (!isPlain(schema) || (def as { coerce?: boolean }).coerce === true) return undefined
  const checks = allChecks(inner)
  const listed = def.type === 'enum' ? Object.values(def.entries) : def.type === 'literal' ? def.values : []
  if ([...listed, ...checks.flatMap((check) => Object.values(check))].some(hasLoneSurrogate)) return undefined
  switch (def.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'date':
      return { type: def.type, checks }
    case 'enum':
      return { type: 'values', checks, values: Object.values(def.entries) }
    case 'literal':
      return { type: 'values', checks, values: def.values }
    default:
      return undefined
  }
}

/** Whether a text cannot be written as bytes: what stands for it there is another one. */
function hasLoneSurrogate(value: unknown): boolean {
  return typeof value === 'string' && /\p{Surrogate}/u.test(value)
}
