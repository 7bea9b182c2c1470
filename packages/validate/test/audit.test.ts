import { createDuckdb, open, type Engine } from '@dayshift/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { auditTerm } from '../src/audit.ts'
import { planChecks } from '../src/plan.ts'
import { asContract } from '../src/contract.ts'
import { validate } from '../src/validate.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

const ROWS = Array.from({ length: 5000 }, (_, at) => ({ n: at, t: `t${at}`, note: at % 2 === 0 ? 'a' : null }))
const columns = z.object({ n: z.int().min(0), t: z.string().startsWith('t'), note: z.string().nullable() })

test('values that passed are judged again by Zod, of each column some', async () => {
  const report = await validate(await open(ROWS, { engine }), columns)
  expect(report.status).toBe('pass')
  // 100 of each, of which the same value counts as often as it is met.
  expect(report.facts.audited).toBe(300)
})

test('they come from everywhere in the data', async () => {
  const frame = await open(ROWS, { engine })
  const [column] = planChecks(asContract(columns), frame, await frame.schema()).columns
  const [row] = await engine.query(
    `SELECT ${auditTerm(column as NonNullable<typeof column>)} AS v FROM ${frame.relation.from.text}`,
  )
  const values = row?.['v'] as number[]
  expect(new Set(values).size).toBe(100)
  expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / 100 - 2500)).toBeLessThan(600)
})

test('an engine that accepts what Zod refuses is found out', async () => {
  // What an error of the engine, or of ours, would look like: every beginning is right.
  const lenient: Engine = {
    ...engine,
    query: (text, options) => engine.query(text.replaceAll('starts_with("t", \'t\')', 'TRUE'), options),
  }
  const frame = await open([...ROWS, ...ROWS.map((row) => ({ ...row, t: `wrong ${row.n}` }))], { engine: lenient })
  await expect(validate(frame, columns)).rejects.toMatchObject({
    code: 'DS_VALIDATE_PARITY',
    message: expect.stringContaining('t: format starts_with: SQL lets "wrong ') as string,
  })
})
