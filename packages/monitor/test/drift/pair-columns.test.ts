import type { ColumnType, TableSchema } from '@dayshift/core'
import { expect, test } from 'vitest'
import { pairColumns } from '../../src/drift/pair-columns.ts'

function schema(columns: Record<string, ColumnType>): TableSchema {
  return { columns: Object.entries(columns).map(([name, type]) => ({ name, type, nativeType: type.toUpperCase() })) }
}

function names(reference: TableSchema, current: TableSchema, wanted?: string[]): string[] {
  return pairColumns(reference, current, wanted).columns.map(({ column }) => column.name)
}

test('columns of numbers pair, whatever kind of number, and so do columns of times', () => {
  const reference = schema({ a: 'integer', b: 'float', c: 'decimal', d: 'date', e: 'timestamp' })
  const current = schema({ c: 'float', b: 'integer', a: 'integer', e: 'date', d: 'timestamptz' })
  expect(names(reference, current)).toEqual(['c', 'b', 'a', 'e', 'd'])
  expect(pairColumns(reference, current).findings).toEqual([])
})

test('a number that became text is told apart from text that became a number', () => {
  const [toText] = pairColumns(schema({ a: 'integer' }), schema({ a: 'string' })).findings
  expect(toText).toMatchObject({ code: 'drift.type_changed', hint: expect.stringContaining('null marker') as string })
  const [toNumber] = pairColumns(schema({ a: 'string' }), schema({ a: 'integer' })).findings
  expect(toNumber).toMatchObject({ code: 'drift.type_changed', hint: expect.stringContaining('cast') as string })
})

test('any other change of type is told too', () => {
  const found = pairColumns(
    schema({ a: 'string', b: 'date', c: 'boolean' }),
    schema({ a: 'date', b: 'date', c: 'integer' }),
  )
  expect(found.retypedColumns).toEqual([
    { column: 'a', from: 'string', to: 'date' },
    { column: 'c', from: 'boolean', to: 'integer' },
  ])
  expect(found.findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
    'error drift.type_changed',
    'error drift.type_changed',
  ])
})

test('a column that is named is found in any case in the current data, and must be written alike in the reference', () => {
  const current = schema({ Temp: 'float' })
  expect(names(schema({ Temp: 'float' }), current, ['temp'])).toEqual(['Temp'])
  expect(() => names(schema({ temp: 'float' }), current, ['temp'])).toThrow(
    expect.objectContaining({ code: 'DS_COLUMN_UNKNOWN', hint: 'Columns: temp' }),
  )
})
