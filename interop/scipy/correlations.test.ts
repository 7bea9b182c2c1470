import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  correlationDifference,
  pearsonCorrelation,
  spearmanCorrelation,
} from '../../packages/monitor/dist/statistics.js'
import { canInstall, installPeer } from '../peer.ts'
import { PYTHON_PEERS } from '../peers.ts'

/** Pairs with and without ties, in units of all sizes, and what scipy finds. */
const SCRIPT = `
import json
import numpy as np
from scipy import stats
random = np.random.default_rng(5)
cases = []
for case in range(200):
    n = int(random.integers(4, 300))
    x = random.normal(size=n) * 10.0 ** random.integers(-9, 9)
    y = x * random.normal() + random.standard_t(2, size=n) * np.abs(x).max() * random.random()
    if case % 3 == 0:
        x, y = np.round(x / np.abs(x).max() * 4), np.round(y / np.abs(y).max() * 4)
    if len(set(x)) == 1 or len(set(y)) == 1:
        continue
    r, s = stats.pearsonr(x, y).statistic, stats.spearmanr(x, y).statistic
    z = (np.arctanh(r) - np.arctanh(0.3)) / np.sqrt(1 / (n - 3) + 1 / 47)
    p = 2 * stats.norm.sf(abs(z))
    cases.append({'x': x.tolist(), 'y': y.tolist(), 'pearson': r, 'spearman': s, 'z': z, 'p': p})
print(json.dumps(cases))
`

interface Case {
  readonly x: number[]
  readonly y: number[]
  readonly pearson: number
  readonly spearman: number
  readonly z: number
  readonly p: number
}

describe.skipIf(!canInstall)('correlations', () => {
  test('against scipy 1.17.1: Pearson, Spearman, and the difference of two by Fisher’s z', async () => {
    const python = join(await installPeer(PYTHON_PEERS.scipy), 'python')
    const text = await new Promise<string>((done, fail) => {
      execFile(python, ['-c', SCRIPT], { maxBuffer: 1 << 26 }, (error, stdout) => (error ? fail(error) : done(stdout)))
    })
    const cases = JSON.parse(text) as Case[]
    expect(cases.length).toBeGreaterThan(150)
    for (const { x, y, pearson, spearman, z, p } of cases) {
      expect(Math.abs(pearsonCorrelation(x, y) - pearson)).toBeLessThan(1e-13)
      expect(Math.abs(spearmanCorrelation(x, y) - spearman)).toBeLessThan(1e-13)
      const sides = [
        { correlation: pearson, pairs: x.length },
        { correlation: 0.3, pairs: 50 },
      ] as const
      const found = correlationDifference(...sides, { method: 'pearson' })
      expect(Math.abs(found.statistic - z)).toBeLessThan(1e-12 * Math.max(1, Math.abs(z)))
      expect(Math.abs(found.pValue / p - 1)).toBeLessThan(1e-10)
    }
  })
})
