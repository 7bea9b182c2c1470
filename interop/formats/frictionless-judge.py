"""Asks frictionless whether each CSV file holds its Table Schema: `python frictionless-judge.py FOLDER COUNT` prints a list."""

import json
import pathlib
import sys

from frictionless import Resource, system

FOLDER = pathlib.Path(sys.argv[1])
answers = []
with system.use_context(trusted=True):
    for at in range(int(sys.argv[2])):
        descriptor = {
            "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
            "name": "rows",
            "path": str(FOLDER / f"{at}.csv"),
            "schema": json.loads((FOLDER / f"{at}.json").read_text()),
        }
        try:
            report = Resource.from_descriptor(descriptor).validate()
        except TypeError as error:  # times with a zone, compared with those without
            answers.append({"holds": None, "said": str(error)})
        else:
            answers.append({"holds": report.valid, "said": report.flatten(["fieldName", "type", "note"])[:5]})
json.dump(answers, sys.stdout)
