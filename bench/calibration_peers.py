# The rules of Evidently and NannyML, by their own packages, on the draws of bench/calibration.mjs.
# python calibration_peers.py evidently|nannyml < settings.json > shares.json
import json
import sys
import warnings

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")


def draws(setting):
    """Each draw of a setting: reference and current as arrays."""
    n, m = setting["n"], setting["m"]
    values = np.memmap(setting["file"], dtype="<f8", mode="r").reshape(-1, n + m)
    for row in values:
        yield np.array(row[:n]), np.array(row[n:])


def evidently_rules():
    from evidently.legacy.calculations import stattests
    from evidently.legacy.calculations.stattests.registry import _get_default_stattest
    from evidently.legacy.core import ColumnType

    kinds = {"numbers": ColumnType.Numerical, "categories": ColumnType.Categorical}
    named = {
        "wasserstein": stattests.wasserstein_stat_test,
        "jensen-shannon": stattests.jensenshannon_stat_test,
        "psi": stattests.psi_stat_test,
        "ks": stattests.ks_stat_test,
        "chi-square": stattests.chi_stat_test,
    }

    def alarms(rule, kind, reference, current):
        as_series = (lambda a: pd.Series(a)) if kind == "numbers" else (lambda a: pd.Series(a.astype(int).astype(str)))
        before, after = as_series(reference), as_series(current)
        test = _get_default_stattest(before, after, kinds[kind]) if rule == "default" else named[rule]
        return bool(test(before, after, kinds[kind], None).drifted)

    return alarms


def nannyml_alarms(rule, _kind, reference, current):
    import logging

    import nannyml

    logging.disable(logging.CRITICAL)
    calculator = nannyml.UnivariateDriftCalculator(column_names=["x"], chunk_size=500, continuous_methods=[rule])
    calculator.fit(pd.DataFrame({"x": reference}))
    found = calculator.calculate(pd.DataFrame({"x": current})).filter(period="analysis").to_df()
    return bool(found[("x", rule, "alert")].any())


def main():
    alarms = evidently_rules() if sys.argv[1] == "evidently" else nannyml_alarms
    answers = []
    for setting in json.load(sys.stdin):
        counts = {rule: 0 for rule in setting["rules"]}
        any_alarm = 0
        together, seen, any_of = setting.get("together", 1), 0, False
        total = 0
        for reference, current in draws(setting):
            found = [rule for rule in setting["rules"] if alarms(rule, setting["kind"], reference, current)]
            for rule in found:
                counts[rule] += 1
            any_of = any_of or bool(found)
            seen += 1
            if seen == together:
                total += 1
                any_alarm += any_of
                seen, any_of = 0, False
        shares = {rule: count / (total * together) for rule, count in counts.items()}
        answers.append({"name": setting["name"], "shares": shares, "any": any_alarm / total})
    json.dump(answers, sys.stdout)


main()
