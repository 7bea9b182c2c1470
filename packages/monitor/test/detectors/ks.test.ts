import { expect, test } from 'vitest'
import { ks, ksOutcome } from '../../src/detectors/ks.ts'

test('it fits columns of numbers and times', () => {
  const fits = (['integer', 'float', 'decimal', 'string', 'date', 'boolean'] as const).filter((type) =>
    ks().fits({ name: 'x', type, nativeType: type }),
  )
  expect(fits).toEqual(['integer', 'float', 'decimal', 'date'])
})

test('its effect is D, and it tells the smallest p-value of the sizes', () => {
  const outcome = ksOutcome(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6))
  expect(outcome).toMatchObject({
    statistic: 1,
    pValue: expect.closeTo(0.1, 15) as number,
    smallestPValue: expect.closeTo(0.1, 15) as number,
    effect: 1,
  })
  expect(outcome.smallestDetectable?.(0.05)).toBe(Infinity)
  expect(outcome.smallestDetectable?.(0.1)).toBe(1)
})
