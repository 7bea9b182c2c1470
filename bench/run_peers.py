"""The seven steps with pandas, Pandera, DVC and scipy in one process, for bench/run.mjs: nothing is read twice.

python run_peers.py                       prints versions
python run_peers.py PROJECT FORM DVC      PROJECT has data/rows.FORM and data/before.FORM, and a git and DVC repository
"""

import datetime
import json
import os
import subprocess
import sys
import uuid

import job_table
from validate_peers import numpy_csv, numpy_parquet, on_pandas

SHARE = 0.01
DRIFT = ["amount", "quantity"]


def prototype(whole):
    sample = whole.sample(frac=SHARE, random_state=42)
    kept = sample.dropna()
    kept = kept.assign(total=kept["amount"] * kept["quantity"])
    kept = kept[kept["total"] > 1000]
    kept.groupby("country", as_index=False).agg(rows=("total", "size"), total=("total", "sum"))
    return len(sample)


def append(path, record):
    with open(path, "a") as file:
        file.write(json.dumps(record) + "\n")


def main():
    if len(sys.argv) == 1:
        job_table.main(["pandera", "pandas", "pyarrow", "scipy"])
        return
    project, form, dvc = sys.argv[1:]
    os.chdir(project)
    path, before = f"data/rows.{form}", f"data/before.{form}"
    read = {"csv": numpy_csv, "parquet": numpy_parquet}[form]
    whole = read(path)
    found = {"sampled": prototype(whole), "failures": sum(on_pandas(whole)["facts"].values())}
    subprocess.run([dvc, "add", "--quiet", path], check=True)
    entry = {"unique_id": str(uuid.uuid4()), "dataset_name": "rows", "description": "", "storage_path": path}
    append("data_catalog.jsonl", entry)
    now = datetime.datetime.now(datetime.timezone.utc)
    columns = list(whole.columns)
    line = {"origin": path, "timestamp": now.isoformat(), "num_rows": len(whole), "column_names": columns}
    append("metadata_log.jsonl", line)
    found["stale"] = now.timestamp() - os.path.getmtime(path) > 24 * 3600

    from scipy.stats import ks_2samp

    reference = read(before)
    tests = {name: ks_2samp(reference[name].dropna().to_numpy(float), whole[name].dropna().to_numpy(float)) for name in DRIFT}
    found["d"] = {name: float(test.statistic) for name, test in tests.items()}
    with open("theirs.json", "w") as file:
        json.dump(found, file)


main()
