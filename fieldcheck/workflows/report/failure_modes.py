"""Failure modes of a project: its wrong frames by their tags, and what is in stock of each."""

from __future__ import annotations

import numpy as np

from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import tags as tags_table
from fieldcheck.scoring.failure_modes import FailureMode, Fingerprints, count_distinct, count_failure_modes, get_failure_mode
from fieldcheck.workflows.report.labelled_objects import load_newest_side
from fieldcheck.workflows.report.two_sides import FieldSide


def compute_failure_modes(project: Project) -> tuple[FailureMode, ...] | None:
    """None where nothing of the draw was labelled and run; no row where the model was right on all of it."""
    found = load_newest_side(project)
    if found is None:
        return None
    side, tags = found[1], project.read(tags_table.list_tags)
    weight = side.scores.weight[side.at]
    if side.judgement is None or not (weight > 0).any():
        return None
    at = side.at[~side.judgement.right & (weight > 0)]
    modes = [get_failure_mode(tags.get(side.picks[k].frame_id, ())) for k in at.tolist()]
    stock = _count_stock(project, side, tags, {mode for mode in modes if mode})
    return count_failure_modes(modes, side.scores.weight[at], np.asarray(side.sample.clip[at], np.str_), stock)


def _count_stock(project: Project, side: FieldSide, tags: dict[str, tuple[str, ...]], modes: set[str]) -> dict[str, int]:
    """Distinct labelled pictures by mode, also those that were added by hand."""
    if not modes:
        return {}
    hashes = {fact.frame_id: (fact.dhash, fact.phash) for fact in project.read(frames_table.list_frame_facts)}
    labelled = [(line, get_failure_mode(tags.get(pick.frame_id, ()))) for pick, line, state in
                zip(side.picks, side.lines, side.sample.state.tolist(), strict=True) if state == "done"]  # fmt: skip
    found = {}
    for mode in modes:
        mine = [line for line, own in labelled if own == mode]
        prints = [hashes[line.frame.frame_id] for line in mine]
        looks = Fingerprints([line.clip.clip_id for line in mine], [line.frame.t_s for line in mine], *map(list, zip(*prints, strict=True)))
        found[mode] = count_distinct(looks)
    return found
