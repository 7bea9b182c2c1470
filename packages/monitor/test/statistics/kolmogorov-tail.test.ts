import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { kolmogorovTail } from '../../src/statistics/kolmogorov-tail.ts'

const { limits } = JSON.parse(readFileSync(new URL('../fixtures/ks.json', import.meta.url), 'utf8')) as {
  limits: { z: number; p: number }[]
}

test('it is what scipy says', () => {
  expect(limits.length).toBeGreaterThan(10)
  for (const { z, p } of limits) expect(Math.abs(kolmogorovTail(z) - p) / p, `z = ${z}`).toBeLessThan(1e-13)
})

test('it starts at 1, never rises, and ends at 0', () => {
  expect(kolmogorovTail(-1)).toBe(1)
  expect(kolmogorovTail(0)).toBe(1)
  expect(kolmogorovTail(30)).toBe(0)
  for (let z = 0.01; z < 5; z += 0.01) expect(kolmogorovTail(z + 0.01)).toBeLessThanOrEqual(kolmogorovTail(z))
})
