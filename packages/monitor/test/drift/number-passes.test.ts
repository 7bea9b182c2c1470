import { open, type Frame } from '@dayshift/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Tested } from '../../src/drift/judge.ts'
import { pairColumns } from '../../src/drift/pair-columns.ts'
import { planDrift, profiledPair, type ProfiledPair } from '../../src/drift/plan.ts'
import { streamFloats } from '../../src/drift/stream-floats.ts'
import { testColumn } from '../../src/drift/test-column.ts'
import { UNIT_CHANGES } from '../../src/drift/unit-changes.ts'
import { frameOf, normal } from './frames.ts'

/** What all usual detectors say of each column, with its values in memory and read in passes. */
async function bothWays(reference: Frame, current: Frame): Promise<[Tested[], Tested[]]> {
  const frames = { reference, current }
  const { columns } = pairColumns(await reference.schema(), await current.schema())
  const [before, after] = [await reference.profile(), await current.profile()]
  const [inMemory, inPasses]: [Tested[], Tested[]] = [[], []]
  for (const planned of planDrift(columns, before, after)) {
    const { column } = planned
    const profiled = profiledPair(before, after, column.name) as ProfiledPair
    inMemory.push(...(await testColumn(frames, { planned, profiled }, undefined)).tested)
    const rows = [before.rows, after.rows] as const
    const filled = [rows[0] - profiled.profiles[0].nulls, rows[1] - profiled.profiles[1].nulls] as const
    const { streamed } =
      column.type === 'float' ? await streamFloats(frames, planned, rows, filled, {}) : { streamed: undefined }
    inPasses.push(...(await testColumn(frames, { planned, profiled, streamed }, undefined, 1)).tested)
  }
  return [inMemory, inPasses]
}

/** What a verdict is made of; p of values that come again is a bound where nobody looks for them. */
function verdicts(tested: readonly Tested[]): object[] {
  return tested.map(({ planned, detector, outcome }) => ({
    column: planned.column.name,
    detector: detector.name,
    statistic: outcome.statistic,
    effect: outcome.effect,
    detail: detector.name === 'ks' ? undefined : outcome.detail,
    ...(detector.name === 'range' && 'pValue' in outcome ? { pValue: outcome.pValue } : {}),
  }))
}

/** Some of all: one of each kind. */
const CHANGES = UNIT_CHANGES.filter(({ words }) => /multiplied by 1000$|divided by 1024$|°F to °C|opposite/.test(words))

test.each(CHANGES)('a column whose values are $words is seen in passes as in memory', async (change) => {
  const [draw, again] = [normal(1), normal(2)]
  const before = Array.from({ length: 600 }, () => Math.exp(draw()) * 7)
  const after = Array.from({ length: 500 }, () => Math.exp(again()) * 7 * change.factor + change.shift)
  const [inMemory, inPasses] = await bothWays(
    await frameOf({ value: before }, { value: 'DOUBLE' }),
    await frameOf({ value: after }, { value: 'DOUBLE' }),
  )
  expect(verdicts(inPasses)).toEqual(verdicts(inMemory))
  expect(inMemory.map(({ detector }) => detector.name)).toContain('range')
})

test('whole numbers, decimals, times, infinities and NaN are the same in passes as in memory', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ scale: fc.constantFrom(1, 10, 1000, 60, -1), shift: fc.integer({ min: -300, max: 300 }) }),
      fc.array(
        fc.record({ wide: fc.integer({ min: 1, max: 1e6 }), odd: fc.constantFrom(0.5, NaN, Infinity, -3, null) }),
        {
          minLength: 12,
          maxLength: 60,
        },
      ),
      async ({ scale, shift }, rows) => {
        const frame = (factor: number, by: number): Promise<Frame> =>
          open(
            rows.map(({ wide, odd }, at) => ({
              whole: (wide % 977) * factor + by,
              odd: odd === null ? null : odd * factor + (at % 7),
              day: new Date(Date.UTC(2026, 0, 1 + (wide % 200) + by)),
            })),
          ).then((made) => made.cast({ odd: 'DOUBLE' }).derive({ price: `CAST(whole / 4.0 AS DECIMAL(12, 2))` }))
        const [inMemory, inPasses] = await bothWays(await frame(1, 0), await frame(scale, shift))
        expect(verdicts(inPasses)).toEqual(verdicts(inMemory))
      },
    ),
    { numRuns: 3 },
  )
})
