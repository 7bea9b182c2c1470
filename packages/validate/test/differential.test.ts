import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDuckdb, type Engine } from '@dayshift/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { casesOf, fuzz } from './fuzz/fuzz.ts'
import { judge } from './fuzz/judgement.ts'
import type { FuzzTable } from './fuzz/table.ts'

const fixtures = join(import.meta.dirname, 'fixtures', 'differential')
const folder = mkdtempSync(join(tmpdir(), 'dayshift-differential-'))
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
})

test('every way to run says what Zod says, row by row', async () => {
  const { counts, disagreement } = await fuzz(z, { folder, engine }, { seed: 20_261_124, tables: 70 })
  expect(disagreement).toBeUndefined()
  expect(Object.keys(counts.bySource).sort()).toEqual(['arrow', 'csv', 'jsonl', 'memory', 'parquet'])
  const ways = ['bytes', 'objects', 'sql', 'guarded', 'distinct', 'rows'].map((way) => counts.byWay[way] ?? 0)
  expect(Math.min(...ways)).toBeGreaterThan(200)
  expect(counts.tables).toBe(70)
}, 60_000)

describe('what was found in longer runs', () => {
  test.each(readdirSync(fixtures))('%s', async (file) => {
    const table = JSON.parse(readFileSync(join(fixtures, file), 'utf8')) as FuzzTable
    expect((await judge(z, table, { folder, engine })).problems).toEqual([])
  })
})

test('an engine that accepts what Zod refuses is found out by the fuzzer', async () => {
  const lenient: Engine = {
    ...engine,
    stream: (text, options) => engine.stream(text.replaceAll('starts_with(', 'TRUE OR starts_with('), options),
  }
  let found = false
  let tables = 0
  for (const table of casesOf(1)) {
    if (found || ++tables > 100) break
    found = (await judge(z, table, { folder, engine: lenient })).problems.length > 0
  }
  expect(found).toBe(true)
}, 60_000)
