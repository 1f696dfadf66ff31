"""Boxes and points as JSON text, the same for labels and benchmark items."""

from __future__ import annotations

from collections.abc import Iterable

from fieldcheck.domain.box import Box, Point
from fieldcheck.project.tables.values import from_json, to_json


def boxes_text(boxes: Iterable[Box]) -> str:
    """`[[class, x, y, w, h, crowd], …]`."""
    return to_json([[box.class_name, float(box.x), float(box.y), float(box.w), float(box.h), bool(box.crowd)] for box in boxes])


def boxes(text: str) -> tuple[Box, ...]:
    """The boxes that `boxes_text` wrote."""
    return tuple(Box(*fields) for fields in from_json(text, "boxes"))


def points_text(points: Iterable[Point]) -> str:
    """`[[class, x, y], …]`."""
    return to_json([[point.class_name, float(point.x), float(point.y)] for point in points])


def points(text: str) -> tuple[Point, ...]:
    """The points that `points_text` wrote."""
    return tuple(Point(*fields) for fields in from_json(text, "points"))
