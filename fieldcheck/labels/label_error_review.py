"""Label review: frames on which label and model disagree and labels that are probably wrong,
reviewed in the field and on the benchmark.

Correcting only what a model disagrees with makes its score too high (methods 9), so the headline
never uses these corrections.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.items import get_benchmark_path, make_benchmark_subject
from fieldcheck.domain.label import (
    LOOK_ANSWERS,
    BenchmarkItem,
    Box,
    Label,
    LabelledSet,
    LabelReview,
    Point,
    ReviewAnswer,
    format_label,
)
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import ByKind, Labels, Prediction
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.labels import LabelKindWrong, NothingToLookAt, StillBlind
from fieldcheck.footage.frame_pixels import iter_looks
from fieldcheck.imaging.quality import compute_phash
from fieldcheck.labels.store import check_class
from fieldcheck.models.evaluate import (
    get_confidence,
    get_named_classes,
    make_foreground_mask,
    to_label_boxes,
)
from fieldcheck.models.scored_sides import (
    BenchmarkSide,
    FieldSide,
    load_benchmark_side,
    load_field_side,
)
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as looks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.agreement import (
    MOST_TO_INSPECT,
    LabelNoise,
    cluster_fingerprints,
    compute_label_smoothing,
    estimate_wrong_label_share,
    find_box_label_noise,
    find_label_noise,
)

OF_PLACES: tuple[Labels, ...] = ("boxes", "points")  # what is drawn over a frame
ReviewsBySubject = Mapping[str, LabelReview]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A frame or benchmark image whose prediction is wrong by its label. `truth`, `predicted`:
    class names, one per frame or one per box; `confidence` is NaN without a prediction; `answer`:
    decision of the label review, None while it is open."""

    subject: str
    truth: tuple[str, ...]
    predicted: tuple[str, ...]
    confidence: float
    answer: ReviewAnswer | None


@dataclass(frozen=True, slots=True)
class LabelReviewRows:
    """Label review of one side. `n_left` picks that nobody has labelled: while there are any in the
    field, `rows` is empty.

    `before` is the score by the labels as they stand, `after` the same with what the label review
    found; `share` is the part of what was looked at that was the label's fault.
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
        """Number of labels that were reviewed."""
        return sum(self.counts.values())

    @property
    def n_open(self) -> int:
        """Number of labels still to be reviewed."""
        return len(self.rows) - self.n_looked


def list_label_reviews(project: Project, set_name: LabelledSet) -> LabelReviewRows:
    """Frames to look at again, the surest wrong answers first, and what the looks made of the
    score."""
    model, reviews = (
        project.read(models_table.get_newest_model),
        project.read(looks_table.list_label_reviews),
    )
    if set_name == "field":
        return _list_field_reviews(project, model, load_field_side(project, model), reviews)
    side = load_benchmark_side(project, model) if model is not None else None
    return _list_benchmark_reviews(project, model, side, reviews)


@dataclass(frozen=True, slots=True)
class ReviewBasis:
    """Labels and answers of one side as they stood when its rows were read, so that nothing is
    computed again between two decisions. A decision is stored with the label as it was shown; if
    the label is changed later, the decision no longer counts."""

    card: Card
    field: FieldSide | None = None
    benchmark: BenchmarkSide | None = None


def load_review_basis(project: Project, set_name: LabelledSet) -> ReviewBasis:
    """Reads the labels and answers of one side. Raises NoModel."""
    model = find_model(project)
    card = get_card(model)
    return (
        ReviewBasis(card, load_field_side(project, model))
        if set_name == "field"
        else ReviewBasis(card, None, load_benchmark_side(project, model))
    )


def review_label(
    project: Project,
    subject: str,
    answer: ReviewAnswer,
    annotator: str,
    now: str,
    class_name: str = "",
    basis: ReviewBasis | None = None,
) -> Changes:
    """Store the decision of a label review, replacing an earlier one. Where the label was wrong,
    `class_name` replaces it, or without one the prediction. `basis`: the rows that were shown.
    Raises NoModel, StillBlind while picks wait for their first label, ClassUnknown, NothingToLookAt
    without a label or prediction, or where the prediction is the label and no other class is given;
    LabelKindWrong for a class where boxes or points are labelled."""
    basis = basis or load_review_basis(
        project, "benchmark" if get_benchmark_path(subject) else "field"
    )
    card = basis.card
    if class_name and card.answers.labels != "class":
        raise LabelKindWrong(card.task)
    if get_benchmark_path(subject):
        side = basis.benchmark
        index = next(
            (
                index
                for index, benchmark_item in enumerate(side.items if side else ())
                if benchmark_item.path == get_benchmark_path(subject)
            ),
            -1,
        )
        if side is None or index < 0 or (not class_name and bool(side.judgement.right[index])):
            raise NothingToLookAt(subject)
        item = side.items[index]
        of_label, prediction = format_label(item.class_name, item.boxes), side.answers[item.path]
    else:
        field = basis.field
        if field is None:
            raise NothingToLookAt(subject)
        _check_blind(field)
        if subject not in (_list_judged(field) if class_name else _list_wrong(field)):
            raise NothingToLookAt(subject)
        label = field.labels[subject]
        of_label, prediction = (
            format_label(label.class_name, label.boxes, label.points),
            field.answers[subject],
        )
    if class_name:
        check_class(class_name, card.classes)
    name, boxes = (
        ("", ())
        if answer != "label_wrong"
        else (class_name, ())
        if class_name
        else make_model_label(card, prediction)
    )
    label_review = LabelReview(subject, answer, of_label, name, boxes, annotator, now)
    return project.edit("second_look.set", puts=[looks_table.make_label_review_row(label_review)])


@dataclass(frozen=True, slots=True)
class ReviewOverlay:
    """Overlay drawn over a frame: `boxes` and `points` of the label, `predicted_boxes` at the
    deployed threshold, `mask` (h, w) uint8, 255 where the model predicts an object."""

    boxes: tuple[Box, ...] = ()
    predicted_boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()
    mask: NDArray[np.uint8] | None = None


def get_review_overlay(
    project: Project, subject: str, basis: ReviewBasis | None = None
) -> ReviewOverlay:
    """Marks of label and model on places; nothing where the project has classes only. `basis` as
    for `review_label`."""
    if basis is None and project.read(models_table.get_newest_model) is None:
        return ReviewOverlay()
    path = get_benchmark_path(subject)
    basis = basis or load_review_basis(project, "benchmark" if path else "field")
    card, side, field = basis.card, basis.benchmark, basis.field
    if card.answers.labels not in OF_PLACES:
        return ReviewOverlay()
    if (
        side is not None
        and (item := next((item for item in side.items if item.path == path), None)) is not None
    ):
        return ReviewOverlay(item.boxes, make_model_label(card, side.answers[path])[1])
    if field is None or subject not in field.labels or subject not in field.answers:
        return ReviewOverlay()
    label, prediction = field.labels[subject], field.answers[subject]
    return ReviewOverlay(
        label.boxes,
        make_model_label(card, prediction)[1],
        label.points,
        make_foreground_mask(prediction),
    )


def make_model_label(card: Card, prediction: Prediction) -> tuple[str, tuple[Box, ...]]:
    """The model's answer as a label: a class, or the boxes at the deployed threshold. A mask is
    none: it names no points."""
    name = (
        ""
        if card.answers.labels in OF_PLACES
        else "".join(get_named_classes(prediction.answer, card))
    )
    return name, to_label_boxes(prediction.answer, card)


def apply_label_corrections(
    labels: Mapping[str, Label], reviews: ReviewsBySubject
) -> dict[str, Label]:
    """The labels with what label reviews found; a look at a label that was changed since does not
    count."""
    return {name: _correct_label(label, reviews.get(name)) for name, label in labels.items()}


def apply_item_corrections(
    items: Sequence[BenchmarkItem], reviews: ReviewsBySubject
) -> tuple[BenchmarkItem, ...]:
    """Corrected labels of benchmark pictures; one that cannot be told is left out."""
    item_corrections = []
    for item in items:
        label_review = reviews.get(make_benchmark_subject(item.path))
        if (
            label_review is None
            or label_review.of_label != format_label(item.class_name, item.boxes)
            or label_review.answer == "model_wrong"
        ):
            item_corrections.append(item)
        elif label_review.answer == "label_wrong":
            item_corrections.append(
                replace(item, class_name=label_review.class_name, boxes=label_review.boxes)
            )
    return tuple(item_corrections)


def require_answer(text: str) -> ReviewAnswer:
    """`text` as one of the three answers. Raises ValueError."""
    for answer in LOOK_ANSWERS:
        if text == answer:
            return answer
    raise ValueError(f"none of {', '.join(LOOK_ANSWERS)}: {text!r}")


def _correct_label(label: Label, label_review: LabelReview | None) -> Label:
    if (
        label_review is None
        or label.state != "done"
        or label_review.of_label != format_label(label.class_name, label.boxes, label.points)
        or label_review.answer == "model_wrong"
    ):
        return label
    if label_review.answer == "cannot_tell" or not (
        label_review.class_name or label_review.boxes or label.boxes
    ):
        return replace(label, state="unsure", class_name="", boxes=(), points=())
    return replace(label, class_name=label_review.class_name, boxes=label_review.boxes, points=())


def _list_field_reviews(
    project: Project, model: StoredModel | None, side: FieldSide, reviews: ReviewsBySubject
) -> LabelReviewRows:
    n_left = sum(not pick.taken_out and pick.frame_id not in side.labels for pick in side.picks)
    if model is None or n_left:
        return _summarize_reviews("field", (), n_left, side.scores.footage, side.scores.footage)
    card = get_card(model)
    texts = {
        name: format_label(label.class_name, label.boxes, label.points)
        for name, label in side.labels.items()
    }
    wrong = set(_list_wrong(side))
    rows = [
        _make_disagreement(
            card,
            name,
            side.labels[name].names,
            side.answers[name],
            _get_valid_review(reviews, name, texts[name]),
        )
        for name in _list_judged(side)
        if name in wrong or _get_valid_review(reviews, name, texts[name]) is not None
    ]
    after = load_field_side(
        project, model, apply_label_corrections(side.labels, reviews)
    ).scores.footage
    return _summarize_reviews("field", rows, 0, side.scores.footage, after)


def _list_benchmark_reviews(
    project: Project,
    model: StoredModel | None,
    side: BenchmarkSide | None,
    reviews: ReviewsBySubject,
) -> LabelReviewRows:
    if model is None or side is None:
        nothing = Estimate.not_measured("no_benchmark")
        return _summarize_reviews("benchmark", (), 0, nothing, nothing)
    card, rows = get_card(model), []
    for item, right in zip(side.items, side.judgement.right.tolist(), strict=True):
        label_review = _get_valid_review(
            reviews, make_benchmark_subject(item.path), format_label(item.class_name, item.boxes)
        )
        if right and label_review is None:
            continue
        rows.append(
            _make_disagreement(
                card,
                make_benchmark_subject(item.path),
                item.names,
                side.answers[item.path],
                label_review,
            )
        )
    again = load_benchmark_side(
        project, model, apply_item_corrections(side.benchmark.items, reviews)
    )
    return _summarize_reviews(
        "benchmark",
        rows,
        0,
        side.score,
        again.score if again is not None else Estimate.not_measured("no_labels"),
    )


def _summarize_reviews(
    set_name: LabelledSet,
    rows: Sequence[Disagreement],
    n_left: int,
    before: Estimate,
    after: Estimate,
) -> LabelReviewRows:
    counted: Counter[ReviewAnswer] = Counter(row.answer for row in rows if row.answer is not None)
    ordered = tuple(sorted(rows, key=_sort_key_by_confidence))
    share = estimate_wrong_label_share(counted["label_wrong"], sum(counted.values()))
    return LabelReviewRows(
        set_name,
        ordered,
        n_left,
        {answer: counted[answer] for answer in LOOK_ANSWERS},
        before,
        after,
        share,
    )


def _make_disagreement(
    card: Card,
    subject: str,
    truth: tuple[str, ...],
    prediction: Prediction,
    label_review: LabelReview | None,
) -> Disagreement:
    return Disagreement(
        subject,
        truth,
        get_named_classes(prediction.answer, card),
        get_confidence(prediction.answer, card),
        label_review.answer if label_review is not None else None,
    )


def _sort_key_by_confidence(row: Disagreement) -> tuple[float, str]:
    return (-row.confidence if row.confidence == row.confidence else 1.0, row.subject)


def _get_valid_review(reviews: ReviewsBySubject, subject: str, of_label: str) -> LabelReview | None:
    label_review = reviews.get(subject)
    return label_review if label_review is not None and label_review.of_label == of_label else None


def _list_wrong(side: FieldSide) -> list[str]:
    if side.judgement is None:
        return []
    return [
        side.picks[index].frame_id
        for index, right in zip(side.labelled.tolist(), side.judgement.right.tolist(), strict=True)
        if not right
    ]


def _list_judged(side: FieldSide) -> list[str]:
    return (
        [side.picks[index].frame_id for index in side.labelled.tolist()]
        if side.judgement is not None
        else []
    )


def _check_blind(side: FieldSide) -> None:
    n_left = sum(not pick.taken_out and pick.frame_id not in side.labels for pick in side.picks)
    if n_left:
        raise StillBlind(n_left)


# Labels that are probably wrong: ranked by how little the model believes them, grouped by what
# looks alike, worst group first.

LEAST_SHARE = 0.10  # of the labels that are shown at least, flagged or not
LEAST_CONFIDENCE = 1e-6


@dataclass(frozen=True, slots=True)
class LabelErrorCandidate:
    """One label in doubt. `instead`: the class that the model predicts more confidently, else the
    next likeliest one. For boxes both are the classes of all boxes of a frame, `a|b`. `confidence`:
    the probability that the model gives the label, for boxes the lowest over labelled and missing
    boxes; `group`: the number of its group of near-duplicate images, worst 1; `answer`: the
    decision of the label review, None while it is open."""

    subject: str
    label: str
    instead: str
    confidence: float
    flagged: bool
    group: int
    answer: ReviewAnswer | None


@dataclass(frozen=True, slots=True)
class LabelErrorRanking:
    """`n` labels were judged, and `n_flagged` of them are contradicted. `ranking`: all of them, the
    most doubtful first; `rows`: those to look at, at most 200, worst group first; `smoothing`: the
    share of each target that a training run should spread, by subject. `n_left`: picks that wait
    for their first label, which hide everything in the field. `boxes`: the labels are all boxes of
    a frame."""

    on: LabelledSet
    n: int
    n_flagged: int
    ranking: tuple[str, ...]
    rows: tuple[LabelErrorCandidate, ...]
    smoothing: Mapping[str, float]
    confidence: Mapping[str, float]
    labels: Mapping[str, str]
    n_left: int = 0
    boxes: bool = False


@dataclass(frozen=True, slots=True)
class _CheckedLabels:
    """Labels with what speaks against them. `texts`: each label as a label review keeps it;
    `wrong`: by which the model is wrong at the deployed threshold, so that its answer can stand in
    the label's place."""

    subjects: tuple[str, ...]
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    instead: tuple[str, ...]
    doubt: LabelNoise
    wrong: NDArray[np.bool_]
    boxes: bool = False


def find_label_errors(
    project: Project, set_name: LabelledSet, progress: Progress
) -> LabelErrorRanking:
    """The labels of one side that are in doubt: classes, or all boxes of a frame. There are none of
    points and of several classes."""
    model = project.read(models_table.get_newest_model)
    judged = JUDGED[get_card(model).answers] if model is not None else None
    if model is None or judged is None:
        return _make_empty_ranking(set_name, 0)
    card = get_card(model)
    if set_name == "field":
        field = load_field_side(project, model)
        n_left = sum(
            not pick.taken_out and pick.frame_id not in field.labels for pick in field.picks
        )
        if n_left:
            return _make_empty_ranking(set_name, n_left)
        picks = [field.picks[index].frame_id for index in field.labelled.tolist()]
        rows = [
            _SuspectRow(
                name,
                field.labels[name].class_name,
                field.labels[name].boxes,
                field.answers[name].answer,
            )
            for name in picks
        ]
        right = field.judgement.right if field.judgement is not None else np.zeros(0, np.bool_)
    else:
        side = load_benchmark_side(project, model)
        items = side.items if side is not None else ()
        answers = side.answers if side is not None else {}
        rows = [
            _SuspectRow(
                make_benchmark_subject(item.path),
                item.class_name,
                item.boxes,
                answers[item.path].answer,
            )
            for item in items
        ]
        right = side.judgement.right if side is not None else np.zeros(0, np.bool_)
    if not rows:
        return _make_empty_ranking(set_name, 0)
    return _rank_label_errors(project, set_name, judged(card, rows, ~right), progress)


@dataclass(frozen=True, slots=True)
class _SuspectRow:
    subject: str
    class_name: str
    boxes: tuple[Box, ...]
    answer: NDArray[np.float32]


def _check_classes(
    card: Card, rows: Sequence[_SuspectRow], _wrong: NDArray[np.bool_]
) -> _CheckedLabels:
    code = {name: index for index, name in reversed(list(enumerate(card.classes)))}
    shares = np.array([row.answer for row in rows], np.float64).reshape(
        len(rows), len(card.classes)
    )
    labels = np.array([code[row.class_name] for row in rows], np.int64)
    label_noise = find_label_noise(labels, shares)
    names = tuple(row.class_name for row in rows)
    instead = tuple(
        card.classes[
            _find_other_class(shares[index], int(labels[index]), int(label_noise.instead[index]))
        ]
        for index in range(len(rows))
    )
    return _CheckedLabels(
        tuple(row.subject for row in rows),
        names,
        names,
        instead,
        label_noise,
        np.ones(len(rows), np.bool_),
    )


def _check_boxes(
    card: Card, rows: Sequence[_SuspectRow], wrong: NDArray[np.bool_]
) -> _CheckedLabels:
    """Boxes of one frame stand together: they are looked at, and corrected, as one."""
    code = {name: index for index, name in reversed(list(enumerate(card.classes)))}
    drawn = [
        np.array(
            [
                [b.x, b.y, b.x + b.w, b.y + b.h, code[b.class_name]]
                for b in row.boxes
                if b.class_name in code and not b.crowd
            ]
        )
        for row in rows
    ]
    label_noise = find_box_label_noise(
        [boxes.reshape(-1, 5) for boxes in drawn],
        [row.answer.astype(np.float64) for row in rows],
        len(card.classes),
    )
    shown = [
        row.answer[row.answer[:, 4] >= card.output.threshold][:, 5].astype(np.int64).tolist()
        for row in rows
    ]
    return _CheckedLabels(
        tuple(row.subject for row in rows),
        tuple(_join_names(box.class_name for box in row.boxes) for row in rows),
        tuple(format_label("", row.boxes) for row in rows),
        tuple(_join_names(card.classes[k] for k in ks) for ks in shown),
        label_noise,
        wrong,
        True,
    )


JUDGED: ByKind[Callable[[Card, Sequence[_SuspectRow], NDArray[np.bool_]], _CheckedLabels] | None]
JUDGED = ByKind(one_class=_check_classes, several_classes=None, boxes=_check_boxes, class_map=None)


def _rank_label_errors(
    project: Project, set_name: LabelledSet, judged: _CheckedLabels, progress: Progress
) -> LabelErrorRanking:
    label_noise, n = judged.doubt, len(judged.subjects)
    # a label with which the model agrees at its threshold is contradicted by nothing
    contradicted = label_noise.flagged & judged.wrong
    order = label_noise.sort_by_doubt()
    least = order[: max(int(label_noise.flagged.sum()), ceil(LEAST_SHARE * n))]
    shown = least[judged.wrong[least]][:MOST_TO_INSPECT]
    loss = -np.log(
        np.clip(np.nan_to_num(label_noise.confidence[shown], nan=1.0), LEAST_CONFIDENCE, 1.0)
    )
    prints = load_fingerprints(
        project, [judged.subjects[index] for index in shown.tolist()], progress
    )
    reviews, rows = project.read(looks_table.list_label_reviews), []
    for number, group in enumerate(cluster_fingerprints(prints, loss), 1):
        for index in group:
            position = int(shown[index])
            subject = judged.subjects[position]
            label_review = reviews.get(subject)
            answer = (
                label_review.answer
                if label_review is not None and label_review.of_label == judged.texts[position]
                else None
            )
            believed, flagged = (
                float(label_noise.confidence[position]),
                bool(contradicted[position]),
            )
            rows.append(
                LabelErrorCandidate(
                    subject,
                    judged.labels[position],
                    judged.instead[position],
                    believed,
                    flagged,
                    number,
                    answer,
                )
            )
    return LabelErrorRanking(
        set_name,
        n,
        int(contradicted.sum()),
        tuple(judged.subjects[index] for index in order.tolist()),
        tuple(rows),
        dict(
            zip(
                judged.subjects,
                compute_label_smoothing(label_noise.confidence).tolist(),
                strict=True,
            )
        ),
        dict(zip(judged.subjects, label_noise.confidence.tolist(), strict=True)),
        dict(zip(judged.subjects, judged.labels, strict=True)),
        boxes=judged.boxes,
    )


def _join_names(names: Iterable[str]) -> str:
    return "|".join(names)


def _find_other_class(probability: NDArray[np.float64], label: int, instead: int) -> int:
    if instead >= 0:
        return instead
    others = np.where(np.isfinite(probability), probability, -np.inf)
    others[label] = -np.inf
    return int(others.argmax())


def load_fingerprints(project: Project, subjects: list[str], progress: Progress) -> list[int]:
    """Perceptual hashes: those of frames are known, those of benchmark pictures are made from their
    small looks. A picture that is gone has a hash of its own, so that it groups with no other."""
    hashes = project.read(
        lambda db: frames_table.get_fingerprints(
            db, [name for name in subjects if not get_benchmark_path(name)]
        )
    )
    missing = [name for name in subjects if name not in hashes]
    hashes |= {name: compute_phash(luma) for name, luma in iter_looks(project, missing, progress)}
    spread = 0x9E3779B97F4A7C15  # steps that differ in half of all bits
    return [hashes.get(name, (index + 1) * spread % 2**64) for index, name in enumerate(subjects)]


def _make_empty_ranking(set_name: LabelledSet, n_left: int) -> LabelErrorRanking:
    return LabelErrorRanking(set_name, 0, 0, (), (), {}, {}, {}, n_left)
