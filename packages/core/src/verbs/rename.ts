import { distinctNames, resolveNames } from '../names.ts'
import { selectFrom, type Relation } from '../relation.ts'
import { ident, join, raw } from '../sql.ts'

/** Renames columns: `{ old: 'new' }`. */
export function rename(relation: Relation, changes: Readonly<Record<string, string>>): Relation {
  const old = Object.keys(changes)
  const renamed = new Map(
    resolveNames(old, relation.names, 'rename').map((name, at) => [name, changes[old[at] as string] as string]),
  )
  const names = distinctNames(
    relation.names.map((name) => renamed.get(name) ?? name),
    'rename',
  )
  const list = relation.names.map((name, at) => raw(`${ident(name).text} AS ${ident(names[at] as string).text}`))
  return selectFrom(relation, join(list), names)
}
