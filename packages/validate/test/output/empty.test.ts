import { existsSync, readdirSync, readFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDuckdb, open, type Engine } from '@dayshift/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { validate } from '../../src/index.ts'
import { newFolder } from '../folder.ts'

const { folder } = newFolder()
let engine: Engine
beforeAll(async () => (engine = await createDuckdb({ threads: 1 })))
afterAll(() => engine.close())

const contract = z.object({ a: z.int().max(3), b: z.string() })

describe('of a source without rows', () => {
  test.each([
    ['csv', 'csv'],
    ['csv', 'tsv.gz'],
    ['csv', 'parquet'],
    ['csv', 'arrow'],
    ['parquet', 'csv.zst'],
    ['parquet', 'parquet'],
  ])('%s, the files of %s are tables without rows', async (source, format) => {
    const path = join(folder, `header.${source}`)
    if (source === 'csv') writeFileSync(path, 'a,b\n')
    else await engine.query(`COPY (SELECT 1 AS a, 'x' AS b WHERE false) TO '${path}' (FORMAT parquet)`)
    const [failures, good, bad] = ['failures', 'good', 'bad'].map((name) => join(folder, `${name}.${format}`))
    const report = await validate(await open(path, { engine }), contract, { failures, split: { good, bad } })
    expect([report.status, report.facts.rows, report.facts.failedRows]).toEqual(['warn', 0, 0])
    for (const [file, columns] of [
      [failures, ['row', 'line', 'column', 'check', 'value', 'message']],
      [good, ['a', 'b']],
      [bad, ['a', 'b']],
    ] as const) {
      const written = await open(file as string, { engine })
      expect([written.columns, await written.count()]).toEqual([columns, 0])
    }
  })

  test('the files of JSON hold none', async () => {
    const path = join(folder, 'header.csv')
    writeFileSync(path, 'a,b\n')
    const [failures, good, bad] = ['failures.jsonl', 'good.json', 'bad.jsonl'].map((name) => join(folder, name))
    await validate(await open(path, { engine }), contract, { failures, split: { good, bad } })
    expect(readFileSync(failures as string, 'utf8')).toBe('')
    expect(JSON.parse(readFileSync(good as string, 'utf8'))).toEqual([])
    expect(readFileSync(bad as string, 'utf8')).toBe('')
  })
})

test('where all rows of JSON are good, or all are bad, the other file holds none', async () => {
  const path = join(folder, 'one.jsonl')
  const [good, bad] = ['one-good.json', 'one-bad.json'].map((name) => join(folder, name))
  for (const [a, rows] of [
    [1, { good: 1, bad: 0 }],
    [9, { good: 0, bad: 1 }],
  ] as const) {
    writeFileSync(path, `{"a": ${a}, "b": "x"}\n`)
    await validate(await open(path, { engine }), contract, { split: { good, bad } })
    const lengths = [good, bad].map((file) => (JSON.parse(readFileSync(file as string, 'utf8')) as unknown[]).length)
    expect(lengths).toEqual([rows.good, rows.bad])
  }
})

test.each(['csv', 'csv.gz', 'jsonl', 'json'])(
  'a %s file of no bytes is refused before anything is written',
  async (format) => {
    const into = join(folder, `none-${format}`)
    mkdirSync(into)
    const source = join(folder, `none.${format}`)
    writeFileSync(source, '')
    const failures = join(into, 'f.csv')
    const split = { good: join(into, 'g.csv'), bad: join(into, 'b.csv') }
    const running = open(source, { engine }).then((frame) => validate(frame, contract, { failures, split }))
    await expect(running).rejects.toMatchObject({ code: expect.stringMatching(/^DS_SOURCE_(EMPTY|MALFORMED)$/) })
    expect([readdirSync(into), existsSync(source)]).toEqual([[], true])
  },
)
