import { failure } from '../codes.ts'
import { distinctNames, resolveNames } from '../names.ts'
import { nameList, selectFrom, type Relation } from '../relation.ts'

/** Keeps the columns named, in this order. */
export function select(relation: Relation, wanted: readonly string[]): Relation {
  if (wanted.length === 0) throw failure('DS_COLUMN_UNKNOWN', 'select: name at least one column')
  const names = distinctNames(resolveNames(wanted, relation.names, 'select'), 'select')
  return selectFrom(relation, nameList(names), names)
}
