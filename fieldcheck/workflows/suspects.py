"""Labels that are probably wrong: ranked by how little the model believes them, grouped by what looks alike, worst group first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.items import benchmark_path, benchmark_subject
from fieldcheck.domain.model_card import BOX_TASKS, POINT_TASKS, UNSCORED, Card
from fieldcheck.domain.second_look import LookAnswer, label_text
from fieldcheck.imaging.fingerprint import phash64
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import second_looks as looks_table
from fieldcheck.scoring.noise import MOST_TO_INSPECT, clusters, doubt, smoothing
from fieldcheck.workflows.models import card_of
from fieldcheck.workflows.second_look import On
from fieldcheck.workflows.sides import benchmark_side, field_side
from fieldcheck.workflows.thumbnails import looks_of

LEAST_SHARE = 0.10  # of the labels that are shown at least, flagged or not
LEAST_SURE = 1e-6


@dataclass(frozen=True, slots=True)
class Suspect:
    """One label in doubt. `instead`: the class that the model finds confidently likelier, else the likeliest other one.

    `confidence`: the probability that the model gives the label; `group`: the number of its group of near-alike pictures, worst 1;
    `answer`: what a second look said, None where it is still to come.
    """

    subject: str
    label: str
    instead: str
    confidence: float
    flagged: bool
    group: int
    answer: LookAnswer | None


@dataclass(frozen=True, slots=True)
class Suspects:
    """`n` labels were judged, `n_flagged` flagged. `ranking`: all of them, the most doubtful first; `rows`: those to look at, at most 200,
    worst group first; `smoothing`: the share of each target that a training run should spread, by subject. `n_left`: picks that wait for
    their first label, which hide everything in the field."""

    on: On
    n: int
    n_flagged: int
    ranking: tuple[str, ...]
    rows: tuple[Suspect, ...]
    smoothing: Mapping[str, float]
    confidence: Mapping[str, float]
    labels: Mapping[str, str]
    n_left: int = 0


@dataclass(frozen=True, slots=True)
class _Judged:
    subjects: tuple[str, ...]
    labels: tuple[str, ...]
    probability: NDArray[np.float64]


def suspects(project: Project, on: On, progress: Progress) -> Suspects:
    """The labels of one side that are in doubt. A detector's boxes have no probability for a label, so there are none of them."""
    model = project.read(models_table.newest)
    if model is None or card_of(model).task in BOX_TASKS | POINT_TASKS | UNSCORED:
        return _nothing(on, 0)
    card = card_of(model)
    if on == "field":
        field = field_side(project, model)
        n_left = sum(not one.taken_out and one.frame_id not in field.labels for one in field.picks)
        if n_left:
            return _nothing(on, n_left)
        picks = [field.picks[at].frame_id for at in field.at.tolist()]
        judged = _judged(card, [(name, field.labels[name].class_name, field.answers[name].answer) for name in picks])
    else:
        side = benchmark_side(project, model)
        items = side.items if side is not None else ()
        answers = side.answers if side is not None else {}
        judged = _judged(card, [(benchmark_subject(item.path), item.class_name, answers[item.path].answer) for item in items])
    return _ranked(project, on, card, judged, progress) if judged.subjects else _nothing(on, 0)


def _judged(card: Card, rows: Iterable[tuple[str, str, NDArray[np.float32]]]) -> _Judged:
    kept = list(rows)
    shares = np.array([given for _, _, given in kept], np.float64).reshape(len(kept), len(card.classes))
    return _Judged(tuple(name for name, _, _ in kept), tuple(label for _, label, _ in kept), shares)


def _ranked(project: Project, on: On, card: Card, judged: _Judged, progress: Progress) -> Suspects:
    code = {name: at for at, name in reversed(list(enumerate(card.classes)))}
    labels = np.array([code[name] for name in judged.labels], np.int64)
    found = doubt(labels, judged.probability)
    order, n = found.order(), len(judged.subjects)
    shown = order[: min(MOST_TO_INSPECT, max(int(found.flagged.sum()), ceil(LEAST_SHARE * n)))]
    loss = -np.log(np.clip(np.nan_to_num(found.confidence[shown], nan=1.0), LEAST_SURE, 1.0))
    prints = fingerprints(project, [judged.subjects[at] for at in shown.tolist()], progress)
    looks, rows = project.read(looks_table.all), []
    for number, group in enumerate(clusters(prints, loss), 1):
        for place in group:
            at = int(shown[place])
            subject, label = judged.subjects[at], judged.labels[at]
            look = looks.get(subject)
            answer = look.answer if look is not None and look.of_label == label_text(label, ()) else None
            instead = card.classes[_other(judged.probability[at], int(labels[at]), int(found.instead[at]))]
            rows.append(Suspect(subject, label, instead, float(found.confidence[at]), bool(found.flagged[at]), number, answer))
    return Suspects(
        on, n, int(found.flagged.sum()), tuple(judged.subjects[at] for at in order.tolist()), tuple(rows),
        dict(zip(judged.subjects, smoothing(found.confidence).tolist(), strict=True)),
        dict(zip(judged.subjects, found.confidence.tolist(), strict=True)),
        dict(zip(judged.subjects, judged.labels, strict=True)),
    )  # fmt: skip


def _other(probability: NDArray[np.float64], label: int, instead: int) -> int:
    if instead >= 0:
        return instead
    others = np.where(np.isfinite(probability), probability, -np.inf)
    others[label] = -np.inf
    return int(others.argmax())


def fingerprints(project: Project, subjects: list[str], progress: Progress) -> list[int]:
    """Perceptual hashes: those of frames are known, those of benchmark pictures are made from their small looks. A picture that is gone
    has a hash of its own, so that it groups with no other."""
    known = project.read(lambda db: frames_table.fingerprints(db, [name for name in subjects if not benchmark_path(name)]))
    looks = looks_of(project, [name for name in subjects if name not in known], progress)
    known |= {name: phash64(luma) for name, luma in looks.items()}
    spread = 0x9E3779B97F4A7C15  # steps that differ in half of all bits
    return [known.get(name, (at + 1) * spread % 2**64) for at, name in enumerate(subjects)]


def _nothing(on: On, n_left: int) -> Suspects:
    return Suspects(on, 0, 0, (), (), {}, {}, {}, n_left)
