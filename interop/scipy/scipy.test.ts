import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS, VERSIONS } from '../peers.ts'
import { open, type Frame } from '../../packages/core/src/index.ts'
import { drift, kolmogorovTail, ksPValue, ksStatistic } from '../../packages/monitor/src/index.ts'

const VERSION = VERSIONS.scipy
let python = ''

/** Reads `[[a, b], …]` from standard input; writes `[[D, p], …]`, with p null where scipy fell back to its asymptotic formula. */
const SCRIPT = `
import json, sys, warnings
from scipy.stats import ks_2samp
answers = []
for a, b in json.load(sys.stdin):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = ks_2samp(a, b, method="exact")
    answers.append([float(found.statistic), None if caught else float(found.pvalue)])
json.dump(answers, sys.stdout)
`

function ask<Answer>(script: string, input: unknown): Promise<Answer> {
  return new Promise((done, fail) => {
    const child = execFile(python, ['-c', script], { maxBuffer: 1 << 28 }, (error, stdout) =>
      error ? fail(error) : done(JSON.parse(stdout) as Answer),
    )
    child.stdin?.end(JSON.stringify(input))
  })
}

/** Numbers in 0–1 that look random and are the same on every run (Mulberry32, by Tommy Ettinger; public domain). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function relativeError(value: number, expected: number): number {
  return value === expected ? 0 : Math.abs(value - expected) / Math.abs(expected)
}

describe.skipIf(!canInstall)(`against scipy ${VERSION}`, () => {
  beforeAll(async () => {
    python = join(await installPeer(PYTHON_PEERS.scipy), 'python')
  })

  test('ks_2samp: the same D and, where scipy counts, the same p', async () => {
    const next = random(20261123)
    const pairs = Array.from({ length: 1500 }, (_, at) => {
      const largest = at % 50 === 0 ? 4000 : at % 10 === 0 ? 400 : 40
      const n1 = 1 + Math.floor(next() * largest)
      const n2 = at % 4 === 0 ? n1 : 1 + Math.floor(next() * largest)
      // From few different values (many ties) to nearly none alike; from no shift to a large one.
      const steps = [2, 6, 40, 1e9].at(at % 4) as number
      const shift = [0, 0.1, 0.5].at(at % 3) as number
      const draw = (by: number): number => Math.round((next() + by) * steps) / 4
      return [Array.from({ length: n1 }, () => draw(0)), Array.from({ length: n2 }, () => draw(shift))] as const
    })
    const answers = await ask<[number, number | null][]>(SCRIPT, pairs)
    let [worstD, worstP, counted] = [0, 0, 0]
    pairs.forEach(([a, b], at) => {
      const [d, p] = answers.at(at) as [number, number | null]
      const { statistic } = ksStatistic(Float64Array.from(a), Float64Array.from(b))
      worstD = Math.max(worstD, Math.abs(statistic - d))
      if (p === null || p < 1e-290) return
      counted++
      worstP = Math.max(worstP, relativeError(ksPValue(statistic, a.length, b.length).pValue, p))
    })
    expect(counted).toBeGreaterThan(1200)
    expect(worstD).toBeLessThanOrEqual(1e-15)
    expect(worstP).toBeLessThan(1e-11)
  })

  test('kolmogorov: the same limit', async () => {
    const zs = Array.from({ length: 2000 }, (_, at) => (at + 1) / 110)
    const script =
      'import json,sys;from scipy.special import kolmogorov as k;print([float(k(z)) for z in json.load(sys.stdin)])'
    const expected = await ask<number[]>(script, zs)
    const worst = Math.max(...zs.map((z, at) => relativeError(kolmogorovTail(z), expected.at(at) as number)))
    expect(worst).toBeLessThan(1e-13)
  })

  test('drift by p alone gives the verdicts that ks_2samp with p < 0.1 gives, column by column', async () => {
    const next = random(20261130)
    const column = (rows: number, by: number): number[] => Array.from({ length: rows }, () => next() + by)
    const names = Array.from({ length: 8 }, (_, at) => `c${at}`)
    const script = `
import json, sys
from scipy.stats import ks_2samp
json.dump([[float(f.statistic), float(f.pvalue), bool(f.pvalue < 0.1)] for f in (ks_2samp(a, b) for a, b in json.load(sys.stdin))], sys.stdout)
`
    let drifted = 0
    for (const [n, m] of [
      [4, 4],
      [40, 60],
      [400, 150],
      [3000, 3000],
    ] as const) {
      const pairs = names.map((_, at) => [column(n, 0), column(m, (at * 0.3) / Math.sqrt(m))] as const)
      const frames = await Promise.all(
        ([0, 1] as const).map((side) =>
          open(
            Array.from({ length: side === 0 ? n : m }, (_row, row) =>
              Object.fromEntries(names.map((name, at) => [name, pairs.at(at)?.[side][row]])),
            ),
          ),
        ),
      )
      const report = await drift(frames.at(0) as Frame, frames.at(1) as Frame, {
        detectors: ['ks:0'],
        alpha: 0.1,
        correction: 'none',
      })
      const expected = await ask<[number, number, boolean][]>(script, pairs)
      expect(report.facts.columns.map((one) => one.column)).toEqual(names)
      report.facts.columns.forEach((one, at) => {
        const [d, p, isDrift] = expected.at(at) as [number, number, boolean]
        expect(one.statistic).toBeCloseTo(d, 14)
        expect(relativeError(one.pValue as number, p)).toBeLessThan(1e-11)
        expect(one.drifted).toBe(isDrift)
        if (isDrift) drifted++
      })
    }
    expect(drifted).toBeGreaterThan(5)
  })
})
