import { resolveNames } from '../names.ts'
import { selectFrom, type Relation } from '../relation.ts'
import { ident, join, raw } from '../sql.ts'
import { typeName } from '../verbs/type-name.ts'

/**
 * A relation with some columns in the types that were declared for them.
 *
 * @throws DS_COLUMN_UNKNOWN where a column is not there
 */
export function typed(relation: Relation, types: Readonly<Record<string, string>> = {}): Relation {
  const wanted = Object.values(types)
  if (wanted.length === 0) return relation
  const declared = new Map(
    resolveNames(Object.keys(types), relation.names, 'types').map((name, at) => [name, wanted[at] as string]),
  )
  const list = relation.names.map((name) => {
    const type = declared.get(name)
    const column = ident(name)
    return type === undefined ? column : raw(`CAST(${column.text} AS ${typeName(type, 'types')}) AS ${column.text}`)
  })
  return selectFrom(relation, join(list), relation.names)
}
