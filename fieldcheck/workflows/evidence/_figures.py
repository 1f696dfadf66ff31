"""Figures of a report's summary, leaf by leaf, and the first that differs between two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

UNTOLD = ("provenance", "created", "project")  # what two reports of the same evidence may differ in
CODES = ("verdict", "readiness", "flag", "state", "status", "basis", "metric")  # texts that are no sentences
CLOSE = 1e-9  # relative: other processors add the same figures up in another order


def iter_leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and value of every leaf, in the order in which they stand; `/gap/value` is that of the gap. Provenance is left out."""
    if isinstance(value, Mapping):
        for key, found in value.items():
            if path or key not in UNTOLD:
                yield from iter_leaves(found, f"{path}/{key}")
    elif isinstance(value, list):
        for place, found in enumerate(value):
            yield from iter_leaves(found, f"{path}/{place}")
    else:
        yield path, value


def list_figures(summary: Mapping[str, Any]) -> list[tuple[str, int | float]]:
    """The numeric leaves outside provenance."""
    return [(path, value) for path, value in iter_leaves(summary) if is_figure(value)]


def is_figure(value: Any) -> bool:
    """Whether a leaf is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def find_first_difference(stored: Mapping[str, Any], now: Mapping[str, Any], sentences: bool) -> str:
    """Path of the first leaf that is not the same, a figure before any other; empty where all are. `sentences`: texts count too."""
    told, found = dict(iter_leaves(stored)), dict(iter_leaves(now))
    order = [*told, *(path for path in found if path not in told)]
    differs = [path for path in order if not _is_same_leaf(path, told, found, sentences)]
    with_figures = (path for path in differs if is_figure(told.get(path)) or is_figure(found.get(path)))
    return next(with_figures, next(iter(differs), ""))


def _is_same_leaf(path: str, told: Mapping[str, Any], found: Mapping[str, Any], sentences: bool) -> bool:
    if (path in told) != (path in found):
        return False
    a, b = told[path], found[path]
    if is_figure(a) and is_figure(b):
        return bool(a == b or abs(a - b) <= CLOSE * max(abs(a), abs(b)))
    if isinstance(a, str) and isinstance(b, str) and not sentences and path.rsplit("/", 1)[-1] not in CODES:
        return True
    return bool(type(a) is type(b) and a == b)
