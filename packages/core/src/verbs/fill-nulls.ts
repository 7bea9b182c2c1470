import { resolveNames } from '../names.ts'
import type { Relation } from '../relation.ts'
import { ident, isSql, literal, raw, type Sql, type SqlValue } from '../sql.ts'

/** Columns with values in place of missing ones, for `derive`. */
export function filledColumns(
  relation: Relation,
  values: Readonly<Record<string, SqlValue | Sql>>,
): Record<string, Sql> {
  const wanted = Object.keys(values)
  const filled = resolveNames(wanted, relation.names, 'fillNulls').map((name, at) => {
    const value = values[wanted[at] as string]
    return [name, raw(`COALESCE(${ident(name).text}, ${(isSql(value) ? value : literal(value)).text})`)] as const
  })
  return Object.fromEntries(filled)
}
