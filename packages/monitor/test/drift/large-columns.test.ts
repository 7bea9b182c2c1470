import { open, type Frame } from '@dayshift/core'
import { expect, test } from 'vitest'
import { pairColumns } from '../../src/drift/pair-columns.ts'
import { planDrift, profiledPair, type ProfiledPair } from '../../src/drift/plan.ts'
import { testColumn } from '../../src/drift/test-column.ts'

function rows(n: number, shift: number): Promise<Frame> {
  return open(
    Array.from({ length: n }, (_, at) => ({
      wave: at % 9 === 0 ? null : Math.sin(at) + shift,
      big: 9_007_199_254_740_993n + BigInt((at * 7919) % 5000),
      day: new Date(Date.UTC(2026, 0, 1 + (at % 300))),
    })),
  )
}

test('columns too large for memory have the same D and p, and say which detectors were not asked', async () => {
  const frames = { reference: await rows(3000, 0), current: await rows(2500, 0.1) }
  const schemas = [await frames.reference.schema(), await frames.current.schema()] as const
  const [before, after] = [await frames.reference.profile(), await frames.current.profile()]
  const { columns } = pairColumns(...schemas)
  const plan = planDrift(columns, before, after, { detectors: ['ks', 'wasserstein', 'null-rate'] })
  expect(plan).toHaveLength(3)
  for (const planned of plan) {
    const profiled = profiledPair(before, after, planned.column.name) as ProfiledPair
    const usual = await testColumn(frames, { planned, profiled }, undefined)
    const streamed = await testColumn(frames, { planned, profiled }, undefined, 100)
    const ks = ({ tested }: typeof usual): object | undefined =>
      tested.find(({ detector }) => detector.name === 'ks')?.outcome
    const { statistic, effect } = ks(usual) as { statistic: number; effect: number }
    expect(ks(streamed)).toMatchObject({ statistic, effect })
    const names = ({ tested }: typeof usual): string[] => tested.map(({ detector }) => detector.name)
    expect(names(streamed)).toEqual(names(usual).filter((name) => name !== 'wasserstein'))
    expect(names(usual)).toContain('wasserstein')
    expect(streamed.findings).toContainEqual(
      expect.objectContaining({
        code: 'drift.too_large',
        column: planned.column.name,
        message: expect.stringContaining('wasserstein was not asked') as string,
      }),
    )
  }
})
