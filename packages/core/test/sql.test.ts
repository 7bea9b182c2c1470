import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../src/engine.ts'
import { createDuckdb } from '../src/engines/duckdb.ts'
import { ident, isSql, join, literal, raw, sql, type SqlValue } from '../src/sql.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createDuckdb({ threads: 1 })
})
afterAll(() => engine.close())

async function valueOf(text: string): Promise<unknown> {
  const [row] = await engine.query(`SELECT ${text} AS v`)
  return row?.['v']
}

const text = fc.string({ unit: 'grapheme-composite', maxLength: 20 })
const nasty = fc.oneof(
  text,
  fc
    .array(fc.constantFrom("'", '"', '\\', '\0', '\n', '\r', ';', '--', '/*', '$$', '%', '😀', '\u{10FFFF}', 'é'), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
)

test('any text comes back from the engine as it went in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(nasty, { minLength: 1, maxLength: 8 }), async (texts) => {
      const [row] = await engine.query(
        `SELECT ${texts.map((item, at) => `${literal(item).text} AS c${at}`).join(', ')}`,
      )
      expect(Object.values(row ?? {})).toEqual(texts)
    }),
    { numRuns: 60 },
  )
})

test('any name names a column', async () => {
  const names = nasty.map((name) => name.replaceAll('\0', '')).filter((name) => name !== '')
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      const [row] = await engine.query(`SELECT ${ident(name).text} FROM (SELECT 7 AS ${ident(name).text})`)
      expect(Object.entries(row ?? {})).toEqual([[name, 7]])
    }),
    { numRuns: 100 },
  )
})

test.each([
  0,
  -0,
  1,
  -1,
  0.1 + 0.2,
  -1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** 53 - 1,
  -(2 ** 53) + 1,
  2 ** 53,
  2 ** 53 + 2,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
])('the number %d comes back as it went in', async (number) => {
  expect(await valueOf(literal(number).text)).toBe(number)
})

test('any double and any safe integer comes back to the bit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.double(), fc.maxSafeInteger()), { minLength: 1 }), async (numbers) => {
      const rows = await engine.query(`SELECT ${numbers.map((n, at) => `${literal(n).text} AS c${at}`).join(', ')}`)
      for (const [at, number] of numbers.entries()) expect(rows[0]?.[`c${at}`]).toBe(number)
    }),
    { numRuns: 60 },
  )
})

test.each([
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 63n - 1n,
  2n ** 63n,
  -(2n ** 63n),
  -(2n ** 63n) - 1n,
  2n ** 127n - 1n,
  -(2n ** 127n),
  2n ** 127n,
  2n ** 128n - 1n,
])('the integer %d comes back whole', async (integer) => {
  expect(await valueOf(literal(integer).text)).toBe(integer)
})

test('integers of up to 53 bits come out as numbers, whatever went in', async () => {
  expect(await valueOf(literal(5n).text)).toBe(5)
  expect(await valueOf(literal(BigInt(Number.MAX_SAFE_INTEGER)).text)).toBe(Number.MAX_SAFE_INTEGER)
})

test.each([0, 1, -1, 951_782_400_123, -62_167_219_200_000, -62_167_219_200_001, 8.64e15, -8.64e15])(
  'the time %d ms comes back as it went in',
  async (time) => {
    expect(await valueOf(literal(new Date(time)).text)).toEqual(new Date(time))
  },
)

test('bytes, booleans, missing values and lists', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, at) => at)
  expect(await valueOf(literal(bytes).text)).toEqual(bytes)
  expect(await valueOf(literal(new Uint8Array()).text)).toEqual(new Uint8Array())
  expect([await valueOf(literal(true).text), await valueOf(literal(false).text)]).toEqual([true, false])
  expect([await valueOf(literal(null).text), await valueOf(literal(undefined).text)]).toEqual([null, null])
  expect(await valueOf(sql`[${['a', "b'"]}]`.text)).toEqual(['a', "b'"])
})

test('a number below zero stays one value wherever it stands', async () => {
  expect(await valueOf(sql`1-${-1}`.text)).toBe(2)
  expect(await valueOf(sql`${-2} ** 2`.text)).toBe(4)
  expect(await valueOf(sql`${-2n}::VARCHAR`.text)).toBe('-2')
})

test.each<[string, unknown]>([
  ['an invalid date', new Date(Number.NaN)],
  ['an integer of 129 bits', 2n ** 128n],
  ['an integer far below zero', -(2n ** 127n) - 1n],
  ['an object', {}],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
])('%s has no place in SQL', (_, value) => {
  expect(() => literal(value as SqlValue)).toThrow(expect.objectContaining({ code: 'DS_VALUE_UNSUPPORTED' }))
})

test('a name is neither empty nor holds U+0000', () => {
  expect(() => ident('')).toThrow(expect.objectContaining({ code: 'DS_VALUE_UNSUPPORTED' }))
  expect(() => ident('a\0b')).toThrow(expect.objectContaining({ code: 'DS_VALUE_UNSUPPORTED' }))
})

test('pieces of SQL go in as they are, all else as values', () => {
  const column = ident('wind "gust"')
  expect(sql`${column} > ${3} AND origin IN (${['EWR', "O'Hare"]}) AND ${raw('true')}`.text).toBe(
    `"wind ""gust""" > 3 AND origin IN ('EWR', 'O''Hare') AND true`,
  )
  expect(join([column, raw('b')]).text).toBe('"wind ""gust""", b')
  expect([isSql(column), isSql({ text: 'x' }), isSql('x'), isSql(null)]).toEqual([true, false, false, false])
})
