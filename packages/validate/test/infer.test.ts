import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { open, type Frame } from '@dayshift/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  column,
  contractSource,
  defineContract,
  infer,
  validate,
  type ContractDefinition,
  type Inference,
} from '../src/index.ts'
import { newFolder } from './folder.ts'

const { table } = newFolder()

/** The contract that the text of a module says. */
function contractOf(source: string): ReturnType<typeof defineContract> {
  const body = source.replaceAll(/^import .*$/gm, '').replace('export default', 'return')
  // oxlint-disable-next-line typescript/no-implied-eval -- The text is what is tested.
  const read = new Function('z', 'column', 'defineContract', body)
  return read(z, column, (definition: ContractDefinition) => defineContract(definition)) as ReturnType<
    typeof defineContract
  >
}

async function schemas(frame: Frame, tight = false): Promise<Record<string, string>> {
  const { columns } = await infer(frame, { tight })
  return Object.fromEntries(columns.map(({ name, schema }) => [name, schema]))
}

const ROWS = Array.from({ length: 300 }, (_, at) =>
  [
    at + 1,
    at % 3 === 0 ? '' : at - 5,
    at / 8,
    ['DE', 'FR', 'US'][at % 3],
    `u${at}@example.com`,
    `2024-01-${String((at % 28) + 1).padStart(2, '0')}`,
    at % 2 === 0,
    `note ${at}`,
    '',
    `6f9619ff-8b86-4011-b42d-${String(at).padStart(12, '0')}`,
    `10.0.0.${at % 250}`,
  ].join(','),
)
const PEOPLE = `id,age,score,country,email,day,ok,note,nothing,token,host\n${ROWS.join('\n')}\n`

test('types, missing values, signs, lists, formats', async () => {
  expect(await schemas(await table(PEOPLE))).toEqual({
    id: 'z.int().positive()',
    age: 'z.int().nullable()',
    score: 'z.number().nonnegative()',
    country: 'z.enum(["DE", "FR", "US"])',
    email: 'z.email()',
    day: 'z.date()',
    ok: 'z.boolean()',
    note: 'z.string().min(1)',
    nothing: 'z.any()',
    token: 'z.uuid()',
    host: 'z.ipv4()',
  })
})

test('a list with values that came but a few times is a guess; what nearly all texts are is told', async () => {
  const rows = Array.from(
    { length: 200 },
    (_, at) => `${at === 7 ? 'rare' : at % 2 === 0 ? 'a' : 'b'},u${at}@example.com`,
  )
  const { columns } = await infer(await table(`kind,email\n${rows.join('\n')}\nb,nobody\n`))
  expect(columns[0]).toMatchObject({
    schema: 'z.enum(["a", "b", "rare"])',
    evidence: '3 different values, the rarest 1 time',
    confidence: 'guess',
  })
  expect(columns[1]).toMatchObject({
    schema: 'z.string().min(1)',
    evidence: '201 different values of 6 to 16 characters, all but 1 are z.email(): "nobody" is not, all different',
    confidence: 'likely',
  })
  const source = contractSource({ source: 'x.csv', rows: 201, columns })
  expect(source).toContain('// guess: 3 different values, the rarest 1 time\n')
  expect(source).toContain('// likely: 201 different')
})

test('ranges as bounds, where that is asked for', async () => {
  expect(await schemas(await table(PEOPLE), true)).toMatchObject({
    id: 'z.int().min(1).max(300)',
    age: 'z.int().min(-4).max(294).nullable()',
    score: 'z.number().min(0).max(37.375)',
  })
})

test('keys, evidence, confidence', async () => {
  const { columns, rows } = await infer(await table(PEOPLE))
  expect(rows).toBe(300)
  expect(columns[0]).toEqual({
    name: 'id',
    schema: 'z.int().positive()',
    options: { primaryKey: true },
    evidence: '1 … 300, all different',
    confidence: 'likely',
  })
  expect(columns[1]?.evidence).toBe('-4 … 294, all different, 33 % missing')
  expect(columns[3]).toMatchObject({ evidence: '3 different values, the rarest 100 times', confidence: 'likely' })
  expect(columns[4]?.options).toEqual({ unique: true })
  expect(columns[7]?.options).toEqual({})
  expect((await infer(await table('id\n1\n2\n'))).columns[0]?.confidence).toBe('guess')
})

test('the text is a module, with what speaks for each rule', async () => {
  expect(contractSource({ ...(await infer(await table('id,country\n1,DE\n2,DE\n'))), source: 'people.csv' })).toBe(`\
// Inferred from people.csv: 2 rows. Correct it: data shows what was, a contract says what must be.
// Likely is what 100 values or more speak for; all else is a guess.
import { column, defineContract } from '@dayshift/validate'
import { z } from 'zod'

export default defineContract({
  columns: {
    // guess: 1 … 2, all different
    id: column(z.int().positive(), { primaryKey: true }),
    // guess: 1 different value of 2 characters
    country: z.string().min(1),
  },
  rows: { min: 1 },
})
`)
})

test('names and texts of any kind stay what they are', () => {
  const inference: Inference = {
    source: 'a\nb',
    rows: 200,
    columns: ['a b', 'constructor', "it's", '2024', 'é'].map((name) => ({
      name,
      schema: 'z.any()',
      options: {},
      evidence: 'x\u2028// y',
      confidence: 'likely',
    })),
  }
  expect(Object.keys(contractOf(contractSource(inference)).columns.shape).toSorted()).toEqual(
    ['a b', 'constructor', "it's", '2024', 'é'].toSorted(),
  )
})

const cell = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    '',
    'x',
    'NA',
    'nan',
    'inf',
    '2024-01-01',
    '2024-01-01 10:00',
    'infinity',
    'true',
    '007',
    '10:00:00',
    '99999999999999999999',
  ),
  fc.emailAddress().filter((text) => !/[",\n]/.test(text)),
)

test('whatever the data, it meets the contract that is inferred from it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 }),
      fc.boolean(),
      async (rows, tight) => {
        const frame = await table(`id,v\n${rows.map((cells) => `${cells.join(',')}\n`).join('')}`)
        const report = await validate(frame, contractOf(contractSource(await infer(frame, { tight }))))
        expect(report.findings.filter(({ code }) => code.startsWith('validate'))).toEqual([])
      },
    ),
    { numRuns: 100, seed: 20_261_123 },
  )
}, 60_000)

const shared = join(import.meta.dirname, '../../../../shared/data')
const real = existsSync(shared)
  ? readdirSync(shared, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(csv|parquet|jsonl)$/.test(path))
  : []

test.skipIf(real.length === 0)('real data meets it too', async () => {
  for (const path of real.slice(0, 40)) {
    const frame = await open(join(shared, path)).catch(() => undefined)
    if (!frame) continue
    const report = await validate(frame, contractOf(contractSource(await infer(frame))))
    expect([path, report.findings.filter(({ code }) => code.startsWith('validate'))]).toEqual([path, []])
  }
})

test('a column that Zod does not look at is left out, and that is said', async () => {
  const frame = await table('a,__proto__\n1,x\n')
  const source = contractSource(await infer(frame))
  expect(source).toContain("// Left out: Zod does not look at '__proto__': rename that column as the data is read.\n")
  expect((await validate(frame, contractOf(source))).status).toBe('pass')
})
