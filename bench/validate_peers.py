"""The peers' side of bench/validate.mjs: one job in one process, whose last line is what it cost.

python validate_peers.py                     prints versions and the table of jobs
python validate_peers.py TOOL JOB FILE OUT   runs one

Each is written as someone who knows the library well would write it: types told when the file is read, checks that work
on whole columns, all failures gathered (`lazy=True`). Missing values are the empty cell alone, since NA is Namibia.
"""

from job_table import job, main

EMAIL = r"^[a-z0-9._]+@[a-z0-9-]+\.[a-z]{2,}$"
COUNTRIES = ["DE", "FR", "US", "GB", "IT", "ES", "NL", "PL", "NA", "SE"]
TIMES = ["ordered", "updated"]
EMPTY_ONLY = {"keep_default_na": False, "na_values": [""]}



def jobs(form, tool):
    """The same of clean rows, few bad ones, and many."""

    def keep(function):
        for state in ("clean", "few", "half"):
            job(f"{state}-{form}", tool)(function)
        return function

    return keep


def columns_of(pa, types, key):
    checks = {
        "id": pa.Check.ge(1),
        "email": pa.Check.str_matches(EMAIL),
        "country": pa.Check.isin(COUNTRIES),
        "amount": pa.Check.in_range(0, 10_000),
        "quantity": pa.Check.ge(0),
        "note": pa.Check.str_startswith("n"),
    }
    return {
        name: pa.Column(type_, checks.get(name), nullable=name == "note", unique=key and name == "id")
        for name, type_ in types.items()
    }


def name_of(column, check):
    if check == "order":
        return "order"
    return "id again" if check == "field_uniqueness" else column


def facts_of(rows, counts):
    facts = {}
    for column, check, count in counts:
        # The condition of pandas' backend lists a row that fails once a column.
        if check == "order" and column not in (None, "ordered"):
            continue
        name = name_of(column, check)
        facts[name] = facts.get(name, 0) + count
    return {"rows": rows, "facts": facts}


# Pandera on pandas


def on_pandas(frame, key=True):
    import pandera.pandas as pa

    updated = frame["updated"].dtype
    order = pa.Check(lambda rows: rows["ordered"].astype(updated) <= rows["updated"], name="order")
    schema = pa.DataFrameSchema(columns_of(pa, frame.dtypes.to_dict(), key), checks=order)
    counts = []
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as failed:
        groups = failed.failure_cases.groupby(["column", "check"]).size()
        counts = [(column, check, int(count)) for (column, check), count in groups.items()]
    return facts_of(len(frame), counts)


def numpy_csv(file):
    import pandas

    return pandas.read_csv(file, dtype={"quantity": "Int64"}, parse_dates=TIMES, **EMPTY_ONLY)


def arrow_csv(file):
    import pandas

    return pandas.read_csv(file, engine="pyarrow", dtype_backend="pyarrow", **EMPTY_ONLY)


def numpy_parquet(file):
    import pandas

    frame = pandas.read_parquet(file, dtype_backend="numpy_nullable")
    return frame.astype({"ordered": frame["updated"].dtype})


def arrow_parquet(file):
    import pandas

    return pandas.read_parquet(file, dtype_backend="pyarrow")


@jobs("csv", "pandera pandas")
def _(file, out):
    """read_csv with types and parse_dates, schema.validate(lazy=True)"""
    return on_pandas(numpy_csv(file))


@jobs("csv", "pandera pandas arrow")
def _(file, out):
    """read_csv(engine="pyarrow", dtype_backend="pyarrow"), the same"""
    return on_pandas(arrow_csv(file))


@jobs("csv", "pandera pandas arrow no key")
def _(file, out):
    """the same without unique"""
    return on_pandas(arrow_csv(file), key=False)


@jobs("parquet", "pandera pandas")
def _(file, out):
    """read_parquet(dtype_backend="numpy_nullable"), schema.validate(lazy=True)"""
    return on_pandas(numpy_parquet(file))


@jobs("parquet", "pandera pandas arrow")
def _(file, out):
    """read_parquet(dtype_backend="pyarrow"), the same"""
    return on_pandas(arrow_parquet(file))


@jobs("parquet", "pandera pandas arrow no key")
def _(file, out):
    """the same without unique"""
    return on_pandas(arrow_parquet(file), key=False)


# Pandera on polars


def on_polars(data, key=True):
    import pandera.polars as pa
    from pandera.config import ValidationDepth, config_context
    from polars import LazyFrame, col

    order = pa.Check(lambda rows: rows.lazyframe.select(col("ordered") <= col("updated")), name="order")
    schema = pa.DataFrameSchema(columns_of(pa, dict(data.collect_schema()), key), checks=order)
    counts = []
    try:
        # Of a lazy frame only the schema is looked at, unless told otherwise.
        with config_context(validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            schema.validate(data, lazy=True)
    except pa.errors.SchemaErrors as failed:
        counts = failed.failure_cases.group_by("column", "check").len().rows()
    return facts_of(None if isinstance(data, LazyFrame) else data.height, counts)


def csv_options():
    from polars import Float64, Int64, String

    text = {"email": String, "country": String, "note": String}
    return {"schema_overrides": {"id": Int64, "amount": Float64, "quantity": Int64, **text}, "try_parse_dates": True}


@jobs("csv", "pandera polars")
def _(file, out):
    """read_csv with types, schema.validate(lazy=True)"""
    import polars

    return on_polars(polars.read_csv(file, **csv_options()))


@jobs("csv", "pandera polars no key")
def _(file, out):
    """the same without unique"""
    import polars

    return on_polars(polars.read_csv(file, **csv_options()), key=False)


@jobs("csv", "pandera polars lazy")
def _(file, out):
    """scan_csv with types, schema.validate(lazy=True) at depth SCHEMA_AND_DATA; reads the file once a check"""
    import polars

    return on_polars(polars.scan_csv(file, **csv_options()))


@jobs("parquet", "pandera polars")
def _(file, out):
    """read_parquet, schema.validate(lazy=True)"""
    import polars

    return on_polars(polars.read_parquet(file))


@jobs("parquet", "pandera polars no key")
def _(file, out):
    """the same without unique"""
    import polars

    return on_polars(polars.read_parquet(file), key=False)


@jobs("parquet", "pandera polars lazy")
def _(file, out):
    """scan_parquet, schema.validate(lazy=True) at depth SCHEMA_AND_DATA; reads the file once a check"""
    import polars

    return on_polars(polars.scan_parquet(file))


if __name__ == "__main__":
    main(("pandera", "pandas", "polars", "pyarrow"))
