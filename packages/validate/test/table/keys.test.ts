import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDuckdb, open, type Engine, type Frame } from '@dayshift/core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { defineContract } from '../../src/contract.ts'
import { validate } from '../../src/validate.ts'

const folder = mkdtempSync(join(tmpdir(), 'dayshift-keys-'))
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

const contract = defineContract({ columns: z.object({ id: z.int().min(0).nullable() }), unique: [['id']] })

let files = 0
async function csv(ids: readonly (string | null)[]): Promise<Frame> {
  const path = join(folder, `${++files}.csv`)
  writeFileSync(path, ['id,x', ...ids.map((id) => `${id ?? ''},1`), ''].join('\n'))
  return open(path, { engine })
}

async function parquet(ids: readonly (string | null)[]): Promise<Frame> {
  const path = join(folder, `${++files}.parquet`)
  await (await csv(ids)).write(path)
  return open(path, { engine })
}

async function repeated(frame: Frame): Promise<unknown> {
  const { facts } = await validate(frame, contract, { maxExamples: 1000 })
  const key = facts.checks.find(({ id }) => id === 'id: unique')
  return [key?.failed, key?.nulls, key?.examples.map(({ row, value }) => [row, value])]
}

function expected(ids: readonly (string | null)[]): unknown {
  const counts = new Map<string, number>()
  for (const id of ids) if (id !== null) counts.set(id, (counts.get(id) ?? 0) + 1)
  const rows = ids.flatMap((id, at) => (id !== null && (counts.get(id) ?? 0) > 1 ? [[at + 1, Number(id)]] : []))
  return [rows.length, ids.filter((id) => id === null).length, rows]
}

const id = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: -5, max: 1_000_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 40, 2 ** 40 + 1, -(2 ** 52)) },
)
const ids = fc.oneof(
  fc.array(fc.option(id.map(String), { freq: 12 }), { minLength: 1, maxLength: 60 }),
  fc.uniqueArray(fc.integer({ min: 0, max: 90 }), { minLength: 1 }).map((some) => some.map(String)),
  fc.integer({ min: 1, max: 60 }).map((length) => Array.from({ length }, (_, at) => String(at * 3))),
)

test.each(['csv', 'parquet'] as const)(
  'keys of whole numbers in several rows are found, in any order: %s',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(ids, async (some) => {
        fc.pre(some.some((one) => one !== null))
        expect(await repeated(await (kind === 'csv' ? csv(some) : parquet(some)))).toEqual(expected(some))
      }),
      { seed: 20_261_124, numRuns: 80 },
    )
  },
)

test.each([
  ['far apart', ['1', '9007199254740991', '1']],
  ['larger than JavaScript holds', ['9007199254740992', '9007199254740993', '9007199254740993', '5']],
])('keys %s are grouped', async (_, some) => {
  const path = join(folder, `${++files}.parquet`)
  const list = some.map((one) => `(${one}::BIGINT)`).join(', ')
  await engine.query(`COPY (SELECT * FROM (VALUES ${list}) AS t(id)) TO '${path}' (FORMAT parquet)`)
  expect(await repeated(await open(path, { engine }))).toMatchObject([2, 0, [{}, {}]])
})

const near = fc.oneof(
  { weight: 20, arbitrary: fc.constant('next') },
  { weight: 1, arbitrary: fc.constantFrom('again', 'back', 'gap', 'none', 'odd') },
)

test('keys that nearly ascend are known after one look, whatever stands between them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(near, { minLength: 1, maxLength: 300 }), async (steps) => {
      let last = 100
      const some = steps.map((step) => {
        if (step === 'none') return null
        if (step === 'odd') return String(-1000 - last)
        last += { next: 1, again: 0, back: -30, gap: 5 }[step] ?? 0
        return String(last)
      })
      fc.pre(some.some((one) => one !== null))
      expect(await repeated(await csv(some))).toEqual(expected(some))
    }),
    { seed: 20_261_128, numRuns: 60 },
  )
})

test('keys that ascend are not looked at once more, nor are those that come again between them', async () => {
  const asked: string[] = []
  const listening: Engine = {
    ...engine,
    query: (text, options) => (asked.push(text), engine.query(text, options)),
    stream: (text, options) => (asked.push(text), engine.stream(text, options)),
  }
  const path = join(folder, 'ascending.csv')
  for (const [key, failed] of [
    [(at: number) => at * 2, 0],
    [(at: number) => (at % 1000 === 999 ? at - 1 : at), 10],
  ] as const) {
    writeFileSync(path, `id,x\n${Array.from({ length: 5000 }, (_, at) => `${key(at)},1\n`).join('')}`)
    const frame = await open(path, { engine: listening })
    await frame.ready()
    asked.length = 0
    const report = await validate(frame, contract)
    expect(report.facts.checks.find(({ id: name }) => name === 'id: unique')).toMatchObject({
      evaluated: 5000,
      failed,
    })
    expect(asked.filter((text) => /GROUP BY|'NaN'/.test(text))).toEqual([])
  }
})
