import { expect, test } from 'vitest'
import { ks } from '../../src/detectors/ks.ts'

test('it fits columns of numbers', () => {
  const fits = (['integer', 'float', 'decimal', 'string', 'date', 'boolean'] as const).filter((type) =>
    ks().fits({ name: 'x', type, nativeType: type }),
  )
  expect(fits).toEqual(['integer', 'float', 'decimal'])
})

test('its effect is D, and it tells the smallest p-value of the sizes', () => {
  const outcome = ks().test({ reference: Float64Array.of(1, 2, 3), current: Float64Array.of(4, 5, 6) })
  expect(outcome).toEqual({
    statistic: 1,
    pValue: expect.closeTo(0.1, 15) as number,
    smallestPValue: expect.closeTo(0.1, 15) as number,
    effect: 1,
  })
})
