"""Captions of a frame or a benchmark picture: on its tile, beside it, and to whoever does not see it; and why there is no gap."""

from __future__ import annotations

from datetime import datetime
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.measure.filtering import get_names_by_row
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words.facets import get_facet_name, get_facet_value_name
from fieldcheck.words.figures import format_number
from fieldcheck.words.language import tr, tr_plural

if TYPE_CHECKING:
    from fieldcheck.domain.items import Items
    from fieldcheck.workflows.explore.explore import GapProgress

SHOWN_FACETS = ("class", "prediction", "condition", "light", "camera", "location", "clip", "stratum", "tag", "second_look")
"""Facets that stand beside a frame, in this order."""


def list_facet_values(items: Items, facet: str, row: int) -> tuple[str, ...]:
    """Facet values of a row, in words."""
    found = get_names_by_row(items.facets[facet], np.array([row], np.int32)).get(row, ())
    return tuple(get_facet_value_name(facet, name, items.clip_names) for name in found)


def get_figure(items: Items, name: str, row: int) -> float | None:
    """A row's figure, None where it has none."""
    value = float(items.figures[name][row])
    return None if isnan(value) else value


def build_tile(items: Items, row: int) -> Tile:
    """Label and answer in two lines; a frame without a label says where it is from."""
    subject = items.subjects[row]
    label, answer, sure = (
        list_facet_values(items, "class", row),
        list_facet_values(items, "prediction", row),
        get_figure(items, "confidence", row),
    )
    wrong = get_facet_value_name("right", "wrong") in list_facet_values(items, "right", row)
    first = ", ".join(label) or ", ".join(list_facet_values(items, "state", row)) or get_source_name(items, row)
    second = (
        f"→ {', '.join(answer)} {format_number(sure, 2) if sure is not None else ''}".rstrip() if answer else format_timestamp(items, row)
    )
    sign = "▲" if wrong else ""
    return Tile(subject, first, second, describe_row(items, row), badge=tr("B") if get_benchmark_path(subject) else "", sign=sign)


def describe_row(items: Items, row: int) -> str:
    """Everything that is known of a row, in one line."""
    return ". ".join(f"{name}: {said}" for name, said in list_facts(items, row))


def list_facts(items: Items, row: int) -> list[tuple[str, str]]:
    """Pairs of a name and what stands behind it."""
    subject, found = items.subjects[row], []
    path = get_benchmark_path(subject)
    found.append((tr("Benchmark image"), path) if path else (tr("Frame"), subject))
    for facet in SHOWN_FACETS:
        said = list_facet_values(items, facet, row)
        if said:
            sure = get_figure(items, "confidence", row) if facet == "prediction" else None
            shown = ", ".join(said) + (f" ({tr('confidence {share}').format(share=format_number(sure, 2))})" if sure is not None else "")
            found.append((get_facet_name(facet), shown))
    if format_timestamp(items, row):
        found.append((tr("Time"), format_timestamp(items, row)))
    return found


def get_source_name(items: Items, row: int) -> str:
    """Camera, place or clip, whichever somebody named."""
    return next((said[0] for facet in ("camera", "location", "clip") if (said := list_facet_values(items, facet, row))), "")


def format_timestamp(items: Items, row: int) -> str:
    """Local time at which a frame was taken; empty where nobody said when."""
    at = get_figure(items, "time", row)
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S") if at is not None else ""


def format_hidden_predictions(n_left: int) -> str:
    """Which frames nothing is shown of."""
    if not n_left:
        return ""
    said = tr_plural(
        "{n} picked frame has no label yet; its prediction stays hidden.",
        "{n} picked frames have no label yet; their predictions stay hidden.",
        n_left,
    )
    return said.format(n=n_left)


def format_missing_predictions(found: GapProgress) -> str:
    """Frames are labelled, and the model has not answered one."""
    said = tr_plural(
        "{n} frame is labelled but has no prediction yet: run the model.",
        "{n} frames are labelled but have no predictions yet: run the model.",
        found.n_labelled,
    )
    return said.format(n=found.n_labelled)


def format_missing_gap_reason(found: GapProgress | None) -> str:
    """Reason why there is no gap yet; None: a project."""
    if found is None:
        return tr("No project is open.")
    if not found.n_listed:
        return tr("No footage yet.")
    if not found.n_picked:
        return tr("No frames are picked yet.")
    if not found.n_labelled:
        said = tr_plural("The {n} picked frame has no label yet.", "None of the {n} picked frames has a label yet.", found.n_picked)
        return said.format(n=found.n_picked)
    return tr("No model yet, so there are no predictions to compare with the labels.")
