import { restrict, type Relation } from '../relation.ts'
import { expression, raw, type Sql } from '../sql.ts'

/** Keeps the rows for which a condition holds. */
export function filter(relation: Relation, condition: string | Sql): Relation {
  return restrict(relation, raw(`WHERE (${expression(condition).text})`))
}
