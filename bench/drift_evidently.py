"""Evidently's side of bench/drift.mjs: one job in one process, whose last line is what it cost.

python drift_evidently.py                                   prints versions and the table of jobs
python drift_evidently.py TOOL JOB REFERENCE CURRENT        runs one
"""

import warnings

from job_table import job, main

warnings.filterwarnings("ignore")


@job("all-parquet", "Evidently")
def _(reference, current):
    """pandas.read_parquet, Report([DataDriftPreset()])"""
    import pandas
    from evidently import Report
    from evidently.presets import DataDriftPreset

    sides = [pandas.read_parquet(file) for file in (reference, current)]
    Report([DataDriftPreset()]).run(reference_data=sides[0], current_data=sides[1])
    return {"rows": sum(len(side) for side in sides)}


main(["evidently", "scipy", "pandas", "pyarrow", "numpy"])
