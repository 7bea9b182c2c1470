import { resolveNames } from '../names.ts'
import { selectFrom, type Relation } from '../relation.ts'
import { expression, ident, join, raw, type Sql } from '../sql.ts'

/** One row for each group, or one for all rows where there is no key. */
export function summarize(
  relation: Relation,
  aggregates: Readonly<Record<string, string | Sql>>,
  by: readonly string[],
): Relation {
  const keys = resolveNames(by, relation.names, 'summarize')
  const values = Object.entries(aggregates).map(([name, value]) =>
    raw(`(${expression(value).text}) AS ${ident(name).text}`),
  )
  const list = join([...keys.map(ident), ...values])
  const rest = keys.length > 0 ? raw(`GROUP BY ALL`) : undefined
  return selectFrom(relation, list, [...keys, ...Object.keys(aggregates)], rest)
}
