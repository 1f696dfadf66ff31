"""Label review: what label and model disagree on, looked at again, in the field and on the benchmark. Labels stay as they were first
said; what the review found stands beside them, and so do the scores before and after it.

Correcting only what a model disagrees with makes its score too high (methods 9), so the headline never uses these corrections.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import Labels
from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.domain.box import Box, Point
from fieldcheck.domain.changes import Changes
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.items import get_benchmark_path, make_benchmark_subject
from fieldcheck.domain.label import Label
from fieldcheck.domain.label_review import LOOK_ANSWERS, LabelledSet, LabelReview, ReviewAnswer, format_label
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import LabelKindWrong, NothingToLookAt, StillBlind
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import second_looks as looks_table
from fieldcheck.scoring.noise import estimate_wrong_label_share
from fieldcheck.workflows.label.label_frames import check_class
from fieldcheck.workflows.models.judge_answers import get_confidence, get_named_classes, make_foreground_mask, to_label_boxes
from fieldcheck.workflows.models.models import find_model, get_card
from fieldcheck.workflows.report.two_sides import BenchmarkSide, FieldSide, load_benchmark_side, load_field_side

SIDES: tuple[LabelledSet, ...] = ("field", "benchmark")
OF_PLACES: tuple[Labels, ...] = ("boxes", "points")  # what is drawn over a frame
ReviewsBySubject = Mapping[str, LabelReview]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A frame or benchmark picture on which the model is wrong by its label. `truth`, `predicted`: class names, one or one a box;
    `confidence`: how sure the model was, NaN without an answer; `answer`: what the label review said, None where it is still to come."""

    subject: str
    truth: tuple[str, ...]
    predicted: tuple[str, ...]
    confidence: float
    answer: ReviewAnswer | None


@dataclass(frozen=True, slots=True)
class LabelReviewRows:
    """Label review of one side. `n_left` picks that nobody has labelled: while there are any in the field, `rows` is empty.

    `before` is the score by the labels as they stand, `after` the same with what the label review found; `share` is the part of what was
    looked at that was the label's fault.
    """

    on: LabelledSet
    rows: tuple[Disagreement, ...]
    n_left: int
    counts: Mapping[ReviewAnswer, int]
    before: Estimate
    after: Estimate
    share: Estimate

    @property
    def n_looked(self) -> int:
        """How many were looked at again."""
        return sum(self.counts.values())

    @property
    def n_open(self) -> int:
        """How many are still to be looked at."""
        return len(self.rows) - self.n_looked


def list_label_reviews(project: Project, on: LabelledSet) -> LabelReviewRows:
    """Frames to look at again, the surest wrong answers first, and what the looks made of the score."""
    model, looks = project.read(models_table.get_newest_model), project.read(looks_table.list_label_reviews)
    if on == "field":
        return _list_field_reviews(project, model, load_field_side(project, model), looks)
    side = load_benchmark_side(project, model) if model is not None else None
    return _list_benchmark_reviews(project, model, side, looks)


@dataclass(frozen=True, slots=True)
class ReviewBasis:
    """Labels and answers of one side as they stood when its rows were read. An answer to one of them is stored by it, and nothing is
    computed again between two answers; one to a label that was changed since does not count, because it keeps what the label said."""

    card: Card
    field: FieldSide | None = None
    benchmark: BenchmarkSide | None = None


def load_review_basis(project: Project, on: LabelledSet) -> ReviewBasis:
    """Reads the labels and answers of one side. Raises NoModel."""
    model = find_model(project)
    card = get_card(model)
    return (
        ReviewBasis(card, load_field_side(project, model))
        if on == "field"
        else ReviewBasis(card, None, load_benchmark_side(project, model))
    )


def review_label(
    project: Project, subject: str, answer: ReviewAnswer, by: str, now: str, class_name: str = "", basis: ReviewBasis | None = None
) -> Changes:
    """Keeps what a label review said, in place of an earlier one. Where the label was wrong, `class_name` stands in its place, or, where
    none is given, the model's answer. `basis`: what the rows were read with, where they were read.

    Raises NoModel, StillBlind while picks wait for their first label, ClassUnknown, NothingToLookAt for what carries no label or no answer,
    or where the model's answer is the label and no other class is given; LabelKindWrong for a class where boxes or points are labelled.
    """
    basis = basis or load_review_basis(project, "benchmark" if get_benchmark_path(subject) else "field")
    card = basis.card
    if class_name and card.answers.labels != "class":
        raise LabelKindWrong(card.task)
    if get_benchmark_path(subject):
        side = basis.benchmark
        at = next((at for at, one in enumerate(side.items if side else ()) if one.path == get_benchmark_path(subject)), -1)
        if side is None or at < 0 or (not class_name and bool(side.judgement.right[at])):
            raise NothingToLookAt(subject)
        of_label, given = format_label(side.items[at].class_name, side.items[at].boxes), side.answers[side.items[at].path]
    else:
        field = basis.field
        if field is None:
            raise NothingToLookAt(subject)
        _check_blind(field)
        if subject not in (_list_judged(field) if class_name else _list_wrong(field)):
            raise NothingToLookAt(subject)
        label = field.labels[subject]
        of_label, given = format_label(label.class_name, label.boxes, label.points), field.answers[subject]
    if class_name:
        check_class(class_name, card.classes)
    name, boxes = ("", ()) if answer != "label_wrong" else (class_name, ()) if class_name else make_model_label(card, given)
    look = LabelReview(subject, answer, of_label, name, boxes, by, now)
    return project.edit("second_look.set", puts=[looks_table.make_label_review_row(look)])


@dataclass(frozen=True, slots=True)
class ReviewOverlay:
    """Overlay drawn over a frame: `boxes` and `points` of the label, `found` the model's boxes at the deployed threshold, `mask`
    (h, w) uint8, 255 where the model marks a thing."""

    boxes: tuple[Box, ...] = ()
    predicted_boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()
    mask: NDArray[np.uint8] | None = None


def get_review_overlay(project: Project, subject: str, basis: ReviewBasis | None = None) -> ReviewOverlay:
    """Marks of label and model on places; nothing where the project has classes only. `basis` as for `review_label`."""
    if basis is None and project.read(models_table.get_newest_model) is None:
        return ReviewOverlay()
    path = get_benchmark_path(subject)
    basis = basis or load_review_basis(project, "benchmark" if path else "field")
    card, side, field = basis.card, basis.benchmark, basis.field
    if card.answers.labels not in OF_PLACES:
        return ReviewOverlay()
    if side is not None and (item := next((one for one in side.items if one.path == path), None)) is not None:
        return ReviewOverlay(item.boxes, make_model_label(card, side.answers[path])[1])
    if field is None or subject not in field.labels or subject not in field.answers:
        return ReviewOverlay()
    label, given = field.labels[subject], field.answers[subject]
    return ReviewOverlay(label.boxes, make_model_label(card, given)[1], label.points, make_foreground_mask(given))


def make_model_label(card: Card, given: Prediction) -> tuple[str, tuple[Box, ...]]:
    """The model's answer as a label: a class, or the boxes at the deployed threshold. A mask is none: it names no points."""
    name = "" if card.answers.labels in OF_PLACES else "".join(get_named_classes(given.answer, card))
    return name, to_label_boxes(given.answer, card)


def apply_label_corrections(labels: Mapping[str, Label], looks: ReviewsBySubject) -> dict[str, Label]:
    """The labels with what label reviews found; a look at a label that was changed since does not count."""
    return {name: _correct_label(label, looks.get(name)) for name, label in labels.items()}


def apply_item_corrections(items: Sequence[BenchmarkItem], looks: ReviewsBySubject) -> tuple[BenchmarkItem, ...]:
    """Corrected labels of benchmark pictures; one that cannot be told is left out."""
    found = []
    for item in items:
        look = looks.get(make_benchmark_subject(item.path))
        if look is None or look.of_label != format_label(item.class_name, item.boxes) or look.answer == "model_wrong":
            found.append(item)
        elif look.answer == "label_wrong":
            found.append(replace(item, class_name=look.class_name, boxes=look.boxes))
    return tuple(found)


def require_answer(said: str) -> ReviewAnswer:
    """`said` as one of the three answers. Raises ValueError."""
    for answer in LOOK_ANSWERS:
        if said == answer:
            return answer
    raise ValueError(f"none of {', '.join(LOOK_ANSWERS)}: {said!r}")


def _correct_label(label: Label, look: LabelReview | None) -> Label:
    if (
        look is None
        or label.state != "done"
        or look.of_label != format_label(label.class_name, label.boxes, label.points)
        or look.answer == "model_wrong"
    ):
        return label
    if look.answer == "cannot_tell" or not (look.class_name or look.boxes or label.boxes):
        return replace(label, state="unsure", class_name="", boxes=(), points=())
    return replace(label, class_name=look.class_name, boxes=look.boxes, points=())


def _list_field_reviews(project: Project, model: StoredModel | None, side: FieldSide, looks: ReviewsBySubject) -> LabelReviewRows:
    n_left = sum(not one.taken_out and one.frame_id not in side.labels for one in side.picks)
    if model is None or n_left:
        return _summarize_reviews("field", (), n_left, side.scores.footage, side.scores.footage)
    card = get_card(model)
    texts = {name: format_label(label.class_name, label.boxes, label.points) for name, label in side.labels.items()}
    wrong = set(_list_wrong(side))
    rows = [
        _make_disagreement(card, name, side.labels[name].names, side.answers[name], _get_valid_review(looks, name, texts[name]))
        for name in _list_judged(side)
        if name in wrong or _get_valid_review(looks, name, texts[name]) is not None
    ]
    after = load_field_side(project, model, apply_label_corrections(side.labels, looks)).scores.footage
    return _summarize_reviews("field", rows, 0, side.scores.footage, after)


def _list_benchmark_reviews(
    project: Project, model: StoredModel | None, side: BenchmarkSide | None, looks: ReviewsBySubject
) -> LabelReviewRows:
    if model is None or side is None:
        nothing = Estimate.not_measured("no_benchmark")
        return _summarize_reviews("benchmark", (), 0, nothing, nothing)
    card, rows = get_card(model), []
    for item, right in zip(side.items, side.judgement.right.tolist(), strict=True):
        look = _get_valid_review(looks, make_benchmark_subject(item.path), format_label(item.class_name, item.boxes))
        if right and look is None:
            continue
        rows.append(_make_disagreement(card, make_benchmark_subject(item.path), item.names, side.answers[item.path], look))
    again = load_benchmark_side(project, model, apply_item_corrections(side.benchmark.items, looks))
    return _summarize_reviews("benchmark", rows, 0, side.score, again.score if again is not None else Estimate.not_measured("no_labels"))


def _summarize_reviews(on: LabelledSet, rows: Sequence[Disagreement], n_left: int, before: Estimate, after: Estimate) -> LabelReviewRows:
    counted: Counter[ReviewAnswer] = Counter(row.answer for row in rows if row.answer is not None)
    ordered = tuple(sorted(rows, key=_sort_key_by_confidence))
    share = estimate_wrong_label_share(counted["label_wrong"], sum(counted.values()))
    return LabelReviewRows(on, ordered, n_left, {answer: counted[answer] for answer in LOOK_ANSWERS}, before, after, share)


def _make_disagreement(card: Card, subject: str, truth: tuple[str, ...], given: Prediction, look: LabelReview | None) -> Disagreement:
    return Disagreement(
        subject, truth, get_named_classes(given.answer, card), get_confidence(given.answer, card), look.answer if look is not None else None
    )


def _sort_key_by_confidence(row: Disagreement) -> tuple[float, str]:
    return (-row.confidence if row.confidence == row.confidence else 1.0, row.subject)


def _get_valid_review(looks: ReviewsBySubject, subject: str, of_label: str) -> LabelReview | None:
    look = looks.get(subject)
    return look if look is not None and look.of_label == of_label else None


def _list_wrong(side: FieldSide) -> list[str]:
    if side.judgement is None:
        return []
    return [side.picks[at].frame_id for at, right in zip(side.at.tolist(), side.judgement.right.tolist(), strict=True) if not right]


def _list_judged(side: FieldSide) -> list[str]:
    return [side.picks[at].frame_id for at in side.at.tolist()] if side.judgement is not None else []


def _check_blind(side: FieldSide) -> None:
    n_left = sum(not one.taken_out and one.frame_id not in side.labels for one in side.picks)
    if n_left:
        raise StillBlind(n_left)
