"""The rows of a report: every frame of the list, every answer, and the frames the model was most surely wrong on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import ByKind
from fieldcheck.domain.decision import Decision
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.pick import ReviewRequest
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import On
from fieldcheck.files import join_inside
from fieldcheck.imaging.codec import decode_image, encode_jpeg
from fieldcheck.imaging.draw_labels import LabelOverlay, draw_labels
from fieldcheck.imaging.fingerprint import compute_dhash, compute_hamming_distance
from fieldcheck.imaging.thumbnail import THUMBNAIL_QUALITY, make_look
from fieldcheck.measure.masks import OUTSIDE, unpack_masks
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import marks as marks_table
from fieldcheck.report.frame_rows import FrameRow, PredictionRow
from fieldcheck.report.pairs import ReportedPair
from fieldcheck.report.report import WorstFrame
from fieldcheck.workflows.footage.frame_pixels import read_frame_pixels
from fieldcheck.workflows.footage.sampling_list import SamplingLine
from fieldcheck.workflows.footage.saved_frames import read_saved_pixels
from fieldcheck.workflows.models.judge_answers import get_confidence, get_named_classes, to_label_boxes
from fieldcheck.workflows.report.two_sides import BenchmarkSide, FieldSide
from fieldcheck.workflows.stress.kept_pairs import list_kept_pairs

MOST_RANKS = 20
MOST_WORST = 12
PICTURE_SIDE = 480
NO_MARK = ReviewRequest("")
Place = tuple[float | None, float | None, float | None, float | None]  # x, y, width, height of a box in pixels of the frame
Ranked = tuple[int, float, Place]  # class, score, place
NO_BOX: Place = (None, None, None, None)
SAME_BURST_BITS, SAME_BURST_S = 6, 10.0  # near-duplicates by methods 3.4


def build_frame_rows(project: Project, side: FieldSide, card: Card | None) -> tuple[FrameRow, ...]:
    """One row for every frame of the sampling list, in list order."""
    members = {
        member.frame_id: member for draw in side.draws for member in project.read(partial(draws_table.list_members, draw_id=draw.draw_id))
    }
    picks = {one.frame_id: one for one in side.picks}
    right = _get_correct_by_frame(side)
    rows = []
    for line in side.listing:
        name = line.frame.frame_id
        member, pick, label = members.get(name), picks.get(name), side.labels.get(name)
        answer = side.answers.get(name)
        said, confidence = _format_answer(card, answer) if card and answer else ("", nan)
        rows.append(
            FrameRow(
                frame_id=name,
                clip_id=line.clip.clip_id,
                camera=line.clip.camera,
                location=line.clip.location,
                taken_at=line.taken_at,
                source=line.frame.source,
                source_index=line.frame.source_index,
                t_s=line.t_s,
                width=line.frame.width,
                height=line.frame.height,
                conditions=line.conditions,
                stratum=pick.stratum if pick else member.stratum if member else "",
                hardness=_get_finite(member.hardness) if member else None,
                picked=pick is not None,
                probability=_get_finite(pick.probability) if pick else None,
                weight=pick.weight if pick else None,
                reason=pick.reason if pick else "",
                label=label.class_name if label and pick else "",
                label_state="out" if pick and pick.taken_out else label.state if label and pick else "",
                prediction=said,
                confidence=_get_finite(confidence),
                right=right.get(name),
                sha256=line.frame.sha256,
                file=pick.file if pick else "",
                draw=member.draw_id if member else None,
            )
        )
    return _apply_final_weights(tuple(rows), side)


def _apply_final_weights(rows: tuple[FrameRow, ...], side: FieldSide) -> tuple[FrameRow, ...]:
    """Weights are listed/labelled of the stratum: known only once labels are in, so they replace those of the draw."""
    weight = dict(zip([one.frame_id for one in side.picks], side.scores.weight.tolist(), strict=True))
    return tuple(replace(row, weight=weight[row.frame_id]) if row.label_state == "done" else row for row in rows)


def build_prediction_rows(model: str, card: Card, field: FieldSide, benchmark: BenchmarkSide | None) -> Iterator[PredictionRow]:
    """Every answer: the picked frames, the rest of the footage, the benchmark."""
    truth = {one.frame_id: "|".join(side_label.names) for one in field.picks if (side_label := field.labels.get(one.frame_id))}
    right = _get_correct_by_frame(field)
    picked = {one.frame_id for one in field.picks}
    for line in field.listing:
        name = line.frame.frame_id
        if name in picked and name in field.answers:
            run_id = field.run_id if name in field.asked else field.footage_run_id
            yield from _build_prediction_rows("field", model, run_id, field.answers[name], card, truth.get(name, ""), right.get(name))
        elif name in field.footage_answers:
            yield from _build_prediction_rows("footage", model, field.footage_run_id, field.footage_answers[name], card, "", None)
    if benchmark is not None:
        judged = dict(zip([item.path for item in benchmark.items], benchmark.judgement.right.tolist(), strict=True))
        for item in benchmark.benchmark.items:
            if item.path in benchmark.answers:
                said = "|".join(item.names)
                yield from _build_prediction_rows(
                    "benchmark", model, benchmark.run_id, benchmark.answers[item.path], card, said, judged.get(item.path)
                )


def _build_prediction_rows(
    on: On, model: str, run_id: str, prediction: Prediction, card: Card, truth: str, right: bool | None
) -> Iterator[PredictionRow]:
    answer, name = prediction.answer, prediction.subject
    ranked = RANKED[card.answers](answer)
    if not ranked:
        yield PredictionRow(on, model, run_id, name, 0, truth=truth, right=right)
    for rank, (k, score, place) in enumerate(ranked, 1):
        said, judged = (truth, right) if rank == 1 else ("", None)
        yield PredictionRow(on, model, run_id, name, rank, card.classes[k], k, score, *place, said, judged)


def _sort_boxes(answer: NDArray[np.float32]) -> list[Ranked]:
    """Every box that is kept, the best first: class, score, and its place x, y, width, height."""
    return [(int(k), score, (x1, y1, x2 - x1, y2 - y1)) for x1, y1, x2, y2, score, k in answer.tolist()]


def _sort_classes(answer: NDArray[np.float32]) -> list[Ranked]:
    """At most twenty classes with a finite figure, the best first: class and figure."""
    finite = np.isfinite(answer)
    order = np.argsort(-np.where(finite, answer, -np.inf), kind="stable")[: min(MOST_RANKS, int(finite.sum()))]
    return [(k, float(answer[k]), NO_BOX) for k in order.tolist()]


RANKED = ByKind(one_class=_sort_classes, several_classes=_sort_classes, boxes=_sort_boxes, class_map=_sort_classes)


def find_worst_frames(project: Project, side: FieldSide, card: Card, most: int = MOST_WORST) -> tuple[WorstFrame, ...]:
    """The labelled frames the model was most surely wrong on, one a burst, the surest first; none on which a person can be seen."""
    if side.judgement is None:
        return ()
    marks = project.read(marks_table.list_marks)
    wrong = [int(side.at[k]) for k in np.flatnonzero(~side.judgement.right)]
    wrong = [at for at in wrong if not marks.get(side.picks[at].frame_id, NO_MARK).person]
    sure = {at: _format_answer(card, side.answers[side.picks[at].frame_id])[1] for at in wrong}
    facts = {fact.frame_id: fact.dhash for fact in project.read(frames_table.list_frame_facts)}
    chosen: list[int] = []
    for at in sorted(wrong, key=lambda one: (-sure[one] if not isnan(sure[one]) else 1.0, one)):
        if len(chosen) < most and not any(_is_same_burst(side.lines[at], side.lines[other], facts) for other in chosen):
            chosen.append(at)
    return tuple(_build_worst_frame(project, side, card, at, sure[at]) for at in chosen)


def build_finding_frames(project: Project, side: FieldSide, card: Card, facts: Mapping[str, object]) -> tuple[WorstFrame, ...]:
    """The errors by which the findings of the first page are shown, in their order."""
    found = facts.get("decision")
    names = [one.pictured for one in found.findings] if isinstance(found, Decision) else []
    places = {side.picks[at].frame_id: at for at in side.at.tolist()}
    at = [places[name] for name in names if name in places]
    return tuple(
        _build_worst_frame(project, side, card, one, _format_answer(card, side.answers[side.picks[one].frame_id])[1]) for one in at
    )


def _build_worst_frame(project: Project, side: FieldSide, card: Card, at: int, confidence: float) -> WorstFrame:
    pick, line = side.picks[at], side.lines[at]
    label, answer = side.labels[pick.frame_id], side.answers[pick.frame_id]
    saved = read_saved_pixels(project, pick)
    rgb = saved if saved is not None else read_frame_pixels(project, line.recording, line.frame)
    marks = LabelOverlay(
        labels=[(box.x, box.y, box.w, box.h) for box in label.boxes],
        predictions=[(box.x, box.y, box.w, box.h) for box in to_label_boxes(answer.answer, card)],
        points=[(point.x, point.y) for point in label.points],
        mask=_get_mask(answer),
    )
    picture = encode_jpeg(draw_labels(rgb, marks, PICTURE_SIDE), THUMBNAIL_QUALITY)
    return WorstFrame(
        pick.frame_id, picture, label.names, get_named_classes(answer.answer, card), confidence, line.clip.camera, line.conditions,
        line.t_s, line.clip.clip_id, line.taken_at, bool(marks.labels or marks.predictions or marks.points or marks.mask is not None),
    )  # fmt: skip


def _get_mask(answer: Prediction) -> NDArray[np.bool_] | None:
    """(H, W) bool, what a model of masks marks on the frame; None where it gives none. The first class is the ground."""
    classes = unpack_masks(answer.masks)[0].pixels if answer.masks else None
    return None if classes is None else np.asarray((classes > 0) & (classes != OUTSIDE), np.bool_)


def _is_same_burst(a: SamplingLine, b: SamplingLine, dhash: dict[str, int]) -> bool:
    near = a.clip.clip_id == b.clip.clip_id and abs(a.frame.t_s - b.frame.t_s) < SAME_BURST_S
    return near and compute_hamming_distance(dhash[a.frame.frame_id], dhash[b.frame.frame_id]) <= SAME_BURST_BITS


def _get_correct_by_frame(side: FieldSide) -> dict[str, bool]:
    if side.judgement is None:
        return {}
    return {side.picks[at].frame_id: bool(right) for at, right in zip(side.at.tolist(), side.judgement.right, strict=True)}


def _format_answer(card: Card, prediction: Prediction) -> tuple[str, float]:
    """The answer in one cell, and how sure it is: the top class, the classes of the boxes at the deployed threshold, or what
    the masks show."""
    names = get_named_classes(prediction.answer, card)
    return "|".join(dict.fromkeys(names)), get_confidence(prediction.answer, card) if names else nan


def _get_finite(value: float) -> float | None:
    return None if isnan(value) else value


def load_reported_pairs(project: Project) -> tuple[ReportedPair, ...]:
    """The pairs whose pictures are still there; none that looks like a frame on which a person is marked, whatever it was kept from."""
    people = project.read(marks_table.list_with_person)
    marked = [fact.dhash for fact in project.read(partial(frames_table.list_frame_facts, with_frozen=True)) if fact.frame_id in people]
    shown = []
    for pair in list_kept_pairs(project):
        files = [join_inside(project.path, file) for file in (pair.before, pair.after)]
        if all(file.is_file() for file in files):
            before, after = (file.read_bytes() for file in files)
            own = compute_dhash(make_look(decode_image(before))) if marked else 0
            if all(compute_hamming_distance(own, other) > SAME_BURST_BITS for other in marked):
                shown.append(ReportedPair(pair, before, after))
    return tuple(shown)
