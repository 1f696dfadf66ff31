"""Boxes and points as JSON text, the same for labels and benchmark items."""

from __future__ import annotations

from collections.abc import Iterable

from fieldcheck.domain.box import Box, Point
from fieldcheck.project.tables.values import from_json, to_json


def format_boxes(boxes: Iterable[Box]) -> str:
    """`[[class, x, y, w, h, crowd], …]`; after that `occluded, truncated` where one of them is so."""
    return to_json([_get_box_fields(box) for box in boxes])


def parse_boxes(text: str) -> tuple[Box, ...]:
    """The boxes that `format_boxes` wrote."""
    if text == "[]":  # what stands at each picture of a classifier's benchmark
        return ()
    return tuple(Box(*fields) for fields in from_json(text, "boxes"))


def _get_box_fields(box: Box) -> list[str | float | bool]:
    fields: list[str | float | bool] = [box.class_name, float(box.x), float(box.y), float(box.w), float(box.h), bool(box.crowd)]
    return [*fields, bool(box.occluded), bool(box.truncated)] if box.occluded or box.truncated else fields


def format_points(points: Iterable[Point]) -> str:
    """`[[class, x, y], …]`."""
    return to_json([[point.class_name, float(point.x), float(point.y)] for point in points])


def parse_points(text: str) -> tuple[Point, ...]:
    """The points that `format_points` wrote."""
    if text == "[]":
        return ()
    return tuple(Point(*fields) for fields in from_json(text, "points"))
