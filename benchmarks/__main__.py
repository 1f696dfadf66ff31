"""`python -m benchmarks [NAME…] [--smoke]`: runs the scripts and prints their rows and a table.

Exits 0 whatever the rows say; 2, before anything is run, where a program or the environment of a
peer is missing.
"""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks import peers
from benchmarks.needs import OF_PEERS, missing
from benchmarks.row import Row

NAMES = (
    "triage", "inference", "run", "demo", "corruptions", "live", "sweep", "fix", "label_latency",
    "start", "map", "similarity", "report", "analyses", "record", "memory", "faults",
    "project_scale", "runs", "visit", "log", "install", "fleet", "cluster", "growth",
)  # fmt: skip


def run(name: str, smoke: bool) -> list[Row]:
    """The rows of one script; `smoke` runs it tiny and without its peer's environment."""
    rows: list[Row] = importlib.import_module(f"benchmarks.{name}").rows(smoke)
    return rows


def main(argv: list[str]) -> int:
    """Runs every script that is named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument(
        "--smoke", action="store_true", help="tiny inputs: shows that the scripts run"
    )
    parser.add_argument(
        "--make-peers",
        action="store_true",
        help="downloads the packages that some rows are held against, and ends",
    )
    options = parser.parse_args(argv)
    for name in options.names:
        if name not in NAMES:
            parser.error(f"{name} is none of {', '.join(NAMES)}")
    if options.make_peers:
        for name, packages, _ in OF_PEERS:
            peers.make(name, packages)
        return 0
    if lacks := missing(options.names or NAMES, options.smoke):
        print(lacks, file=sys.stderr)
        return 2
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
