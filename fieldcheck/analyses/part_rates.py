"""Parts as units of the escape and false-reject rate (methods 3.4): which are labelled, what the
model decides on each, and what each stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fieldcheck.csv_and_xml import format_csv
from fieldcheck.domain.frame import PartRule
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.report import EscapeRates, PartUnits, RatedPart
from fieldcheck.footage.parts import get_part_rule, load_parts
from fieldcheck.models.evaluate import ClassJudgement, get_called_class
from fieldcheck.models.scored_sides import FieldSide
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.stats.cluster import compute_part_inclusion, decide_parts
from fieldcheck.stats.weighted_field_score import compute_remaining_frames

PART_COLUMNS = (
    "part", "clip_id", "frames", "answered", "labelled", "defect", "called_ng", "rejected", "weight"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PartArrays:
    """The P labelled parts: `defect` by their labels, `called_defect` by the model's answers to all
    their frames, design `weight` and `clip`; and what is printed of them."""

    defect: NDArray[np.bool_]
    called_defect: NDArray[np.bool_]
    weight: NDArray[np.float64]
    clip: NDArray[np.str_]
    units: PartUnits


def load_part_arrays(
    project: Project, side: FieldSide, card: Card, ok: NDArray[np.int64]
) -> PartArrays | None:
    """Parts with a labelled frame of a draw. A frame without a part counts as a part of its own.

    Args:
        project: The open project.
        side: Picks with labels and answers; its judgement names one class a frame.
        card: The model's card.
        ok: Indices of the OK classes, (k,).

    Returns:
        None where frames carry no part, or no frame is labelled.
    """
    rule, named = get_part_rule(project), load_parts(project)
    counted = side.scores.weight[side.at] > 0
    if rule is None or not named or not isinstance(side.judgement, ClassJudgement):
        return None
    frame_ids = [side.picks[k].frame_id for k in side.at[counted].tolist()]
    if not frame_ids:
        return None
    part = np.array([named.get(name, name) for name in frame_ids])
    names, first, member = np.unique(part, return_index=True, return_inverse=True)
    frame_defect = ~np.isin(side.judgement.truth[counted], ok)
    defect = np.bincount(member, frame_defect, names.size) > 0
    frames = _list_part_frames(side, named, set(names.tolist()))
    called, n_called, n_answered = _decide_on_answers(side, card, ok, names, frames, rule)
    weight = 1 / _compute_inclusion(project, side, names, named)
    clip = side.sample.clip[side.at][counted][first]
    labelled = np.bincount(member, minlength=names.size)
    rows = tuple(
        RatedPart(*row)
        for row in zip(
            names.tolist(), clip.tolist(), (tuple(frames[name]) for name in names.tolist()),
            n_answered.tolist(), labelled.tolist(), defect.tolist(), n_called.tolist(),
            called.tolist(), weight.tolist(), strict=True,
        )
    )  # fmt: skip
    units = PartUnits(
        rule.source,
        rule.definition,
        rule.call,
        rule.least,
        len(set(named.values())),
        names.size,
        sum(map(len, frames.values())),
        int(n_answered.sum()),
        int(np.unique(clip[defect]).size),
        rows,
    )
    return PartArrays(defect, called, weight, clip, units)


def _list_part_frames(
    side: FieldSide, named: dict[str, str], wanted: set[str]
) -> dict[str, list[str]]:
    """Every listed frame of the wanted parts, by part, in list order."""
    frames: dict[str, list[str]] = {name: [] for name in wanted}
    for line in side.listing:
        frame_id = line.frame.frame_id
        part = named.get(frame_id, frame_id)
        if part in frames:
            frames[part].append(frame_id)
    return frames


def _decide_on_answers(
    side: FieldSide,
    card: Card,
    ok: NDArray[np.int64],
    names: NDArray[np.str_],
    frames: dict[str, list[str]],
    rule: PartRule,
) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """(P,) whether the model rejects each part, by its answers to all its frames, as the line does;
    and how many frames it called defective, of how many that it answered."""
    rows = [
        (index, side.answers[frame_id].answer)
        for index, name in enumerate(names.tolist())
        for frame_id in frames[name]
        if frame_id in side.answers
    ]
    owner = np.array([index for index, _ in rows], np.int64)
    classes = [get_called_class(answer, card.class_thresholds)[0] for _, answer in rows]
    called = ~np.isin(np.array(classes, np.int64), ok)
    _, rejected = decide_parts(owner, called, rule.call, rule.least)
    n_called = np.bincount(owner, called, names.size).astype(np.int64)
    return rejected, n_called, np.bincount(owner, minlength=names.size)


def _compute_inclusion(
    project: Project, side: FieldSide, names: NDArray[np.str_], named: dict[str, str]
) -> NDArray[np.float64]:
    """(P,) chance that at least one frame of each part is among the labelled ones of the draws; of
    a part with one frame it is the frame's own, n_h/N_h."""
    strata = [name for name in side.sample.listed if _count_done(side, name)]
    members = np.zeros((names.size, len(strata)))
    row = {name: index for index, name in enumerate(names.tolist())}
    column = {name: index for index, name in enumerate(strata)}
    for draw in side.draws:
        for drawn in project.read(partial(labels_table.list_members, draw_id=draw.draw_id)):
            part = named.get(drawn.frame_id, drawn.frame_id)
            if part in row and drawn.stratum in column:
                members[row[part], column[drawn.stratum]] += 1
    sizes = [compute_remaining_frames(side.sample, name) for name in strata]
    return compute_part_inclusion(
        np.minimum(members, sizes), sizes, [_count_done(side, name) for name in strata]
    )


def _count_done(side: FieldSide, stratum: str) -> int:
    at = side.at[side.scores.weight[side.at] > 0]
    return int((side.sample.stratum[at] == stratum).sum())


def format_parts_csv(result: EscapeRates | None) -> str:
    """Formats `parts.csv`: a row for each labelled part; empty where frames carry none."""
    if result is None or result.parts is None:
        return ""
    return format_csv(PART_COLUMNS, [_build_part_row(part) for part in result.parts.rows])


def _build_part_row(part: RatedPart) -> Sequence[str | int | float | bool]:
    return (
        part.part, part.clip_id, "|".join(part.frames), part.answered, part.labelled, part.defect,
        part.called, part.rejected, part.weight,
    )  # fmt: skip
