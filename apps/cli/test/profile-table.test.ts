import type { ColumnProfile } from '@dayshift/core'
import { expect, test } from 'vitest'
import { profileTable, sparkline } from '../src/render/profile.ts'

const columns: readonly ColumnProfile[] = [
  {
    name: 'temp',
    type: 'float',
    nulls: 1,
    distinct: 173,
    min: 10.94,
    max: 100.04,
    mean: 55.26039212682851,
    sd: 17.78,
    quartiles: [39.92, 55.4, 69.98],
    histogram: { edges: [10, 40, 70, 100], counts: [1, 8, 3] },
  },
  {
    name: 'origin\u001B[31m',
    type: 'string',
    nulls: 0,
    distinct: 2,
    min: '',
    max: 'a very long text indeed',
    top: [
      { value: '', count: 2 },
      { value: 'LGA', count: 1 },
    ],
  },
  {
    name: '時'.repeat(20),
    type: 'timestamptz',
    nulls: 0,
    distinct: 1,
    min: '2013-01-01T06:00:00.000Z',
    max: 'infinity',
  },
]

test('a profile as a table within 100 columns', () => {
  expect(profileTable(columns, '  ')).toEqual([
    '  column           type         nulls  distinct  min … max               mean  median  values',
    '  temp             float            1       173  10.94 … 100            55.26    55.4  ▁█▃',
    "  origin\\x1b[31m   string           0         2  '' … a very lo…                       '' 2, LGA 1",
    `  ${'時'.repeat(7)}…  timestamptz      0         1  2013-01-01 … infinity`,
  ])
  const wide = columns.map((column) => ({ ...column, nulls: 1e12, distinct: 1e12, min: -1.234e-100, max: 1.234e100 }))
  expect(profileTable(wide, '  ').every((line) => line.length <= 100)).toBe(true)
})

test('a histogram in a line: full at the highest bin, blank at none, joined where there is no room', () => {
  expect(sparkline([1, 0, 4, 8], 10)).toBe('▁ ▄█')
  expect(sparkline([1, 1, 0, 2], 2)).toBe('██')
  expect(sparkline([5], 10)).toBe('█')
})
