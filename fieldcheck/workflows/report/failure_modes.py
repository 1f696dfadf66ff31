"""Failure modes of a project: its wrong frames by their tags, and what is in stock of each."""

from __future__ import annotations

import numpy as np

from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import tags as tags_table
from fieldcheck.scoring.failure_modes import FailureMode, Looks, distinct, failure_modes, mode_of
from fieldcheck.workflows.report.labelled_objects import newest_side
from fieldcheck.workflows.report.two_sides import FieldSide


def facts_of(project: Project) -> tuple[FailureMode, ...] | None:
    """None where nothing of the draw was labelled and run; no row where the model was right on all of it."""
    found = newest_side(project)
    if found is None:
        return None
    side, tags = found[1], project.read(tags_table.all)
    weight = side.scores.weight[side.at]
    if side.judgement is None or not (weight > 0).any():
        return None
    at = side.at[~side.judgement.right & (weight > 0)]
    modes = [mode_of(tags.get(side.picks[k].frame_id, ())) for k in at.tolist()]
    stock = _stock(project, side, tags, {mode for mode in modes if mode})
    return failure_modes(modes, side.scores.weight[at], np.asarray(side.sample.clip[at], np.str_), stock)


def _stock(project: Project, side: FieldSide, tags: dict[str, tuple[str, ...]], modes: set[str]) -> dict[str, int]:
    """Distinct labelled pictures by mode, also those that were added by hand."""
    if not modes:
        return {}
    hashes = {fact.frame_id: (fact.dhash, fact.phash) for fact in project.read(frames_table.facts)}
    labelled = [(line, mode_of(tags.get(pick.frame_id, ()))) for pick, line, state in
                zip(side.picks, side.lines, side.sample.state.tolist(), strict=True) if state == "done"]  # fmt: skip
    found = {}
    for mode in modes:
        mine = [line for line, own in labelled if own == mode]
        prints = [hashes[line.frame.frame_id] for line in mine]
        looks = Looks([line.clip.clip_id for line in mine], [line.frame.t_s for line in mine], *map(list, zip(*prints, strict=True)))
        found[mode] = distinct(looks)
    return found
