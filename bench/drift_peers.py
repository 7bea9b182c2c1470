"""The peers' side of bench/drift.mjs: one job in one process, whose last line is what it cost.

python drift_peers.py                                   prints versions and the table of jobs
python drift_peers.py TOOL JOB REFERENCE CURRENT        runs one
"""

import resource
import time

from job_table import job, main


def tests(sides):
    from scipy.stats import ks_2samp

    found = {name: ks_2samp(sides[0][name], sides[1][name]) for name in sides[0]}
    return {
        "rows": sum(len(next(iter(side.values()))) for side in sides),
        "d": {name: result.statistic for name, result in found.items()},
        "p": {name: result.pvalue for name, result in found.items()},
    }


def from_parquet(file, columns=None):
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(file, columns=columns)
    return {name: table[name].to_numpy() for name in table.column_names}


def from_csv(file):
    import pandas

    table = pandas.read_csv(file)
    return {name: table[name].to_numpy() for name in table.columns}


def from_csv_by_arrow(file):
    import pyarrow.csv

    table = pyarrow.csv.read_csv(file)
    return {name: table[name].to_numpy() for name in table.column_names}


@job("ks-memory", "scipy")
def _(reference, current):
    """ks_2samp of two NumPy arrays"""
    sides = [from_parquet(file, ["normal"]) for file in (reference, current)]
    from scipy.stats import ks_2samp  # noqa: F401  loaded before the clock starts

    before = resource.getrusage(resource.RUSAGE_SELF)
    began = time.perf_counter()
    found = tests(sides)
    seconds = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {**found, "seconds": seconds, "cpu": cpu}


@job("ks-parquet", "pyarrow + scipy")
def _(reference, current):
    """read_table, ks_2samp of each column"""
    return tests([from_parquet(file) for file in (reference, current)])


@job("ks-csv", "pandas + scipy")
def _(reference, current):
    """read_csv, ks_2samp of each column"""
    return tests([from_csv(file) for file in (reference, current)])


@job("ks-csv", "pyarrow + scipy")
def _(reference, current):
    """pyarrow.csv.read_csv, ks_2samp of each column"""
    return tests([from_csv_by_arrow(file) for file in (reference, current)])


main(["scipy", "pandas", "pyarrow", "numpy"])
