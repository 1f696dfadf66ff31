"""Labels as CSV, read and written: `file,class`, `file,class,x,y,w,h` (pixels, top-left) or
`file,class,x,y`; the same columns as Parquet, written only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.files import write_text
from fieldcheck.labels.formats.label_set import (
    LabelledImage,
    LabelSet,
    SkippedItems,
    list_losses,
    make_parent_folder,
)
from fieldcheck.labels.formats.untrusted_files import (
    format_untrusted,
    is_inside_set,
    make_box,
    make_refusal,
    parse_class_name,
    parse_number,
    peek_text,
    read_text,
    resolve_relative_path,
)
from fieldcheck.parquet import open_engine, write_table
from fieldcheck.safe_text import escape_formula, unescape_formula

CLASSES = ("file", "class")
SEPARATORS = (",", ";", "\t")
BOXES = ("file", "class", "x", "y", "w", "h")
POINTS = BOXES[:4]
FLAGS = ("crowd", "occluded", "truncated")


def read_csv(path: Path) -> LabelSet:
    """The set in a CSV file; `file` is relative to its folder. Further columns are passed over and
    counted. Raises LabelsRefused.

    With boxes or points, a row whose class and figures are empty says that there is nothing on the
    picture.
    """
    rows = list(_read_rows(path))
    items = (_read_shape_rows if "x" in rows[0] else _read_class_rows)(path, rows[1:], rows[0])
    names = {name for item in items for name in item.names}
    aside = SkippedItems(losses=list_losses({"columns": len(set(rows[0]) - {*BOXES, *FLAGS})}))
    return LabelSet(
        "csv", path.parent, tuple(sorted(names)), items, tuple(item.path for item in items), aside
    )


def write_csv(out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]) -> list[Path]:
    """`labels.csv` with the frames' own names and without pictures. Flags have columns where a box
    has one."""
    flags = (
        FLAGS
        if any(getattr(box, flag) for image in pictures for box in image.boxes for flag in FLAGS)
        else ()
    )
    pointed = any(image.points for image in pictures)
    columns = (
        CLASSES
        if any(image.class_name for image in pictures)
        else POINTS
        if pointed
        else (*BOXES, *flags)
    )
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    for image in pictures:
        rows: list[tuple[object, ...]] = [
            (point.class_name, repr(point.x), repr(point.y)) for point in image.points
        ]
        rows += [
            (
                box.class_name,
                *map(repr, (box.x, box.y, box.w, box.h)),
                *(int(getattr(box, flag)) for flag in flags),
            )
            for box in image.boxes
        ]
        for name, *figures in rows or [(image.class_name, *[""] * (len(columns) - 2))]:
            table.writerow((escape_formula(image.name), escape_formula(str(name)), *figures))
    path = make_parent_folder(out / "labels.csv")
    write_text(path, text.getvalue())
    return [path]


def find_files(folder: Path) -> list[Path]:
    """CSV files with the header of labels."""
    return [
        file
        for file in sorted(folder.glob("*.csv"))
        if is_inside_set(folder, file) and is_label_header(peek_text(file).split("\n")[0])
    ]


def is_label_header(header: str) -> bool:
    """Whether a first line is that of a label file."""
    return set(CLASSES) <= set(_split_columns(header.strip().split(_detect_separator(header))))


def _detect_separator(header: str) -> str:
    """Detect the column separator: spreadsheets in countries that write 1,5 use a semicolon."""
    return max(SEPARATORS, key=header.count)


def _split_columns(cells: list[str]) -> list[str]:
    return [cell.strip().strip('"').lower() for cell in cells]


def read_csv_rows(path: Path) -> Iterator[list[str]]:
    """The header in small letters, then every row with as many cells as the header. Raises
    LabelsRefused."""
    text = read_text(path)
    separator = _detect_separator(text.split("\n", 1)[0])
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    try:
        header = _split_columns(next(reader, []))
        yield header
        for row in reader:
            if not row:
                continue
            if len(row) != len(header):
                raise make_refusal(path, f"{reader.line_num}: {len(row)} ≠ {len(header)}", "cells")
            yield (
                [
                    cell.replace(",", ".") if name in BOXES[2:] else cell
                    for name, cell in zip(header, row, strict=True)
                ]
                if separator == ";"
                else row
            )
    except csv.Error as error:
        raise make_refusal(path, f"{path.name}:{reader.line_num}", "csv") from error


def _read_rows(path: Path) -> Iterator[list[str]]:
    """As `read_csv_rows`, with a header of labels."""
    rows = read_csv_rows(path)
    header = next(rows)
    wanted = BOXES if set(header) & {"w", "h"} else POINTS if set(header) & {"x", "y"} else CLASSES
    if not set(wanted) <= set(header) or len(set(header)) < len(header):
        separator = _detect_separator(peek_text(path).split("\n", 1)[0])
        raise LabelsRefused(path, "columns", format_untrusted(separator.join(header)))
    yield header
    yield from rows


def _read_class_rows(
    path: Path, rows: list[list[str]], header: list[str]
) -> tuple[BenchmarkItem, ...]:
    file_at, class_at = header.index("file"), header.index("class")
    classes: dict[str, str] = {}
    for row in rows:
        file = resolve_relative_path(path.parent, unescape_formula(row[file_at]), path)
        name = parse_class_name(unescape_formula(row[class_at]), path, file)
        if classes.setdefault(file, name) != name:
            raise make_refusal(path, f"{file}: {classes[file]}, {name}", "two_classes")
    return tuple(BenchmarkItem(file, name) for file, name in classes.items())


def _read_shape_rows(
    path: Path, rows: list[list[str]], header: list[str]
) -> tuple[BenchmarkItem, ...]:
    wanted = BOXES if "w" in header else POINTS
    columns, flags = (
        [header.index(name) for name in wanted],
        [header.index(flag) if flag in header else -1 for flag in FLAGS],
    )
    shapes: dict[str, tuple[list[Box], list[Point]]] = {}
    for row in rows:
        text, name, *figures = (row[column] for column in columns)
        file = resolve_relative_path(path.parent, unescape_formula(text), path)
        boxes, points = shapes.setdefault(file, ([], []))
        if not name.strip() and not any(cell.strip() for cell in figures):
            continue
        x, y, *sides = (
            parse_number(cell, path, f"{file}: {column}")
            for column, cell in zip(wanted[2:], figures, strict=True)
        )
        class_name = parse_class_name(unescape_formula(name), path, file)
        if not sides:
            points.append(Point(class_name, x, y))
            continue
        crowd, occluded, truncated = (
            column >= 0 and row[column].strip() == "1" for column in flags
        )
        boxes.append(
            replace(
                make_box(class_name, (x, y, sides[0], sides[1]), path, file, crowd),
                occluded=occluded,
                truncated=truncated,
            )
        )
    return tuple(
        BenchmarkItem(file, boxes=tuple(boxes), points=tuple(points))
        for file, (boxes, points) in shapes.items()
    )


# Parquet: the columns of a label CSV as one typed table. Written only, where the extra `fleet` is
# installed.

NAME = "labels.parquet"
TABLE: Mapping[str, str] = {
    "file": "VARCHAR",
    "class": "VARCHAR",
    **dict.fromkeys(BOXES[2:], "DOUBLE"),
    **dict.fromkeys(FLAGS, "BOOLEAN"),
    "width": "INTEGER",
    "height": "INTEGER",
}


def write_parquet(
    out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]
) -> list[Path]:
    """`labels.parquet`: a row for each box, point or class, one without a class for a picture with
    nothing on it; figures are pixels, NULL where there are none. Without pictures. Raises
    ExtraMissing."""
    rows = [[row.get(name) for name in TABLE] for image in pictures for row in _make_rows(image)]
    with open_engine("Parquet") as engine:
        path = make_parent_folder(out / NAME)
        write_table(engine, path, TABLE, rows)
    return [path]


def _make_rows(image: LabelledImage) -> list[dict[str, Any]]:
    row = {"file": image.name, "width": image.size[0], "height": image.size[1]}
    rows: list[dict[str, Any]] = [
        row
        | {"class": box.class_name, "x": box.x, "y": box.y, "w": box.w, "h": box.h}
        | {flag: getattr(box, flag) for flag in FLAGS}
        for box in image.boxes
    ]
    rows += [
        row | {"class": point.class_name, "x": point.x, "y": point.y} for point in image.points
    ]
    return rows or [row | {"class": image.class_name or None}]
