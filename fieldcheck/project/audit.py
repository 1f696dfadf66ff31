"""Damaged values: rows on sound pages that no version of ours wrote, found by reading every table as the program reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import chain
from math import isfinite
from types import MappingProxyType
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.pick import DESIGNS
from fieldcheck.errors import FieldcheckError
from fieldcheck.project import criteria
from fieldcheck.project.tables import (
    benchmarks,
    clips,
    drafts,
    draws,
    frames,
    integrity,
    labels,
    machine_paths,
    marks,
    model_facts,
    models,
    picks,
    predictions,
    recordings,
    repeats,
    reports,
    runs,
    saved_slices,
    seals,
    second_looks,
    settings,
    tags,
)
from fieldcheck.project.tables.values import UnfitValue, from_json

TROUBLES = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError, UnfitValue, FieldcheckError)
"""What a value that is none of ours makes the reading of it raise, sooner or later."""

LONGEST_S = 1e9  # thirty years of one recording; what is longer fits no date

Reading = Callable[[Database], object]


def find_faults(db: Database) -> tuple[tuple[str, str], ...]:
    """Table and what is wrong with it, of each table with a value that is none of ours."""
    return tuple((table, said) for table, reading in READ_AS.items() if (said := get_read_error(db, reading)))


def check_no_foreign_paths(db: Database) -> None:
    """Raises UnfitValue where a database that somebody handed on names a place on a computer, which none of ours does."""
    roots, folders = (one.root for one in benchmarks.list_benchmarks(db)), (one.folder for one in reports.list_reports(db))
    shown = chain.from_iterable(map(machine_paths.list_image_paths, model_facts.list_all_facts(db)))
    golden = machine_paths.list_golden_roots(db)
    named = (("benchmark.root", roots), ("report.folder", folders), ("model_fact.picture", shown), ("setting.value", golden))
    for column, found in named:
        for one in found:
            if machine_paths.to_portable_path(one) != one:
                raise UnfitValue(f"{column}: {one[:40]}")


def get_read_error(db: Database, reading: Reading) -> str:
    """Error that a reading raises, as text; empty where all is well."""
    try:
        reading(db)
    except TROUBLES as error:
        return str(error) if isinstance(error, UnfitValue) else f"{type(error).__name__}: {error}"
    return ""


def _check_recordings(db: Database) -> None:
    for one in recordings.list_recordings(db):
        _check_time(one.seconds, "recording.seconds")
        if one.taken_at:
            datetime.fromisoformat(one.taken_at)


def _check_time(seconds: float, what: str) -> None:
    if not 0 <= seconds < LONGEST_S:
        raise UnfitValue(f"{what}: {seconds:g}")


def _check_clips(db: Database) -> None:
    for one in clips.list_clips(db):
        _check_time(one.start_s, "clip.start_s")
    if lost := [key for table, key in integrity.find_dangling_rows(db) if table == "clip"]:
        raise UnfitValue(f"clip: {lost[0][:40]}")


def _check_frames(db: Database) -> None:
    for one in frames.list_frames(db, with_frozen=True):
        _check_time(one.t_s, "frame.t_s")
    frames.list_frame_facts(db, with_frozen=True)


def _check_cards(db: Database) -> list[Mapping[str, Any]]:
    return [from_json(one.card, "model.card") for one in models.list_models(db)]


def _check_draws(db: Database) -> None:
    for one in draws.list_draws(db):
        if one.design not in DESIGNS:
            raise UnfitValue(f"draw.design: {one.design[:20]}")
        if one.seed < 0:
            raise UnfitValue(f"draw.seed: {one.seed}")


def _check_picks(db: Database) -> None:
    """Picks have their saved frames; one that was drawn, which has a probability, is of a stratum whose size its draw tells."""
    known = {(one.draw_id, stratum.name) for one in draws.list_draws(db) for stratum in one.strata}
    for one in picks.list_picks(db):
        if not one.file:
            raise UnfitValue("pick.file: empty")
        if one.probability == one.probability and (one.draw_id, one.stratum) not in known:
            raise UnfitValue(f"pick.stratum: {one.stratum[:20]}")


def _check_labels(db: Database) -> None:
    """The first model decides what classes there are."""
    card = next(iter(_check_cards(db)), {})
    known = card.get("classes") if card.get("task") == "classification" else None
    for one in labels.list_labels(db):
        if known and (one.class_name or one.state == "done") and one.class_name not in known:
            raise UnfitValue(f"label.class_name: {one.class_name[:20]}")


def _check_benchmark(db: Database) -> None:
    found = benchmarks.get_benchmark(db)
    if found is not None and any("\0" in item.path for item in found.items):
        raise UnfitValue("benchmark_item.path")


def _check_settings(db: Database) -> None:
    told = settings.list_settings(db)
    claims = told.get("claims", [])
    if not isinstance(claims, list) or not all(isinstance(one, dict) for one in claims):
        raise UnfitValue("setting.value: claims")
    if not recordings.is_site_clock(told.get(recordings.CLOCK, {})):
        raise UnfitValue(f"setting.value: {recordings.CLOCK}")


def _check_seals(db: Database) -> None:
    """Every link has its time, and a state what `criteria.state` gives one."""
    for one in seals.list_seals(db):
        datetime.fromisoformat(one.at)
        if not isinstance(one.body, dict) or one.kind not in ("sealed", "changed", "signed", "admin"):
            raise UnfitValue(f"seal.body: {one.kind[:20]}")
        if one.kind in ("sealed", "changed"):
            body = one.body
            names = [*body["classes"], *body["ok_classes"]]
            rates = [float(value[0]) for value in body["rate_limits"].values()]
            if not all(isinstance(name, str) for name in names) or not isfinite(sum([float(body["tolerance"]), *rates])):
                raise UnfitValue("seal.body")
    criteria.read_seal_state(db)


def _check_predictions(db: Database) -> None:
    for one in runs.list_all_runs(db):
        predictions.get_predictions(db, one.run_id)


READ_AS: Mapping[str, Reading] = MappingProxyType({
    "recording": _check_recordings,
    "clip": _check_clips,
    "frame": _check_frames,
    "model": _check_cards,
    "model_fact": model_facts.list_all_facts,
    "benchmark": _check_benchmark,
    "draw": _check_draws,
    "pick": _check_picks,
    "label": _check_labels,
    "run": runs.list_all_runs,
    "prediction": _check_predictions,
    "report": reports.list_reports,
    "setting": _check_settings,
    "slice": saved_slices.list_saved_slices,
    "second_look": second_looks.list_label_reviews,
    "tag": tags.list_tags,
    "mark": marks.list_marks,
    "repeat": repeats.list_repeats,
    "draft": drafts.list_drafts,
    "seal": _check_seals,
})  # fmt: skip
"""Table → a reading of it that raises where a value is none of ours."""
