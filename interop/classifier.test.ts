import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { classifier2samp, rocAuc } from '../packages/monitor/dist/statistics.js'
import { canInstall, installPeer } from './peer.ts'
import { PYTHON_PEERS } from './peers.ts'

/** Scores with and without ties, and rows of two samples that are told apart by scikit-learn's own boosted trees, by five folds. */
const SCRIPT = `
import json
import os
os.environ['OMP_NUM_THREADS'] = '1'
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
random = np.random.default_rng(3)
scores = []
for case in range(200):
    n, m = random.integers(1, 200, 2)
    x, y = random.normal(size=n), random.normal(0.5, 2, size=m)
    if case % 2:
        x, y = np.round(x), np.round(y)
    auc = roc_auc_score(np.r_[np.zeros(n), np.ones(m)], np.r_[x, y])
    scores.append({'x': x.tolist(), 'y': y.tolist(), 'auc': auc})
def rows(n, together=0.8, moved=0.0, scale=1.0):
    x = random.normal(size=(n, 5))
    x[:, 1] = together * x[:, 0] + np.sqrt(1 - together ** 2) * x[:, 1]
    x[:, 2] = moved + scale * x[:, 2]
    x[random.random(n) < 0.05, 3] = np.nan
    return x
tables = []
for name, one in [('nothing', {}), ('moved', {'moved': 0.5}), ('wider', {'scale': 1.6}), ('together', {'together': -0.8})]:
    x, y = rows(1500), rows(1500, **one)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    label = np.r_[np.zeros(len(x)), np.ones(len(y))]
    trees = HistGradientBoostingClassifier(max_iter=60, max_depth=4, random_state=0)
    told = cross_val_predict(trees, np.r_[x, y], label, cv=folds, method='predict_proba')[:, 1]
    as_json = lambda side: [[None if np.isnan(v) else v for v in column] for column in side.T.tolist()]
    tables.append({'name': name, 'x': as_json(x), 'y': as_json(y), 'auc': roc_auc_score(label, told)})
print(json.dumps({'scores': scores, 'tables': tables}))
`

interface Judged {
  readonly scores: readonly { readonly x: number[]; readonly y: number[]; readonly auc: number }[]
  readonly tables: readonly {
    readonly name: string
    readonly x: (number | null)[][]
    readonly y: (number | null)[][]
    readonly auc: number
  }[]
}

function numbers(columns: readonly (number | null)[][]): number[][] {
  return columns.map((values) => values.map((value) => value ?? NaN))
}

describe.skipIf(!canInstall)('a classifier', () => {
  test('against scikit-learn: the area under the curve, and how well boosted trees tell samples apart', async () => {
    const python = join(await installPeer(PYTHON_PEERS.sklearn), 'python')
    const text = await new Promise<string>((done, fail) => {
      execFile(python, ['-c', SCRIPT], { maxBuffer: 1 << 27 }, (error, stdout) => (error ? fail(error) : done(stdout)))
    })
    const { scores, tables } = JSON.parse(text) as Judged
    expect(scores).toHaveLength(200)
    for (const { x, y, auc } of scores) expect(Math.abs(rocAuc(x, y) - auc)).toBeLessThan(1e-12)
    const found = tables.map(({ name, x, y, auc }) => {
      const own = classifier2samp(numbers(x), numbers(y))
      return { name, told: own.pValue <= 0.05, apart: own.auc - auc }
    })
    expect(found.map(({ name, told }) => [name, told])).toEqual([
      ['nothing', false],
      ['moved', true],
      ['wider', true],
      ['together', true],
    ])
    // Ours learns from a quarter to three quarters of the rows, theirs from four fifths; by chance alone both move by some 0.01.
    expect(found.filter(({ apart }) => Math.abs(apart) > 0.04)).toEqual([])
  }, 300_000)
})
