"""Scores and verdicts of Evidently: python judge.py < columns.json

Reads [[kind, reference, current], …], kind being numbers or categories; writes [{test: [score, drifted]}, …].
"""

import json
import sys
import warnings

import pandas
from evidently.legacy.calculations import stattests
from evidently.legacy.core import ColumnType

warnings.filterwarnings("ignore")

TESTS = {
    "numbers": {
        "ks": stattests.ks_stat_test,
        "wasserstein": stattests.wasserstein_stat_test,
        "psi": stattests.psi_stat_test,
        "jensen-shannon": stattests.jensenshannon_stat_test,
    },
    "categories": {
        "chi-square": stattests.chi_stat_test,
        "psi": stattests.psi_stat_test,
        "jensen-shannon": stattests.jensenshannon_stat_test,
    },
}
KINDS = {"numbers": ColumnType.Numerical, "categories": ColumnType.Categorical}


def judged(kind, reference, current):
    sides = pandas.Series(reference), pandas.Series(current)
    found = {name: test(*sides, KINDS[kind], None) for name, test in TESTS[kind].items()}
    return {name: [float(one.drift_score), bool(one.drifted)] for name, one in found.items()}


json.dump([judged(*column) for column in json.load(sys.stdin)], sys.stdout)
