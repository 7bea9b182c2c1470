import type { Frame, QueryOptions } from '@dayshift/core'
import { pathTo } from './judge/object-rows.ts'

/** What the objects of a JSON file have in a column. */
export interface ObjectKinds {
  /** Whether some lack the key. */
  readonly lacks: boolean
  /** Whether some have `null`. */
  readonly nulls: boolean
  /** The kinds of all other values, as words of Zod, in alphabetical order. */
  readonly kinds: readonly string[]
}

/** JSON's types, as the engine calls them, in words of Zod. */
const KINDS: Readonly<Record<string, string>> = {
  VARCHAR: 'string',
  BIGINT: 'number',
  UBIGINT: 'number',
  HUGEINT: 'number',
  DOUBLE: 'number',
  BOOLEAN: 'boolean',
}

/** Finds the kinds of the values of a JSON file, in one pass; nothing elsewhere. */
export async function objectKinds(
  { engine, objects, columns }: Frame,
  options: QueryOptions,
): Promise<ReadonlyMap<string, ObjectKinds>> {
  if (!objects) return new Map()
  const types = columns.map((name, at) => `list(DISTINCT coalesce(json_type(json, ${pathTo(name)}), '')) AS c${at}`)
  const [found] = await engine.query(`SELECT ${types.join(', ')} FROM ${objects.from.text}`, options)
  return new Map(
    columns.map((name, at) => {
      const all = new Set(found?.[`c${at}`] as readonly string[])
      const lacks = all.delete('')
      const nulls = all.delete('NULL')
      return [name, { lacks, nulls, kinds: [...new Set([...all].map((type) => KINDS[type] ?? 'any'))].toSorted() }]
    }),
  )
}
