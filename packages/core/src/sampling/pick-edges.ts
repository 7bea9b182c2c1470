import { typesOf } from '../relation.ts'
import { newTable } from '../sources/table-name.ts'
import { ident } from '../sql.ts'
import type { Numbered } from './numbered.ts'

/** A column of no more values than this is taken for one of categories. */
const CATEGORIES = 50

/** Columns looked at in one query. */
const COLUMNS_AT_ONCE = 16

/** Types whose values have no smallest and largest. */
const UNORDERED = new Set(['list', 'struct', 'map', 'json', 'binary', 'unknown', 'interval'])

/**
 * The numbers of the rows at the edges, in a table: for each column the first row without a value, of the smallest and of
 * the largest value, of the longest text, and of each value where there are few.
 *
 * @returns the table's name and its number of rows
 */
export async function pickEdges(rows: Numbered, tables: string[]): Promise<{ table: string; rows: number }> {
  const { engine, relation, options } = rows
  const row = ident(rows.row).text
  const table = newTable('edges')
  tables.push(table)
  await engine.query(`CREATE TABLE ${table} (${row} BIGINT)`, options)
  const types = await typesOf(engine, relation, options)
  const columns = rows.names.map((name) => ({
    name: ident(name).text,
    type: engine.dialect.columnType(types.get(name) ?? ''),
  }))
  for (let from = 0; from < columns.length; from += COLUMNS_AT_ONCE) {
    const some = columns.slice(from, from + COLUMNS_AT_ONCE)
    const ends = some.flatMap(({ name, type }) => [
      `min(${row}) FILTER (${name} IS NULL)`,
      // Among equal values the first row, whatever the number of threads.
      ...(UNORDERED.has(type)
        ? []
        : [
            `arg_min(${row}, ROW(${name}, ${row})) ${has(name)}`,
            `arg_max(${row}, ROW(${name}, -${row})) ${has(name)}`,
          ]),
      ...(type === 'string' ? [`arg_max(${row}, ROW(length(${name}), -${row})) ${has(name)}`] : []),
    ])
    const few = some.map(({ name, type }) => (UNORDERED.has(type) ? '0' : `approx_count_distinct(${name})`))
    const [found] = await engine.query(
      `SELECT [${ends.join(', ')}] AS ends, [${few.join(', ')}] AS few FROM ${relation.from.text}`,
      options,
    )
    const numbers = ((found?.['ends'] ?? []) as (number | null)[]).filter((number) => number !== null)
    if (numbers.length > 0) {
      await engine.query(`INSERT INTO ${table} VALUES ${numbers.map((number) => `(${number})`).join(', ')}`, options)
    }
    const counts = (found?.['few'] ?? []) as number[]
    for (const [at, { name }] of some.entries()) {
      // The count is rough; the exact one is that of the groups.
      if ((counts[at] as number) === 0 || (counts[at] as number) > CATEGORIES * 1.5) continue
      const groups = `SELECT min(${row}) AS ${row} FROM ${relation.from.text} GROUP BY ${name}`
      await engine.query(
        `INSERT INTO ${table} SELECT ${row} FROM (${groups}) WHERE (SELECT count(*) FROM (${groups})) <= ${CATEGORIES + 1}`,
        options,
      )
    }
  }
  const [counted] = await engine.query(`SELECT count(DISTINCT ${row}) AS n FROM ${table}`, options)
  return { table, rows: Number(counted?.['n']) }
}

function has(name: string): string {
  return `FILTER (${name} IS NOT NULL)`
}
