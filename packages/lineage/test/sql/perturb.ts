import type { Engine } from '@dayshift/core'
import { ident } from '@dayshift/core/ground'
import type { SqlInput } from '../../src/sql-columns.ts'
import { TABLES } from './corpus.ts'

/** Numbers between 0 and 1, the same for the same seed: a linear congruential generator (Knuth's MMIX). */
export function chanceOf(seed: number): () => number {
  let state = BigInt(seed) * 2_654_435_761n + 1n
  return () => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % (1n << 64n)
    return Number(state >> 11n) / 2 ** 53
  }
}

/** The tables of the corpus as inputs of SQL. */
export const INPUTS: Readonly<Record<string, SqlInput>> = Object.fromEntries(
  Object.entries(TABLES).map(([name, columns]) => [
    name,
    {
      dataset: { namespace: 'test', name },
      columns: Object.entries(columns).map(([column, [type]]) => ({ name: column, nativeType: type })),
    },
  ]),
)

const ROWS = 12

/** Makes tables with values by chance, and behind each column another with values of other chances. */
export async function makeTables(engine: Engine, seed: number): Promise<void> {
  for (const [table, columns] of Object.entries(TABLES)) {
    const lists = Object.values(columns).flatMap(([type, make], at) =>
      [seed * 31 + at, seed * 1009 + 77].map((start) => {
        const chance = chanceOf(start)
        return Array.from({ length: ROWS }, () => `CAST(${make(chance)} AS ${type})`)
      }),
    )
    const rows = Array.from({ length: ROWS }, (_, row) => `(${lists.map((list) => list[row]).join(', ')})`)
    const names = Object.keys(columns).flatMap((_, at) => [`c${at}`, `other${at}`])
    const made = `SELECT * FROM (VALUES ${rows.join(', ')}) v(${names.join(', ')})`
    await engine.query(`CREATE OR REPLACE TABLE ${ident(`of ${seed}: ${table}`).text} AS ${made}`)
  }
}

/**
 * The values of each column of a query over the tables of a seed, in no order, as one text a column.
 *
 * @param count of its columns
 * @param changed a table's column that has other values
 */
export async function results(
  engine: Engine,
  query: string,
  count: number,
  seed: number,
  changed?: { readonly table: string; readonly column: string },
): Promise<readonly string[]> {
  const tables = tablesOf(query).map(([table, columns]) => {
    const list = Object.keys(columns).map((name, at) => {
      const isChanged = changed?.table === table && changed.column === name
      return `${isChanged ? 'other' : 'c'}${at} AS ${ident(name).text}`
    })
    return `${ident(table).text} AS (SELECT ${list.join(', ')} FROM ${ident(`of ${seed}: ${table}`).text})`
  })
  const names = Array.from({ length: count }, (_, at) => `c${at}`)
  const list = names.map((name) => {
    const text = `CAST(${name} AS VARCHAR)`
    return `CAST(list(${text} ORDER BY ${text}) AS VARCHAR) AS ${name}`
  })
  const given = tables.length > 0 ? `WITH ${tables.join(', ')} ` : ''
  const [row] = await engine.query(
    `${given}SELECT ${list.join(', ')} FROM (SELECT * FROM (${query}\n)) q(${names.join(', ')})`,
  )
  return names.map((name) => String(row?.[name]))
}

/** The tables of the corpus that a query may read. */
export function tablesOf(query: string): (readonly [string, (typeof TABLES)[string]])[] {
  const text = query.toLowerCase()
  return Object.entries(TABLES).filter(([table]) => text.includes(table.replaceAll('"', '""').toLowerCase()))
}
