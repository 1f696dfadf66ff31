"""The kinds of frames that a project's footage falls into, and the score of each: the same for report, window and gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.filter import SavedSlice
from fieldcheck.domain.items import Items
from fieldcheck.measure.filtering import find_matching_rows, find_rows_with_value
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import saved_slices as slices_table
from fieldcheck.scoring.blind_spots import LabelledDraw
from fieldcheck.scoring.slices import Group, Slice, compute_slices
from fieldcheck.workflows.explore.items import load_items
from fieldcheck.workflows.report.two_sides import FieldSide

OF_FOOTAGE = ("condition", "light", "location", "camera", "hour", "blur", "noise", "clip")
"""Known of every listed frame, so that the share of a stratum that belongs to a slice is known as well."""
OF_LABELS = ("class", "operator", "tag", "occluded")
NO_KIND = ("occluded", "no")  # the frames with an object: a model that fails on objects fails there, and nothing is hidden on empty frames
SAVED = "slice"


def list_saved_slices(project: Project) -> tuple[SavedSlice, ...]:
    """Every saved slice by name."""
    return project.read(slices_table.list_saved_slices)


def score_slices(project: Project, side: FieldSide, items: Items) -> tuple[Slice, ...]:
    """Every kind of frame with its score, over the labelled frames of the draw; none where nothing was compared yet."""
    found = build_labelled_groups(project, side, items)
    return () if found is None else compute_slices(*found)


def build_labelled_groups(project: Project, side: FieldSide, items: Items) -> tuple[LabelledDraw, tuple[Group, ...]] | None:
    """The labelled frames of the draw, in the order of `side.at`, and the kinds they fall into; None where nothing was compared yet."""
    counted = side.scores.weight[side.at] > 0
    at = side.at[counted]
    if side.judgement is None or not at.size:
        return None
    row = {subject: place for place, subject in enumerate(items.subjects)}
    rows = np.array([row[side.picks[k].frame_id] for k in at.tolist()], np.int64)
    frames = LabelledDraw(
        np.asarray(side.judgement.right[counted], np.bool_),
        side.scores.weight[at],
        np.array([side.picks[k].stratum for k in at.tolist()], np.str_),
        np.array([side.lines[k].clip.clip_id for k in at.tolist()], np.str_),
    )
    return frames, tuple(_list_groups(project, side, items, rows))


def get_own_slices(project: Project) -> dict[tuple[str, str], frozenset[str]]:
    """Tags and saved slices as (key, value) → the frames in them now; a slice cut by what a model said is none to judge a model by."""
    items, _ = load_items(project)
    found = {("tag", name): find_rows_with_value(items, "tag", (name,)) for name in items.facets["tag"].names}
    found |= {(SAVED, saved.name): inside for saved in list_saved_slices(project) if (inside := find_members(items, saved)) is not None}
    return {key: frozenset(items.subjects[row] for row in np.flatnonzero(inside).tolist()) for key, inside in found.items()}


def find_members(items: Items, saved: SavedSlice) -> NDArray[np.bool_] | None:
    """(n,) bool: who is in a saved slice; None for one that is cut by what the model said, which cannot be scored."""
    return None if saved.wanted.uses_predictions else find_matching_rows(items, saved.wanted)


def _list_groups(project: Project, side: FieldSide, items: Items, rows: NDArray[np.int64]) -> Iterator[Group]:
    strata = _get_strata(project, side, items)
    for facet in (*OF_FOOTAGE, *OF_LABELS):
        for name in (one for one in items.facets[facet].names if (facet, one) != NO_KIND):
            inside = find_rows_with_value(items, facet, (name,))
            yield Group(facet, name, inside[rows], _count_listed(strata, inside) if facet in OF_FOOTAGE else None)
    for saved in list_saved_slices(project):
        found = find_members(items, saved)
        if found is not None:
            by_footage = not (saved.wanted.subjects or any(facet in OF_LABELS for facet, _ in saved.wanted.chosen))
            yield Group(SAVED, saved.name, found[rows], _count_listed(strata, found) if by_footage else None)


def _get_strata(project: Project, side: FieldSide, items: Items) -> NDArray[np.str_]:
    """(n,) the stratum of every listed frame, empty for what no draw looked at."""
    found = {
        member.frame_id: member.stratum
        for draw in side.draws
        for member in project.read(partial(draws_table.list_members, draw_id=draw.draw_id))
    }
    return np.array([found.get(subject, "") for subject in items.subjects], np.str_)


def _count_listed(strata: NDArray[np.str_], inside: NDArray[np.bool_]) -> dict[str, int]:
    return dict(Counter(strata[inside].tolist()))


def find_listed_members(project: Project, items: Items, key: str, value: str) -> NDArray[np.bool_]:
    """(rows,) of `items`: who shares `key` = `value`, of all frames; nobody where it is no kind of the footage."""
    if key != SAVED:
        return find_rows_with_value(items, key, (value,))
    saved = next((one for one in list_saved_slices(project) if one.name == value), None)
    found = find_members(items, saved) if saved is not None else None
    return np.zeros(len(items), np.bool_) if found is None else found
