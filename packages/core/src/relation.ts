import type { DatasetRef } from './dataset.ts'
import type { Engine, QueryOptions } from './engine.ts'
import type { Preparation } from './preparation.ts'
import { ident, join, raw, type Sql } from './sql.ts'

/**
 * Rows that a query would give: what verbs turn into one another. Plain data; nothing has run.
 */
export interface Relation {
  /** SQL that can stand in FROM. */
  readonly from: Sql
  /** The columns' names, in order. */
  readonly names: readonly string[]
  /** What must be done once before the SQL can run. */
  readonly needs?: readonly Preparation[] | undefined
  /** Whether each column can be read by itself at the cost of one column: Parquet, and tables of the engine. */
  readonly byColumn?: true | undefined
  /** The verb that made it, so that an error can name it. */
  readonly made?: Step | undefined
  /** The dataset whose columns these are, as it was opened. What verbs make of it does not have it. */
  readonly dataset?: DatasetRef | undefined
  /** The relation whose rows it holds, where they were computed once and kept. */
  readonly keeps?: Relation | undefined
}

/** How a verb made a relation. */
export interface Step {
  readonly verb: string
  readonly of: Relation
  /** What a person wrote for each column (SQL, or a type), or for the whole under `''`. */
  readonly parts?: Readonly<Record<string, string>> | undefined
  /** The columns whose groups the parts speak of; none for one group of all rows. */
  readonly groups?: readonly string[] | undefined
  /** The columns that a function looks at, where that was said. */
  readonly reads?: readonly string[] | undefined
  /** The other side of a verb over two relations. */
  readonly beside?: Relation | undefined
}

/** A relation that selects from another. */
export function selectFrom(relation: Relation, list: Sql, names: readonly string[], rest?: Sql): Relation {
  return {
    from: raw(`(SELECT ${list.text} FROM ${relation.from.text}${rest ? ` ${rest.text}` : ''})`),
    names,
    needs: relation.needs,
  }
}

/** The same columns with something after FROM: WHERE, ORDER BY, LIMIT. */
export function restrict(relation: Relation, rest: Sql): Relation {
  return selectFrom(relation, raw('*'), relation.names, rest)
}

/** A relation as a query. */
export function queryOf(relation: Relation): Sql {
  return raw(`SELECT * FROM ${relation.from.text}`)
}

/** The engine's types of a relation's columns, by name. Its preparations must have run. */
export async function typesOf(
  engine: Engine,
  relation: Relation,
  options?: QueryOptions,
): Promise<ReadonlyMap<string, string>> {
  const rows = await engine.query(engine.dialect.describe(queryOf(relation)).text, options)
  return new Map(rows.map(({ column_name, column_type }) => [String(column_name), String(column_type)]))
}

/** Names as a select list. */
export function nameList(names: readonly string[]): Sql {
  return join(names.map(ident))
}

/** The verbs that a relation went through, from the first to the last. */
export function verbsOf(relation: Relation): string[] {
  const verbs: string[] = []
  for (let at: Relation | undefined = relation; at?.made; at = at.made.of) verbs.unshift(at.made.verb)
  return verbs
}
