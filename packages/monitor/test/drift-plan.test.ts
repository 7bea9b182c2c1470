import type { ColumnType, TableSchema } from '@dayshift/core'
import { expect, test } from 'vitest'
import { planDrift } from '../src/drift-plan.ts'

function schema(columns: Record<string, ColumnType>): TableSchema {
  return { columns: Object.entries(columns).map(([name, type]) => ({ name, type, nativeType: type.toUpperCase() })) }
}

test('columns of numbers on both sides are compared, whatever kind of number', () => {
  const plan = planDrift(
    schema({ a: 'integer', b: 'float', c: 'decimal' }),
    schema({ c: 'float', b: 'integer', a: 'integer' }),
  )
  expect(plan.columns.map(({ name }) => name)).toEqual(['c', 'b', 'a'])
  expect(plan.findings).toEqual([])
})

test('a number that became text is told apart from text that became a number', () => {
  const [toText] = planDrift(schema({ a: 'integer' }), schema({ a: 'string' })).findings
  expect(toText).toMatchObject({ code: 'drift.type_changed', hint: expect.stringContaining('null marker') as string })
  const [toNumber] = planDrift(schema({ a: 'string' }), schema({ a: 'integer' })).findings
  expect(toNumber).toMatchObject({ code: 'drift.type_changed', hint: expect.stringContaining('cast') as string })
})

test('text that changes its type among types without numbers is only not compared', () => {
  const { findings } = planDrift(schema({ a: 'string', b: 'date' }), schema({ a: 'date', b: 'date' }))
  expect(findings).toMatchObject([
    { code: 'drift.not_compared', message: '2 columns do not hold numbers and were not compared: a, b' },
  ])
})

test('a column that is named is found in any case in the current data, and must be written alike in the reference', () => {
  const current = schema({ Temp: 'float' })
  expect(planDrift(schema({ Temp: 'float' }), current, ['temp']).columns.map(({ name }) => name)).toEqual(['Temp'])
  expect(() => planDrift(schema({ temp: 'float' }), current, ['temp'])).toThrow(
    expect.objectContaining({ code: 'DS_COLUMN_UNKNOWN', hint: 'Columns: temp' }),
  )
})
