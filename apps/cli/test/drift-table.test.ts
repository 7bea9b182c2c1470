import type { ColumnDrift, DriftFacts } from '@dayshift/core'
import { expect, test } from 'vitest'
import { driftDetails } from '../src/render/drift.ts'

const side = { name: 'x', type: 'float', nulls: 0, distinct: 9, min: 0, max: 9, quartiles: [1, 2, 3] } as const

function column(name: string, more: Partial<ColumnDrift> = {}): ColumnDrift {
  const judged = { statistic: 0.01, pValue: 0.9, adjustedPValue: 1, threshold: 0.05, effect: 0.01, minEffect: 0.05 }
  return {
    column: name,
    type: 'float',
    detector: 'ks',
    ...judged,
    drifted: false,
    reference: side,
    current: side,
    ...more,
  }
}

function details(columns: readonly ColumnDrift[], verbose = false): string[] {
  const facts: DriftFacts = { referenceRows: 9, currentRows: 9, columns, driftedColumns: [], share: 0 }
  return driftDetails(facts, 100, verbose)
}

const quiet = column('a')
const loud = column('b', {
  effect: 0.4,
  adjustedPValue: 1e-9,
  drifted: true,
  detail: '40 % of the rows moved from 1 – 2 to 3 – 4',
})
const mixed = column('c', { detector: 'null-rate', effect: 0.3, adjustedPValue: 1e-5, drifted: true })

test('of each column the main detector is shown, and others where they say drift; then the reasons', () => {
  expect(details([quiet, column('a', { detector: 'range' }), loud, column('c'), mixed])).toEqual([
    '  reference 9 rows, current 9 rows',
    '  column  detector   effect  counts from     p  before    now',
    '  a       ks           0.01         0.05     1  median 2    2',
    '  b       ks            0.4         0.05  1e-9  median 2    2  drifted',
    '  c       null-rate     0.3         0.05  1e-5                 drifted',
    '  b: 40 % of the rows moved from 1 – 2 to 3 – 4',
  ])
})

test('versions that a rule chose are told, and what its history holds back', () => {
  const learned = { alpha: 0.05, past: 7, needed: 19, held: true } as const
  const facts: DriftFacts = {
    reference: {
      rule: 'rolling:2',
      versions: [
        { hash: 'md5:b', at: '2026-10-12T06:00:00.000Z' },
        { hash: 'md5:a', at: '2026-10-11T06:00:00.000Z' },
      ],
    },
    referenceRows: 18,
    currentRows: 9,
    columns: [column('a', { learned }), column('b', { learned: { ...learned, past: 30, pValue: 0.4 } })],
    driftedColumns: [],
    share: 0,
  }
  const lines = driftDetails(facts, 100, false)
  expect(lines[0]).toBe('  reference 18 rows (rolling:2, 2 versions, 2026-10-11 to 2026-10-12), current 9 rows')
  expect(lines[2]).toMatch(/calibrating 7\/19$/)
  expect(lines[3]).toMatch(/as usual$/)
})

test('verbose shows what every detector found', () => {
  expect(details([quiet, column('a', { detector: 'range' })], true)).toHaveLength(4)
})

test('of many columns only those that drifted, or stay open, are shown', () => {
  const many = Array.from({ length: 60 }, (_, at) => column(`n${at}`))
  const lines = details([...many, loud, column('d', { undecided: true })])
  expect(lines).toHaveLength(6)
  expect(lines[3]).toMatch(/^ {2}d .* too few rows$/)
  expect(lines[4]).toBe('  … 60 columns without drift; -v shows all')
  expect(details(many)).toEqual(['  reference 9 rows, current 9 rows', '  … 60 columns without drift; -v shows all'])
})

test('shares of values stand where there is no median, and what cannot be printed is shown', () => {
  const values = column('e\u001B', { detector: 'chi-square', moved: [{ cell: '', reference: 0.34, current: 0.1234 }] })
  expect(details([values]).at(-1)).toContain(String.raw`e\x1b   chi-square    0.01         0.05  1  '' 34 %  12 %`)
})
