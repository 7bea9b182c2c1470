import { expect, test } from 'vitest'
import { chisquare } from '../../src/statistics/chisquare.ts'

const invalid = (code: string): unknown => expect.objectContaining({ code })

test('scipy’s own examples', () => {
  expect(chisquare([16, 18, 16, 14, 12, 12])).toEqual({
    statistic: expect.closeTo(2, 14) as number,
    pValue: expect.closeTo(0.84914503608460956, 14) as number,
    dof: 5,
  })
  const { statistic, pValue } = chisquare([16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8])
  expect(statistic).toBe(3.5)
  expect(pValue).toBeCloseTo(0.62338762774958223, 14)
  expect(chisquare([16, 18, 16, 14, 12, 12], undefined, { ddof: 1 }).pValue).toBeCloseTo(0.7357588823428847, 14)
})

test('p of one degree of freedom is that of a normal variable, far out as well', () => {
  // (x − 100)²/50 with both cells: z = 10, 2·Φ(−10) of 60 digits.
  const { pValue } = chisquare([150, 50], [100, 100])
  expect(
    Math.abs(chisquare([170.71067811865476, 29.289321881345245], [100, 100]).pValue / 1.5239706048321e-23 - 1),
  ).toBeLessThan(1e-11)
  expect(pValue).toBeLessThan(1e-11)
})

test('counts as expected give p = 1, and one cell leaves nothing to test', () => {
  expect(chisquare([5, 10], [5, 10])).toEqual({ statistic: 0, pValue: 1, dof: 1 })
  expect(chisquare([5])).toEqual({ statistic: 0, pValue: 1, dof: 0 })
})

test('bad input is refused', () => {
  expect(() => chisquare([])).toThrow(invalid('DS_COUNTS_INVALID'))
  expect(() => chisquare([1, 2], [1, 2, 3])).toThrow(invalid('DS_COUNTS_INVALID'))
  expect(() => chisquare([10, 20], [10, 21])).toThrow(
    expect.objectContaining({ message: 'observed counts sum to 30, expected ones to 31' }),
  )
  expect(() => chisquare([1, 2], [0, 3])).toThrow(invalid('DS_COUNTS_INVALID'))
  expect(() => chisquare([0, 0])).toThrow(invalid('DS_COUNTS_INVALID'))
  expect(() => chisquare([1, 2], [1, 2], { ddof: 2 })).toThrow(invalid('DS_STATISTIC_OPTION'))
  expect(() => chisquare([1, 2], [1, 2], { lambda: NaN })).toThrow(invalid('DS_STATISTIC_OPTION'))
})
