"""Decision page of a project: confident errors, independent findings, how often one would be
missed, and what can still be labelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.failures import Family, build_slice_families
from fieldcheck.analyses.item_columns import load_items
from fieldcheck.analyses.slices import (
    BEHIND,
    OF_PICTURES,
    Group,
    LabelledDraw,
    Slice,
    compute_miss_rate,
    compute_slices,
    estimate_slice_difference,
)
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.items import Items
from fieldcheck.domain.label import ReviewRequest
from fieldcheck.domain.report import CONFIDENT, HALF, Decision, MissRate, Overlap, ReportedFinding
from fieldcheck.models.evaluate import BoxJudgement, ClassJudgement
from fieldcheck.models.scored_sides import BOOTSTRAP_SEED, FieldSide, load_scored_sides
from fieldcheck.project.limits import get_rate_limits
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.sampling.pick_frames import is_random
from fieldcheck.stats.bootstrap_draw import estimate_by_frame
from fieldcheck.stats.camera_interval import FEWEST_CLIPS, estimate_camera_interval
from fieldcheck.stats.weighted_field_score import EXTRA, estimate_weighted_share

MOST = 3  # findings of the first page
RANK = (
    "location",
    "camera",
    "condition",
    "tag",
    "slice",
    "operator",
    "hour",
    "occluded",
    "class",
    "clip",
    "light",
    "blur",
    "noise",
)
"""Metadata goes before image statistics: a place can be gone to, a third of the noise cannot."""


def compute_decision(project: Project) -> Decision | None:
    """None without a model, or where no labelled frame of a draw was compared with it."""
    sides = load_scored_sides(project)
    if sides is None:
        return None
    side, items = sides.field, load_items(project)[0]
    families = build_slice_families(project, side, items)
    if not families:
        return None
    frames, groups = families[0]
    sure = _get_confidences(side)
    wrong = ~frames.right & (sure >= CONFIDENT)
    errors = (
        estimate_weighted_share(wrong.astype(np.float64), frames.weight)
        if np.isfinite(sure).any()
        else Estimate.not_measured("no_confidence")
    )
    waiting, drawable = _find_labelable_frames(project, side, items)
    pictured = _find_confident_errors(project, side, sure)
    missed, false = _compute_object_rates(side)
    findings, largest = _find_findings(families, pictured)
    return Decision(
        confident_errors=errors,
        confident_errors_cameras=estimate_camera_interval(
            wrong, frames.weight, frames.clip
        ).widen_to(errors),
        missed_objects=missed,
        false_alarms=false,
        right=_count_by_tenths(sure[frames.right]),
        wrong=_count_by_tenths(sure[~frames.right]),
        findings=findings,
        largest=largest,
        miss_rate=_compute_miss_rate(frames, groups),
        waiting=int(waiting.sum()),
        drawable=int(drawable.sum()),
        limits=get_rate_limits(project),
    )


def _select_counted(side: FieldSide) -> NDArray[np.bool_]:
    return np.asarray(side.scores.weight[side.labelled] > 0)


def _get_confidences(side: FieldSide) -> NDArray[np.float64]:
    """(n,) confidence of the answer to each labelled frame of the draw; of a detector its highest
    box; NaN without one."""
    if isinstance(side.judgement, ClassJudgement):
        return side.judgement.confidence[_select_counted(side)]
    if isinstance(side.judgement, BoxJudgement):
        predictions = [
            side.answers[side.picks[k].frame_id].answer
            for k in side.labelled[_select_counted(side)].tolist()
        ]
        return np.array(
            [float(boxes[:, 4].max()) if len(boxes) else np.nan for boxes in predictions],
            np.float64,
        )
    return np.full(int(_select_counted(side).sum()), np.nan)


def _count_by_tenths(confidence: NDArray[np.float64]) -> tuple[int, ...]:
    return tuple(
        np.histogram(confidence[np.isfinite(confidence)], bins=10, range=(0.0, 1.0))[0].tolist()
    )


def _compute_object_rates(side: FieldSide) -> tuple[Estimate | None, Estimate | None]:
    """Missed objects and false alarms a frame, weighted by the draw, with frames resampled within
    strata; None for other models."""
    if not isinstance(side.judgement, BoxJudgement):
        return None, None
    result, weight, strata = (
        side.judgement.outcomes,
        side.scores.weight[side.labelled],
        side.sample.stratum[side.labelled],
    )

    def estimate_rate(count: NDArray[np.int64]) -> Estimate:
        most = max(1, int(count.max()))  # limits of a resampled score are cut off at 1
        shares = count / most
        by_side = estimate_by_frame(
            lambda w: (w @ shares) / w.sum(axis=1), weight, strata, BOOTSTRAP_SEED
        )
        if not by_side.measured:
            return by_side
        return Estimate.from_limits(
            most * by_side.value,
            most * by_side.lo,
            most * by_side.hi,
            n=by_side.n,
            n_eff=by_side.n_eff,
            method=by_side.method,
            note=by_side.note,
        )

    return estimate_rate(result.truths - result.right), estimate_rate(result.false)


def _find_labelable_frames(
    project: Project, side: FieldSide, items: Items
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(rows,) of `items`: picks of the draw without a label; and frames that the next draw would
    take from, which are those of clips that no draw covers, or where every clip has picks those
    that the draws left. No other label counts."""
    row = {subject: position for position, subject in enumerate(items.subjects)}
    waiting, drawable = np.zeros(len(items), np.bool_), np.zeros(len(items), np.bool_)
    for pick in side.picks:
        if (
            not pick.taken_out
            and pick.frame_id not in side.labels
            and not pick.stratum.startswith(EXTRA)
        ):
            waiting[row[pick.frame_id]] = True
    stratum = {
        member.frame_id: member.stratum
        for draw in side.draws
        for member in project.read(partial(labels_table.list_members, draw_id=draw.draw_id))
    }
    names = [line.frame.frame_id for line in side.listing]
    covered = {line.clip.clip_id for line in side.listing if line.frame.frame_id in stratum}
    free = [line.clip.clip_id not in covered for line in side.listing]
    if not any(free):
        picked = {pick.frame_id for pick in side.picks}
        free = [name not in picked and is_random(stratum.get(name, "")) for name in names]
    for name, is_free in zip(names, free, strict=True):
        drawable[row[name]] = is_free
    return waiting, drawable


def _find_confident_errors(
    project: Project, side: FieldSide, sure: NDArray[np.float64]
) -> list[tuple[int, str]]:
    """Place among the labelled frames of the draw and frame id of each error that may be shown, the
    most confident first."""
    marks = project.read(labels_table.list_marks)
    indices = side.labelled[_select_counted(side)].tolist()
    right = (
        side.judgement.right[_select_counted(side)]
        if side.judgement is not None
        else np.zeros(0, np.bool_)
    )
    order = np.argsort(-np.nan_to_num(sure, nan=-1.0), kind="stable").tolist()
    shown = [(k, side.picks[indices[k]].frame_id) for k in order if not right[k]]
    return [(k, name) for k, name in shown if not marks.get(name, ReviewRequest("")).person]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A slice with the draw that it was compared in, its (n,) members of it, and its (n,) frames
    among the labelled ones."""

    slice: Slice
    draw: LabelledDraw
    member: NDArray[np.bool_]
    frames: NDArray[np.bool_]


def _find_findings(
    families: Sequence[Family], pictured: Sequence[tuple[int, str]]
) -> tuple[tuple[ReportedFinding, ...], tuple[ReportedFinding, ...]]:
    """At most three demonstrated findings, and at most three largest differences that are not:
    independent of each other, metadata before image statistics."""
    candidates = _list_candidates(families)
    shown = [candidate for candidate in candidates if candidate.slice.flag == "blind_spot"]
    shown.sort(key=lambda candidate: (RANK.index(candidate.slice.key), -candidate.slice.behind))
    chosen = _select_independent(shown, ())
    open_ones = [candidate for candidate in candidates if _is_open(candidate.slice)]
    open_ones.sort(key=lambda candidate: -candidate.slice.behind)
    largest = _select_independent(open_ones, [candidate for candidate, _ in chosen])
    return (
        tuple(_build_finding(candidate, overlaps, pictured) for candidate, overlaps in chosen),
        tuple(_build_finding(candidate, [], pictured) for candidate, _ in largest),
    )


def _list_candidates(families: Sequence[Family]) -> list[_Candidate]:
    n = families[0][0].right.size
    result = []
    for draw, groups in families:
        member = {(group.key, group.value): group.member for group in groups}
        for slice_row in compute_slices(draw, groups, families=len(families)):
            own = member[slice_row.key, slice_row.value]
            frames = own if draw.frame is None else np.isin(np.arange(n), draw.frame[own])
            result.append(_Candidate(slice_row, draw, own, frames))
    return result


def _is_open(slice_row: Slice) -> bool:
    """Whether a slice was tested, lies behind, and is neither demonstrated nor part of what is."""
    return (
        slice_row.p is not None
        and slice_row.flag == "ok"
        and slice_row.within is None
        and slice_row.behind > 0
    )


def _select_independent(
    candidates: Sequence[_Candidate], already_chosen: Sequence[_Candidate]
) -> list[tuple[_Candidate, list[Overlap]]]:
    """The first three of which none shares half of its frames with one of `already_chosen` or
    another; what does is named as the overlap of that other."""
    chosen: list[tuple[_Candidate, list[Overlap]]] = []
    for candidate in candidates:
        if any(_is_same_finding(candidate, other) for other in already_chosen):
            continue
        home = next(
            (k for k, (other, _) in enumerate(chosen) if _is_same_finding(candidate, other)), None
        )
        if home is not None:
            shared = int((candidate.frames & chosen[home][0].frames).sum())
            chosen[home][1].append(Overlap(candidate.slice.key, candidate.slice.value, shared))
        elif len(chosen) < MOST:
            chosen.append((candidate, []))
    return chosen


def _is_same_finding(candidate: _Candidate, other: _Candidate) -> bool:
    least = min(int(candidate.frames.sum()), int(other.frames.sum()))
    return bool((candidate.frames & other.frames).sum() >= HALF * least)


def _build_finding(
    candidate: _Candidate, overlaps: list[Overlap], pictured: Sequence[tuple[int, str]]
) -> ReportedFinding:
    slice_row = candidate.slice
    apart = estimate_slice_difference(candidate.draw, candidate.member)
    picture = next((name for k, name in pictured if candidate.frames[k]), "")
    return ReportedFinding(
        slice_row.key, slice_row.value, slice_row.flag == "blind_spot", slice_row.n,
        slice_row.clips, slice_row.estimate, apart, tuple(overlaps), picture,
    )  # fmt: skip


def _compute_miss_rate(frames: LabelledDraw, groups: Sequence[Group]) -> MissRate | None:
    """Of the metadata slice of median size among those that can be tested; None where none can."""
    members = np.array([group.member for group in groups], np.bool_).reshape(
        len(groups), frames.right.size
    )
    able = [
        index
        for index, group in enumerate(groups)
        if group.key not in OF_PICTURES
        and FEW_FRAMES <= int(group.member.sum()) < frames.right.size
        and min(np.unique(frames.clip[side]).size for side in (group.member, ~group.member))
        >= FEWEST_CLIPS
    ]
    if not able:
        return None
    middle = sorted(able, key=lambda k: int(members[k].sum()))[len(able) // 2]
    return MissRate(int(members[middle].sum()), compute_miss_rate(frames, members, middle, BEHIND))


ANALYSIS: Analysis[Decision] = Analysis(key="decision", result=Decision, compute=compute_decision)
