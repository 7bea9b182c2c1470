import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Frame } from '../src/frame.ts'
import { prototype, type Etl } from '../src/prototype.ts'
import { sql } from '../src/sql.ts'
import { newFolder } from './folder.ts'

const folder = newFolder()
let frame: Frame
beforeAll(async () => {
  frame = await folder.csv(`id,value\n${Array.from({ length: 100 }, (_, at) => `${at},${at * 2.5}\n`).join('')}`)
})

test('a sample, what the ETL made of it, and its profile', async () => {
  const report = await prototype(frame, {
    fraction: '5%',
    etl: (sampled) =>
      sampled
        .derive({ square: sql`value ** 2` })
        .filter('id > 10')
        .select('id', 'square'),
  })
  expect(report).toMatchObject({ kind: 'prototype', status: 'pass', dataset: frame.dataset, findings: [] })
  expect(report.facts).toMatchObject({
    rows: 100,
    sampledRows: 5,
    outputRows: 4,
    seed: 42,
    method: 'simple random sample without replacement, by rank of seed and row number',
    columns: [
      { name: 'id', type: 'integer' },
      { name: 'square', type: 'float' },
    ],
    added: ['square'],
    dropped: ['value'],
    // Rows 8, 33, 61, 84 and 88 of 100, as in sample.test.ts.
    head: [
      { id: 32, square: 6400 },
      { id: 60, square: 22_500 },
      { id: 83, square: 43_056.25 },
      { id: 87, square: 47_306.25 },
    ],
    retyped: [],
    nullsIntroduced: [],
    sample: { rows: 5, sourceRows: 100, plan: { kind: 'random', fraction: 0.05, seed: 42 }, verbs: [] },
  })
  expect(report.facts.profile[0]).toMatchObject({ name: 'id', nulls: 0, distinct: 4, min: 32, max: 87, mean: 65.5 })
  expect(report.facts.etlMs).toBeGreaterThanOrEqual(0)
  expect(report.facts.estimatedFullMs).toBeGreaterThanOrEqual(0)
  expect(report.facts).not.toHaveProperty('out')
  expect(JSON.parse(JSON.stringify(report))).toEqual(report)
})

test('columns of another type, and columns that lost values, are told', async () => {
  const { facts } = await prototype(frame, {
    rows: 50,
    etl: (sampled) =>
      sampled
        .cast({ id: 'VARCHAR' })
        .derive({ value: 'CASE WHEN value > 50 THEN value END', half: 'NULLIF(value, 0) / 2', twice: 'value * 2' }),
  })
  const { rows } = facts.sample
  expect(facts.retyped).toEqual([{ name: 'id', from: 'integer', to: 'string' }])
  const lost = facts.profile.find(({ name }) => name === 'value')?.nulls
  const zero = facts.profile.find(({ name }) => name === 'half')?.nulls
  expect(rows).toBe(50)
  expect(lost).toBeGreaterThan(0)
  expect(facts.nullsIntroduced).toEqual([
    { name: 'value', before: 0, after: lost },
    ...(zero === 0 ? [] : [{ name: 'half', before: null, after: zero }]),
  ])
})

test('a frame that is a sample already is taken as it is, unless a size is given', async () => {
  const sampled = frame.sample({ rows: 30, seed: 3 })
  const first = await prototype(sampled)
  expect(first.facts).toMatchObject({ rows: 100, sampledRows: 30, seed: 3, outputRows: 30 })
  expect((await prototype(sampled, { rows: 10 })).facts).toMatchObject({ rows: 30, sampledRows: 10, seed: 42 })
})

test('all ways to draw go through', async () => {
  const { facts } = await prototype(frame, { key: 'id', fraction: 0.2, edges: true })
  expect(facts.method).toBe(
    'sample by key (id): all rows of a random share of the keys, and the rows at the edges of each column',
  )
  expect((await prototype(frame, { method: 'head' })).facts).toMatchObject({ sampledRows: 100, rows: 100 })
})

test('one row in a hundred where nothing is said, and no ETL gives the sample', async () => {
  const { facts } = await prototype(frame)
  expect([facts.sampledRows, facts.outputRows, facts.added, facts.dropped]).toEqual([1, 1, [], []])
  expect((await prototype(frame, { rows: 7 })).facts.sampledRows).toBe(7)
})

test('the head is five rows at most', async () => {
  expect((await prototype(frame, { fraction: 1 })).facts.head).toHaveLength(5)
})

test('the output is written where it is asked for', async () => {
  const out = join(folder.path, 'out.csv')
  const { facts } = await prototype(frame, { rows: 2, etl: (of) => of.derive({ value: 'id * 10' }), out })
  expect(facts.out).toBe(out)
  // Rows 8 and 84 of 100.
  expect(readFileSync(out, 'utf8')).toBe('id,value\n7,70\n83,830\n')
})

test('an ETL may be asynchronous and may give another frame', async () => {
  const other = await folder.csv('x\n1\n')
  const { facts } = await prototype(frame, { etl: async () => Promise.resolve(other) })
  expect([facts.outputRows, facts.added, facts.dropped]).toEqual([1, ['x'], ['id', 'value']])
})

test('an empty source and an ETL that keeps nothing are findings', async () => {
  const empty = await prototype(frame.filter('false'))
  expect(empty.status).toBe('warn')
  expect(empty.findings.map(({ code }) => code)).toEqual(['prototype.no_rows'])
  const none = await prototype(frame, { rows: 9, etl: (of) => of.filter('id < 0') })
  expect(none.findings).toMatchObject([
    { severity: 'warn', code: 'prototype.no_output', message: 'the ETL kept none of the 9 sampled rows' },
  ])
})

test.each<[string, Etl, string, string]>([
  [
    'throws',
    function clean() {
      throw new Error('boom')
    },
    "the ETL 'clean' failed: boom",
    'An ETL is a function',
  ],
  [
    'has no name',
    (
      () => () =>
        Promise.reject(new Error('boom'))
    )(),
    'the ETL failed: boom',
    'An ETL is a function',
  ],
  [
    'gives back nothing',
    (() => undefined) as unknown as Etl,
    'gave back nothing, not a frame',
    'return the last frame',
  ],
  ['gives back rows', (() => [1]) as unknown as Etl, 'gave back a object, not a frame', 'return the last frame'],
  ['names a column that is not there', (of) => of.dropNulls('valeu'), "did you mean 'value'?", 'Columns: id, value'],
  ['names one in SQL', (of) => of.filter('valeu > 3'), "there is no column 'valeu'", 'value'],
  ['writes SQL that is none', (of) => of.filter('id >'), 'syntax error', 'correct it there'],
])('an ETL that %s is an error that says so', async (_, etl, says, hint) => {
  await expect(prototype(frame, { etl, out: join(folder.path, 'never.csv') })).rejects.toMatchObject({
    code: 'DS_ETL',
    message: expect.stringContaining(says) as string,
    hint: expect.stringContaining(hint) as string,
  })
  expect(existsSync(join(folder.path, 'never.csv'))).toBe(false)
})

test('a mistake that only rows show is an error, too', async () => {
  await expect(prototype(frame, { etl: (of) => of.derive({ x: "CAST('a' || id AS BIGINT)" }) })).rejects.toMatchObject({
    code: 'DS_ETL',
    message: expect.stringContaining("the ETL 'etl' failed") as string,
  })
})

test('values that go with rows that are dropped are not introduced', async () => {
  const gaps = await folder.csv(
    `id,v\n${Array.from({ length: 100 }, (_, at) => `${at},${at % 2 ? '' : at}\n`).join('')}`,
  )
  const { facts } = await prototype(gaps, { fraction: 1, etl: (of) => of.filter('id > 1') })
  expect(facts.nullsIntroduced).toEqual([])
})

test('it can be stopped, and wrong sizes are refused', async () => {
  await expect(prototype(frame, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'DS_ABORTED' })
  await expect(prototype(frame, { fraction: '200%' })).rejects.toMatchObject({ code: 'DS_UNIT' })
  await expect(prototype(frame, { rows: 0 })).rejects.toMatchObject({ code: 'DS_UNIT' })
})

test('a sample is not written over its source', async () => {
  const own = await folder.csv('a\n1\n2\n')
  await expect(prototype(own, { rows: 1, out: String(own.files[0]) })).rejects.toMatchObject({
    code: 'DS_TARGET_IS_SOURCE',
  })
  expect(await own.count()).toBe(2)
})

test('a sample never takes the place of the lines that were left out', async () => {
  const quarantine = join(folder.path, 'left-out.jsonl')
  const kept = await folder.csv('a,b\n1,2\n3\n', { badLines: { quarantine } })
  expect(kept.quarantines).toEqual([quarantine])
  await expect(prototype(kept, { rows: 1, out: quarantine })).rejects.toMatchObject({ code: 'DS_OPTION' })
  expect(readFileSync(quarantine, 'utf8')).toContain('"line":3')
})
