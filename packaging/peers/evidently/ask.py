"""Evidently's default drift rule over months of shifts: `ask.py MONTHS.npz`, in the environment of pins.txt.

It imports nothing of the product. The file holds `confidence` (months, shifts, n), `classes` of the same shape and `embedding` (months,
shifts, n, d). Every shift is held against all shifts before it, as the product's monitor does, and once against the first shifts alone, as
a reference that is drawn once. Printed: how many months have a shift that `DataDriftPreset()` calls drifted as a whole, and one with any
drifted column.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

FIRST = 6  # shifts that are learnt from
FIXED = 10  # shifts of a reference that is drawn once
RULE = Report([DataDriftPreset()])


def main(path: str) -> None:
    """Count the months of a file."""
    with np.load(path) as arrays:
        months = [table(*found) for found in zip(arrays["confidence"], arrays["classes"], arrays["embedding"], strict=True)]
    kinds = {"growing": lambda at: (0, at), "fixed": lambda at: (0, FIXED)}
    found = {}
    for kind, reference in kinds.items():
        begins = FIRST if kind == "growing" else FIXED
        said = [[drifted(month, reference(at), at) for at in range(begins, len(month))] for month in months]
        found[kind] = {
            "months": len(months),
            "dataset": sum(any(whole for whole, _ in month) for month in said),
            "any_column": sum(any(column for _, column in month) for month in said),
            "shifts": sum(map(len, said)),
            "shifts_dataset": sum(whole for month in said for whole, _ in month),
            "shifts_any_column": sum(column for month in said for _, column in month),
        }
    print(json.dumps(found))


def table(confidence: np.ndarray, classes: np.ndarray, embedding: np.ndarray) -> list[pd.DataFrame]:
    """Shifts of a month as tables, a row for each result."""
    columns = [f"embedding_{at}" for at in range(embedding.shape[-1])]
    return [
        pd.DataFrame({"confidence": sure, "prediction": of} | dict(zip(columns, vectors.T, strict=True)))
        for sure, of, vectors in zip(confidence, classes, embedding, strict=True)
    ]


def drifted(month: list[pd.DataFrame], reference: tuple[int, int], at: int) -> tuple[bool, bool]:
    """Whether a shift is called drifted as a whole, and whether any column is."""
    columns = [name for name in month[at].columns if name != "prediction"]
    definition = DataDefinition(numerical_columns=columns, categorical_columns=["prediction"])
    before, now = pd.concat(month[slice(*reference)]), month[at]
    data = (Dataset.from_pandas(one.reset_index(drop=True), data_definition=definition) for one in (now, before))
    (counted,) = (one for one in RULE.run(*data).dict()["metrics"] if "DriftedColumnsCount" in one["metric_name"])
    return counted["value"]["share"] >= 0.5, counted["value"]["count"] > 0


if __name__ == "__main__":
    main(*sys.argv[1:])
