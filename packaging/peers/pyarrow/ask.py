"""A Parquet file of labels as pyarrow reads it: `ask.py FILE`, in the environment of pins.txt. It
imports nothing of the product.

Printed: the schema as text, and the rows.
"""

from __future__ import annotations

import json
import sys

import pyarrow.parquet as pq


def main(file: str) -> None:
    """Print what stands in it."""
    table = pq.read_table(file)
    print(
        json.dumps(
            {
                "schema": {column.name: str(column.type) for column in table.schema},
                "rows": table.to_pylist(),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
