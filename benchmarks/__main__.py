"""`python -m benchmarks [NAME…] [--smoke]`: runs the scripts and prints their rows and a table. Always exits 0."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks.row import Row

NAMES = (
    "triage",
    "inference",
    "corruptions",
    "live",
    "sweep",
    "label_latency",
    "start",
    "map",
    "similarity",
    "report",
    "record",
    "memory",
    "faults",
    "project_scale",
)


def run(name: str, smoke: bool) -> list[Row]:
    """The rows of one script; `smoke` runs it tiny and without its peer's environment."""
    rows: list[Row] = importlib.import_module(f"benchmarks.{name}").rows(smoke)
    return rows


def main(argv: list[str]) -> int:
    """Runs every script that is named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--smoke", action="store_true", help="tiny inputs: shows that the scripts run")
    options = parser.parse_args(argv)
    for name in options.names:
        if name not in NAMES:
            parser.error(f"{name} is none of {', '.join(NAMES)}")
    rows = [row for name in options.names or NAMES for row in _printed(run(name, options.smoke))]
    for row in rows:
        print(row.line(), file=sys.stderr)
    return 0


def _printed(rows: list[Row]) -> list[Row]:
    for row in rows:
        print(row.json(), flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
