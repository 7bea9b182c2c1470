import { ident, join, raw, type Sql } from './sql.ts'

/**
 * Rows that a query would give: what verbs turn into one another. Plain data; nothing has run.
 */
export interface Relation {
  /** SQL that can stand in FROM. */
  readonly from: Sql
  /** The columns' names, in order. */
  readonly names: readonly string[]
}

/** A relation that selects from another. */
export function selectFrom(relation: Relation, list: Sql, names: readonly string[], rest?: Sql): Relation {
  return { from: raw(`(SELECT ${list.text} FROM ${relation.from.text}${rest ? ` ${rest.text}` : ''})`), names }
}

/** The same columns with something after FROM: WHERE, ORDER BY, LIMIT. */
export function restrict(relation: Relation, rest: Sql): Relation {
  return selectFrom(relation, raw('*'), relation.names, rest)
}

/** A relation as a query. */
export function queryOf(relation: Relation): Sql {
  return raw(`SELECT * FROM ${relation.from.text}`)
}

/** Names as a select list. */
export function nameList(names: readonly string[]): Sql {
  return join(names.map(ident))
}
