"""The benchmark tables (facts): every benchmark that was named, the newest being the project's."""

from __future__ import annotations

import re
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.benchmark import Benchmark, BenchmarkItem
from fieldcheck.files import find_path_problem
from fieldcheck.project.tables.shapes import format_boxes, format_points, parse_boxes, parse_points
from fieldcheck.project.tables.values import UnfitValue, from_json, to_json

LONGEST_PATH = 1 << 15  # characters: no system takes more
SUSPECT = re.compile(r"^[/\\]|\.\.")  # of a path that may lead out of the benchmark, seen quickly among thousands
COLUMNS = "benchmark_id, root, format, claimed, classes"


def put_benchmark(db: Database, benchmark: Benchmark) -> None:
    """Name the project's benchmark. The same as the one that stands adds nothing."""
    if get_benchmark(db) == benchmark:
        return
    benchmark_id = db.execute(
        "INSERT INTO benchmark (root, format, claimed, classes) VALUES (?, ?, ?, ?)",
        [benchmark.root, benchmark.format, benchmark.claimed, to_json(list(benchmark.classes))],
    ).lastrowid
    db.conn.executemany(
        "INSERT INTO benchmark_item (benchmark_id, place, path, class_name, boxes) VALUES (?, ?, ?, ?, ?)",
        [(benchmark_id, place, item.path, item.class_name, format_boxes(item.boxes)) for place, item in enumerate(benchmark.items)],
    )
    db.conn.executemany(
        "INSERT INTO benchmark_points (benchmark_id, place, points) VALUES (?, ?, ?)",
        [(benchmark_id, place, format_points(item.points)) for place, item in enumerate(benchmark.items) if item.points],
    )


def get_benchmark(db: Database) -> Benchmark | None:
    """The benchmark that was named last, None where there is none yet."""
    row = db.execute(f"SELECT {COLUMNS} FROM benchmark ORDER BY benchmark_id DESC LIMIT 1").fetchone()
    return _parse_benchmark(db, row) if row else None


def list_benchmarks(db: Database) -> tuple[Benchmark, ...]:
    """Every benchmark that was ever named, the newest first."""
    rows = db.execute(f"SELECT {COLUMNS} FROM benchmark ORDER BY benchmark_id DESC").fetchall()
    return tuple(_parse_benchmark(db, row) for row in rows)


def _parse_benchmark(db: Database, row: tuple[Any, ...]) -> Benchmark:
    """Raises UnfitValue where it, or a picture of it, lies nowhere."""
    benchmark_id, root, format_, claimed, classes = row
    found = db.execute(
        "SELECT path, class_name, boxes, coalesce(points, '[]') FROM benchmark_item LEFT JOIN benchmark_points USING (benchmark_id, place) "
        "WHERE benchmark_id = ? ORDER BY place",
        [benchmark_id],
    )
    items = tuple(BenchmarkItem(path, class_name, parse_boxes(text), parse_points(dots)) for path, class_name, text, dots in found)
    if find_path_problem(root) in ("empty", "outside") or len(root) >= LONGEST_PATH:
        raise UnfitValue("benchmark.root")
    if not all(0 < len(one.path) < LONGEST_PATH and not (SUSPECT.search(one.path) and find_path_problem(one.path)) for one in items):
        raise UnfitValue("benchmark_item.path")
    return Benchmark(root, format_, claimed, tuple(from_json(classes, "benchmark.classes")), items)
