import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../src/engine.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'
import type { Frame } from '../src/frame.ts'
import { open } from '../src/open.ts'
import type { SampleOptions } from '../src/sampling/plan.ts'
import { sql } from '../src/sql.ts'
import { newFolder } from './folder.ts'

fc.configureGlobal({ seed: 20_130_101 })

const folder = newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

const numbersTo = (rows: number): string => `n\n${Array.from({ length: rows }, (_, at) => `${at + 1}\n`).join('')}`
const draw = async (frame: Frame, options: SampleOptions): Promise<number[]> =>
  [...(await frame.sample(options).numbers('n'))].map(Number)

/**
 * Rows drawn by Python 3 from the definition of the rank (see sampling/rank.test.ts): `sorted(sorted(range(1, n + 1), key=rank)[:k])`.
 * They must never change: the same seed gives the same rows in every version.
 */
test.each([
  [100, 5, 42, [8, 33, 61, 84, 88]],
  [100, 10, 42, [8, 19, 23, 32, 33, 44, 59, 61, 84, 88]],
  [100, 5, 7, [3, 5, 11, 19, 20]],
  [20, 6, 42, [1, 4, 5, 8, 17, 19]],
  [1000, 10, 42, [8, 61, 84, 177, 277, 523, 586, 677, 840, 848]],
  [100, 3, -1, [17, 46, 94]],
])('of %i rows, %i with seed %i are these for ever', async (rows, wanted, seed, golden) => {
  const frame = await folder.csv(numbersTo(rows), { engine })
  expect(await draw(frame, { rows: wanted, seed })).toEqual(golden)
})

test('the seed is 42 where none is given', async () => {
  const frame = await folder.csv(numbersTo(100), { engine })
  expect(await draw(frame, { fraction: '5%' })).toEqual([8, 33, 61, 84, 88])
})

test('any number of threads draws the same rows, in the order of the source', async () => {
  const path = folder.write('threads.csv', numbersTo(300_000))
  const drawn = []
  for (const threads of [1, 2, 4]) {
    const other = await createDuckdb({ threads })
    try {
      drawn.push(await draw(await open(path, { engine: other }), { fraction: 0.001, seed: 5 }))
    } finally {
      await other.close()
    }
  }
  expect(drawn[0]).toHaveLength(300)
  expect(drawn[1]).toEqual(drawn[0])
  expect(drawn[2]).toEqual(drawn[0])
  expect(drawn[0]).toEqual(drawn[0]?.toSorted((a, b) => a - b))
})

test('a smaller sample lies within a larger one of the same seed, and rows are never drawn twice', async () => {
  const frame = await folder.csv(numbersTo(200), { engine })
  await fc.assert(
    fc.asyncProperty(fc.maxSafeInteger(), fc.nat(199), fc.nat(199), async (seed, a, b) => {
      const small = await draw(frame, { rows: Math.min(a, b) + 1, seed })
      const large = await draw(frame, { rows: Math.max(a, b) + 1, seed })
      expect(small).toHaveLength(Math.min(a, b) + 1)
      expect(new Set(large).size).toBe(Math.max(a, b) + 1)
      expect(new Set([...small, ...large]).size).toBe(large.length)
    }),
    { numRuns: 30 },
  )
})

test.each<[number, SampleOptions, number]>([
  [100, { fraction: 0.014 }, 1],
  [100, { fraction: 0.015 }, 2],
  [100, { fraction: '1%' }, 1],
  [10, { fraction: '1%' }, 1],
  [1, { fraction: 1e-9 }, 1],
  [100, { fraction: 1 }, 100],
  [3, { fraction: 0.5 }, 2],
  [100, { rows: 7 }, 7],
  [5, { rows: 7 }, 5],
  [0, { fraction: 0.5 }, 0],
  [0, { rows: 7 }, 0],
])('of %i rows, %j draws %i', async (rows, options, size) => {
  const frame = await folder.csv(numbersTo(rows), { engine })
  expect(await frame.sample(options).count()).toBe(size)
})

test('a sample is of the rows as the verbs before left them, and keeps columns of any name', async () => {
  const frame = (await folder.csv(numbersTo(100), { engine })).filter('n > 50').rename({ n: '_row' })
  const drawn = frame.sample({ rows: 10 })
  expect(drawn.columns).toEqual(['_row'])
  const values = (await drawn.toArray()).map(({ _row: n }) => Number(n))
  expect(values).toHaveLength(10)
  expect(Math.min(...values)).toBeGreaterThan(50)
  const sorted = frame.sort('-_row').sample({ rows: 10 })
  expect((await sorted.toArray()).map(({ _row: n }) => 151 - Number(n))).toEqual(values)
})

test.each<[SampleOptions]>([
  [{}],
  [{ fraction: 0.5, rows: 3 }],
  [{ fraction: 0 }],
  [{ fraction: '101%' }],
  [{ rows: 0 }],
  [{ rows: 1.5 }],
  [{ rows: 5, seed: 0.5 }],
  [{ rows: 5, seed: Number.NaN }],
])('%j is no sample', async (options) => {
  const frame = await folder.csv(numbersTo(3), { engine })
  expect(() => frame.sample(options)).toThrow(expect.objectContaining({ code: 'DS_UNIT' }))
})

const seedFile = join(import.meta.dirname, '../../../../shared/data/seed/large_sample_dataset.csv')

test('the first file of the original workflow gives these rows for ever', async ({ skip }) => {
  skip(!existsSync(seedFile), `${seedFile} is not there: this clone stands elsewhere`)
  const frame = await open(seedFile, { engine })
  expect(
    await frame
      .sample({ fraction: '1%' })
      .derive({ square: sql`value ** 2` })
      .toArray(),
  ).toEqual([{ id: 83, value: 207.5, square: 43_056.25 }])
  expect(await frame.sample({ rows: 5 }).toArray()).toEqual([7, 32, 60, 83, 87].map((id) => ({ id, value: id * 2.5 })))
})
