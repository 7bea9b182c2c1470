import { selectFrom, type Relation } from '../relation.ts'
import { expression, ident, join, raw, type Sql } from '../sql.ts'

/** Adds columns, or replaces those of the same name where they stand. */
export function derive(relation: Relation, columns: Readonly<Record<string, string | Sql>>): Relation {
  const added = Object.keys(columns).filter((name) => !relation.names.includes(name))
  const names = [...relation.names, ...added]
  const list = names.map((name) => {
    const value = Object.hasOwn(columns, name) ? columns[name] : undefined
    return value === undefined ? ident(name) : raw(`(${expression(value).text}) AS ${ident(name).text}`)
  })
  return selectFrom(relation, join(list), names)
}
