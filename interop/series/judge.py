"""Writes random series as JSON, with what ruptures, pymannkendall and scipy say of them: judge.py COUNT SEED."""

import json
import sys

import numpy as np
import pymannkendall
import ruptures
from scipy import stats

count, seed = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(seed)


def series(at):
    n = int(rng.integers(5, [12, 40, 90][at % 3]))
    values = rng.normal(size=n) + np.repeat(rng.normal(scale=3, size=n), 1) * (at % 4 == 3)
    if at % 2:
        cut = int(rng.integers(1, n))
        values[cut:] += 4
    if at % 5 == 0:
        values = np.round(values)
    values = np.round(values, 6)
    times = np.cumsum(rng.integers(1, 9, size=n)).astype(float)
    cuts = sorted(rng.choice(np.arange(1, n), size=2, replace=False))
    groups = [part.tolist() for part in np.split(values, cuts)]
    size = int(rng.integers(1, 4))
    penalty = float(np.round(rng.uniform(1, 12), 3))
    trend = pymannkendall.original_test(values)
    tied = len(set(values)) < n
    line = stats.theilslopes(values, times)
    same = len(set(values)) == 1
    signal = values.reshape(-1, 1)
    model = ruptures.Pelt(model="l2", min_size=size, jump=1).fit(signal)
    pelt = [int(end) for end in model.predict(pen=penalty)][:-1] if n >= 2 * size else []
    best = None
    if n >= 2 * size:
        # The cheapest of each number of changes, and of those with the penalty.
        dynamic = ruptures.Dynp(model="l2", min_size=size, jump=1).fit(signal)
        cost = dynamic.cost
        tried = [([], cost.sum_of_costs([n]))]
        for changes in range(1, min(6, n // size)):
            ends = dynamic.predict(n_bkps=changes)
            tried.append((ends[:-1], cost.sum_of_costs(ends) + penalty * changes))
        best = [int(end) for end in min(tried, key=lambda one: one[1])[0]]
        if len(pelt) >= 5:
            best = None
    return {
        "values": values.tolist(),
        "times": times.tolist(),
        "groups": groups,
        "penalty": penalty,
        "size": size,
        "kendall": {"s": float(trend.s), "tau": float(trend.Tau), "p": float(trend.p)},
        "exact": None if tied else float(stats.kendalltau(np.arange(n), values, method="exact").pvalue),
        "sen": {"slope": float(trend.slope), "intercept": float(trend.intercept)},
        "timed": {"slope": float(line.slope), "intercept": float(line.intercept)},
        "kruskal": None if same else dict(zip(("h", "p"), map(float, stats.kruskal(*groups)))),
        "pelt": pelt,
        "best": best,
    }


print(json.dumps([series(at) for at in range(count)]))
