import { freeName } from '../free-name.ts'
import { resolveNames } from '../names.ts'
import { nameList, restrict, selectFrom, type Relation } from '../relation.ts'
import { ident, raw } from '../sql.ts'

/** Drops rows that are equal in the columns named but for the first; in all columns where none is named. */
export function distinct(relation: Relation, wanted: readonly string[]): Relation {
  const keys = wanted.length > 0 ? resolveNames(wanted, relation.names, 'distinct') : relation.names
  const position = freeName(relation.names)
  const numbered = selectFrom(relation, raw(`*, row_number() OVER () AS ${ident(position).text}`), [
    ...relation.names,
    position,
  ])
  const kept = restrict(
    numbered,
    raw(`QUALIFY row_number() OVER (PARTITION BY ${nameList(keys).text} ORDER BY ${ident(position).text}) = 1`),
  )
  return selectFrom(kept, nameList(relation.names), relation.names, raw(`ORDER BY ${ident(position).text}`))
}
