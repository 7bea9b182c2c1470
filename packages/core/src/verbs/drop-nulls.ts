import { resolveNames } from '../names.ts'
import { restrict, type Relation } from '../relation.ts'
import { ident, raw } from '../sql.ts'

/** Drops the rows that have no value in one of the columns named; in any column where none is named. */
export function dropNulls(relation: Relation, wanted: readonly string[]): Relation {
  const names = wanted.length > 0 ? resolveNames(wanted, relation.names, 'dropNulls') : relation.names
  return restrict(relation, raw(`WHERE ${names.map((name) => `${ident(name).text} IS NOT NULL`).join(' AND ')}`))
}
