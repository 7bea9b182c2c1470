import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import * as statistics from '../src/statistics.ts'

test('the public names', () => {
  expect(Object.keys(statistics).sort()).toEqual([
    'adjustPValues',
    'andersonDarlingTail',
    'andersonKsamp',
    'changePoints',
    'changePointsOfMany',
    'chi2Contingency',
    'chiSquareTail',
    'chisquare',
    'classifier2samp',
    'conformalPValue',
    'corrections',
    'correlationDifference',
    'cramerVonMises2samp',
    'cramerVonMisesTail',
    'energyDistance',
    'fisherExact',
    'hellingerDistance',
    'jensenShannonDistance',
    'klDivergence',
    'kolmogorovTail',
    'kruskalWallis',
    'ks2samp',
    'ksPValue',
    'ksSmallestPValue',
    'ksStatistic',
    'kuiper2samp',
    'kuiperTail',
    'mannKendall',
    'mannWhitneyU',
    'normalTail',
    'pastNeeded',
    'pearsonCorrelation',
    'populationStabilityIndex',
    'rocAuc',
    'serialDependence',
    'spearmanCorrelation',
    'theilSen',
    'totalVariationDistance',
    'wassersteinDistance',
  ])
})

test('they load no engine: of other packages, only what core’s ground has', () => {
  const src = join(import.meta.dirname, '..', 'src')
  const outside = new Set<string>()
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const [, from] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)) {
      if (String(from).startsWith('.')) visit(join(dirname(file), String(from)))
      else outside.add(String(from))
    }
  }
  visit(join(src, 'statistics.ts'))
  expect([...outside]).toEqual(['@dayshift/core/ground'])
  expect(seen.size).toBeGreaterThan(40)
})
