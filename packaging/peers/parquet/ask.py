"""A prediction log as Parquet: `ask.py LOG.csv LOG.parquet`, in the environment of pins.txt. Prints
rows and the place of its packages.

Times are stored as Parquet's own, with their offset; the embedding as a list of figures.
"""

from __future__ import annotations

import csv
import json
import sys
import sysconfig
from datetime import datetime

import pyarrow
import pyarrow.parquet


def main(source: str, target: str) -> None:
    """Write one file from the other."""
    with open(source, newline="") as file:
        rows = list(csv.DictReader(file))
    table = pyarrow.table({
        "time": pyarrow.array(
            [datetime.fromisoformat(row["time"]) for row in rows], pyarrow.timestamp("ms", "UTC"),
        ),
        "prediction": [row["prediction"] for row in rows],
        "confidence": pyarrow.array([float(row["confidence"]) for row in rows], pyarrow.float32()),
        "embedding": [[float(row["confidence"]), 1.0] for row in rows],
    })  # fmt: skip
    pyarrow.parquet.write_table(table, target)
    print(json.dumps({"rows": table.num_rows, "packages": sysconfig.get_paths()["purelib"]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
