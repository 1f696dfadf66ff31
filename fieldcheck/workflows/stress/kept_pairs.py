"""Pairs of pictures that somebody keeps for the report: files in the project's `pairs/`, and an act that can be undone."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from math import isnan, nan
from typing import Any

from fieldcheck.domain.answer_kind import BOXES
from fieldcheck.domain.kept_pair import SavedComparison
from fieldcheck.files import join_inside, write_bytes
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.thumbnail import downscale_image
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.stress.live_result import LiveResult, TopPrediction

KEY = "pairs"
FOLDER = "pairs"
LONGER_SIDE, QUALITY = 480, 80  # as large as a report shows them
MOST_NAMES = 5


def add_kept_pair(project: Project, result: LiveResult, now: str) -> SavedComparison:
    """Writes both pictures and notes what was done to the one and what the model said of each. The same pair is kept once.

    Raises ValueError where nothing is done to the frame; DiskFull, ReadOnlyPlace.
    """
    if not result.recipe.has_effect:
        raise ValueError("a pair is a frame and what a corruption makes of it")
    pictures = [encode_jpeg(downscale_image(rgb, LONGER_SIDE), QUALITY) for rgb in (result.original, result.corrupted)]
    key = hashlib.sha256(b"".join(pictures)).hexdigest()[:16]
    files = [f"{FOLDER}/{key}-{side}.jpg" for side in ("before", "after")]
    for file, data in zip(files, pictures, strict=True):
        path = join_inside(project.path, file)
        path.parent.mkdir(exist_ok=True)
        write_bytes(path, data)
    before, after = result.get_clean_top(MOST_NAMES), result.get_top(MOST_NAMES)
    pair = SavedComparison(
        key, result.source, files[0], files[1], result.recipe.steps, result.seed, _list_names(result, before), _list_names(result, after),
        _get_confidence(before), _get_confidence(after), now,
    )  # fmt: skip
    _store_pairs(project, "pair.keep", [*(one for one in list_kept_pairs(project) if one.key != key), pair])
    return pair


def remove_kept_pair(project: Project, key: str) -> None:
    """Keeps a pair no longer; its files stay, so that this can be undone."""
    _store_pairs(project, "pair.drop", [one for one in list_kept_pairs(project) if one.key != key])


def list_kept_pairs(project: Project) -> tuple[SavedComparison, ...]:
    """Every pair that is kept, oldest first."""
    found: list[dict[str, Any]] = project.read(lambda db: settings_table.get_setting(db, KEY, []))
    return tuple(_parse_pair(one) for one in found)


def _store_pairs(project: Project, act: str, pairs: list[SavedComparison]) -> None:
    rows = [
        {**asdict(one), "sure_before": _to_json_number(one.sure_before), "sure_after": _to_json_number(one.sure_after)} for one in pairs
    ]
    project.edit(act, puts=[settings_table.make_setting_row(KEY, rows)])


def _parse_pair(row: dict[str, Any]) -> SavedComparison:
    sure = {key: nan if row[key] is None else float(row[key]) for key in ("sure_before", "sure_after")}
    steps = tuple((str(name), float(severity)) for name, severity in row["steps"])
    said = {key: tuple(row[key]) for key in ("said_before", "said_after")}
    return SavedComparison(**{**row, **sure, **said, "steps": steps})


def _list_names(result: LiveResult, top: tuple[TopPrediction, ...]) -> tuple[str, ...]:
    """The first class, or every box."""
    several = result.card is not None and result.card.answers is BOXES
    return tuple(one.name for one in (top if several else top[:1]))


def _get_confidence(top: tuple[TopPrediction, ...]) -> float:
    return top[0].probability if top else nan


def _to_json_number(value: float) -> float | None:
    return None if isnan(value) else value
