import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDuckdb, Frame, open, type Engine } from '@dayshift/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { FRONT, shareOf } from '../../src/judge/audit.ts'
import { planChecks } from '../../src/plan.ts'
import { asContract } from '../../src/contract.ts'
import { suspectRows } from '../../src/judge/suspect-rows.ts'
import { validate } from '../../src/validate.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-audit-'))
afterAll(() => rmSync(folder, { recursive: true }))

function csv(text: string): Promise<Frame> {
  const file = join(folder, 'some.csv')
  writeFileSync(file, text)
  return open(file, { engine })
}

let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

const ROWS = Array.from({ length: 5000 }, (_, at) => ({ n: at, t: `t${at}`, note: at % 2 === 0 ? 'a' : null }))
const columns = z.object({ n: z.int().min(0), t: z.string().startsWith('t'), note: z.string().nullable() })

test('values that passed are judged again by Zod: of the first rows all, of the others some', async () => {
  const report = await validate(await open(ROWS, { engine }), columns)
  expect(report.status).toBe('pass')
  // 200 rows, of which half have no note.
  expect(report.facts.audited).toBeGreaterThanOrEqual(500)
  expect(report.facts.audited).toBeLessThan(550)
})

test('the others come from everywhere in the data', async () => {
  const frame = (await open([{ a: 1 }], { engine })).derive({ n: 'unnest(range(2000000))' })
  const [column] = planChecks(asContract(z.object({ n: z.int() })), frame, await frame.schema()).columns
  const watch = { column: column as NonNullable<typeof column>, alone: true }
  const values: number[] = []
  const looked = { front: FRONT, share: 0.0001 }
  for await (const some of suspectRows(frame, [watch], looked, {})) values.push(...(some.values[0] as number[]))
  expect(values.slice(0, FRONT)).toEqual(Array.from({ length: FRONT }, (_, at) => at))
  const others = values.slice(FRONT)
  // 200 are expected, in the mean at the middle; six standard deviations.
  expect(Math.abs(others.length - 200)).toBeLessThan(85)
  expect(Math.abs(others.reduce((sum, value) => sum + value, 0) / others.length - 1_000_000)).toBeLessThan(330_000)
})

test('of very many rows no more are looked at than of many', () => {
  expect(shareOf(0)).toBe(0.0001)
  expect(shareOf(10_000_000)).toBe(0.0001)
  expect(shareOf(1_000_000_000) * 1_000_000_000).toBeCloseTo(1000)
})

test('an engine that accepts what Zod refuses is found out', async () => {
  // What an error of the engine, or of ours, would look like: every beginning is right.
  const lenient: Engine = {
    ...engine,
    stream: (text, options) => engine.stream(text.replaceAll('starts_with("t", \'t\')', 'TRUE'), options),
  }
  const frame = await open([{ n: 1, t: 'wrong', note: null }, ...ROWS], { engine: lenient })
  await expect(validate(frame, columns)).rejects.toMatchObject({
    code: 'DS_VALIDATE_PARITY',
    message: expect.stringContaining('t: format starts_with: SQL lets "wrong" pass, Zod does not') as string,
  })
})

test('a walk that lets pass what Zod refuses is found out', async () => {
  const frame = await csv(['n,t', ...ROWS.slice(0, 500).map(({ n, t }) => `${n},${t}`), '7,wrong', ''].join('\n'))
  const text = frame.text as NonNullable<typeof frame.text>
  const forgetful = new Frame(engine, {
    dataset: frame.dataset,
    files: frame.files,
    relation: frame.relation,
    text: {
      ...text,
      layout: text.layout,
      walk: (look, query) => text.walk({ ...look, visit: () => undefined }, query),
    },
  })
  const { shape } = columns
  const contract = z.object({ n: shape.n, t: shape.t })
  expect((await validate(frame, contract)).facts).toMatchObject({ failedRows: 1, audited: 1001 })
  await expect(validate(forgetful, contract)).rejects.toMatchObject({
    code: 'DS_VALIDATE_PARITY',
    message: 't: format starts_with: bytes let "wrong" pass, Zod does not: Invalid string: must start with "t"',
  })
})
