import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDuckdb, open, type Engine } from '@dayshift/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readContract, validate, writeContract } from '../../src/index.ts'

let engine: Engine
const folder = mkdtempSync(join(tmpdir(), 'dayshift-table-schema-'))
beforeAll(async () => {
  engine = await createDuckdb({ threads: 1 })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true })
})

/** A schema of a column `a`. */
function field(words: object, others: object = {}): string {
  return JSON.stringify({ fields: [{ name: 'a', ...words }], fieldsMatch: 'subset', ...others })
}

async function places(schema: string): Promise<string[]> {
  return (await readContract(schema)).notes.map(({ place }) => place)
}

/** Which of some cells hold, each alone in a file. */
async function holding(schema: string, cells: readonly string[]): Promise<string[]> {
  const { contract } = await readContract(schema)
  const held: string[] = []
  for (const [at, cell] of cells.entries()) {
    const file = join(folder, `${at}.csv`)
    writeFileSync(file, `row,a\n1,"${cell}"\n`)
    if ((await validate(await open(file, { engine }), contract)).status === 'pass') held.push(cell)
  }
  return held
}

/** Whether a value holds that a Parquet file stores. */
async function holdsStored(words: object, value: string): Promise<boolean> {
  const file = join(folder, 'stored.parquet')
  await engine.query(`COPY (SELECT ${value} AS a) TO '${file}' (FORMAT parquet)`)
  const { contract } = await readContract(field(words))
  return (await validate(await open(file, { engine }), contract)).status !== 'fail'
}

// As frictionless 5.21.0 judges them, but for what docs/contract-formats.md tells.
describe('cells of text tables', () => {
  test.each<[object, string[], string[]]>([
    [{ type: 'year' }, ['2020', '0999', '0000'], ['-1', '20', '02020', '99999', '2020.0', ' 2020', 'x']],
    [{ type: 'year', constraints: { minimum: 2000, exclusiveMaximum: '2020' } }, ['2000', '2019'], ['1999', '2020']],
    [{ type: 'year', constraints: { enum: [2020, '1999'] } }, ['1999', '2020'], ['2000']],
    [{ type: 'date' }, ['2020-02-29'], ['2020-01-01T00:00:00', '2021-02-29', '2020-1-1', ' 2020-01-01', '20200101']],
    [{ type: 'date', constraints: { minimum: '2020-01-02' } }, ['2020-01-02'], ['2020-01-01', 'true']],
    [{ type: 'date', constraints: { enum: ['2020-01-02'] } }, ['2020-01-02'], ['2020-01-01', '1']],
    [
      { type: 'datetime' },
      ['2020-01-01T10:00:00', '2020-01-01T10:00:00.5Z', '2020-01-01T10:00:00+02:00', '2020-01-01 10:00:00'],
      ['2020-01-01', '2020-01-01T10:00', '2020-01-01T10:00Z', '2020-01-01T10:00:00 ', '2020-02-30T10:00:00'],
    ],
    [
      { type: 'datetime', constraints: { maximum: '2020-01-01T10:00:00Z' } },
      ['2020-01-01T10:00:00'],
      ['2020-01-01T10:00:01Z'],
    ],
    [{ type: 'time' }, ['10:00:00'], ['10:00', '25:00:00']],
    [{ type: 'time', constraints: { maximum: '10:00:00' } }, ['10:00:00'], ['10:00:01', '2020-01-01T10:00:00']],
    [{ type: 'boolean' }, ['true', 'TRUE', '1', 'False', '0'], ['tRuE', ' true', 'yes', '2', '1.0']],
    [{ type: 'boolean', constraints: { enum: [true] } }, ['True', '1'], ['0', 'false']],
    [
      { type: 'boolean', trueValues: ['yes', 'true'], falseValues: ['no', 'false'] },
      ['yes', 'no', 'true'],
      ['1', 'True', 'Yes'],
    ],
    [{ type: 'any', constraints: { required: true } }, ['x', '1'], ['']],
    [{ type: 'integer' }, ['1', '+1', '-01', ''], ['NA', 'null', 'x', '1.5', '-']],
    [{ type: 'integer', missingValues: ['', 'NA'] }, ['NA', ''], ['null', '-']],
  ])('%j', async (words, good, bad) => {
    expect(await holding(field(words), [...good, ...bad])).toEqual(good)
  })

  test('a list of missing values without the empty cell is told', async () => {
    expect(await places(field({ missingValues: ['-'] }, { missingValues: [] }))).toEqual([
      'fields.a.missingValues',
      'missingValues',
    ])
    expect(await places(field({ missingValues: ['', '-'] }, { missingValues: [''] }))).toEqual([])
  })

  test('words without true and false are told', async () => {
    const { notes } = await readContract(field({ type: 'boolean', trueValues: ['yes'], falseValues: ['no', 'false'] }))
    expect(notes).toEqual([{ place: 'fields.a.trueValues', message: 'the text true means true as well' }])
  })
})

test.each<[object, string, boolean]>([
  [{ type: 'year' }, '2020', true],
  [{ type: 'year', constraints: { minimum: 2021 } }, '2020', false],
  [{ type: 'boolean', trueValues: ['yes'], falseValues: ['no'] }, 'TRUE', true],
  [{ type: 'boolean', constraints: { enum: [true] } }, 'FALSE', false],
  [{ type: 'date' }, "DATE '2020-01-01'", true],
  [{ type: 'date' }, "TIMESTAMP '2020-01-01 00:00:00'", true],
  [{ type: 'date' }, "TIMESTAMP '2020-01-01 10:00:00'", false],
  [{ type: 'date', constraints: { maximum: '2019-12-31' } }, "DATE '2020-01-01'", false],
  [{ type: 'datetime' }, "TIMESTAMP '2020-01-01 10:00:00'", true],
  [{ type: 'datetime', constraints: { enum: ['2020-01-01T10:00:00'] } }, "TIMESTAMP '2020-01-01 10:00:00'", true],
  [{ type: 'datetime' }, "DATE '2020-01-01'", false],
])('what is stored as it is has no form: %j, %s', async (words, value, holds) => {
  expect(await holdsStored(words, value)).toBe(holds)
})

test('years, days and words are written as they were read', async () => {
  const fields = [
    { name: 'y', type: 'year', constraints: { minimum: 0, maximum: 9999 } },
    { name: 'd', type: 'date', constraints: { minimum: '2020-01-01T00:00:00Z' } },
    { name: 'b', type: 'boolean', trueValues: ['true', 'yes'], falseValues: ['false'] },
    { name: 't', type: 'datetime' },
  ]
  const read = await readContract(JSON.stringify({ fields }))
  const { text, notes } = await writeContract(read, 'table-schema')
  expect(notes).toEqual([])
  expect((JSON.parse(text) as { fields: unknown }).fields).toEqual(fields)
})

test('order among texts holds, whatever the engine takes cells for', async () => {
  const text = 'schema_type: dataframe\ncolumns: {a: {dtype: str, greater_than: b}}\n'
  expect(await holding(text, ['c', '1', '2020-01-01', 'true'])).toEqual(['c', 'true'])
})
