import { createDuckdb, type Engine } from '@dayshift/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cellsOfRows, cellsSql, valuesSql } from '../../src/reference/cells-sql.ts'
import type { EcdfCells } from '../../src/reference/ecdf-cells.ts'
import { gapOfCells } from '../../src/reference/gap-of-cells.ts'
import { openIntervals, refinedCells } from '../../src/reference/open-intervals.ts'
import { ksStatistic } from '../../src/statistics/ks-statistic.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb()
})
afterAll(() => engine.close())

/** A column in SQL, by a row's number `i`; what draws at random draws by a hash of it. */
const DRAWN =
  'sqrt(-2 * ln(((hash(i) >> 11) + 1)::DOUBLE / 9007199254740993)) * cos(2 * pi() * ((hash(i + 1e9::BIGINT) >> 11)::DOUBLE / 9007199254740992))'

async function ask(text: string): Promise<EcdfCells> {
  return cellsOfRows((await engine.query(text)) as unknown as { low: unknown; high: unknown; count: unknown }[])
}

async function values(side: string): Promise<Float64Array> {
  const found = await engine.query(
    `SELECT list("o""x") AS x FROM ${side} WHERE "o""x" IS NOT NULL AND NOT isnan("o""x")`,
  )
  return Float64Array.from(found[0]?.['x'] as number[])
}

test.each([
  ['normal', DRAWN, `${DRAWN} * 1.02 + 0.01`, 60_000],
  ['the same distribution', DRAWN, DRAWN, 30_000],
  ['of all sizes', `sign(${DRAWN}) * exp(${DRAWN} * 150)`, `sign(${DRAWN}) * exp(${DRAWN} * 155)`, 20_000],
  ['with many ties', `floor(${DRAWN} * 20) / 8`, `floor(${DRAWN} * 20.5) / 8`, 30_000],
  [
    'odd',
    "CASE i % 9 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' WHEN 2 THEN 'inf' WHEN 3 THEN '-inf' WHEN 4 THEN '-0.0' WHEN 5 THEN '5e-324' ELSE sin(i) END::DOUBLE",
    "CASE i % 8 WHEN 0 THEN NULL WHEN 1 THEN 'NaN' WHEN 2 THEN '1.7e308' WHEN 3 THEN 'inf' WHEN 4 THEN '0' WHEN 5 THEN '-3e-310' ELSE cos(i) END::DOUBLE",
    5000,
  ],
  [
    'powers of two and their neighbours',
    '2.0 ** (i % 60 - 30)',
    '2.0 ** (i % 61 - 30) * (1 - (i % 2) * 1.1102230246251565e-16)',
    4000,
  ],
])('%s: two aggregates give D to the last bit', async (_name, before, after, rows) => {
  const sides = [
    `(SELECT ${before} AS "o""x" FROM range(0, ${rows}) r(i)) a`,
    `(SELECT ${after} AS "o""x" FROM range(${rows}, ${Math.floor(rows * 1.7)}) r(i)) b`,
  ]
  const [a, b] = [await ask(cellsSql(sides[0] as string, 'o"x')), await ask(cellsSql(sides[1] as string, 'o"x'))]
  const intervals = openIntervals(a, b)
  const [more, others] = [
    await ask(valuesSql(sides[0] as string, 'o"x', intervals)),
    await ask(valuesSql(sides[1] as string, 'o"x', intervals)),
  ]
  const { statistic } = ksStatistic(await values(sides[0] as string), await values(sides[1] as string))
  const first = gapOfCells(a, b)
  const product = first.sizes[0] * first.sizes[1]
  expect(first.least.height / product).toBeLessThanOrEqual(statistic)
  expect(first.most.height / product).toBeGreaterThanOrEqual(statistic)
  const { least, most, sizes } = gapOfCells(refinedCells(a, intervals, more), refinedCells(b, intervals, others))
  expect(sizes).toEqual(first.sizes)
  expect(least.height / product).toBe(statistic)
  expect(most.height).toBeGreaterThanOrEqual(least.height)
  expect(intervals.length).toBeLessThanOrEqual(64)
})

test('names are quoted as an engine has them, and what is no cell is refused', () => {
  expect(cellsSql('t', 'a`b', { dialect: 'spark' })).toContain('CAST(`a``b` AS DOUBLE)')
  expect(cellsSql('t', 'a"b', { dialect: 'postgresql' })).toContain('CAST("a""b" AS DOUBLE PRECISION)')
  expect(() => cellsSql('t', 'a', { bits: 99 })).toThrow(/bits is 99/)
  expect(() =>
    cellsOfRows([
      { low: 1, high: 3, count: 2 },
      { low: 2, high: 2, count: 1 },
    ]),
  ).toThrow(/overlaps/)
  expect(() => cellsOfRows([{ low: 1, high: 3, count: 1 }])).toThrow(/is none/)
})
