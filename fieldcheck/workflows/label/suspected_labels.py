"""Labels that are probably wrong: ranked by how little the model believes them, grouped by what looks alike, worst group first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import ByKind
from fieldcheck.domain.box import Box
from fieldcheck.domain.items import get_benchmark_path, make_benchmark_subject
from fieldcheck.domain.label_review import LabelledSet, ReviewAnswer, format_label
from fieldcheck.domain.model_card import Card
from fieldcheck.imaging.fingerprint import compute_phash
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import second_looks as looks_table
from fieldcheck.scoring.box_noise import find_box_label_noise
from fieldcheck.scoring.noise import MOST_TO_INSPECT, LabelNoise, cluster_fingerprints, compute_label_smoothing, find_label_noise
from fieldcheck.workflows.footage.thumbnails import load_looks
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report.two_sides import load_benchmark_side, load_field_side

LEAST_SHARE = 0.10  # of the labels that are shown at least, flagged or not
LEAST_CONFIDENCE = 1e-6


@dataclass(frozen=True, slots=True)
class LabelErrorCandidate:
    """One label in doubt. `instead`: the class that the model finds confidently likelier, else the likeliest other one. For boxes both are
    the classes of all of a frame, `a|b`.

    `confidence`: the probability that the model gives the label, for boxes the least of all that is drawn and not drawn; `group`: the
    number of its group of near-alike pictures, worst 1; `answer`: what a label review said, None where it is still to come.
    """

    subject: str
    label: str
    instead: str
    confidence: float
    flagged: bool
    group: int
    answer: ReviewAnswer | None


@dataclass(frozen=True, slots=True)
class LabelErrorRanking:
    """`n` labels were judged, `n_flagged` flagged. `ranking`: all of them, the most doubtful first; `rows`: those to look at, at most 200,
    worst group first; `smoothing`: the share of each target that a training run should spread, by subject. `n_left`: picks that wait for
    their first label, which hide everything in the field. `boxes`: the labels are all boxes of a frame."""

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
    """Labels with what speaks against them. `texts`: each label as a label review keeps it; `wrong`: by which the model is wrong at the
    deployed threshold, so that its answer can stand in the label's place."""

    subjects: tuple[str, ...]
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    instead: tuple[str, ...]
    doubt: LabelNoise
    wrong: NDArray[np.bool_]
    boxes: bool = False


def find_label_errors(project: Project, on: LabelledSet, progress: Progress) -> LabelErrorRanking:
    """The labels of one side that are in doubt: classes, or all boxes of a frame. There are none of points and of several classes."""
    model = project.read(models_table.get_newest_model)
    judged = JUDGED[get_card(model).answers] if model is not None else None
    if model is None or judged is None:
        return _make_empty_ranking(on, 0)
    card = get_card(model)
    if on == "field":
        field = load_field_side(project, model)
        n_left = sum(not one.taken_out and one.frame_id not in field.labels for one in field.picks)
        if n_left:
            return _make_empty_ranking(on, n_left)
        picks = [field.picks[at].frame_id for at in field.at.tolist()]
        rows = [_SuspectRow(name, field.labels[name].class_name, field.labels[name].boxes, field.answers[name].answer) for name in picks]
        right = field.judgement.right if field.judgement is not None else np.zeros(0, np.bool_)
    else:
        side = load_benchmark_side(project, model)
        items = side.items if side is not None else ()
        answers = side.answers if side is not None else {}
        rows = [_SuspectRow(make_benchmark_subject(item.path), item.class_name, item.boxes, answers[item.path].answer) for item in items]
        right = side.judgement.right if side is not None else np.zeros(0, np.bool_)
    if not rows:
        return _make_empty_ranking(on, 0)
    return _rank_label_errors(project, on, judged(card, rows, ~right), progress)


@dataclass(frozen=True, slots=True)
class _SuspectRow:
    subject: str
    class_name: str
    boxes: tuple[Box, ...]
    answer: NDArray[np.float32]


def _check_classes(card: Card, rows: Sequence[_SuspectRow], _wrong: NDArray[np.bool_]) -> _CheckedLabels:
    code = {name: at for at, name in reversed(list(enumerate(card.classes)))}
    shares = np.array([row.answer for row in rows], np.float64).reshape(len(rows), len(card.classes))
    labels = np.array([code[row.class_name] for row in rows], np.int64)
    found = find_label_noise(labels, shares)
    names = tuple(row.class_name for row in rows)
    instead = tuple(card.classes[_find_other_class(shares[at], int(labels[at]), int(found.instead[at]))] for at in range(len(rows)))
    return _CheckedLabels(tuple(row.subject for row in rows), names, names, instead, found, np.ones(len(rows), np.bool_))


def _check_boxes(card: Card, rows: Sequence[_SuspectRow], wrong: NDArray[np.bool_]) -> _CheckedLabels:
    """Boxes of one frame stand together: they are looked at, and corrected, as one."""
    code = {name: at for at, name in reversed(list(enumerate(card.classes)))}
    drawn = [
        np.array([[b.x, b.y, b.x + b.w, b.y + b.h, code[b.class_name]] for b in row.boxes if b.class_name in code and not b.crowd])
        for row in rows
    ]
    found = find_box_label_noise([one.reshape(-1, 5) for one in drawn], [row.answer.astype(np.float64) for row in rows], len(card.classes))
    shown = [row.answer[row.answer[:, 4] >= card.output.threshold][:, 5].astype(np.int64).tolist() for row in rows]
    return _CheckedLabels(
        tuple(row.subject for row in rows), tuple(_join_names(box.class_name for box in row.boxes) for row in rows),
        tuple(format_label("", row.boxes) for row in rows), tuple(_join_names(card.classes[k] for k in ks) for ks in shown),
        found, wrong, True,
    )  # fmt: skip


JUDGED: ByKind[Callable[[Card, Sequence[_SuspectRow], NDArray[np.bool_]], _CheckedLabels] | None]
JUDGED = ByKind(one_class=_check_classes, several_classes=None, boxes=_check_boxes, class_map=None)


def _rank_label_errors(project: Project, on: LabelledSet, judged: _CheckedLabels, progress: Progress) -> LabelErrorRanking:
    found, n = judged.doubt, len(judged.subjects)
    order = found.sort_by_doubt()
    least = order[: max(int(found.flagged.sum()), ceil(LEAST_SHARE * n))]
    shown = least[judged.wrong[least]][:MOST_TO_INSPECT]
    loss = -np.log(np.clip(np.nan_to_num(found.confidence[shown], nan=1.0), LEAST_CONFIDENCE, 1.0))
    prints = load_fingerprints(project, [judged.subjects[at] for at in shown.tolist()], progress)
    looks, rows = project.read(looks_table.list_label_reviews), []
    for number, group in enumerate(cluster_fingerprints(prints, loss), 1):
        for place in group:
            at = int(shown[place])
            subject = judged.subjects[at]
            look = looks.get(subject)
            answer = look.answer if look is not None and look.of_label == judged.texts[at] else None
            believed, flagged = float(found.confidence[at]), bool(found.flagged[at])
            rows.append(LabelErrorCandidate(subject, judged.labels[at], judged.instead[at], believed, flagged, number, answer))
    return LabelErrorRanking(
        on, n, int(found.flagged.sum()), tuple(judged.subjects[at] for at in order.tolist()), tuple(rows),
        dict(zip(judged.subjects, compute_label_smoothing(found.confidence).tolist(), strict=True)),
        dict(zip(judged.subjects, found.confidence.tolist(), strict=True)),
        dict(zip(judged.subjects, judged.labels, strict=True)), boxes=judged.boxes,
    )  # fmt: skip


def _join_names(names: Iterable[str]) -> str:
    return "|".join(names)


def _find_other_class(probability: NDArray[np.float64], label: int, instead: int) -> int:
    if instead >= 0:
        return instead
    others = np.where(np.isfinite(probability), probability, -np.inf)
    others[label] = -np.inf
    return int(others.argmax())


def load_fingerprints(project: Project, subjects: list[str], progress: Progress) -> list[int]:
    """Perceptual hashes: those of frames are known, those of benchmark pictures are made from their small looks. A picture that is gone
    has a hash of its own, so that it groups with no other."""
    known = project.read(lambda db: frames_table.get_fingerprints(db, [name for name in subjects if not get_benchmark_path(name)]))
    looks = load_looks(project, [name for name in subjects if name not in known], progress)
    known |= {name: compute_phash(luma) for name, luma in looks.items()}
    spread = 0x9E3779B97F4A7C15  # steps that differ in half of all bits
    return [known.get(name, (at + 1) * spread % 2**64) for at, name in enumerate(subjects)]


def _make_empty_ranking(on: LabelledSet, n_left: int) -> LabelErrorRanking:
    return LabelErrorRanking(on, 0, 0, (), (), {}, {}, {}, n_left)
