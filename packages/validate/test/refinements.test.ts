import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDuckdb, open, sql, type Engine, type Frame } from '@dayshift/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { column } from '../src/column.ts'
import { compareContracts } from '../src/compare.ts'
import { defineContract } from '../src/contract.ts'
import { writeContract } from '../src/exchange/contract-file.ts'
import { explainPlan, planChecks } from '../src/plan.ts'
import { validate } from '../src/validate.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-refinements-'))
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

async function files(text: string): Promise<Record<'csv' | 'parquet' | 'jsonl', Frame>> {
  const csv = join(folder, 'rows.csv')
  writeFileSync(csv, text)
  const frame = await open(csv, { engine })
  await frame.write(join(folder, 'rows.parquet'))
  await frame.write(join(folder, 'rows.jsonl'))
  const [parquet, jsonl] = await Promise.all(
    ['rows.parquet', 'rows.jsonl'].map((name) => open(join(folder, name), { engine })),
  )
  return { csv: frame, parquet: parquet as Frame, jsonl: jsonl as Frame }
}

const columns = z.object({ id: z.int(), from: z.int().min(0), to: z.int().nullable(), note: z.string().nullable() })

function breaks({ note }: Readonly<Record<string, unknown>>): boolean {
  throw new Error(`no ${String(note)}`)
}

/** Defines a contract with a check that may be none. */
function define(check: object): () => unknown {
  return () => defineContract({ columns, checks: [check as never] })
}

describe('refinements of rows as checks', () => {
  test('count what fails, what is silent and what is not looked at, whatever the data comes from', async () => {
    const contract = defineContract({
      columns,
      checks: [
        {
          name: 'to comes after from',
          columns: ['from', 'to'],
          when: ({ to }) => to !== null,
          refine: ({ from, to }) => from <= (to ?? 0),
          message: 'ends before it begins',
        },
      ],
    })
    // Holds, fails, is not looked at, is silent since `from` breaks its own bound.
    const all = await files('id,from,to,note\n1,1,2,\n2,5,3,x\n3,7,,\n4,-1,-5,\n')
    for (const [kind, frame] of Object.entries(all)) {
      const { facts } = await validate(frame, contract)
      expect([kind, facts.checks.find(({ check }) => check === 'to comes after from')]).toEqual([
        kind,
        {
          id: 'rows: to comes after from',
          check: 'to comes after from',
          severity: 'error',
          passed: false,
          evaluated: 3,
          failed: 1,
          nulls: 1,
          examples: [
            {
              row: 2,
              ...(kind === 'csv' ? { line: 3 } : kind === 'jsonl' ? { line: 2 } : {}),
              value: 'from 5, to 3',
              message: 'ends before it begins',
            },
          ],
          ranAs: 'rows',
        },
      ])
      expect(facts.failedRows).toBe(2)
    }
  })

  test('say what plain JavaScript says, on many rows', async () => {
    const rows = Array.from({ length: 30_000 }, (_, at) => ({ a: (at * 7919) % 101, b: (at * 104_729) % 97 }))
    const contract = defineContract({
      columns: z.object({ a: z.int(), b: z.int().max(90) }),
      checks: [{ name: 'even together', refine: ({ a, b }) => (a + b) % 2 === 0 }],
    })
    const { facts } = await validate(await open(rows, { engine }), contract)
    const seen = rows.filter(({ b }) => b <= 90)
    expect(facts.checks.find(({ check }) => check === 'even together')).toMatchObject({
      evaluated: rows.length,
      nulls: rows.length - seen.length,
      failed: seen.filter(({ a, b }) => (a + b) % 2 !== 0).length,
    })
  })

  test('have a severity and a tolerance of their own, beside options of the columns of a z.object', async () => {
    const { csv } = await files('id,from,to,note\n1,1,2,secret\n2,5,3,secret\n')
    const contract = defineContract({
      columns,
      options: { note: { pii: true }, id: { primaryKey: true } },
      checks: [
        { name: 'warns', refine: ({ from, to }) => from <= (to ?? 0), severity: 'warn' },
        { name: 'tolerates', refine: ({ from, to }) => from <= (to ?? 0), mostly: 0.5 },
      ],
    })
    const report = await validate(csv, contract)
    expect(report.status).toBe('warn')
    expect(JSON.stringify(report)).not.toContain('secret')
    expect(report.facts.checks.filter(({ failed }) => failed > 0)).toMatchObject([
      { check: 'warns', severity: 'warn', passed: false },
      { check: 'tolerates', passed: true, mostly: 0.5 },
    ])
    expect(report.facts.checks.map(({ id }) => id)).toContain('id: unique')
  })

  test('are written to the file of failures, in full', async () => {
    const frame = await open(
      Array.from({ length: 100 }, (_, n) => ({ n })),
      { engine },
    )
    const contract = defineContract({
      columns: z.object({ n: z.int() }),
      checks: [{ name: 'none', refine: () => false }],
    })
    const path = join(folder, 'failures.jsonl')
    const { facts } = await validate(frame, contract, { failures: path, maxExamples: 2 })
    expect(facts.checks.at(-1)?.examples).toHaveLength(2)
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(100)
  })

  test('see what the schemas give out, and hold for one object too', () => {
    const contract = defineContract({
      columns: z.object({ a: z.string().transform((text) => text.length), b: z.int().default(3) }),
      checks: [{ name: 'a is b', refine: ({ a, b }) => a === b, message: 'not as long' }, sql`b > 0`],
    })
    expect(contract.check({ a: 'xyz' }).success).toBe(true)
    expect(contract.check({ a: 'xy' }).error?.issues).toMatchObject([
      { code: 'custom', message: 'not as long', params: { check: 'a is b' } },
    ])
  })

  test('that throw, wait or never end are errors, which show no value that is not to be shown', async () => {
    const { csv } = await files('id,from,to,note\n1,1,2,SECRET\n')
    const run = (refine: (row: Readonly<Record<string, unknown>>) => boolean, pii = false): Promise<unknown> =>
      validate(csv, defineContract({ columns, options: { note: { pii } }, checks: [{ name: 'odd', refine }] })).catch(
        (error: unknown) => error,
      )
    expect(await run(breaks)).toMatchObject({
      code: 'DS_CONTRACT_THROWS',
      message: "the check 'odd' threw on row 1: no SECRET",
    })
    const hidden = (await run(breaks, true)) as Error
    expect(hidden).toMatchObject({ code: 'DS_CONTRACT_THROWS' })
    expect(`${hidden.message} ${String(hidden.cause)}`).not.toContain('SECRET')
    expect(await run((() => Promise.resolve(true)) as never)).toMatchObject({ code: 'DS_CONTRACT_ASYNC' })
    expect(
      await run(() => {
        for (;;);
      }),
    ).toMatchObject({ code: 'DS_CONTRACT_SLOW' })
  })

  test('are told in the plan, in comparisons, and where a format has no code', async () => {
    const contract = defineContract({ columns, checks: [{ name: 'odd', columns: ['id'], refine: () => true }] })
    const before = defineContract({ columns })
    expect(compareContracts(before, contract)).toMatchObject([{ message: 'there is a new rule: odd (code)' }])
    expect((await writeContract(contract, 'table-schema')).notes).toContainEqual({
      place: 'checks.odd',
      message: 'refinements of rows are code',
    })
  })

  test('show in --explain', async () => {
    const { csv } = await files('id,from,to,note\n1,1,2,\n')
    const contract = defineContract({ columns, checks: [{ name: 'odd', columns: ['id'], refine: () => true }] })
    expect(explainPlan(planChecks(contract, csv, await csv.schema())).at(-1)).toMatch(
      /^rows +rows +odd +\(code judges each row, with all others in one pass\)$/,
    )
  })

  test('that name what is not there, or nothing, are refused', () => {
    expect(define({ refine: () => true })).toThrow('a refinement has a name')
    expect(define({ name: 'x', refine: 'a > b' })).toThrow("'refine' is a function of a row, not 'a > b'")
    expect(define({ name: 'x', columns: ['form'], refine: () => true })).toThrow(
      "no column 'form' (did you mean 'from'?)",
    )
  })
})

test('options stand beside a z.object, not within; those of no column are refused', () => {
  expect(() => defineContract({ columns: z.object({ a: column(z.int(), { pii: true }) as never }) })).toThrow(
    'column(…) stands in columns by name; of a z.object give options: { a: { … } }',
  )
  expect(() => defineContract({ columns, options: { ids: { pii: true } } })).toThrow("no column 'ids'")
})
