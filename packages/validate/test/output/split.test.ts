import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDuckdb, ident, literal, open, sql, type Engine } from '@dayshift/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { column, defineContract, validate, type Contract } from '../../src/index.ts'
import { newFolder } from '../folder.ts'

const { folder } = newFolder()
let engine: Engine
beforeAll(async () => (engine = await createDuckdb({ threads: 1 })))
afterAll(() => engine.close())

/** Three columns, of which some values break something, by names as they come. */
function contractOf([one, two, three]: readonly [string, string, string]): Contract {
  const [a, b] = [ident(one), ident(two)]
  return defineContract({
    columns: {
      [one]: z.int().max(3),
      [two]: column(z.enum(['x', 'y']), { forbidden: ['y'] }),
      [three]: z.string().refine((text) => text !== '5'),
    },
    unique: [[one, three]],
    checks: [
      { that: sql`${a} <> 2 OR ${b} = 'x'`, name: 'condition' },
      { column: one, measure: 'mean', max: 1 },
      { column: one, measure: 'distinct', max: 1 },
      { column: two, equals: ['x', 'q'] },
      { column: two, mostFrequentIn: ['z'] },
    ],
  })
}

/**
 * What a run tells and writes of the first three columns; the others, which no contract names, hold what would be wrong in
 * place of them.
 */
async function outcome(names: readonly string[], format: string, count = 40): Promise<unknown> {
  const path = join(folder, `odd.${format}`)
  const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`)
  const rows = Array.from({ length: count }, (_row, at) => {
    const checked = [at % 6, ['x', 'y', 'z'][at % 3] as string, String(at % 7)]
    return names.map((_, place) => checked[place] ?? 7 * at + place)
  })
  if (format === 'csv') {
    writeFileSync(path, `${quoted.join()}\n${rows.map((row) => `${row.join()}\n`).join('')}`)
  } else if (format === 'jsonl') {
    const objects = rows.map((row) => JSON.stringify(Object.fromEntries(row.map((cell, at) => [names[at], cell]))))
    writeFileSync(path, objects.join('\n'))
  } else {
    const values = rows.map((row) => `(${row.map((cell) => literal(cell).text).join()})`).join()
    await engine.query(`COPY (SELECT * FROM (VALUES ${values}) AS t(${quoted.join()})) TO '${path}' (FORMAT parquet)`)
  }
  const split = { good: join(folder, 'odd-good.csv'), bad: join(folder, 'odd-bad.parquet') }
  const failures = join(folder, 'odd-failures.csv')
  const contract = contractOf(names as [string, string, string])
  const { facts } = await validate(await open(path, { engine }), contract, { split, failures })
  const cells = async (file: string): Promise<unknown> =>
    (await (await open(file, { engine })).head(100_000)).map((row) => Object.values(row).slice(0, 3).map(String))
  return {
    checks: facts.checks.map(({ evaluated, failed, nulls, observed }) => [evaluated, failed, nulls, observed]),
    rows: [facts.rows, facts.failedRows],
    together: facts.together?.map(({ checks, rows: some }) => [checks.length, some]),
    good: await cells(split.good),
    bad: await cells(split.bad),
    failures: (await (await open(failures, { engine })).head(100_000)).map(({ row }) => Number(row)),
  }
}

// Names that the SQL of a run might give to something of its own.
const NAMES =
  'r n f v e t g d k0 k1 l0 h0 n0 v0 v1 c0 m0 _ROW _row_0 _row_1 _row_looked _row_fails __dayshift_row ' +
  '__dayshift_row_0 __dayshift_row_looked dayshift_row dayshift_row_fails looked holds failed nulls rows file line value ' +
  'evaluated_0 file_row_number select'
const names = NAMES.split(' ')

describe.each(['csv', 'jsonl', 'parquet'])('whatever the columns of a %s file are called', (format) => {
  let plain: unknown
  beforeAll(async () => (plain = await outcome(['one', 'two', 'three'], format)))

  test.each([
    ...['r', 'v1', 'h0'].map((name) => [name, ...names.filter((other) => other !== name)]),
    ['one', 'two', 'three', ...names],
    ['R', 'F', 'N', '__DAYSHIFT_ROW'],
    ["O'Brien", 'a "quoted" name', '[a]'],
    ['line\nend', 'tab\tin', '\\'],
  ])('%j, %j, %j …', async (...some) => {
    expect(await outcome(some, format)).toEqual(plain)
  })
})

test('so it is where equal values are judged once', async () => {
  const some = ['v1', 'n0', 'v0', ...names.filter((name) => !['v1', 'n0', 'v0'].includes(name))].slice(0, 9)
  expect(await outcome(some, 'parquet', 12_000)).toEqual(await outcome(['one', 'two', 'three'], 'parquet', 12_000))
})
