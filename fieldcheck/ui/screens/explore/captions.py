"""Captions of a frame or a benchmark picture: on its tile, beside it, and to whoever does not see it; and why there is no gap."""

from __future__ import annotations

from datetime import datetime
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from fieldcheck.domain.items import benchmark_path
from fieldcheck.measure.filtering import names_of
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words.facets import facet_name, facet_value
from fieldcheck.words.figures import number
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.domain.items import Items
    from fieldcheck.workflows.explore.explore import Missing

SHOWN = ("class", "prediction", "condition", "light", "camera", "location", "clip", "stratum", "tag", "second_look")
"""Facets that stand beside a frame, in this order."""


def values(items: Items, facet: str, row: int) -> tuple[str, ...]:
    """Facet values of a row, in words."""
    found = names_of(items.facets[facet], np.array([row], np.int32)).get(row, ())
    return tuple(facet_value(facet, name, items.clip_names) for name in found)


def figure(items: Items, name: str, row: int) -> float | None:
    """A row's figure, None where it has none."""
    value = float(items.figures[name][row])
    return None if isnan(value) else value


def tile(items: Items, row: int) -> Tile:
    """Label and answer in two lines; a frame without a label says where it is from."""
    subject = items.subjects[row]
    label, answer, sure = values(items, "class", row), values(items, "prediction", row), figure(items, "confidence", row)
    wrong = facet_value("right", "wrong") in values(items, "right", row)
    first = ", ".join(label) or ", ".join(values(items, "state", row)) or where(items, row)
    second = f"→ {', '.join(answer)} {number(sure, 2) if sure is not None else ''}".rstrip() if answer else moment(items, row)
    sign = "▲" if wrong else ""
    return Tile(subject, first, second, description(items, row), badge=text("B") if benchmark_path(subject) else "", sign=sign)


def description(items: Items, row: int) -> str:
    """Everything that is known of a row, in one line."""
    return ". ".join(f"{name}: {said}" for name, said in facts(items, row))


def facts(items: Items, row: int) -> list[tuple[str, str]]:
    """Pairs of a name and what stands behind it."""
    subject, found = items.subjects[row], []
    path = benchmark_path(subject)
    found.append((text("Benchmark image"), path) if path else (text("Frame"), subject))
    for facet in SHOWN:
        said = values(items, facet, row)
        if said:
            sure = figure(items, "confidence", row) if facet == "prediction" else None
            shown = ", ".join(said) + (f" ({text('confidence {share}').format(share=number(sure, 2))})" if sure is not None else "")
            found.append((facet_name(facet), shown))
    if moment(items, row):
        found.append((text("Time"), moment(items, row)))
    return found


def where(items: Items, row: int) -> str:
    """Camera, place or clip, whichever somebody named."""
    return next((said[0] for facet in ("camera", "location", "clip") if (said := values(items, facet, row))), "")


def moment(items: Items, row: int) -> str:
    """Local time at which a frame was taken; empty where nobody said when."""
    at = figure(items, "time", row)
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S") if at is not None else ""


def still_blind(n_left: int) -> str:
    """Which frames nothing is shown of."""
    if not n_left:
        return ""
    said = plural(
        "{n} picked frame has no label yet; its prediction stays hidden.",
        "{n} picked frames have no label yet; their predictions stay hidden.",
        n_left,
    )
    return said.format(n=n_left)


def no_answers(found: Missing) -> str:
    """Frames are labelled, and the model has not answered one."""
    said = plural(
        "{n} frame is labelled but has no prediction yet: run the model.",
        "{n} frames are labelled but have no predictions yet: run the model.",
        found.n_labelled,
    )
    return said.format(n=found.n_labelled)


def why_no_gap(found: Missing | None) -> str:
    """Reason why there is no gap yet; None: a project."""
    if found is None:
        return text("No project is open.")
    if not found.n_listed:
        return text("No footage yet.")
    if not found.n_picked:
        return text("No frames are picked yet.")
    if not found.n_labelled:
        said = plural("The {n} picked frame has no label yet.", "None of the {n} picked frames has a label yet.", found.n_picked)
        return said.format(n=found.n_picked)
    return text("No model yet, so there are no predictions to compare with the labels.")
