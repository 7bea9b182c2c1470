import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createDuckdb, open, sql } from '@dayshift/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { FailingRows } from '../src/output/failing-rows.ts'
import { FailingValues } from '../src/judge/failing-values.ts'
import { column, defineContract, validate } from '../src/index.ts'
import { newFolder } from './folder.ts'

const { folder, table } = newFolder()
const built = join(import.meta.dirname, '../dist/index.js')

describe('rows that break something', () => {
  test('sets of checks are those of a plain map', () => {
    const added = fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 65_535, 65_536, 900_000), fc.constantFrom('a', 'b', 'c')))
    fc.assert(
      fc.property(added, (pairs) => {
        const rows = new FailingRows()
        const plain = new Map<number, Set<string>>()
        for (const [row, check] of pairs) {
          rows.add(row, check)
          plain.set(row, (plain.get(row) ?? new Set()).add(check))
        }
        expect([...rows]).toEqual([...plain.keys()].toSorted((one, other) => one - other))
        expect(rows.size).toBe(plain.size)
        const counts = new Map<string, number>()
        for (const checks of plain.values()) {
          const key = [...checks].toSorted().join()
          counts.set(key, (counts.get(key) ?? 0) + 1)
        }
        const together = rows.together(100).map(({ checks, rows: count }) => [checks.toSorted().join(), count])
        expect(new Map(together as [string, number][])).toEqual(counts)
      }),
      { numRuns: 300, seed: 20_261_123 },
    )
  })

  test('more kinds of sets than are told apart: every row is there all the same', () => {
    const rows = new FailingRows()
    for (let row = 0; row < 70_000; row++) {
      for (let bit = 0; bit < 17; bit++) if ((row + 1) & (1 << bit)) rows.add(row, `c${bit}`)
    }
    expect(rows.size).toBe(70_000)
    expect([...rows].length).toBe(70_000)
    expect(rows.together(3)).toHaveLength(3)
  })
})

describe('values that break something', () => {
  test('the most frequent first, and none where they are too many or hidden', () => {
    const values = new FailingValues()
    for (const value of ['b', 'a', 'c', 'a', 'b', '1', '1.0']) values.add(value)
    expect(values.result((value) => (value === '1.0' ? 1 : value === '1' ? 1 : String(value)))).toEqual({
      distinct: 4,
      top: [
        { value: 1, count: 2 },
        { value: 'a', count: 2 },
        { value: 'b', count: 2 },
        { value: 'c', count: 1 },
      ],
    })
    expect(values.result(undefined)).toEqual({ distinct: 5, top: [] })
    for (let at = 0; at < 10_001; at++) values.add(at)
    expect(values.result(String)).toEqual({ distinct: null, top: [] })
  })

  test.each([
    ['columns', z.object({ a: z.int().max(3), b: z.enum(['x']) })],
    ['whole rows', z.object({ a: z.int().max(3), b: z.enum(['x']) }).refine(() => true)],
  ])('a report by %s tells them, and which checks fail together', async (_how, contract) => {
    const report = await validate(await table('a,b\n1,x\n9,y\n9,x\n8,y\n9,z\n'), contract)
    const { checks, together } = report.facts
    expect(checks.find(({ id }) => id === 'a: <= 3')?.failedValues).toEqual({
      distinct: 2,
      top: [
        { value: 9, count: 3 },
        { value: 8, count: 1 },
      ],
    })
    expect(checks.find(({ id }) => id === 'b: one_of')?.failedValues?.top).toEqual([
      { value: 'y', count: 2 },
      { value: 'z', count: 1 },
    ])
    expect(together).toEqual([
      { checks: ['a: <= 3', 'b: one_of'], rows: 3 },
      { checks: ['a: <= 3'], rows: 1 },
    ])
  })

  test('values about persons are counted, never named', async () => {
    const contract = defineContract({ columns: { a: column(z.int().max(3), { pii: true }) } })
    const { facts } = await validate(await table('a\n9\n9\n8\n'), contract)
    expect(facts.checks.find(({ id }) => id === 'a: <= 3')?.failedValues).toEqual({ distinct: 2, top: [] })
    expect(JSON.stringify(facts)).not.toMatch(/9/)
  })
})

describe('files of failures', () => {
  const content = `a,b\n${Array.from({ length: 3000 }, (_, at) => `${at % 7},${at % 3 === 0 ? '"q,""\n"' : 'x'}`).join('\n')}\n`
  const contract = defineContract({ columns: { a: z.int().max(3), b: z.enum(['x']) }, checks: [sql`a <> 6`] })

  test.each(['f.csv', 'f.parquet', 'f.jsonl.gz', 'f.arrow', 'f.json'])(
    '%s has all that JSON Lines have',
    async (name) => {
      const lines = join(folder, `${name}.lines.jsonl`)
      const path = join(folder, name)
      await validate(await table(content), contract, { failures: lines })
      const { facts } = await validate(await table(content), contract, { failures: path })
      const told = facts.checks.reduce((sum, { failed }) => sum + failed, 0)
      const written = await (await open(path)).head(100_000)
      const expected = readFileSync(lines, 'utf8').trimEnd().split('\n')
      expect(written.length).toBe(told)
      expect(expected.length).toBe(told)
      const plain = expected.map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(written.map(({ row, line, check, value }) => [Number(row), Number(line), check, String(value)])).toEqual(
        plain.map(({ row, line, check, value }) => [row, line, check, String(value)]),
      )
    },
  )

  test.each<[string, object, string]>([
    ['of a name that tells no format', { failures: 'f.xyz' }, 'DS_SOURCE_UNSUPPORTED'],
    ['that two are to share', { failures: 'x.csv', split: { good: './x.csv' } }, 'DS_OPTION'],
    ['in no folder', { split: { good: 'g.csv', bad: 'nowhere/b.csv' } }, 'DS_WRITE'],
  ])('one %s is refused before anything is done', async (_, options, code) => {
    const frame = await table('a\n1\n')
    let told = 0
    const running = validate(frame, z.object({ a: z.int() }), { ...options, onProgress: () => told++ })
    await expect(running).rejects.toMatchObject({ code })
    expect([told, existsSync('g.csv'), existsSync('x.csv'), existsSync('f.xyz')]).toEqual([0, false, false, false])
  })

  test.skipIf(process.platform === 'win32')('a pipe gets them as JSON Lines', async () => {
    const pipe = join(folder, 'pipe')
    spawnSync('mkfifo', [pipe])
    const reader = spawn('cat', [pipe], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [read] = await Promise.all([
      text(reader.stdout),
      validate(await table('a\nx\n'), z.object({ a: z.int() }), { failures: pipe }),
    ])
    expect(JSON.parse(read)).toMatchObject({ row: 1, column: 'a', check: 'type', value: 'x' })
  })

  test('no failures are a table without rows', async () => {
    const path = join(folder, 'none.parquet')
    await validate(await table('a\n1\n'), z.object({ a: z.int() }), { failures: path })
    const none = await open(path)
    expect(none.columns).toEqual(['row', 'line', 'column', 'check', 'value', 'message'])
    expect(await none.count()).toBe(0)
  })

  test('a run that is killed leaves no half file, and two at once write whole ones', async () => {
    writeFileSync(join(folder, 'killed.csv'), `a\n${'12345678\n3\n'.repeat(100_000)}`)
    const script = join(folder, 'killed.mjs')
    writeFileSync(
      script,
      `const { validate } = await import(${JSON.stringify(built)})
       const { open } = await import(${JSON.stringify(join(import.meta.dirname, '../../core/dist/index.js'))})
       const { z } = await import(${JSON.stringify(import.meta.resolve('zod'))})
       console.log('begun')
       await validate(await open('killed.csv'), z.object({ a: z.int().max(9) }), {
         failures: 'killed.jsonl', split: { good: 'killed-good.csv', bad: 'killed-bad.csv' } })
       process.exit()`,
    )
    const whole = (): void => {
      const sizes = { 'killed.jsonl': 100_000, 'killed-good.csv': 100_001, 'killed-bad.csv': 100_001 }
      for (const [name, lines] of Object.entries(sizes)) {
        const path = join(folder, name)
        const found = existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0
        expect([0, lines]).toContain(found)
      }
    }
    for (const delay of [200, 700, 1200]) {
      const child = spawn(process.execPath, [script], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
      // It may be done before it is killed.
      const closed = once(child, 'close')
      await once(child.stdout, 'data')
      await new Promise((done) => setTimeout(done, delay))
      child.kill('SIGKILL')
      await closed
      whole()
    }
    const codes = await Promise.all(
      [1, 2].map(async () => once(spawn(process.execPath, [script], { cwd: folder, stdio: 'ignore' }), 'close')),
    )
    expect(codes.map(([code]) => code as unknown)).toEqual([0, 0])
    expect(existsSync(join(folder, 'killed-bad.csv'))).toBe(true)
    whole()
  }, 60_000)
})

describe('what columns may say', () => {
  test('forbidden values, warnings by check, columns by pattern, and what is stored', async () => {
    const engine = await createDuckdb({ threads: 1 })
    const file = join(folder, 'typed.parquet')
    await engine.query(`COPY (SELECT * FROM (VALUES (1, 'a', 1.5, '30', 7::BIGINT), (9, 'x', -1.0, 'no', 8::BIGINT))
      AS t(n, code, score_1, told, big)) TO '${file}' (FORMAT parquet)`)
    const contract = defineContract({
      columns: {
        n: column(z.int().max(5), { warnings: ['<= 5'], physicalType: 'integer' }),
        code: column(z.string(), { forbidden: ['x', 'y'], physicalType: 'string' }),
        told: column(z.int(), { coerce: true }),
        big: column(z.int(), { physicalType: 'INTEGER' }),
      },
      patterns: [
        { name: /^score_/, column: column(z.number().min(0), { severity: 'warn' }) },
        { name: /^none_/, column: z.int() },
      ],
      extra: 'forbid',
    })
    const { findings } = await validate(await open(file, { engine }), contract)
    expect(findings.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      "error: the column 'big' is stored as BIGINT, not as INTEGER",
      'error: the data has no column like /^none_/',
      'warn: n <= 5: 1 of 2 rows fail: Too big: expected number to be <=5',
      'error: told type: 1 of 2 rows fail: Invalid input: expected number, received string',
      'warn: score_1 >= 0: 1 of 2 rows fail: Too small: expected number to be >=0',
      'error: code none_of: 1 of 2 rows fail: one of the values that are forbidden: "x", "y"',
    ])
    await engine.close()
  })

  test('values about persons are shown by no check', async () => {
    const contract = defineContract({
      columns: { a: z.int(), email: column(z.string(), { pii: true, forbidden: ['secret1'] }) },
      checks: [
        { that: sql`email LIKE '%@%' AND a > 0`, name: 'both' },
        { column: 'email', equals: ['x'] },
        { column: 'email', mostFrequentIn: ['x'] },
        { column: 'a', measure: 'max', max: 0 },
      ],
    })
    const failures = join(folder, 'persons.csv')
    const report = await validate(await table('a,email\n1,secret1\n2,secret2\n3,secret2\n'), contract, { failures })
    expect(report.facts.checks.filter(({ failed }) => failed > 0)).toHaveLength(5)
    expect(
      JSON.stringify(
        report.facts.checks.map(({ examples, observed }) => [examples.map(({ value }) => value), observed]),
      ),
    ).not.toContain('secret')
    const written = readFileSync(failures, 'utf8')
    expect(written).toContain('(hidden)')
    expect(written.split('\n').filter((line) => /,secret|email secret/.test(line))).toEqual([])
  })

  test('a contract of 300 columns runs in a time that goes with their number', async () => {
    const names = Array.from({ length: 300 }, (_, at) => `c${at}`)
    const wide = `${names.join()}\n${`${names.map((_, at) => (at % 2 === 0 ? 'abc' : at)).join()}\n`.repeat(20)}`
    const columns = Object.fromEntries(names.map((name, at) => [name, at % 2 === 0 ? z.string().min(3) : z.int()]))
    const report = await validate(await table(wide), z.object(columns))
    expect([report.status, report.facts.checks.length]).toEqual(['pass', 1050])
  }, 60_000)

  test('a condition on a column that the data lacks does not hide that it is missing', async () => {
    const contract = defineContract({ columns: { a: z.int(), b: z.int() }, checks: [sql`a < b`] })
    const { findings } = await validate(await table('a\n1\n'), contract)
    expect(findings.map(({ code }) => code)).toEqual(['validate.column_present'])
  })

  test('a column that Zod says must be there must be, even where it may be anything', async () => {
    const frame = await table('a\n1\n')
    const status = async (b: z.ZodType): Promise<string> => (await validate(frame, z.object({ a: z.int(), b }))).status
    expect(await status(z.any())).toBe('fail')
    expect(await status(z.any().optional())).toBe('pass')
    expect(await status(z.int().exactOptional())).toBe('pass')
    expect(await status(z.int().default(3))).toBe('pass')
  })
})
