import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../../src/engine.ts'
import { createDuckdb } from '../../src/engines/duckdb.ts'
import { csvSource } from '../../src/sources/csv.ts'
import { literal } from '../../src/sql.ts'
import { cellCheck } from '../../src/text/cell-check.ts'
import { CELL_TYPES, cellSeen, FITS } from '../../src/text/cell-type.ts'
import { unseenColumns, USUAL_MARKERS } from '../../src/text/columns.ts'
import { walkText } from '../../src/text/walk.ts'
import { KINDS } from '../../src/text/walk-kinds.ts'
import { newFolder, recording } from '../folder.ts'

const folder = newFolder()
let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 2 })
})
afterAll(() => engine.close())

const digits = fc.stringMatching(/^[0-9]{1,20}$/)
const pair = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 31 }).map((n) => String(n).padStart(2, '0')) },
  fc.integer({ min: 0, max: 99 }).map(String),
)
const year = fc.oneof(
  fc.constantFrom('0000', '0001', '1900', '2000', '2023', '2024', '9999', '10000'),
  fc.stringMatching(/^[0-9]{4}$/),
)
const day = fc.tuple(year, pair, pair).map((parts) => parts.join('-'))
const clock = fc
  .tuple(pair, pair, pair, fc.constantFrom('', '.', '.5', '.123456', '.1234567'))
  .map(([h, m, s, part]) => `${h}:${m}:${s}${part}`)
const zone = fc.oneof(
  fc.constantFrom('', 'Z', 'z', '+02', '-0530', ' UTC'),
  fc.tuple(fc.constantFrom('+', '-', ' '), pair, pair).map(([sign, h, m]) => `${sign}${h}:${m}`),
)
const formed = fc.oneof(
  fc
    .tuple(fc.constantFrom('', '-', '+', '--', ' '), digits, fc.constantFrom('', ' ', '_'))
    .map((parts) => parts.join('')),
  fc
    .tuple(fc.constantFrom('', '-'), digits, fc.constantFrom('.', '..', 'e', '.e'), digits)
    .map((parts) => parts.join('')),
  day,
  clock,
  fc.tuple(day, fc.constantFrom(' ', 'T', 't', '  '), clock, zone).map((parts) => parts.join('')),
  fc.constantFrom(
    'true',
    'false',
    'True',
    'truex',
    'fals',
    'falsee',
    'NA',
    'null',
    'N',
    'nan',
    'inf',
    '.5',
    '5.',
    '-',
    '-0',
    '-.',
  ),
)
/** Cells of the right form, and ones that have a character changed, added or lost. */
const cell = fc.oneof(
  { weight: 3, arbitrary: formed },
  {
    weight: 1,
    arbitrary: fc
      .tuple(formed, fc.nat(30), fc.constantFrom('', '0', '9', '-', ':', '.', ' ', 'T', 'x', '/', 'é'), fc.nat(1))
      .map(([text, at, mark, cut]) => text.slice(0, at) + mark + text.slice(at + cut)),
  },
)

describe('what the walk lets pass, the engine lets pass', () => {
  const cells = [...new Set(fc.sample(cell, { numRuns: 30_000, seed: 20_130_101 }))].filter((text) => text !== '')

  test.each(CELL_TYPES)('%s', async (type) => {
    const path = folder.write(`${type}.csv`, `id,c\n${cells.map((text, at) => `${at},${text}\n`).join('')}`)
    const told = new Set<string>()
    const kinds = Uint8Array.of(KINDS.anything, KINDS[type as keyof typeof KINDS])
    const visit = (_: number, bytes: Buffer, from: number, to: number): unknown =>
      told.add(bytes.toString('utf8', from, to))
    await walkText(path, { delimiter: ',', quote: '"', header: true }, { cells: { kinds, visit } })
    const passed = cells.filter((text) => !told.has(text))
    const seen = await engine.query(
      `SELECT DISTINCT c FROM (SELECT unnest([${literal(passed).text}]) AS c) WHERE ${cellSeen('c', type, [])} <> ${FITS}`,
    )
    expect(seen).toEqual([])
    expect(passed.length).toBeGreaterThan(type === 'BOOLEAN' ? 1 : 20)
  })
})

test.each([
  ['BIGINT', ['0', '7', '-12', '123456789012345678']],
  ['DOUBLE', ['0', '1.5', '-0.25', '12.', '0.1234567890123456', '123456789012345.5']],
  ['DATE', ['2024-02-29', '1900-01-31', '9999-12-31']],
  ['TIMESTAMP', ['2024-02-29', '2024-02-29 23:59:59', '2024-01-01T00:00:00.123456']],
  ['TIMESTAMP WITH TIME ZONE', ['2024-02-29T12:00:00Z', '2024-02-29 12:00:00.5+05:30', '2024-02-29 12:00:00']],
  ['TIME', ['00:00:00', '23:59:59.5']],
  ['BOOLEAN', ['true', 'false']],
])('usual cells need nobody else: %s', async (type, usual) => {
  const path = folder.write(`usual-${type}.csv`, `id,c\n${usual.map((text, at) => `${at},${text}\n`).join('')}`)
  const told: string[] = []
  const kinds = Uint8Array.of(KINDS.anything, KINDS[type as keyof typeof KINDS])
  const visit = (_: number, bytes: Buffer, from: number, to: number): unknown =>
    told.push(bytes.toString('utf8', from, to))
  await walkText(path, { delimiter: ',', quote: '"', header: true }, { cells: { kinds, visit } })
  expect(told).toEqual([])
})

test('all cells are looked at on one walk, and the engine reads the table no more', async () => {
  const rows = Array.from(
    { length: 20_000 },
    (_, at) => `${at},${at / 8},2024-02-${(at % 29) + 1},${at % 7 === 0 ? 'NA' : at},x${at}\n`,
  )
  const path = folder.write('walked.csv', `id,d,day,n,t\n${rows.join('')}`)
  const recorded = recording(engine)
  const dataset = { namespace: 'test', name: 'test', uri: 'test' }
  const source = await csvSource(recorded.engine, dataset, [path], {}, { headRows: 100, openWhole: 64_000_000 })
  const types = await engine.query(`DESCRIBE SELECT * FROM ${source.relation.from.text}`)
  expect(types.map(({ column_type }) => column_type)).toEqual(['BIGINT', 'DOUBLE', 'DATE', 'BIGINT', 'VARCHAR'])
  expect(recorded.queries.filter((query) => query.includes('walked.csv') && !/LIMIT \d+/.test(query))).toEqual([])
})

describe('what the walk leaves to the engine', () => {
  const columns = unseenColumns(['a', 'b'], new Map()).map((column) => ({
    ...column,
    candidates: ['BIGINT', 'DOUBLE'],
    filled: true,
  }))
  const layout = { nulls: ['', '-1'], quote: '"' }
  const check = (cells: readonly string[]): Promise<unknown> => {
    const made = cellCheck(columns, USUAL_MARKERS, layout)
    for (const text of cells) made?.task.visit(0, Buffer.from(text), 0, Buffer.byteLength(text))
    return made?.columns(engine) as Promise<unknown>
  }

  test('cells of the same type, markers and missing values', async () => {
    expect(await check([])).toEqual(columns)
    expect(await check([' 5 ', '"6"', '"-1"', '""'])).toEqual(columns)
    expect(await check(['NA'])).toEqual([{ ...columns[0], marked: true }, columns[1]])
  })

  test.each([
    ['a cell of another type', ['x']],
    ['a quote behind spaces', [' "5"']],
    ['too many different cells', Array.from({ length: 10_001 }, (_, at) => ` ${at}`)],
  ])('%s: all cells must be looked at again', async (_, cells) => {
    expect(await check(cells)).toBeUndefined()
  })

  test('where an empty cell is a value, all of them', () => {
    expect(cellCheck(columns, [], { ...layout, nulls: ['NA'] })).toBeUndefined()
  })
})
