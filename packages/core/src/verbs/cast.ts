import { resolveNames } from '../names.ts'
import { raw, ident } from '../sql.ts'
import type { Relation } from '../relation.ts'
import { derive } from './derive.ts'
import { typeName } from './type-name.ts'

/** Changes columns' types. A type's name is not a value, so it is checked, not quoted. */
export function cast(relation: Relation, types: Readonly<Record<string, string>>): Relation {
  const wanted = Object.keys(types)
  const names = resolveNames(wanted, relation.names, 'cast')
  const casts = names.map((name, at) => {
    const type = typeName(types[wanted[at] as string] as string, 'cast')
    return [name, raw(`CAST(${ident(name).text} AS ${type})`)] as const
  })
  return derive(relation, Object.fromEntries(casts))
}
