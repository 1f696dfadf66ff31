"""Prediction log of a deployed model: CSV, JSON lines or Parquet with time, prediction and confidence, read row by row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache, lru_cache
from importlib import import_module
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import Any

from fieldcheck.errors import PathMissing, PredictionLogRefused

COLUMNS = {
    "time": ("time", "timestamp", "datetime", "ts"),
    "prediction": ("prediction", "class", "label", "predicted"),
    "confidence": ("confidence", "score", "probability"),
    "embedding": ("embedding", "features"),
    "entropy": ("entropy", "uncertainty"),
    "picture": ("picture", "image", "path", "file"),
}
NEEDED = ("time", "prediction", "confidence")
LOG_ENDINGS = frozenset({".csv", ".tsv", ".txt", ".log", ".json", ".jsonl", ".ndjson", ".parquet"})
PARQUET = b"PAR1"  # begins such a file
MINUTE, OFFSET = len("2026-11-02T06:00"), len("+01:00")  # of a time with its offset
ROWS = 10_000  # of it that are read at a time
LONGEST = 1_000_000  # characters of a line
MOST_NAME, MOST_DIMENSIONS = 200, 4096
LARGEST_ENTROPY = 100.0  # whatever its unit


@dataclass(frozen=True, slots=True)
class LoggedResult:
    """One result: `at` in local time with its offset; `embedding` empty, `picture` "" and `entropy` None where the log has none."""

    at: datetime
    prediction: str
    confidence: float
    embedding: tuple[float, ...] = ()
    picture: str = ""
    entropy: float | None = None


def read_prediction_log(path: Path) -> Iterator[LoggedResult]:
    """Every result of a log in its order. A time without an offset is this computer's local time. Raises PathMissing,
    PredictionLogRefused."""
    if not path.is_file():
        raise PathMissing(path)
    with path.open("rb") as file:
        packed = file.read(len(PARQUET)) == PARQUET
    if packed:
        yield from _results(path, _packed(path))
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline(LONGEST)
            lines = chain((first,), file)
            yield from _results(path, _objects(path, lines)) if first.lstrip().startswith("{") else _rows(path, lines)
    except (UnicodeDecodeError, csv.Error) as error:
        raise PredictionLogRefused(path, "text", str(error)[:100]) from error


@cache
def parquet_reader() -> Any:
    """pyarrow's module for Parquet where it is installed (the extra `parquet`), else None: it is larger than the product."""
    try:
        return import_module("pyarrow.parquet")
    except ImportError:
        return None


def _packed(path: Path) -> Iterator[Mapping[str, Any]]:
    """Rows of a Parquet file, some thousand at a time in memory."""
    reader = parquet_reader()
    if reader is None:
        raise PredictionLogRefused(path, "parquet")
    try:
        with reader.ParquetFile(path) as file:
            for batch in file.iter_batches(ROWS):
                yield from batch.to_pylist()
    except (ValueError, OSError, NotImplementedError) as error:  # what pyarrow raises of a damaged file are kinds of these
        raise PredictionLogRefused(path, "damaged", str(error).splitlines()[0][:100] if str(error) else "") from error


def _objects(path: Path, lines: Iterator[str]) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found = json.loads(line) if len(line) <= LONGEST else None
            except (ValueError, RecursionError) as error:
                raise PredictionLogRefused(path, "text", f"{number}") from error
            if not isinstance(found, dict):
                raise PredictionLogRefused(path, "text", f"{number}")
            yield found


def _rows(path: Path, lines: Iterator[str]) -> Iterator[LoggedResult]:
    """Results of a CSV, by the places of its columns: a million rows leave no time for a dictionary each."""
    reader = csv.reader(lines)
    head, n = next((row for row in reader if row), []), 0
    places = {what: head.index(name) for what, name in _columns(path, head).items()} if head else {}
    for row in reader:
        if row:
            n += 1
            told = {what: row[at] if at < len(row) else None for what, at in places.items()}
            yield _result(path, told, n)
    if not n:
        raise PredictionLogRefused(path, "rows")


def _results(path: Path, rows: Iterator[Mapping[str, Any]]) -> Iterator[LoggedResult]:
    names: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        names = names or _columns(path, row)
        yield _result(path, {what: row.get(name) for what, name in names.items()}, number)
    if not names:
        raise PredictionLogRefused(path, "rows")


def _columns(path: Path, head: Iterable[str]) -> dict[str, str]:
    """By what a column tells the name that it has in the log."""
    by_lower = {str(name).strip().lower(): name for name in head}
    names = {what: by_lower[one] for what, known in COLUMNS.items() for one in known[::-1] if one in by_lower}
    if not all(what in names for what in NEEDED):
        raise PredictionLogRefused(path, "columns", ", ".join([str(name) for name in head][:8]))
    return names


def _result(path: Path, told: Mapping[str, Any], number: int) -> LoggedResult:
    return LoggedResult(
        _moment(path, told["time"], number),
        str(told["prediction"])[:MOST_NAME],
        _share(path, told["confidence"], number),
        _embedding(path, told["embedding"], number) if "embedding" in told else (),
        str(told.get("picture") or ""),
        _entropy(path, told["entropy"], number) if "entropy" in told else None,
    )


def _moment(path: Path, said: object, number: int) -> datetime:
    try:
        if isinstance(said, str) and len(said) > MINUTE and said[13] == said[MINUTE] == said[-3] == ":" and said[-OFFSET] in "+-":
            return datetime.fromisoformat(said).astimezone(_zone(said[:MINUTE] + said[-OFFSET:]))
        moment = datetime.fromtimestamp(float(said)) if isinstance(said, int | float) else datetime.fromisoformat(str(said))
        return moment.astimezone()
    except (ValueError, OverflowError, OSError) as error:
        raise PredictionLogRefused(path, "time", f"{str(said)[:60]} ({number})") from error


@lru_cache(maxsize=256)
def _zone(minute_and_offset: str) -> tzinfo | None:
    """This computer's zone in a minute, written as in the log with its offset behind: no zone changes within one."""
    return datetime.fromisoformat(minute_and_offset).astimezone().tzinfo


def _share(path: Path, said: object, number: int) -> float:
    try:
        share = float(str(said))
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise PredictionLogRefused(path, "confidence", f"{str(said)[:60]} ({number})")
    return share


def _entropy(path: Path, said: object, number: int) -> float | None:
    if said is None or said == "":
        return None
    try:
        entropy = float(str(said))
    except ValueError:
        entropy = -1.0
    if not 0 <= entropy < LARGEST_ENTROPY:
        raise PredictionLogRefused(path, "entropy", f"{str(said)[:60]} ({number})")
    return entropy


def _embedding(path: Path, said: Any, number: int) -> tuple[float, ...]:
    if said is None or said == "":
        return ()
    try:
        found = tuple(float(one) for one in (json.loads(said) if isinstance(said, str) else said))
    except (ValueError, TypeError, RecursionError) as error:
        raise PredictionLogRefused(path, "embedding", f"{number}") from error
    if len(found) > MOST_DIMENSIONS or not all(isfinite(one) for one in found):
        raise PredictionLogRefused(path, "embedding", f"{number}")
    return found
