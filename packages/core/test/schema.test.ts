import { expect, test } from 'vitest'
import { isNumeric, sameSchema, type Column } from '../src/schema.ts'

const a: Column = { name: 'a', type: 'integer', nativeType: 'BIGINT' }
const b: Column = { name: 'b', type: 'string', nativeType: 'VARCHAR' }

test('schemas are the same with the same names and native types in the same order', () => {
  expect(sameSchema({ columns: [a, b] }, { columns: [{ ...a }, { ...b }] })).toBe(true)
  expect(sameSchema({ columns: [a, b] }, { columns: [b, a] })).toBe(false)
  expect(sameSchema({ columns: [a, b] }, { columns: [a] })).toBe(false)
  expect(sameSchema({ columns: [a] }, { columns: [a, b] })).toBe(false)
  expect(sameSchema({ columns: [a] }, { columns: [{ ...a, nativeType: 'INTEGER' }] })).toBe(false)
})

test('integers, decimals and floats are numeric', () => {
  expect(
    (['integer', 'decimal', 'float', 'string', 'boolean', 'date'] as const).filter((type) => isNumeric({ ...a, type })),
  ).toEqual(['integer', 'decimal', 'float'])
})
