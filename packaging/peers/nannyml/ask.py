"""NannyML's default drift rules over months of shifts: `ask.py MONTHS.npz`, in the environment of
pins.txt.

It imports nothing of the product. The file holds `confidence` (months, shifts, n), `classes` of the
same shape and `embedding` (months, shifts, n, d). Its calculators are fitted on the first ten
shifts of a month, a chunk for each shift, and asked for the others. Printed: in how many months
`UnivariateDriftCalculator` alerts for any column of any shift, and
`DataReconstructionDriftCalculator` for any shift.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"  # it would tell its makers of each call

import nannyml
import numpy as np
import pandas as pd

FIXED = 10  # shifts of the reference
CLASSES = "prediction"


def main(path: str) -> None:
    """Count the months of a file."""
    with np.load(path) as arrays:
        months = [
            table(*month)
            for month in zip(
                arrays["confidence"], arrays["classes"], arrays["embedding"], strict=True
            )
        ]
        n = arrays["confidence"].shape[2]
    columns = list(months[0].columns)
    numbers = [name for name in columns if name != CLASSES]
    univariate = [
        alerts(nannyml.UnivariateDriftCalculator(columns, chunk_size=n), month, FIXED * n)
        for month in months
    ]
    whole = [
        alerts(nannyml.DataReconstructionDriftCalculator(numbers, chunk_size=n), month, FIXED * n)
        for month in months
    ]
    print(
        json.dumps(
            {
                "months": len(months),
                "months_any_column": sum(univariate),
                "months_reconstruction": sum(whole),
            }
        )
    )


def alerts(
    calculator: nannyml.base.AbstractCalculator, month: pd.DataFrame, reference: int
) -> bool:
    """Whether the calculator alerts for any chunk after the reference."""
    result = (
        calculator.fit(month[:reference])
        .calculate(month[reference:])
        .filter(period="analysis")
        .to_df()
    )
    return bool(
        result.loc[:, [name for name in result.columns if name[-1] == "alert"]].any(axis=None)
    )


def table(confidence: np.ndarray, classes: np.ndarray, embedding: np.ndarray) -> pd.DataFrame:
    """A month as a table, a row for each result in order of time."""
    vectors = embedding.reshape(-1, embedding.shape[-1])
    columns = {f"embedding_{column}": vector for column, vector in enumerate(vectors.T)}
    return pd.DataFrame(
        {"confidence": confidence.ravel(), CLASSES: pd.Categorical(classes.ravel())} | columns
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
