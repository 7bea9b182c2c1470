import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDuckdb, open, type Engine, type Frame, type QueryOptions } from '@dayshift/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Evidence } from '../../src/freshness/evidence.ts'
import { newestTime, type ColumnOptions } from '../../src/freshness/newest-time.ts'

const root = mkdtempSync(join(tmpdir(), 'dayshift-newest-'))
let engine: Engine
/** Statements that the engine was given. */
let asked: string[] = []
beforeAll(async () => {
  const duckdb = await createDuckdb()
  engine = {
    dialect: duckdb.dialect,
    query: (text: string, options?: QueryOptions) => {
      asked.push(text)
      return duckdb.query(text, options)
    },
    stream: (text: string, options?: QueryOptions) => {
      asked.push(text)
      return duckdb.stream(text, options)
    },
    close: () => duckdb.close(),
  }
})
afterAll(async () => {
  await engine.close()
  rmSync(root, { recursive: true, force: true })
})

const horizon = Date.parse('2026-11-23T08:05:00Z')

async function rows(sql: string): Promise<Frame> {
  const path = join(root, 'one.csv')
  writeFileSync(path, 'id\n1\n')
  return (await open(path, { engine })).derive({ at: sql })
}

async function newest(frame: Frame, options: ColumnOptions = {}): Promise<Evidence & { readonly iso: string | null }> {
  const evidence = await newestTime(frame, 'at', options, { horizon })
  return { ...evidence, iso: evidence.time === null ? null : new Date(evidence.time).toISOString() }
}

test('of Parquet the newest time is read from the footer: rows that cannot be read make no difference', async () => {
  const path = join(root, 'many.parquet')
  const many = (await rows('NULL')).derive({ n: 'unnest(range(200000))' }).derive({
    at: `TIMESTAMPTZ '2026-11-01 00:00:00+00' + INTERVAL (n) SECOND`,
    noise: 'random()',
  })
  await many.write(path)
  const bytes = readFileSync(path)
  const footer = bytes.readUInt32LE(bytes.length - 8) + 8
  // All but the magic number and the footer.
  bytes.fill(0xa5, 4, bytes.length - footer)
  writeFileSync(path, bytes)
  const frame = await open(path, { engine })
  await expect(frame.summarize({ sum: 'sum(noise)' }).toArray()).rejects.toHaveProperty('kind', 'failed')
  expect(await newest(frame)).toMatchObject({ iso: '2026-11-03T07:33:19.000Z', rows: 200_000, findings: [] })
})

test('where no time lies in the future, one question does', async () => {
  const frame = await rows("TIMESTAMPTZ '2026-11-23 07:00:00+00'")
  await frame.schema()
  asked = []
  await newest(frame)
  expect(asked).toHaveLength(1)
  expect(asked[0]).not.toContain('FILTER')
})

test.each<[string, string, string, string | undefined]>([
  ['a time of summer', "TIMESTAMP '2026-07-01 09:00:00'", '2026-07-01T07:00:00.000Z', undefined],
  ['a time of winter', "TIMESTAMP '2026-11-01 09:00:00'", '2026-11-01T08:00:00.000Z', undefined],
  ['a date', "DATE '2026-11-01'", '2026-10-31T23:00:00.000Z', undefined],
  [
    'a time that came twice is the earlier one',
    "TIMESTAMP '2026-10-25 02:30:00'",
    '2026-10-25T00:30:00.000Z',
    '2026-10-25 02:30:00 came twice in Europe/Berlin, where clocks were put back; the earlier one was taken',
  ],
  [
    'a time that never came is what the clocks would have shown',
    "TIMESTAMP '2026-03-29 02:30:00'",
    '2026-03-29T01:30:00.000Z',
    '2026-03-29 02:30:00 never came in Europe/Berlin, where clocks were put forward; it was taken as 2026-03-29T01:30:00.000Z',
  ],
])('in a zone that is said: %s', async (_what, sql, iso, message) => {
  const found = await newest(await rows(sql), { timezone: 'Europe/Berlin' })
  expect([found.iso, found.span, found.findings[0]?.message]).toEqual([iso, undefined, message])
})

test('the horizon is that of the zone: what is past in Tokyo is not in the future', async () => {
  const frame = await rows("TIMESTAMP '2026-11-23 16:30:00'")
  expect(await newest(frame, { timezone: 'Asia/Tokyo' })).toMatchObject({
    iso: '2026-11-23T07:30:00.000Z',
    findings: [],
  })
  const late = await newest(frame, { timezone: 'Europe/Berlin' })
  expect(late.time).toBeGreaterThan(horizon)
})

test('an instant needs no zone, and the one that is said changes nothing', async () => {
  const frame = await rows("TIMESTAMPTZ '2026-11-23 09:00:00+02'")
  const found = await newest(frame, { timezone: 'Asia/Tokyo' })
  expect([found.iso, found.span, found.findings]).toEqual(['2026-11-23T07:00:00.000Z', undefined, []])
})

test('a zone that is none is refused before anything is read', async () => {
  await expect(newest(await rows('DATE 0'), { timezone: 'Bonn' })).rejects.toMatchObject({
    code: 'DS_FRESHNESS_SCHEDULE',
  })
})
