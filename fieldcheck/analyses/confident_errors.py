"""The most confident errors: the labelled frames on which the model was most surely wrong, as a
gallery of the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import isnan, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Gallery, ImageBlock, Paragraph, Section
from fieldcheck.analyses.report_data import Report, WorstFrame
from fieldcheck.analyses.shared_classes import load_compared_sides
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.label import Box, Label, ReviewRequest
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.report import Decision
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine
from fieldcheck.footage.frame_pixels import read_frame_pixels, read_saved_pixels
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.masks import OUTSIDE, unpack_masks
from fieldcheck.imaging.quality import compute_hamming_distance
from fieldcheck.imaging.thumbnail import THUMBNAIL_QUALITY, LabelOverlay, draw_labels
from fieldcheck.labels.messages import format_class_counts
from fieldcheck.models.evaluate import get_confidence, get_named_classes, to_label_boxes
from fieldcheck.models.scored_sides import FieldSide
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.iou_of_boxes_and_masks import compute_iou
from fieldcheck.stats.mean_average_precision import COCO_THRESHOLDS

MOST_WORST = 12
PICTURE_SIDE = 480
NO_MARK = ReviewRequest("")
SAME_BURST_BITS, SAME_BURST_S = 6, 10.0  # near-duplicates by methods 3.4
MOST_PICTURES, ON_THE_FIRST_PAGE = 12, 3


def compute_worst_frames(project: Project) -> tuple[WorstFrame, ...]:
    """The most confident errors of the newest model; none without a model."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return ()
    side = load_compared_sides(project, model).field_all
    return find_worst_frames(project, side, get_card(model))


def get_worst_frames(report: Report) -> tuple[WorstFrame, ...]:
    """Returns the most confident errors that the report holds."""
    return WORST_FRAMES.get_result(report) or ()


def find_worst_frames(
    project: Project, side: FieldSide, card: Card, most: int = MOST_WORST
) -> tuple[WorstFrame, ...]:
    """The labelled frames the model was most surely wrong on, one a burst, the surest first; none
    on which a person can be seen."""
    if side.judgement is None:
        return ()
    marks = project.read(labels_table.list_marks)
    wrong = [int(side.labelled[k]) for k in np.flatnonzero(~side.judgement.right)]
    wrong = [
        position
        for position in wrong
        if not marks.get(side.picks[position].frame_id, NO_MARK).person
    ]
    sure = {k: get_answer_confidence(card, side.answers[side.picks[k].frame_id]) for k in wrong}
    facts = {fact.frame_id: fact.dhash for fact in project.read(frames_table.list_frame_facts)}
    chosen: list[int] = []
    for index in sorted(
        wrong,
        key=lambda position: (-sure[position] if not isnan(sure[position]) else 1.0, position),
    ):
        if len(chosen) < most and not any(
            _is_same_burst(side.lines[index], side.lines[other], facts) for other in chosen
        ):
            chosen.append(index)
    return tuple(
        _build_worst_frame(project, side, card, position, sure[position]) for position in chosen
    )


def build_finding_frames(
    project: Project, side: FieldSide, card: Card, decision: Decision | None
) -> tuple[WorstFrame, ...]:
    """The errors by which the findings of the first page are shown, in their order."""
    names = [] if decision is None else [finding.pictured for finding in decision.findings]
    positions = {side.picks[index].frame_id: index for index in side.labelled.tolist()}
    indices = [positions[name] for name in names if name in positions]
    return tuple(
        _build_worst_frame(
            project,
            side,
            card,
            index,
            get_answer_confidence(card, side.answers[side.picks[index].frame_id]),
        )
        for index in indices
    )


def _build_worst_frame(
    project: Project, side: FieldSide, card: Card, index: int, confidence: float
) -> WorstFrame:
    pick, line = side.picks[index], side.lines[index]
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
        pick.frame_id, picture, label.names, get_named_classes(answer.answer, card), confidence,
        line.clip.camera, line.conditions,
        line.t_s, line.clip.clip_id, line.taken_at,
        bool(marks.labels or marks.predictions or marks.points or marks.mask is not None),
        _measure_misplacement(label, to_label_boxes(answer.answer, card)),
        line.recording.ahead_s,
    )  # fmt: skip


def _measure_misplacement(label: Label, detected: Sequence[Box]) -> float | None:
    """The overlap of the label that is covered least, where classes and their numbers are right and
    only a place is wrong; None otherwise."""
    labelled = [box for box in label.boxes if not box.crowd]
    wanted, predicted = (Counter(box.class_name for box in boxes) for boxes in (labelled, detected))
    if not wanted or wanted != predicted:
        return None
    overlap = compute_iou(_to_corners(labelled), _to_corners(detected))
    same = np.array([[a.class_name == b.class_name for b in detected] for a in labelled])
    least = float(np.where(same, overlap, 0.0).max(axis=1).min())
    return least if least < COCO_THRESHOLDS[0] else None


def _to_corners(boxes: Sequence[Box]) -> NDArray[np.float64]:
    return np.array([[box.x, box.y, box.x + box.w, box.y + box.h] for box in boxes], np.float64)


def _get_mask(answer: Prediction) -> NDArray[np.bool_] | None:
    """(H, W) bool, what a model of masks marks on the frame; None where it gives none. The first
    class is the ground."""
    classes = unpack_masks(answer.masks)[0].pixels if answer.masks else None
    return None if classes is None else np.asarray((classes > 0) & (classes != OUTSIDE), np.bool_)


def _is_same_burst(a: SamplingLine, b: SamplingLine, dhash: dict[str, int]) -> bool:
    near = a.clip.clip_id == b.clip.clip_id and abs(a.frame.t_s - b.frame.t_s) < SAME_BURST_S
    return (
        near
        and compute_hamming_distance(dhash[a.frame.frame_id], dhash[b.frame.frame_id])
        <= SAME_BURST_BITS
    )


def get_answer_confidence(card: Card, prediction: Prediction) -> float:
    """Returns how sure the answer is, NaN where the model named nothing."""
    if not get_named_classes(prediction.answer, card):
        return nan
    return get_confidence(prediction.answer, card)


# Gallery of the report: the most confident errors, each with label, prediction, confidence, clip
# and local time.

# of one gallery, where a picture stands as base64: four characters for three bytes
MOST_BYTES = 1_800_000


def build_image_blocks(report: Report, most: int) -> tuple[ImageBlock, ...]:
    """Pictures of errors: as many of the first `most` as the page has room for."""
    result, bytes_left = [], MOST_BYTES
    for frame in get_worst_frames(report)[:most]:
        bytes_left -= 4 * -(-len(frame.jpeg) // 3)
        if bytes_left < 0:
            break
        result.append(build_image_block(frame, report.clip_names))
    return tuple(result)


def build_mark_legend(report: Report) -> tuple[Paragraph, ...]:
    """How to read the marks in the pictures; nothing where there are none."""
    if not any(frame.marked for frame in get_worst_frames(report)):
        return ()
    sentence = tr(
        "Solid lines and crosses: label. Dashed: prediction. Small objects are also shown enlarged."
    )
    return (Paragraph(sentence, quiet=True),)


def build_image_block(frame: WorstFrame, clip_names: Mapping[str, str]) -> ImageBlock:
    """One error with its words. The name of a clip has its local time."""
    sentence, answered = format_class_counts(frame.truth), format_class_counts(frame.prediction)
    sure = _describe_confidence(frame)
    when = (
        [names_and_numbers.format_site_time(frame.taken_at, frame.ahead_s)]
        if frame.taken_at
        else []
    )
    where = (
        [clip_names[frame.clip_id]]
        if frame.clip_id in clip_names
        else [frame.camera]
        if frame.camera
        else []
    )
    conditions = (get_condition_name(code) for code in frame.conditions)
    small = " · ".join([*sure, *conditions, *where, *when])
    misplaced = _describe_misplacement(frame)
    answered = f"{answered}, {misplaced}" if misplaced else answered
    alt = tr(
        "Frame {frame}: label {truth}, prediction {answer}.",
        frame=frame.frame_id,
        truth=sentence,
        answer=answered,
    )
    lines = ((tr("Assigned label"), sentence), (tr("Prediction"), answered))
    return ImageBlock(frame.jpeg, alt, lines, small, frame.frame_id)


def _describe_confidence(frame: WorstFrame) -> tuple[str, ...]:
    """The confidence of the error, or that nothing was predicted; a mask has none and is one."""
    if frame.confidence == frame.confidence:
        share = names_and_numbers.format_confidence(frame.confidence)
        return (tr("confidence {share}", share=share),)
    return () if frame.prediction else (tr("no prediction"),)


def _describe_misplacement(frame: WorstFrame) -> str:
    """That the classes are right and a place is wrong; empty for any other error."""
    if frame.overlap is None:
        return ""
    return tr(
        "found in the wrong place (overlap {overlap})", overlap=format_number(frame.overlap, 2)
    )


def build_remaining_error_section(report: Report) -> Section:
    """The pictures that the first page has no room for."""
    error_section = build_error_section(report)
    if not get_worst_frames(report):
        return error_section
    rest = build_image_blocks(report, MOST_PICTURES)[ON_THE_FIRST_PAGE:]
    note = tr(
        "The three most confident errors are on the first page, one per burst. Frames marked "
        "“person” are never shown."
    )
    return replace(
        error_section,
        blocks=(
            Paragraph(note, quiet=True),
            *(build_mark_legend(report) if rest else ()),
            *([Gallery(rest)] if rest else []),
        ),
    )


def build_error_section(report: Report) -> Section:
    """The pictures of the surest wrong answers."""
    title = tr("Most confident errors")
    if not get_worst_frames(report):
        return Section("worst", title, title, (Paragraph(describe_missing_errors(report)),))
    note = tr("Most confident errors, one per burst. Frames marked “person” are never shown.")
    return Section(
        "worst",
        title,
        title,
        (Paragraph(note, quiet=True), Gallery(build_image_blocks(report, MOST_PICTURES))),
    )


def describe_missing_errors(report: Report) -> str:
    """Says why no wrong frame is shown."""
    if not report.field.footage.measured:
        return tr("No frame has both a definite label and a prediction yet.")
    if any(row.right < row.labelled for row in report.field.strata):
        return tr("None of the wrongly predicted frames may be shown.")
    return tr("No wrong predictions on labelled frames.")


# Published parts of `summary.json`.


def export_worst_frames(report: Report) -> dict[str, Any]:
    """Returns the frames of the most confident errors, without their images."""
    return {"worst_frames": to_json_value(get_worst_frames(report))}


WORST_FRAMES: Analysis[tuple[WorstFrame, ...]] = Analysis(
    key="worst",
    compute=compute_worst_frames,
    report_section=build_remaining_error_section,
    summary=export_worst_frames,
)
