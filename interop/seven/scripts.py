"""The guide's scripts, as they are written with pandas, Pandera and scipy; what each finds is printed as JSON.

python scripts.py prototype FILE FRACTION OUT     samples (seed 42), runs the ETL, writes its result
python scripts.py validate FILE
python scripts.py register FILE NAME DESCRIPTION  appends to data_catalog.jsonl, gives what the file holds
python scripts.py log FILE ORIGIN                 appends to metadata_log.jsonl, gives what the file holds
python scripts.py freshness FILE NOW HOURS
python scripts.py drift REFERENCE CURRENT
"""

import datetime
import json
import os
import sys
import uuid

import pandas


def transform(frame):
    frame = frame.dropna()
    low, high = frame["value"].min(), frame["value"].max()
    frame = frame.assign(value_squared=frame["value"] ** 2, value_normalized=(frame["value"] - low) / (high - low))
    return frame[frame["id"] % 2 == 0]


def prototype(file, fraction, out):
    whole = pandas.read_csv(file)
    sample = whole.sample(frac=float(fraction), random_state=42)
    transform(sample).to_csv(out, index=False)
    return {"rows": len(whole), "sampled": len(sample)}


def validate(file):
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            "age": pa.Column(int, pa.Check.in_range(0, 120), coerce=True),
            "salary": pa.Column(float, pa.Check.ge(0), coerce=True),
            "country": pa.Column(str, pa.Check.isin(["US", "UK", "IN", "CA", "DE"])),
        }
    )
    try:
        schema.validate(pandas.read_csv(file), lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        return {"valid": False, "failures": sorted({(c, int(i) + 1) for c, i in zip(cases["column"], cases["index"])})}
    return {"valid": True, "failures": []}


def lines(path):
    with open(path) as file:
        return [json.loads(line) for line in file]


def append(path, record):
    with open(path, "a") as file:
        file.write(json.dumps(record) + "\n")
    return lines(path)


def register(file, name, description):
    entry = {"unique_id": str(uuid.uuid4()), "dataset_name": name, "description": description, "storage_path": file}
    return append("data_catalog.jsonl", entry)


def log(file, origin):
    frame = pandas.read_csv(file)
    record = {
        "origin": origin,
        "timestamp": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        "num_rows": len(frame),
        "column_names": list(frame.columns),
    }
    return append("metadata_log.jsonl", record)


def freshness(file, now, hours):
    age = datetime.datetime.fromisoformat(now).timestamp() - os.path.getmtime(file)
    return {"hours": age / 3600, "stale": age > float(hours) * 3600}


def drift(reference, current):
    from scipy.stats import ks_2samp

    before, after = pandas.read_csv(reference), pandas.read_csv(current)
    found = {name: ks_2samp(before[name], after[name]) for name in before.columns}
    return {
        "columns": [{"column": n, "statistic": f.statistic, "pValue": f.pvalue} for n, f in found.items()],
        "drifted": [name for name, one in found.items() if one.pvalue < 0.05],
    }


steps = {step.__name__: step for step in (prototype, validate, register, log, freshness, drift)}
print(json.dumps(steps[sys.argv[1]](*sys.argv[2:]), default=lambda value: value.item()))
