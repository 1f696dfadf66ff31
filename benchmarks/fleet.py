"""A million prediction rows of forty sites: the fleet's questions over Parquet, against the same
questions over SQLite, and the whole report."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.row import Row, in_turn, row
from fieldcheck.fleet.facts import COLUMNS, FleetModel, ProjectFacts, compute_row_hash
from fieldcheck.fleet.figures import CELLS, LABELS, MODES
from fieldcheck.fleet.report import write_fleet_report
from fieldcheck.fleet.store import FleetRecord, open_fleet, read_fleet, store_facts
from fieldcheck.parquet import FILES, query_columns
from fieldcheck.progress import NullProgress

BAR, REPORT_BAR_S = 0.2, 20.0
SITES, FRAMES, SMALL = 40, 25_000, 200
LABELLED, CLIPS = 500, 25
CLASSES = ("crack", "ok", "pore")
MODEL = FleetModel("net", "m", 0, True, "accuracy", CLASSES, "b", 2000, 1940)
BY = {
    CELLS: "project_id, site, camera, model_sha256, light, month, clip_id",
    MODES: "project_id, site, model_sha256, label, prediction",
    LABELS: "project_id, site, model_sha256, label",
}


def rows(smoke: bool) -> list[Row]:
    """The rows `fleet` and `fleet_report`."""
    n, sites, runs = (SMALL, 3, 1) if smoke else (FRAMES, SITES, 5)
    with tempfile.TemporaryDirectory() as folder:
        fleet, database = Path(folder) / "fleet", Path(folder) / "rows.db"
        with open_fleet(fleet) as held, closing(sqlite3.connect(database)) as db:
            db.execute(f"CREATE TABLE facts ({', '.join(COLUMNS)})")
            for site in range(sites):
                made = list(_make_rows(site, n))
                name = f"Site {site:02d}"
                facts = ProjectFacts(f"{site:02d}", name, name, (MODEL,), (), tuple(made))
                store_facts(held, facts, "", None, NullProgress())
                marks = ", ".join("?" * len(COLUMNS))
                db.executemany(f"INSERT INTO facts VALUES ({marks})", made)
            db.commit()
        taken = in_turn(lambda: _ask_parquet(fleet), lambda: _ask_sqlite(database), runs)
        began = time.perf_counter()
        write_fleet_report(fleet, Path(folder), "2026-11-30T12:00:00+00:00")
        seconds = time.perf_counter() - began
    said = f"SQLite over the same {n * sites:,} rows, seconds"
    return [
        row("fleet", taken.ours, taken.other, said, BAR, "<=", runs, floor=taken.floor),
        row("fleet_report", seconds, REPORT_BAR_S, "limit, seconds", 1.0, "<=", 1),
    ]


def _make_rows(site: int, n: int) -> Iterator[tuple[Any, ...]]:
    rng = np.random.default_rng(site)
    labels, right = rng.integers(0, 3, n), rng.random(n) < 0.9
    for index in range(n):
        clip, label = index * CLIPS // n, CLASSES[labels[index]]
        labelled = index % max(1, n // LABELLED) == 0
        answer = label if right[index] else CLASSES[(labels[index] + 1) % 3]
        cells = (
            f"{site:02d}", f"Site {site:02d}", "2026-11-02", f"2026-{9 + clip % 3:02d}",
            f"cam {clip % 2}", "", f"c{clip}", f"f{index}", "2026-11-02T08:00:00+00:00",
            ("", "dark", "glare")[clip % 3], "m", labelled, "rest",
            n / LABELLED if labelled else None,
            label if labelled else "", "done" if labelled else "", answer, 0.9,
            bool(right[index]) if labelled else None,
        )  # fmt: skip
        yield (*cells, compute_row_hash(cells))


def _ask_parquet(fleet: Path) -> int:
    def count(engine: Any, _records: tuple[FleetRecord, ...], paths: list[str]) -> int:
        return sum(len(query_columns(engine, sql, paths)["site"]) for sql in BY)

    return read_fleet(fleet, count)


def _ask_sqlite(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        return sum(
            len(
                db.execute(
                    sql.replace(FILES, "facts").replace(
                        "GROUP BY ALL ORDER BY ALL", f"GROUP BY {by} ORDER BY {by}"
                    )
                ).fetchall()
            )
            for sql, by in BY.items()
        )
