"""Records what Pandera's own tests ask of it: a plugin of pytest.

Every schema that can be written to YAML, and the data that it is asked about as Parquet. Built-in checks that are called by
themselves become a schema of one column. `judge.py` then says what Pandera says of each, in a process of its own, since
some tests switch checks off.

    python record.py OUT -- arguments of pytest
"""

import json
import pathlib
import sys
import warnings

import pandas
import pandera.pandas
import pytest
from pandera.api.checks import Check

OUT = pathlib.Path(sys.argv[1])
cases = {}
busy = False


def frame_of(data):
    """The data as a file holds it: named columns, no index."""
    frame = data.to_frame("v") if isinstance(data, pandas.Series) else data
    if not isinstance(frame, pandas.DataFrame) or len(frame.columns) == 0 or len(frame) > 1000:
        return None
    if not all(isinstance(name, str) and name for name in frame.columns) or frame.columns.has_duplicates:
        return None
    names = [name for name in frame.index.names if name is not None]
    return frame.reset_index() if names and not set(names) & set(frame.columns) else frame.reset_index(drop=True)


def keep(schema, data):
    global busy
    frame = frame_of(data)
    if frame is None:
        return
    try:
        busy = True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = schema.to_yaml()
            path = OUT / f"{len(cases)}.parquet"
            frame.to_parquet(path, index=False)
            key = json.dumps([text, frame.to_json(date_format="iso", default_handler=str), [str(t) for t in frame.dtypes]])
            cases.setdefault(key, {"schema": text, "file": path.name})
    except Exception:  # what cannot be written, or has code: no case
        return
    finally:
        busy = False


def watch():
    validate = pandera.pandas.DataFrameSchema.validate
    call = Check.__call__

    def watched_validate(self, check_obj, *args, **kwargs):
        if not busy:
            keep(self, check_obj)
        return validate(self, check_obj, *args, **kwargs)

    def watched_call(self, check_obj, column=None):
        if not busy and column is None and isinstance(check_obj, pandas.Series):
            nullable = bool(check_obj.isna().any())
            keep(pandera.pandas.DataFrameSchema({"v": pandera.pandas.Column(checks=self, nullable=nullable)}), check_obj)
        return call(self, check_obj, column)

    pandera.pandas.DataFrameSchema.validate = watched_validate
    Check.__call__ = watched_call


OUT.mkdir(parents=True, exist_ok=True)
watch()
status = pytest.main(["-q", "-x", "--maxfail=1000", "-p", "no:cacheprovider", *sys.argv[3:]])
(OUT / "asked.json").write_text(json.dumps(list(cases.values())))
print(f"{len(cases)} cases; pytest: {status}")
