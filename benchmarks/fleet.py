"""A million prediction rows of forty sites: the fleet's questions over Parquet, against the same
questions over SQLite, and the whole report."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterable
from contextlib import closing
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.row import Row, in_turn, row
from fieldcheck.fleet.figures import CELLS, LABELS, MODES
from fieldcheck.fleet.report import write_fleet_report
from fieldcheck.fleet.store import (
    COLUMNS,
    FleetModel,
    FleetRecord,
    ProjectFacts,
    open_fleet,
    read_fleet,
    store_facts,
)
from fieldcheck.parquet import FILES, query_columns
from fieldcheck.progress import NullProgress

BAR, REPORT_BAR_S = 0.2, 20.0
SITES, FRAMES, SMALL = 40, 25_000, 200
LABELLED, CLIPS = 500, 25
CLASSES = ("crack", "ok", "pore")
MODEL = FleetModel("net", "m", 0, True, "accuracy", CLASSES, "b", 2000, 1940)
SQL_BY_FIGURE = {
    CELLS: "project_id, site, camera, model_sha256, light, month, clip_id",
    MODES: "project_id, site, model_sha256, label, prediction",
    LABELS: "project_id, site, model_sha256, label",
}


def rows(smoke: bool) -> list[Row]:
    """The rows `fleet` and `fleet_report`."""
    n, sites, runs = (SMALL, 3, 1) if smoke else (FRAMES, SITES, 5)
    with tempfile.TemporaryDirectory() as folder:
        fleet, database = Path(folder) / "fleet", Path(folder) / "rows.db"
        with open_fleet(fleet) as open_store, closing(sqlite3.connect(database)) as db:
            db.execute(f"CREATE TABLE facts ({', '.join(COLUMNS)})")
            for site in range(sites):
                facts_rows = _make_rows(site, n)
                name = f"Site {site:02d}"
                facts = ProjectFacts(f"{site:02d}", name, name, (MODEL,), (), tuple(facts_rows))
                store_facts(open_store, facts, "", None, NullProgress())
                marks = ", ".join("?" * len(COLUMNS))
                db.executemany(f"INSERT INTO facts VALUES ({marks})", facts_rows)
            db.commit()
        medians = in_turn(lambda: _ask_parquet(fleet), lambda: _ask_sqlite(database), runs)
        began = time.perf_counter()
        write_fleet_report(fleet, Path(folder), "2026-11-30T12:00:00+00:00")
        seconds = time.perf_counter() - began
    other_is = f"SQLite over the same {n * sites:,} rows, seconds"
    return [
        row("fleet", medians.ours, medians.other, other_is, BAR, "<=", runs, floor=medians.floor),
        row("fleet_report", seconds, REPORT_BAR_S, "limit, seconds", 1.0, "<=", 1),
    ]


def _make_rows(site: int, n: int) -> list[tuple[Any, ...]]:
    """Rows of one site, column by column; their names are drawn, since a million hashes take longer
    than the questions."""
    rng, names = np.random.default_rng(site), np.array(CLASSES, object)
    labels, right, index = rng.integers(0, 3, n), rng.random(n) < 0.9, np.arange(n)
    clip, labelled = index * CLIPS // n, index % max(1, n // LABELLED) == 0

    def keep_labelled(values: Any, otherwise: Any) -> list[Any]:
        return np.where(labelled, np.asarray(values, object), otherwise).tolist()  # type: ignore[no-any-return]

    columns: dict[str, Iterable[Any]] = {
        "project_id": repeat(f"{site:02d}", n), "site": repeat(f"Site {site:02d}", n),
        "visit": repeat("2026-11-02", n), "month": [f"2026-{9 + k % 3:02d}" for k in clip.tolist()],
        "camera": [f"cam {k % 2}" for k in clip.tolist()], "location": repeat("", n),
        "clip_id": [f"c{k}" for k in clip.tolist()], "frame_id": [f"f{k}" for k in range(n)],
        "taken_at": repeat("2026-11-02T08:00:00+00:00", n),
        "light": [("", "dark", "glare")[k % 3] for k in clip.tolist()],
        "model_sha256": repeat("m", n), "picked": labelled.tolist(), "stratum": repeat("rest", n),
        "weight": keep_labelled(n / LABELLED, None), "label": keep_labelled(names[labels], ""),
        "label_state": keep_labelled("done", ""),
        "prediction": names[np.where(right, labels, (labels + 1) % 3)].tolist(),
        "confidence": repeat(0.9, n), "correct": keep_labelled(right, None),
        "row_hash": [f"{k:016x}" for k in rng.integers(0, 2**63, n).tolist()],
    }  # fmt: skip
    return list(zip(*(columns[name] for name in COLUMNS), strict=True))


def _ask_parquet(fleet: Path) -> int:
    def count(engine: Any, _records: tuple[FleetRecord, ...], paths: list[str]) -> int:
        return sum(len(query_columns(engine, sql, paths)["site"]) for sql in SQL_BY_FIGURE)

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
            for sql, by in SQL_BY_FIGURE.items()
        )
