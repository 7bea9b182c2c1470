"""The peers' side of bench/frame.mjs: one job in one process, whose last line is what it cost.

python peers.py                     prints versions and the table of jobs
python peers.py TOOL JOB FILE OUT   runs one

Each job is written as someone who knows the library well would write it; where there are several good ways, each is a
tool of its own. Missing values are the empty cell alone, since NA is Namibia: what dayshift does with texts.
"""

from job_table import job, main

SEED = 42
SHARE = 0.01
NUMBERS = ["id", "amount", "quantity"]
TIMES = ["ordered", "updated"]
EMPTY_ONLY = {"keep_default_na": False, "na_values": [""]}


# pandas


def pandas_csv(file, **options):
    import pandas

    return pandas.read_csv(file, **EMPTY_ONLY, **options)


def pandas_parquet(file):
    import pandas

    return pandas.read_parquet(file)


def pandas_skipping(file):
    import random

    draw = random.Random(SEED).random
    return pandas_csv(file, skiprows=lambda line: line > 0 and draw() >= SHARE)


@job("sample-csv", "pandas")
def _(file, out):
    """read_csv, sample, to_csv"""
    pandas_csv(file).sample(frac=SHARE, random_state=SEED).to_csv(out, index=False)


@job("sample-csv", "pandas skiprows")
def _(file, out):
    """read_csv(skiprows=<a drawing lambda>): little memory, about 1 %"""
    pandas_skipping(file).to_csv(out, index=False)


@job("count-csv", "pandas")
def _(file, out):
    """read_csv, sample, len"""
    return {"rows": len(pandas_csv(file).sample(frac=SHARE, random_state=SEED))}


@job("sample-parquet", "pandas")
def _(file, out):
    """read_parquet, sample, to_csv"""
    pandas_parquet(file).sample(frac=SHARE, random_state=SEED).to_csv(out, index=False)


@job("etl-csv", "pandas")
def _(file, out):
    """read_csv, sample, dropna, assign, filter, groupby, to_csv"""
    pandas_etl(pandas_csv(file).sample(frac=SHARE, random_state=SEED), out)


@job("etl-csv", "pandas skiprows")
def _(file, out):
    """the same of read_csv(skiprows=<a drawing lambda>)"""
    pandas_etl(pandas_skipping(file), out)


def pandas_etl(drawn, out):
    kept = drawn.dropna()
    kept = kept.assign(total=kept["amount"] * kept["quantity"])
    kept = kept[kept["total"] > 1000]
    groups = kept.groupby("country", as_index=False).agg(rows=("total", "size"), total=("total", "sum"))
    groups.to_csv(out, index=False)


@job("profile-csv", "pandas")
def _(file, out):
    """read_csv(parse_dates), describe(include="all"), nunique and min, max of what describe leaves out"""
    return pandas_profile(pandas_csv(file, parse_dates=TIMES))


@job("profile-parquet", "pandas")
def _(file, out):
    """read_parquet, describe(include="all"), nunique and min, max of what describe leaves out"""
    return pandas_profile(pandas_parquet(file))


def pandas_profile(frame):
    described = frame.describe(include="all")
    facts = {}
    for name in frame.columns:
        column, told = frame[name], described[name]
        # describe counts what is unique in texts only, and gives a range to numbers and times only.
        text = "unique" in described.index and told["unique"] == told["unique"]
        facts[name] = [
            len(frame) - int(told["count"]),
            int(told["unique"]) if text else column.nunique(),
            column.dropna().min() if text else told["min"],
            column.dropna().max() if text else told["max"],
            *(told[["mean", "std", "25%", "50%", "75%"]] if name in NUMBERS else []),
        ]
    return {"rows": len(frame), "facts": facts}


# polars


def polars_drawn(lazy):
    """About 1 % by a hash of the row number: the one sample that polars draws without holding all rows."""
    import polars

    row = polars.col("row")
    return lazy.with_row_index("row").filter(row.hash(SEED) < int(2**64 * SHARE)).drop("row")


@job("sample-csv", "polars")
def _(file, out):
    """scan_csv of texts (nothing is parsed), filter by hash of the row number, sink_csv; about 1 %"""
    import polars

    polars_drawn(polars.scan_csv(file, infer_schema=False)).sink_csv(out)


@job("sample-csv", "polars typed")
def _(file, out):
    """scan_csv, filter by hash of the row number, sink_csv; about 1 %"""
    import polars

    polars_drawn(polars.scan_csv(file)).sink_csv(out)


@job("sample-csv", "polars read")
def _(file, out):
    """read_csv, sample, write_csv: exactly 1 %"""
    import polars

    polars.read_csv(file).sample(fraction=SHARE, seed=SEED).write_csv(out)


@job("sample-csv", "polars lines")
def _(file, out):
    """scan_csv of whole lines as one column, filter by hash, sink_csv; breaks rows with a newline in quotes"""
    import polars

    lines = polars.scan_csv(file, separator="\x01", quote_char=None, infer_schema=False)
    polars_drawn(lines).sink_csv(out, quote_style="never")


@job("count-csv", "polars")
def _(file, out):
    """scan_csv, filter by hash of the row number, len; polars reads one column only"""
    import polars

    lazy = polars_drawn(polars.scan_csv(file, infer_schema=False))
    return {"rows": lazy.select(polars.len()).collect(engine="streaming").item()}


@job("count-csv", "polars read")
def _(file, out):
    """read_csv, sample, height"""
    import polars

    return {"rows": polars.read_csv(file).sample(fraction=SHARE, seed=SEED).height}


@job("sample-parquet", "polars")
def _(file, out):
    """scan_parquet, filter by hash of the row number, sink_csv; about 1 %"""
    import polars

    polars_drawn(polars.scan_parquet(file)).sink_csv(out)


@job("sample-parquet", "polars read")
def _(file, out):
    """read_parquet, sample, write_csv: exactly 1 %"""
    import polars

    polars.read_parquet(file).sample(fraction=SHARE, seed=SEED).write_csv(out)


@job("etl-csv", "polars")
def _(file, out):
    """scan_csv, filter by hash of the row number, drop_nulls, with_columns, filter, group_by, sink_csv"""
    import polars

    polars_etl(polars_drawn(polars.scan_csv(file)), out)


@job("etl-csv", "polars read")
def _(file, out):
    """read_csv, sample, then the same"""
    import polars

    polars_etl(polars.read_csv(file).sample(fraction=SHARE, seed=SEED).lazy(), out)


def polars_etl(drawn, out):
    from polars import col, len as count

    (
        drawn.drop_nulls()
        .with_columns(total=col("amount") * col("quantity"))
        .filter(col("total") > 1000)
        .group_by("country")
        .agg(rows=count(), total=col("total").sum())
        .sort("country")
        .sink_csv(out)
    )


@job("profile-csv", "polars")
def _(file, out):
    """scan_csv(try_parse_dates), one select of just these figures"""
    import polars

    return polars_profile(polars.scan_csv(file, try_parse_dates=True))


@job("profile-parquet", "polars")
def _(file, out):
    """scan_parquet, one select of just these figures"""
    import polars

    return polars_profile(polars.scan_parquet(file))


def polars_profile(lazy):
    from polars import col, len as count

    names = lazy.collect_schema().names()
    asked = [count().alias("rows")]
    for name in names:
        value = col(name)
        aggregates = [value.null_count(), value.drop_nulls().n_unique(), value.min(), value.max()]
        if name in NUMBERS:
            aggregates += [value.mean(), value.std(), *(value.quantile(at, "linear") for at in (0.25, 0.5, 0.75))]
        asked += [aggregate.alias(f"{name} {at}") for at, aggregate in enumerate(aggregates)]
    # The streaming engine takes longer here, and more memory.
    row = lazy.select(asked).collect().row(0, named=True)
    facts = {name: [row[key] for key in row if key.startswith(f"{name} ")] for name in names}
    return {"rows": row["rows"], "facts": facts}


@job("profile-csv", "polars describe")
def _(file, out):
    """read_csv(try_parse_dates), describe, n_unique"""
    import polars

    return polars_described(polars.read_csv(file, try_parse_dates=True))


@job("profile-parquet", "polars describe")
def _(file, out):
    """read_parquet, describe, n_unique"""
    import polars

    return polars_described(polars.read_parquet(file))


def polars_described(frame):
    from polars import all as every

    frame.describe(interpolation="linear")
    frame.select(every().n_unique())
    return {"rows": frame.height}


main(("pandas", "polars", "pyarrow"))
