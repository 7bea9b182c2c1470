import { resolveNames } from '../names.ts'
import { restrict, type Relation } from '../relation.ts'
import { ident, raw } from '../sql.ts'

/** Puts rows in order; `-name` sorts downwards, missing values come last. */
export function sort(relation: Relation, keys: readonly string[]): Relation {
  if (keys.length === 0) return relation
  const down = keys.map((key) => key.startsWith('-') && !relation.names.includes(key))
  const names = resolveNames(
    keys.map((key, at) => (down[at] ? key.slice(1) : key)),
    relation.names,
    'sort',
  )
  const order = names.map((name, at) => `${ident(name).text} ${down[at] ? 'DESC' : 'ASC'} NULLS LAST`)
  return restrict(relation, raw(`ORDER BY ${order.join(', ')}`))
}
