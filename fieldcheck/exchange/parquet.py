"""Parquet: the columns of a label CSV as one typed table. Written only, where the extra `parquet` is installed."""

from __future__ import annotations

import importlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fieldcheck.errors import ExtraMissing
from fieldcheck.exchange.labelled_picture import LabelledImage, make_parent_folder
from fieldcheck.files import write_bytes

NAME, EXTRA = "labels.parquet", "parquet"
FLAGS = ("crowd", "occluded", "truncated")


def write_parquet(out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]) -> list[Path]:
    """`labels.parquet`: a row for each box, point or class, one without a class for a picture with nothing on it; figures are pixels, NULL
    where there are none. Without pictures. Raises ExtraMissing."""
    try:
        arrow, table = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise ExtraMissing("Parquet", EXTRA) from error
    text, pixels, flag = arrow.string(), arrow.float64(), arrow.bool_()
    schema = arrow.schema(
        [("file", text), ("class", arrow.dictionary(arrow.int32(), text)), *((name, pixels) for name in "xywh"),
         *((name, flag) for name in FLAGS), ("width", arrow.int32()), ("height", arrow.int32())]
    )  # fmt: skip
    data = io.BytesIO()
    table.write_table(arrow.Table.from_pylist([row for one in pictures for row in _make_rows(one)], schema), data)
    path = make_parent_folder(out / NAME)
    write_bytes(path, data.getvalue())
    return [path]


def _make_rows(one: LabelledImage) -> list[dict[str, Any]]:
    of = {"file": one.name, "width": one.size[0], "height": one.size[1]}
    rows: list[dict[str, Any]] = [
        of | {"class": box.class_name, "x": box.x, "y": box.y, "w": box.w, "h": box.h} | {flag: getattr(box, flag) for flag in FLAGS}
        for box in one.boxes
    ]
    rows += [of | {"class": point.class_name, "x": point.x, "y": point.y} for point in one.points]
    return rows or [of | {"class": one.class_name or None}]
