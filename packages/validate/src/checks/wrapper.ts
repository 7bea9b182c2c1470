import type { $ZodType } from 'zod/v4/core'
import { defOf } from './schema.ts'

/** Wrappers that hand a value on to the schema within. */
const WRAPPERS = new Set(['optional', 'nullable', 'default', 'prefault', 'nonoptional', 'readonly', 'catch', 'success'])

/** The schema that judges a value in the end: wrappers taken off, and of a pipe the side that is a schema of values. */
export function unwrap(schema: $ZodType): $ZodType {
  const def = defOf(schema)
  const inner = innerOf(schema)
  if (inner) return unwrap(inner)
  if (def.type === 'pipe') {
    const { in: first, out } = def
    return unwrap(defOf(first).type === 'transform' ? out : first)
  }
  return schema
}

/** The schema in a wrapper, or behind `lazy`; nothing for others, and for one that is behind itself. */
export function innerOf(schema: $ZodType): $ZodType | undefined {
  const def = defOf(schema)
  if (WRAPPERS.has(def.type)) return (def as { innerType: $ZodType }).innerType
  if (def.type !== 'lazy') return undefined
  const passed = new Set<$ZodType>([schema])
  let inner = def.getter()
  for (let at = defOf(inner); at.type === 'lazy' && !passed.has(inner); at = defOf(inner)) {
    passed.add(inner)
    inner = at.getter()
  }
  return passed.has(inner) ? undefined : inner
}

/** Whether a column of a schema may be left out. */
export function isOptional(schema: $ZodType): boolean {
  return (schema as { _zod: { optin?: unknown } })._zod.optin !== undefined
}

/** Whether nothing but `nullable`, `optional` and `readonly` stands around the schema. */
export function isPlain(schema: $ZodType): boolean {
  const def = defOf(schema)
  if (def.type !== 'optional' && def.type !== 'nullable' && def.type !== 'readonly') {
    return !WRAPPERS.has(def.type) && def.type !== 'pipe' && def.type !== 'lazy'
  }
  // A refinement of the wrapper is code, as any other.
  return (def.checks ?? []).length === 0 && isPlain(def.innerType)
}

/** What stands for a missing value, and the schema of values that are there; nothing where a schema has no such thing. */
export function defaultOf(schema: $ZodType): { readonly inner: $ZodType; readonly value: unknown } | undefined {
  const def = defOf(schema)
  if (def.type === 'default' || def.type === 'prefault') return { inner: def.innerType, value: def.defaultValue }
  if (def.type !== 'optional' && def.type !== 'nullable') return undefined
  return defaultOf(def.innerType)
}
