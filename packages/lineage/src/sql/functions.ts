import type { Asked } from './duckdb-tree.ts'
import type { Surroundings } from './expression.ts'

/** Aggregates that DuckDB writes as macros. */
const MACRO_AGGREGATES = [
  'geomean',
  'geometric_mean',
  'wavg',
  'weighted_avg',
  'json_group_array',
  'json_group_object',
  'json_group_structure',
]

/** The functions that the tree does not tell apart. */
export async function functionsOf(engine: Asked): Promise<Pick<Surroundings, 'aggregates' | 'macros'>> {
  const rows = await engine.query(
    `SELECT DISTINCT lower(function_name) AS name, function_type AS kind FROM duckdb_functions() ` +
      `WHERE function_type = 'aggregate' OR (function_type IN ('macro', 'table_macro') AND NOT internal)`,
  )
  const named = (isMeant: (kind: unknown) => boolean): string[] =>
    rows.filter(({ kind }) => isMeant(kind)).map(({ name }) => String(name))
  return {
    aggregates: new Set([...named((kind) => kind === 'aggregate'), ...MACRO_AGGREGATES]),
    macros: new Set(named((kind) => kind !== 'aggregate')),
  }
}
