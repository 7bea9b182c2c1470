"""Asks Pandera of each recorded file whether it holds: `python judge.py FOLDER` reads asked.json and writes cases.json."""

import json
import pathlib
import sys
import warnings

import pandas
from pandera.errors import SchemaError, SchemaErrors
from pandera.pandas import DataFrameSchema

warnings.simplefilter("ignore")
FOLDER = pathlib.Path(sys.argv[1])


def judged(schema, file):
    """What fails, by column and check; nothing where Pandera cannot say."""
    frame = pandas.read_parquet(FOLDER / file)
    # A file has no index: where the schema has one, its levels are columns.
    levels = [] if schema.index is None else list(schema.index.names)
    if not set(levels) <= set(frame.columns):
        return None
    schema.drop_invalid_rows = False
    try:
        schema.validate(frame.set_index(levels) if levels else frame, lazy=True)
        return []
    except SchemaErrors as error:
        found = error.failure_cases
        return sorted({f"{column}: {check}" for column, check in zip(found["column"].map(str), found["check"].map(str))})
    except SchemaError as error:
        return [str(error)[:200]]


cases = []
for asked in json.loads((FOLDER / "asked.json").read_text()):
    try:
        said = judged(DataFrameSchema.from_yaml(asked["schema"]), asked["file"])
    except Exception:  # checks that only the test registers
        continue
    if said is not None:
        cases.append({**asked, "holds": not said, "said": said})
(FOLDER / "cases.json").write_text(json.dumps(cases))
print(f"{len(cases)} judged")
