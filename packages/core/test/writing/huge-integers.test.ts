import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import { open } from '../../src/open.ts'
import { newFolder, typesOf } from '../folder.ts'

const folder = newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

test('sums of whole numbers go into Parquet without loss, and come back as whole numbers', async () => {
  const file = join(folder.path, 'sums.parquet')
  const rows = await open(
    [
      { k: 'a', n: 2n ** 53n },
      { k: 'a', n: 1n },
      { k: 'b', n: null },
    ],
    { engine },
  )
  const sums = rows.summarize({ total: 'sum(n)' }, { by: ['k'] }).sort('k')
  expect(await typesOf(sums)).toEqual(['k VARCHAR', 'total HUGEINT'])
  await sums.write(file)
  const back = await open(file, { engine })
  expect(await typesOf(back)).toEqual(['k VARCHAR', 'total BIGINT'])
  expect(await back.toArray()).toEqual([
    { k: 'a', total: 2n ** 53n + 1n },
    { k: 'b', total: null },
  ])
})

test('what is beyond 64 bits becomes a decimal of all its digits, also in partitions', async () => {
  const big = 2n ** 100n + 1n
  const rows = await open(
    [
      { k: 'a', n: big },
      { k: 'b', n: -big },
    ],
    { engine },
  )
  const path = join(folder.path, 'parts')
  await rows.write(path, { partitionBy: ['k'] })
  const back = await open(path, { engine })
  expect(await back.sort('k').toArray()).toEqual([
    { n: String(big), k: 'a' },
    { n: String(-big), k: 'b' },
  ])
})

test('more than 38 digits are refused, and nothing is left behind', async () => {
  const wide = (await open([{ n: 2n ** 126n }], { engine })).derive({ n: 'n + (n - 1)' })
  await expect(wide.write(join(folder.path, 'wide.parquet'))).rejects.toMatchObject({ code: 'DS_VALUE_MISFIT' })
  expect(await engine.query("SELECT * FROM duckdb_tables() WHERE table_name LIKE 'dayshift_huge%'")).toEqual([])
})
