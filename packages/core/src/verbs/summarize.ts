import { failure } from '../codes.ts'
import { distinctNames, resolveNames } from '../names.ts'
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
  const names = distinctNames([...keys, ...Object.keys(aggregates)], 'summarize')
  if (names.length === 0) throw failure('DS_COLUMN_UNKNOWN', 'summarize: give at least one aggregate')
  // By position: a name could be taken for an aggregate's. `()` makes one group of all rows.
  const groups = keys.length > 0 ? keys.map((_, at) => at + 1).join(', ') : '()'
  return selectFrom(relation, join([...keys.map(ident), ...values]), names, raw(`GROUP BY ${groups}`))
}
