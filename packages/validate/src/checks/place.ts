import type { $ZodType } from 'zod/v4/core'
import { defOf } from './schema.ts'
import { innerOf } from './wrapper.ts'

/**
 * The place of something within a value, as `.lines[].price`. Keys that only the data knows, as those of records, are `*`: of
 * them there may be as many as there are rows.
 */
export function placeWithin(schema: $ZodType, path: readonly PropertyKey[]): string {
  let at = alternatives(schema)
  return path
    .map((key) => {
      const isIndex = typeof key === 'number'
      const named = at.filter((one) => defOf(one).type === 'object' && Object.hasOwn(keysOf(one), key))
      const next = named.length > 0 ? named.map((one) => keysOf(one)[key as string]) : at.map((one) => partOf(one, key))
      at = next.flatMap((one) => (one ? alternatives(one) : []))
      return isIndex ? '[]' : named.length > 0 ? `.${String(key)}` : '.*'
    })
    .join('')
}

function keysOf(schema: $ZodType): Readonly<Record<PropertyKey, $ZodType>> {
  return (defOf(schema) as { shape: Readonly<Record<PropertyKey, $ZodType>> }).shape
}

/** The schemas that a value may be judged by: those in wrappers, in unions and on both sides of pipes. */
function alternatives(schema: $ZodType): $ZodType[] {
  const found = new Set<$ZodType>()
  const left = [schema]
  for (let one = left.pop(); one; one = left.pop()) {
    if (found.has(one)) continue
    found.add(one)
    const def = defOf(one)
    const inner = innerOf(one)
    if (inner) left.push(inner)
    else if (def.type === 'union') left.push(...def.options)
    else if (def.type === 'intersection') left.push(def.left, def.right)
    else if (def.type === 'pipe') left.push(def.in, def.out)
  }
  return [...found]
}

/** The schema of what stands in a list, or under a key that no schema names. */
function partOf(schema: $ZodType, key: PropertyKey): $ZodType | undefined {
  const def = defOf(schema)
  switch (def.type) {
    case 'array':
      return def.element
    case 'tuple':
      return def.items[Number(key)] ?? def.rest ?? undefined
    case 'record':
    case 'map':
    case 'set':
      return def.valueType
    case 'object':
      return def.catchall
    default:
      return undefined
  }
}
