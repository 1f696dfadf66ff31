"""Everything that can be looked at in a project, as columns to filter and sort by: listed frames and benchmark pictures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import nan

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.filter import FACETS, FIGURES
from fieldcheck.domain.items import Facet, Items, make_benchmark_subject
from fieldcheck.domain.recording import Clip, format_clip_names
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import clips as clips_table
from fieldcheck.project.tables import columns as columns_table
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import second_looks as second_looks_table
from fieldcheck.project.tables import tags as tags_table
from fieldcheck.project.tables.columns import FrameColumns
from fieldcheck.scoring.slices import LIGHTS, group_by_light, split_into_thirds
from fieldcheck.timestamp import parse_local_time
from fieldcheck.workflows.explore._predictions_as_columns import PredictionColumns, PredictionRows, RowIndex, load_prediction_columns

SETS = ("field", "footage", "benchmark")
THIRDS = ("low", "middle", "high")
HOURS = tuple(f"{hour:02d}" for hour in range(24))
FIRST_PAGE = 200  # frames; more than any window shows at once
DAY_S, HOUR_S = 86_400, 3_600


def load_items(project: Project, kept: FrameColumns | None = None) -> tuple[Items, FrameColumns]:
    """The columns as they are now, and those of the frames, which never change: hand them in again next time, and only what a person's act
    may have changed is read anew."""
    rows = project.read(lambda db: _load_rows(db, kept))
    names = [*rows.frames.frame_ids, *(make_benchmark_subject(item.path) for item in (rows.benchmark.items if rows.benchmark else ()))]
    place = RowIndex({name: at for at, name in enumerate(names)}, len(rows.frames.frame_ids), len(names))
    said = load_prediction_columns(project, rows, place)
    facets = {
        **dict.fromkeys(FACETS, Facet.make_empty()),
        **_make_footage_facets(rows, place),
        **_make_label_facets(rows, place),
        **_make_answer_facets(said),
    }
    figures = {**{name: np.full(place.n, nan) for name in FIGURES}, **_load_measured_figures(rows, place), **_list_answer_figures(said)}
    return Items(tuple(names), facets, figures, place.n_frames, said.n_left, format_clip_names(rows.recordings, rows.clips)), rows.frames


def load_first_page(project: Project) -> tuple[str, ...]:
    """The first frames of the list, found without reading the others."""
    return project.read(lambda db: columns_table.list_first_frame_ids(db, FIRST_PAGE))


def _load_rows(db: Database, kept: FrameColumns | None) -> PredictionRows:
    frames = (
        kept if kept is not None and len(kept.frame_ids) == columns_table.count_listed_frames(db) else columns_table.load_frame_columns(db)
    )
    strata = {
        member.frame_id: member.stratum
        for draw in draws_table.list_current_draws(db)
        for member in draws_table.list_members(db, draw.draw_id)
    }
    return PredictionRows(
        frames, recordings_table.list_recordings(db), clips_table.list_clips(db), picks_table.list_picks(db),
        {one.frame_id: one for one in labels_table.list_labels(db)}, tags_table.list_tags(db), second_looks_table.list_label_reviews(db),
        strata, benchmarks_table.get_benchmark(db), models_table.get_newest_model(db),
    )  # fmt: skip


def _make_footage_facets(rows: PredictionRows, place: RowIndex) -> dict[str, Facet]:
    """What is known of frames by where, when and how they were taken; a benchmark picture has none of it."""
    clip = find_clip_of_each(rows.frames, rows.clips)
    figures, n, beyond = rows.frames.figures, place.n_frames, place.n - place.n_frames
    light = group_by_light(*(figures[name] for name in ("mean", "contrast", "clipped_high", "backlight")))
    sets = np.full(place.n, SETS.index("footage"), np.int32)
    sets[[place.row[one.frame_id] for one in rows.picks if not one.taken_out and one.frame_id in place.row]] = SETS.index("field")
    sets[n:] = SETS.index("benchmark")
    found = {
        "set": Facet.from_codes(SETS, sets),
        "clip": Facet.from_codes(tuple(one.clip_id for one in rows.clips), _pad_codes(clip, beyond)),
        "light": Facet.from_codes(LIGHTS, _pad_codes(light, beyond)),
        "blur": Facet.from_codes(THIRDS, _pad_codes(split_into_thirds(-figures["sharpness"]), beyond)),
        "noise": Facet.from_codes(THIRDS, _pad_codes(split_into_thirds(figures["noise"]), beyond)),
        "hour": Facet.from_codes(HOURS, _pad_codes(_compute_hours(rows), beyond)),
        "condition": _make_conditions_facet(rows.clips, clip),
    }
    for name, said in (("camera", [one.camera for one in rows.clips]), ("location", [one.location for one in rows.clips])):
        names = tuple(sorted({value for value in said if value}))
        codes = np.array([names.index(value) if value else -1 for value in said] or [-1], np.int32)
        found[name] = Facet.from_codes(names, _pad_codes(codes[clip], beyond))
    return found


def find_clip_of_each(frames: FrameColumns, clips: Sequence[Clip]) -> NDArray[np.int32]:
    """(n,) the index of each frame's clip. Clips stand in list order: recordings in order of import, clips in time order."""
    order = {name: at for at, name in enumerate(frames.recording_ids)}
    known = [(order[one.recording_id], one.first_index, at) for at, one in enumerate(clips) if one.recording_id in order]
    if not known:
        return np.zeros(len(frames.frame_ids), np.int32)
    starts = np.array([(recording << 40) + first for recording, first, _ in known], np.int64)
    wanted = (frames.recording.astype(np.int64) << 40) + frames.source_index
    at = np.maximum(np.searchsorted(starts, wanted, side="right") - 1, 0)
    return np.array([clip for _, _, clip in known], np.int32)[at]


def _make_conditions_facet(clips: Sequence[Clip], clip: NDArray[np.int32]) -> Facet:
    names = tuple(sorted({name for one in clips for name in one.conditions}))
    rows, codes = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for code, name in enumerate(names):
        under = np.array([name in one.conditions for one in clips], np.bool_)
        here = np.flatnonzero(under[clip]).astype(np.int32)
        rows.append(here)
        codes.append(np.full(here.size, code, np.int32))
    every, of = np.concatenate(rows), np.concatenate(codes)
    order = np.argsort(every, kind="stable")
    return Facet(names, every[order], of[order])


def _compute_hours(rows: PredictionRows) -> NDArray[np.int32]:
    """(n,) the hour of the day in local time, -1 where nobody said when it was."""
    begins = _get_clip_starts(rows)
    day = np.array([at.hour * HOUR_S + at.minute * 60 + at.second if at else -DAY_S for at in begins] or [-DAY_S], np.float64)
    seconds = day[rows.frames.recording] + rows.frames.figures["t_s"] if rows.frames.recording.size else np.empty(0)
    known = np.array([at is not None for at in begins] or [False], np.bool_)[rows.frames.recording]
    return np.where(known, (seconds % DAY_S) // HOUR_S, -1).astype(np.int32)


def _get_clip_starts(rows: PredictionRows) -> list[datetime | None]:
    taken = {one.recording_id: parse_local_time(one.taken_at, one.ahead_s) for one in rows.recordings if one.taken_at}
    return [taken.get(name) for name in rows.frames.recording_ids]


def _make_label_facets(rows: PredictionRows, place: RowIndex) -> dict[str, Facet]:
    """What people said: labels, tags, label reviews."""
    kept = {one.frame_id: one for one in rows.picks if not one.taken_out}
    labels = {name: label for name, label in rows.labels.items() if name in kept}
    classes = {name: label.names for name, label in labels.items()}
    boxes = {name: label.boxes for name, label in labels.items()}
    for item in rows.benchmark.items if rows.benchmark else ():
        classes[make_benchmark_subject(item.path)] = item.names
        boxes[make_benchmark_subject(item.path)] = item.boxes
    hidden = {name for name in kept if name not in labels}
    return {
        "class": place.make_facet(classes),
        "occluded": place.make_facet(
            {name: ["yes" if any(box.occluded for box in found) else "no"] for name, found in boxes.items() if found}
        ),
        "operator": place.make_facet({name: [label.by] for name, label in labels.items() if label.by}),
        "state": place.make_facet({name: [labels[name].state if name in labels else "waiting"] for name in kept}),
        "tag": place.make_facet(rows.tags),
        "stratum": place.make_facet({name: [stratum] for name, stratum in rows.strata.items() if name not in hidden} if not hidden else {}),
        "second_look": place.make_facet({subject: [look.answer] for subject, look in rows.looks.items()}),
    }


def _make_answer_facets(said: PredictionColumns) -> dict[str, Facet]:
    return {
        "prediction": said.prediction,
        "right": Facet.from_codes(("right", "wrong"), np.where(said.right < 0, -1, 1 - said.right).astype(np.int32)),
    }


def _list_answer_figures(said: PredictionColumns) -> dict[str, NDArray[np.float64]]:
    named = {"confidence": said.confidence, "label_confidence": said.label_confidence}
    return {**named, "box_side": said.box_side, "box_cells": said.box_cells}


def _load_measured_figures(rows: PredictionRows, place: RowIndex) -> dict[str, NDArray[np.float64]]:
    begins = np.array([at.timestamp() if at else nan for at in _get_clip_starts(rows)] or [nan])
    figures, beyond = rows.frames.figures, np.full(place.n - place.n_frames, nan)
    time = begins[rows.frames.recording] + figures["t_s"] if rows.frames.recording.size else np.empty(0)
    named = {"time": time, "brightness": figures["mean"], "sharpness": figures["sharpness"], "noise_level": figures["noise"]}
    return {name: np.concatenate([column, beyond]) for name, column in named.items()}


def _pad_codes(codes: NDArray[np.int32] | NDArray[np.int8], beyond: int) -> NDArray[np.int32]:
    return np.concatenate([codes.astype(np.int32), np.full(beyond, -1, np.int32)])
