import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { cheapestParts, costOf, sumsOf } from '../../packages/monitor/src/statistics/cheapest-parts.ts'
import { kruskalWallis } from '../../packages/monitor/src/statistics/kruskal-wallis.ts'
import { mannKendall } from '../../packages/monitor/src/statistics/mann-kendall.ts'
import { theilSen } from '../../packages/monitor/src/statistics/theil-sen.ts'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS } from '../peers.ts'

interface Series {
  readonly values: readonly number[]
  readonly times: readonly number[]
  readonly groups: readonly (readonly number[])[]
  readonly penalty: number
  readonly size: number
  readonly kendall: { readonly s: number; readonly tau: number; readonly p: number }
  /** null where values are tied. */
  readonly exact: number | null
  readonly sen: { readonly slope: number; readonly intercept: number }
  readonly timed: { readonly slope: number; readonly intercept: number }
  /** null where all values are alike. */
  readonly kruskal: { readonly h: number; readonly p: number } | null
  readonly pelt: readonly number[]
  /** The cheapest of as many changes as found. */
  readonly best: readonly number[] | null
}

async function judged(count: number, seed: number): Promise<readonly Series[]> {
  const python = join(await installPeer(PYTHON_PEERS.series), 'python')
  const words = [join(import.meta.dirname, 'judge.py'), String(count), String(seed)]
  const text = await new Promise<string>((done, fail) => {
    execFile(python, words, { maxBuffer: 1 << 28 }, (error, stdout) => (error ? fail(error) : done(stdout)))
  })
  return JSON.parse(text) as readonly Series[]
}

describe.skipIf(!canInstall)('series', () => {
  test('against ruptures, pymannkendall and scipy: changes, trends, lines and groups of random series', async () => {
    const all = await judged(300, 7)
    const apart: Record<string, number> = {}
    const note = (name: string, mine: number, theirs: number): void => {
      const error = Math.abs(mine - theirs) / Math.max(1e-300, Math.abs(theirs), 1e-9)
      apart[name] = Math.max(apart[name] ?? 0, error)
    }
    let dearer = 0
    for (const one of all) {
      const plain = mannKendall(one.values, { method: 'normal' })
      note('S', plain.statistic, one.kendall.s)
      note('tau', plain.tau, one.kendall.tau)
      // It takes p from 1, so that small ones have lost their last digits.
      expect(Math.abs(plain.pValue - one.kendall.p)).toBeLessThan(1e-14)
      const counted = mannKendall(one.values)
      expect(counted.method).toBe(one.exact !== null && one.values.length <= 60 ? 'exact' : 'normal')
      if (one.exact !== null && counted.method === 'exact') note('exact p', counted.pValue, one.exact)
      note('slope', theilSen(one.values).slope, one.sen.slope)
      note('intercept', theilSen(one.values).intercept, one.sen.intercept)
      note('slope by time', theilSen(one.values, one.times).slope, one.timed.slope)
      note('intercept by time', theilSen(one.values, one.times).intercept, one.timed.intercept)
      if (one.kruskal !== null) {
        const { statistic, pValue } = kruskalWallis(one.groups)
        note('H', statistic, one.kruskal.h)
        note('p of H', pValue, one.kruskal.p)
      }
      const sums = sumsOf(one.values)
      const dear = (at: readonly number[]): number => {
        const ends = [0, ...at, one.values.length]
        const cost = ends.slice(1).reduce((sum, end, order) => sum + costOf(sums, ends[order] as number, end), 0)
        return cost + one.penalty * at.length
      }
      const mine = cheapestParts(sums, one.penalty, one.size)
      // ruptures leaves starts out that could still be best where parts have a least size: it is never cheaper.
      expect(dear(mine.at)).toBeLessThanOrEqual(dear(one.pelt) + 1e-8)
      if (dear(one.pelt) > dear(mine.at) + 1e-8) dearer++
      if (one.best) note('cost of the cheapest', dear(mine.at), dear(one.best))
    }
    expect(Object.entries(apart).filter(([, error]) => error > 1e-11)).toEqual([])
    expect(dearer).toBeLessThan(all.length / 20)
  })
})
