"""Labels as CSV: `file,class`, `file,class,x,y,w,h` with one row a box (pixels, top-left), or `file,class,x,y` with one row a point."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.domain.box import Box, Point
from fieldcheck.errors import LabelsRefused
from fieldcheck.exchange.label_set import LabelSet, SetAside, losses_of
from fieldcheck.exchange.labelled_picture import LabelledPicture, folder_for
from fieldcheck.exchange.untrusted import belongs, box, class_name, figure, peek, read_text, refused, relative_path, shown
from fieldcheck.files import write_text
from fieldcheck.plain_cell import bare, guarded

CLASSES = ("file", "class")
SEPARATORS = (",", ";", "\t")
BOXES = ("file", "class", "x", "y", "w", "h")
POINTS = BOXES[:4]
FLAGS = ("crowd", "occluded", "truncated")


def read(path: Path) -> LabelSet:
    """The set in a CSV file; `file` is relative to its folder. Further columns are passed over and counted. Raises LabelsRefused.

    With boxes or points, a row whose class and figures are empty says that there is nothing on the picture.
    """
    rows = list(_rows(path))
    items = (_with_places if "x" in rows[0] else _with_classes)(path, rows[1:], rows[0])
    names = {name for item in items for name in item.names}
    aside = SetAside(losses=losses_of({"columns": len(set(rows[0]) - {*BOXES, *FLAGS})}))
    return LabelSet("csv", path.parent, tuple(sorted(names)), items, tuple(item.path for item in items), aside)


def write(out: Path, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> list[Path]:
    """`labels.csv` with the frames' own names and without pictures. Flags have columns where a box has one."""
    flags = FLAGS if any(getattr(box, flag) for one in pictures for box in one.boxes for flag in FLAGS) else ()
    pointed = any(one.points for one in pictures)
    columns = CLASSES if any(one.class_name for one in pictures) else POINTS if pointed else (*BOXES, *flags)
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(columns)
    for one in pictures:
        rows: list[tuple[object, ...]] = [(point.class_name, repr(point.x), repr(point.y)) for point in one.points]
        rows += [
            (box.class_name, *map(repr, (box.x, box.y, box.w, box.h)), *(int(getattr(box, flag)) for flag in flags)) for box in one.boxes
        ]
        for name, *figures in rows or [(one.class_name, *[""] * (len(columns) - 2))]:
            table.writerow((guarded(one.name), guarded(str(name)), *figures))
    path = folder_for(out / "labels.csv")
    write_text(path, text.getvalue())
    return [path]


def files_in(folder: Path) -> list[Path]:
    """CSV files with the header of labels."""
    return [file for file in sorted(folder.glob("*.csv")) if belongs(folder, file) and looks_like(peek(file).split("\n")[0])]


def looks_like(header: str) -> bool:
    """Whether a first line is that of a label file."""
    return set(CLASSES) <= set(_columns(header.strip().split(_separator(header))))


def _separator(header: str) -> str:
    """What stands between the columns: a spreadsheet of a country that writes 1,5 puts a semicolon there."""
    return max(SEPARATORS, key=header.count)


def _columns(cells: list[str]) -> list[str]:
    return [cell.strip().strip('"').lower() for cell in cells]


def _rows(path: Path) -> Iterator[list[str]]:
    """The header, checked, then every row with as many cells as the header."""
    try:
        text = read_text(path)
        separator = _separator(text.split("\n", 1)[0])
        found = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
        header = _columns(next(found, []))
        wanted = BOXES if set(header) & {"w", "h"} else POINTS if set(header) & {"x", "y"} else CLASSES
        if not set(wanted) <= set(header) or len(set(header)) < len(header):
            raise LabelsRefused(path, "columns", shown(separator.join(header)))
        yield header
        for row in found:
            if not row:
                continue
            if len(row) != len(header):
                raise refused(path, f"{found.line_num}: {len(row)} ≠ {len(header)}", "cells")
            yield (
                [cell.replace(",", ".") if name in BOXES[2:] else cell for name, cell in zip(header, row, strict=True)]
                if separator == ";"
                else row
            )
    except csv.Error as error:
        raise refused(path, f"{path.name}:{found.line_num}", "csv") from error


def _with_classes(path: Path, rows: list[list[str]], header: list[str]) -> tuple[BenchmarkItem, ...]:
    file_at, class_at = header.index("file"), header.index("class")
    found: dict[str, str] = {}
    for row in rows:
        file = relative_path(path.parent, bare(row[file_at]), path)
        name = class_name(bare(row[class_at]), path, file)
        if found.setdefault(file, name) != name:
            raise refused(path, f"{file}: {found[file]}, {name}", "two_classes")
    return tuple(BenchmarkItem(file, name) for file, name in found.items())


def _with_places(path: Path, rows: list[list[str]], header: list[str]) -> tuple[BenchmarkItem, ...]:
    wanted = BOXES if "w" in header else POINTS
    columns, flags = [header.index(name) for name in wanted], [header.index(flag) if flag in header else -1 for flag in FLAGS]
    found: dict[str, tuple[list[Box], list[Point]]] = {}
    for row in rows:
        said, name, *figures = (row[at] for at in columns)
        file = relative_path(path.parent, bare(said), path)
        boxes, points = found.setdefault(file, ([], []))
        if not name.strip() and not any(cell.strip() for cell in figures):
            continue
        x, y, *sides = (figure(cell, path, f"{file}: {column}") for column, cell in zip(wanted[2:], figures, strict=True))
        of = class_name(bare(name), path, file)
        if not sides:
            points.append(Point(of, x, y))
            continue
        crowd, occluded, truncated = (at >= 0 and row[at].strip() == "1" for at in flags)
        boxes.append(replace(box(of, (x, y, sides[0], sides[1]), path, file, crowd), occluded=occluded, truncated=truncated))
    return tuple(BenchmarkItem(file, boxes=tuple(boxes), points=tuple(points)) for file, (boxes, points) in found.items())
