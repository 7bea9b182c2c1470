import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { factRow, factValue, type FactValue } from '../src/fact-value.ts'
import type { ColumnType } from '../src/schema.ts'

test.each<[unknown, ColumnType, FactValue]>([
  [null, 'unknown', null],
  [undefined, 'unknown', null],
  [true, 'boolean', true],
  [1.5, 'float', 1.5],
  [Number.NaN, 'float', 'NaN'],
  [Number.NEGATIVE_INFINITY, 'float', '-Infinity'],
  [2n ** 60n, 'integer', '1152921504606846976'],
  ['text', 'string', 'text'],
  [new Date(0), 'date', '1970-01-01'],
  [new Date(0), 'timestamp', '1970-01-01T00:00:00.000Z'],
  ['infinity', 'date', 'infinity'],
  [Uint8Array.of(1, 255), 'binary', '0x01ff'],
  [[1, null, 2n ** 60n], 'list', '[1,null,"1152921504606846976"]'],
  [{ a: { b: new Date(0) } }, 'struct', '{"a":{"b":"1970-01-01T00:00:00.000Z"}}'],
])('%o as %s is shown as %j', (value, type, shown) => {
  expect(factValue(value, type)).toBe(shown)
})

test('a report shows at most 200 units of a text, and never half a character', () => {
  expect(factValue('x'.repeat(200))).toBe('x'.repeat(200))
  expect(factValue('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`)
  expect(factValue(`${'x'.repeat(199)}😀`)).toBe(`${'x'.repeat(199)}…`)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 150, maxLength: 300 }), (text) => {
      const shown = String(factValue(text))
      expect(shown.length).toBeLessThanOrEqual(201)
      // A lone surrogate becomes U+FFFD on the way through UTF-8.
      expect(Buffer.from(shown, 'utf8').toString('utf8')).toBe(shown)
    }),
  )
})

test('what JSON cannot hold survives it as text', () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.bigInt(), fc.string(), fc.boolean(), fc.constant(null)), (value) => {
      const shown = factValue(value)
      // JSON knows no -0.
      expect(JSON.parse(JSON.stringify(shown))).toEqual(Object.is(shown, -0) ? 0 : shown)
    }),
  )
})

test('a row is shown column by column, also a column with a name of Object’s', () => {
  const columns = ['__proto__', 'constructor', 'd'].map((name) => ({ name, type: 'date' as const, nativeType: 'DATE' }))
  const row = Object.fromEntries([
    ['__proto__', 1],
    ['d', new Date(0)],
  ])
  const shown = factRow(
    row,
    columns.filter(({ name }) => name !== 'constructor'),
  )
  expect(Object.entries(shown)).toEqual([
    ['__proto__', 1],
    ['d', '1970-01-01'],
  ])
})
