"""Evidently's default drift rule over months of shifts: `ask.py MONTHS.npz`, in the environment of
pins.txt.

It imports nothing of the product. The file holds `confidence` (months, shifts, n), `classes` of the
same shape and `embedding` (months, shifts, n, d). Every shift is held against all shifts before it,
as the product's monitor does (`growing`), and against the first ten alone, a reference that is
drawn once (`fixed`, the first hundred months). Printed for both: in how many months
`DataDriftPreset()` calls a shift drifted as a whole, and in how many any column.

The preset draws every column, half a second a shift; the months are counted with the tests and
thresholds that it picks. Some shifts are given to the preset itself too: `checked` tells how many,
`same` on how many it counted the same columns.
"""

from __future__ import annotations

import json
import sys

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.legacy.calculations.stattests import get_stattest
from evidently.presets import DataDriftPreset

FIRST = 6  # shifts that are learnt from
FIXED = 10  # shifts of a reference that is drawn once
FEW = 100  # months with such a reference: a thousand rows take it seven milliseconds a column
SHARE = 0.5  # of columns, the preset's own
# shifts of the first month, on both sides of the thousand rows where its tests change
CHECKED = (6, 9, 10, 15, 29)
CLASSES = "prediction"


def main(path: str) -> None:
    """Count the months of a file."""
    with np.load(path) as arrays:
        months = [
            table(*counts)
            for counts in zip(
                arrays["confidence"], arrays["classes"], arrays["embedding"], strict=True
            )
        ]
    columns = len(months[0][0].columns)
    counts = {
        "growing": counted(months, FIRST, None, columns),
        "fixed": counted(months[:FEW], FIXED, FIXED, columns),
    }
    same = sum(
        by_preset(months[0], index) == n_drifted(pd.concat(months[0][:index]), months[0][index])
        for index in CHECKED
    )
    print(json.dumps({**counts, "checked": len(CHECKED), "same": same}))


def counted(
    months: list[list[pd.DataFrame]], begins: int, fixed: int | None, columns: int
) -> dict[str, int]:
    """Months with a shift that is called drifted, where no later one is looked at, and with any
    drifted column up to there; `fixed`: the reference is the first so many shifts, all earlier ones
    if None."""
    whole = part = 0
    for month in months:
        most = 0
        for index in range(begins, len(month)):
            most = max(most, n_drifted(pd.concat(month[: fixed or index]), month[index]))
            if most >= SHARE * columns:
                break
        whole, part = whole + (most >= SHARE * columns), part + (most > 0)
    return {"months": len(months), "months_drifted": whole, "months_any_column": part}


def table(confidence: np.ndarray, classes: np.ndarray, embedding: np.ndarray) -> list[pd.DataFrame]:
    """Shifts of a month as tables, a row for each result."""
    columns = [f"embedding_{column}" for column in range(embedding.shape[-1])]
    return [
        pd.DataFrame(
            {"confidence": confidences, CLASSES: class_names}
            | dict(zip(columns, vectors.T, strict=True))
        )
        for confidences, class_names, vectors in zip(confidence, classes, embedding, strict=True)
    ]


def n_drifted(before: pd.DataFrame, now: pd.DataFrame) -> int:
    """Columns of a shift that are called drifted, each by the test that is picked for it."""
    n = 0
    for name in now.columns:
        kind = "cat" if name == CLASSES else "num"
        test = get_stattest(before[name], now[name], kind, None)
        n += bool(test(before[name], now[name], kind, None).drifted)
    return n


def by_preset(month: list[pd.DataFrame], index: int) -> int:
    """Columns of a shift that the preset itself counts."""
    columns = [name for name in month[index].columns if name != CLASSES]
    definition = DataDefinition(numerical_columns=columns, categorical_columns=[CLASSES])
    datasets = (
        Dataset.from_pandas(entry.reset_index(drop=True), definition)
        for entry in (month[index], pd.concat(month[:index]))
    )
    metrics = Report([DataDriftPreset()]).run(*datasets).dict()["metrics"]
    return next(
        int(entry["value"]["count"])
        for entry in metrics
        if "DriftedColumnsCount" in json.dumps(entry, default=str)
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
