"""Prediction log of a deployed model (CSV, JSON lines or Parquet), read in blocks, and the images
that it names."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO
from itertools import chain, count, islice, zip_longest
from math import isfinite, nan
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from fieldcheck.errors.files import ExtraMissing, ParquetUnreadable, PathMissing, PathRefused
from fieldcheck.errors.imported_files import PredictionLogRefused
from fieldcheck.files import (
    ELSEWHERE,
    find_path_problem,
    is_share,
    join_inside_data_set,
    shorten_path,
)
from fieldcheck.labels.formats.untrusted_files import format_untrusted, parse_float
from fieldcheck.monitoring.log_columns import (
    EPOCH,
    InvalidTimestamp,
    LoggedTimes,
    TextColumn,
    find_distinct_texts,
    make_local_time,
    parse_decimals,
    parse_times,
    split_csv_columns,
)
from fieldcheck.parquet import MAGIC, iter_row_blocks, open_engine, read_column_types

# Images that a prediction log names: paths below the folder of the log, and no others.

LONGEST_PATH = 1024  # letters of a path below the folder
# of a frame of a video
MOMENT = re.compile(r"(.+)#t=(\d{1,9}(?:\.\d{1,6})?)", re.ASCII | re.DOTALL)


def get_image_folder(folder: Path) -> str:
    """The folder as it is stored: absolute, with a separator at its end, by which a pack knows it
    for a path of this computer. Empty for the root of a disk on Linux and macOS, below which
    everything lies."""
    path = os.path.abspath(folder)
    return "" if path.startswith("/") and not path.strip("/") else path.rstrip(os.sep) + os.sep


def get_relative_image_path(folder: str, named: str) -> str:
    """Path of an image below `folder`, with `/`, from what a log says. Of one that lies elsewhere
    the name is left, as `…/NAME`."""
    path, text = PurePath(named), named.replace("\\", "/")
    # `folder` is absolute, and to compare takes longer than to ask
    if folder and path.is_absolute() and path.is_relative_to(folder):
        text = path.relative_to(folder).as_posix()
    if not text.strip():
        return ""
    if (
        find_path_problem(text)
        or len(text) > LONGEST_PATH
        or text.startswith(f"{ELSEWHERE}/")
        or not _is_encodable(text)
    ):
        return shorten_path(format_untrusted(PureWindowsPath(text).name))
    return PurePosixPath(text).as_posix()


def find_image_file(folder: str, picture: str) -> tuple[Path, str]:
    """The file of an image that was stored, and for a frame of a video its second, else nothing.

    Raises PathRefused as `join_inside_data_set`, and `outside` where the image lies elsewhere, or
    the folder is none of this computer.
    """
    if (
        not folder
        or not Path(folder).is_absolute()
        or is_share(folder)
        or picture.startswith(f"{ELSEWHERE}/")
    ):
        raise PathRefused(picture, "outside")
    file, moment = join_inside_data_set(Path(folder), picture), MOMENT.fullmatch(picture)
    if moment is None or os.path.lexists(file):
        return file, ""
    return join_inside_data_set(Path(folder), moment[1]), moment[2]


def _is_encodable(text: str) -> bool:
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False


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
SEPARATORS = (",", ";", "\t")
DECIMAL_COMMA = re.compile(r"\s*-?\d+,\d+\s*", re.ASCII)
DATED = re.compile(r"\s*\d{4}-?\d\d-?\d\d", re.ASCII)
ROWS, ROWS_WITH_VECTORS = 4_000, 500  # of JSON and Parquet that are read at a time
CHARACTERS = 1 << 18  # of CSV
LONGEST_LINE = 1_000_000  # characters of a line
MOST_NAME, MOST_DIMENSIONS = 200, 4096
LARGEST_ENTROPY = 100.0  # whatever its unit

# By the meaning of a column: its values as written in the log.
Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class LoggedResult:
    """One result: `at` in local time with its offset; `embedding` empty, `picture` "" and `entropy`
    None where the log has none."""

    at: datetime
    prediction: str
    confidence: float
    embedding: tuple[float, ...] = ()
    picture: str = ""
    entropy: float | None = None


@dataclass(frozen=True, slots=True)
class LoggedBlock:
    """Neighbouring results of a log, column by column: `predictions` (n,) places in `names`,
    `confidences` (n,) float64, `entropies` (n,) float64 with NaN where there is none; `embeddings`
    and `pictures` one a result, or empty where the log has none."""

    times: LoggedTimes
    names: Sequence[str]
    predictions: NDArray[np.intp]
    confidences: NDArray[np.float64]
    entropies: NDArray[np.float64]
    embeddings: Sequence[tuple[float, ...]] = ()
    pictures: Sequence[object] = ()

    def __len__(self) -> int:
        return len(self.predictions)

    def __getitem__(self, index: int) -> LoggedResult:
        entropy = float(self.entropies[index])
        return LoggedResult(
            make_local_time(
                int(self.times.timestamps_us[index]), int(self.times.utc_offsets_s[index])
            ),
            self.names[self.predictions[index]],
            float(self.confidences[index]),
            self.embeddings[index] if self.embeddings else (),
            str(self.pictures[index] or "") if self.pictures else "",
            entropy if isfinite(entropy) else None,
        )

    def slice_rows(self, first: int, stop: int) -> LoggedBlock:
        """The results from `first` to before `stop`."""
        some = slice(first, stop)
        sure, doubt = self.confidences[some], self.entropies[some]
        times = LoggedTimes(self.times.timestamps_us[some], self.times.utc_offsets_s[some])
        return LoggedBlock(
            times,
            self.names,
            self.predictions[some],
            sure,
            doubt,
            self.embeddings[some],
            self.pictures[some],
        )

    def select_rows(self, positions: NDArray[np.intp]) -> LoggedBlock:
        """The results at these places."""
        times = LoggedTimes(
            self.times.timestamps_us[positions], self.times.utc_offsets_s[positions]
        )
        vectors, pictures = (
            [column[index] for index in positions.tolist()] if column else ()
            for column in (self.embeddings, self.pictures)
        )
        return LoggedBlock(
            times,
            self.names,
            self.predictions[positions],
            self.confidences[positions],
            self.entropies[positions],
            vectors,
            pictures,
        )


def make_block(results: Sequence[LoggedResult]) -> LoggedBlock:
    """Results that did not come from a log, in a block. `at` of each knows its offset."""
    times = LoggedTimes(
        np.array(
            [(result.at - EPOCH) // timedelta(microseconds=1) for result in results], np.int64
        ),
        np.array(
            [round((result.at.utcoffset() or timedelta()).total_seconds()) for result in results],
            np.int64,
        ),
    )
    entropies = np.array(
        [nan if result.entropy is None else result.entropy for result in results], np.float64
    )
    confidences = np.array([result.confidence for result in results], np.float64)
    vectors, pictures = (
        [result.embedding for result in results],
        [result.picture for result in results],
    )
    return LoggedBlock(
        times,
        *_encode_classes([result.prediction for result in results]),
        confidences,
        entropies,
        vectors,
        pictures,
    )


def read_prediction_log(path: Path) -> Iterator[LoggedBlock]:
    """Every result of a log in its order, some thousand at a time. A time without an offset is this
    computer's local time. Raises PathMissing, PredictionLogRefused."""
    if not path.is_file():
        raise PathMissing(path)
    with path.open("rb") as file:
        packed = file.read(len(MAGIC)) == MAGIC
    if packed:
        yield from _make_blocks(path, _read_parquet_columns(path))
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = _LineReader(path, file)
            first = next((line for line in lines if line.strip()), "")
            yield from _make_blocks(
                path,
                _read_json_columns(path, chain((first,), lines))
                if first.lstrip().startswith("{")
                else _read_csv_columns(path, lines, first),
            )
    except UnicodeDecodeError as error:
        raise PredictionLogRefused(path, "text", str(error)[:100]) from error


class _LineReader:
    """Reads lines of a text of limited length, so that a file without line ends is not read into
    memory whole. Raises PredictionLogRefused."""

    def __init__(self, path: Path, file: IO[str]) -> None:
        self._path, self._file, self._n = path, file, 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line, self._n = self._file.readline(LONGEST_LINE + 1), self._n + 1
        if len(line) > LONGEST_LINE:
            raise PredictionLogRefused(self._path, "text", f"{self._n}")
        if not line:
            raise StopIteration
        return line

    def read_block(self) -> str:
        """Return some thousand whole lines; none at the end."""
        text = self._file.read(CHARACTERS)
        return text + next(self, "") if text else ""


def _read_parquet_columns(path: Path) -> Iterator[Columns]:
    """Columns of a Parquet file, some thousand rows at a time in memory."""
    try:
        with open_engine("Parquet") as engine:
            types = read_column_types(engine, path)
            names = _map_columns(path, list(types))
            wanted = {name: types[name] for name in names.values()}
            for rows in iter_row_blocks(engine, path, wanted, _count_rows(names)):
                by_name = dict(zip(wanted, zip(*rows, strict=True), strict=True))
                yield {meaning: by_name[name] for meaning, name in names.items()}
    except ExtraMissing as error:
        raise PredictionLogRefused(path, "parquet") from error
    except ParquetUnreadable as error:
        raise PredictionLogRefused(path, "damaged", error.detail) from error


def _read_json_columns(path: Path, lines: Iterator[str]) -> Iterator[Columns]:
    """Columns of JSON lines; the first object says which there are."""
    rows = (
        _parse_json_line(path, line, number) for number, line in enumerate(lines, 1) if line.strip()
    )
    names: dict[str, str] = {}
    while some := list(islice(rows, _count_rows(names) if names else 1)):
        names = names or _map_columns(path, some[0])
        yield {meaning: [row.get(name) for row in some] for meaning, name in names.items()}


def _parse_json_line(path: Path, line: str, number: int) -> Mapping[str, Any]:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise PredictionLogRefused(path, "text", f"{number}") from error
    if not isinstance(document, dict):
        raise PredictionLogRefused(path, "text", f"{number}")
    return document


def _read_csv_columns(path: Path, file: _LineReader, first: str) -> Iterator[Columns]:
    """Columns of a CSV, by their places. `first`: its first line, which was read already."""
    separator = max(SEPARATORS, key=first.count)
    try:
        head = next(csv.reader(chain((first,), file), strict=True, delimiter=separator), [])
    except csv.Error as error:
        raise PredictionLogRefused(path, "quote", "0") from error
    positions = (
        {meaning: head.index(name) for meaning, name in _map_columns(path, head).items()}
        if head
        else {}
    )
    table, n = _CsvParser(path, separator, len(head), positions), 0
    while text := file.read_block():
        columns = split_csv_columns(text, len(head), separator) or table.parse_columns(
            text, file, n + 1
        )
        n_here = len(columns[0]) if columns else 0
        if n_here:
            yield {
                meaning: columns[index] if index < len(columns) else [None] * n_here
                for meaning, index in positions.items()
            }
        n += n_here


@dataclass(frozen=True, slots=True)
class _CsvParser:
    """CSV with quotes, short rows and line breaks in its fields: `width` fields a row, `places` of
    the known ones."""

    path: Path
    separator: str
    width: int
    places: Mapping[str, int]

    def parse_columns(
        self, text: str, file: Iterator[str], first: int
    ) -> Sequence[Sequence[str | None]]:
        """Columns of any lines; of a row that is not over with them the rest is read too. A short
        one ends in None. `first`: number of the first row. Raises PredictionLogRefused `quote`,
        `fields`."""
        lines, rows = list(StringIO(text, newline="")), list[list[str]]()
        reader = csv.reader(chain(lines, file), strict=True, delimiter=self.separator)
        while reader.line_num < len(lines):
            try:
                row = next(reader)
            except csv.Error as error:
                raise PredictionLogRefused(self.path, "quote", f"{first + len(rows)}") from error
            if row:
                self._check_row(row, first + len(rows))
                rows.append(row)
        return list(zip_longest(*rows))

    def _check_row(self, row: Sequence[str], number: int) -> None:
        """Check a row with more fields than the header: it has a decimal comma, or a quote that
        swallowed what stood between it and the next."""
        if len(row) > self.width and any(cell.strip() for cell in row[self.width :]):
            raise PredictionLogRefused(self.path, "fields", f"{number}: {len(row)} ≠ {self.width}")
        meaning_by_index = {index: meaning for meaning, index in self.places.items()}
        for index, cell in enumerate(row):
            if ("\n" in cell or "\r" in cell) and (
                meaning_by_index.get(index, "picture") != "picture" or self._has_line_breaks(cell)
            ):
                raise PredictionLogRefused(self.path, "quote", f"{number}")

    def _has_line_breaks(self, cell: str) -> bool:
        """Whether a field contains a line break and so swallowed the rows after it."""
        begun = [line.split(self.separator) for line in cell.splitlines()[1:]]
        index = self.places["time"]
        return any(
            len(row) >= self.width or (len(row) > index and DATED.match(row[index]))
            for row in begun
        )


def _map_columns(path: Path, head: Iterable[str]) -> dict[str, str]:
    """Map the meaning of each column to its name in the log."""
    by_lower = {str(name).strip().lower(): name for name in head}
    names = {
        meaning: by_lower[name]
        for meaning, accepted_names in COLUMNS.items()
        for name in accepted_names[::-1]
        if name in by_lower
    }
    if not all(meaning in names for meaning in NEEDED):
        raise PredictionLogRefused(path, "columns", ", ".join([str(name) for name in head][:8]))
    return names


def _count_rows(columns: Iterable[str]) -> int:
    return ROWS_WITH_VECTORS if "embedding" in columns else ROWS


def _make_blocks(path: Path, parts: Iterator[Columns]) -> Iterator[LoggedBlock]:
    n = 0
    for columns in parts:
        yield _parse_block(path, columns, n + 1)
        n += len(columns["time"])
    if not n:
        raise PredictionLogRefused(path, "rows")


def _parse_block(path: Path, columns: Columns, first: int) -> LoggedBlock:
    """Convert columns of a log to numbers; `first`: number of the first of these rows in the log,
    for error messages."""
    if not isinstance(columns["prediction"], TextColumn) and None in columns["prediction"]:
        raise PredictionLogRefused(
            path, "prediction", f"{first + list(columns['prediction']).index(None)}"
        )
    try:
        times = parse_times(columns["time"])
    except InvalidTimestamp as error:
        raise PredictionLogRefused(
            path, "time", f"{str(columns['time'][error.place])[:60]} ({first + error.place})"
        ) from error
    return LoggedBlock(
        times,
        *_encode_classes(columns["prediction"]),
        _parse_bounded_numbers(
            path,
            "confidence",
            columns["confidence"],
            1.0,
            range(first, first + times.timestamps_us.size),
        ),
        _parse_entropies(path, columns["entropy"], first)
        if "entropy" in columns
        else np.full(times.timestamps_us.size, nan),
        [
            _parse_embedding(path, value, first + index)
            for index, value in enumerate(columns.get("embedding", ()))
        ],
        columns.get("picture", ()),
    )


def _encode_classes(texts: Sequence[Any]) -> tuple[list[str], NDArray[np.intp]]:
    """Names of classes, and for each result the place of its own among them."""
    if isinstance(texts, TextColumn) and (few := find_distinct_texts(texts)):
        return [name.strip()[:MOST_NAME] for name in few[0]], few[1]
    positions = defaultdict[Any, int](count().__next__)
    try:
        codes = np.fromiter(map(positions.__getitem__, texts), np.intp, len(texts))
    except TypeError:  # a list, or an object
        return _encode_classes(list(map(str, texts)))
    return [str(name).strip()[:MOST_NAME] for name in positions], codes


def _parse_bounded_numbers(
    path: Path, meaning: str, texts: Sequence[Any], largest: float, numbers: Sequence[int]
) -> NDArray[np.float64]:
    """Parse numbers from 0 to `largest`; `numbers` are their row numbers, for error messages."""
    decimals = parse_decimals(texts) if isinstance(texts, TextColumn) else None
    if decimals is None:
        decimals = np.array([_parse_number(choice) for choice in texts], np.float64)
    wrong = np.flatnonzero(~((decimals >= 0) & (decimals <= largest)))
    if wrong.size:
        index = int(wrong[0])
        raise PredictionLogRefused(path, meaning, f"{str(texts[index])[:60]} ({numbers[index]})")
    return decimals


def _parse_number(value: object) -> float:
    """Parse a number of a log, also with a decimal comma; -1 for anything else."""
    text = str(value)
    try:
        return parse_float(text.replace(",", ".") if DECIMAL_COMMA.fullmatch(text) else text)
    except ValueError:
        return -1.0


def _parse_entropies(path: Path, texts: Sequence[object], first: int) -> NDArray[np.float64]:
    """Entropies of a column, NaN where there is none."""
    indices = [index for index, value in enumerate(texts) if value is not None and value != ""]
    entropies = np.full(len(texts), nan)
    entropies[indices] = _parse_bounded_numbers(
        path,
        "entropy",
        [texts[index] for index in indices],
        LARGEST_ENTROPY,
        [first + index for index in indices],
    )
    return entropies


def _parse_embedding(path: Path, value: Any, number: int) -> tuple[float, ...]:
    if value is None or value == "":
        return ()
    try:
        figures = list(json.loads(value) if isinstance(value, str) else value)
        embedding = tuple(float(figure) for figure in figures)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise PredictionLogRefused(path, "embedding", f"{number}") from error
    if (
        len(embedding) > MOST_DIMENSIONS
        or not all(map(isfinite, embedding))
        or any(isinstance(figure, bool) for figure in figures)
    ):
        raise PredictionLogRefused(path, "embedding", f"{number}")
    return embedding
