import { expect, test } from 'vitest'
import { ksPValue } from '../../src/statistics/ks-p-value.ts'
import { ksSmallestPValue } from '../../src/statistics/ks-smallest-p-value.ts'

test.each([
  [1, 1],
  [3, 3],
  [4, 4],
  [1, 30],
  [17, 8],
  [100, 90],
])('it is the p-value of D = 1: %i against %i', (n1, n2) => {
  const smallest = ksSmallestPValue(n1, n2)
  expect(Math.abs(smallest / ksPValue(1, n1, n2).pValue - 1)).toBeLessThan(1e-12)
  expect(ksSmallestPValue(n2, n1)).toBe(smallest)
})

test('it is 0 where no double is that small', () => {
  expect(ksSmallestPValue(1_000_000, 1_000_000)).toBe(0)
})
