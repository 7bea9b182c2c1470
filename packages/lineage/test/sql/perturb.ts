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

/** Lets a table have the values of a seed; one column, where it is given, has others. */
export async function show(engine: Engine, table: string, seed: number, changed?: string): Promise<void> {
  const list = Object.keys(TABLES[table] ?? {}).map(
    (name, at) => `${name === changed ? 'other' : 'c'}${at} AS ${ident(name).text}`,
  )
  const from = ident(`of ${seed}: ${table}`).text
  await engine.query(`CREATE OR REPLACE VIEW ${ident(table).text} AS SELECT ${list.join(', ')} FROM ${from}`)
}

/**
 * The values of each column of a query, in no order, as one text a column.
 *
 * @param count of its columns
 */
export async function results(engine: Engine, query: string, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, (_, at) => `c${at}`)
  const list = names.map((name) => `CAST(list(CAST(${name} AS VARCHAR) ORDER BY CAST(${name} AS VARCHAR)) AS VARCHAR) AS ${name}`)
  const [row] = await engine.query(`SELECT ${list.join(', ')} FROM (SELECT * FROM (${query}\n)) q(${names.join(', ')})`)
  return names.map((name) => String(row?.[name]))
}
