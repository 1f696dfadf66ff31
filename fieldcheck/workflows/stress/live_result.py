"""One frame under one recipe with everything that was found out about it: what the stress screen shows is always one of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import ByKind
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.inference.input_picture import Rectangle
from fieldcheck.measure.answers import CLASS, SCORE
from fieldcheck.picking.hardness import compute_class_entropy
from fieldcheck.workflows.models.judge_answers import get_called_class, get_shown_boxes

MOST_COMBINED = 3
TIMES = 4  # a difference of ten grey levels is not seen, one of forty is


@dataclass(frozen=True, slots=True)
class LiveCorruption:
    """`corruption` of the catalogue, or empty for none; `severity` 0 to 5; `number` rises with every choice a person makes.

    `base_steps` is done first, each corruption at a severity of its own: three in all at most, because a frame under more shows nothing
    that a site does (the article: two or three, never fifty).
    """

    corruption: str = ""
    severity: float = 0.0
    number: int = 0
    base_steps: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if len(self.base_steps) >= MOST_COMBINED:
            raise ValueError(f"at most {MOST_COMBINED} corruptions are combined, not {len(self.base_steps) + 1}")

    @property
    def steps(self) -> tuple[tuple[str, float], ...]:
        """Steps done to a frame, in order: corruption and severity, without those that change nothing."""
        return tuple((name, severity) for name, severity in (*self.base_steps, (self.corruption, self.severity)) if name and severity > 0)

    @property
    def has_effect(self) -> bool:
        """Whether anything is done to a frame."""
        return bool(self.steps)


@dataclass(frozen=True, slots=True)
class LiveRates:
    """How the live view keeps up. `fps_in`, `fps_done`: frames a second from the camera, and answered, over the last two seconds.

    `n_dropped`: lost between camera and program; `n_skipped`: not looked at because corruption and model were
    busy. `p50_ms`, `p95_ms`: of the model's last 300 answers to corrupted frames, 0 before the first.
    """

    fps_in: float = 0.0
    fps_done: float = 0.0
    n_dropped: int = 0
    n_skipped: int = 0
    p50_ms: float = 0.0
    p95_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class TopPrediction:
    """A class the model answered, with its probability, or a box's class with its score."""

    index: int
    name: str
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class LiveResult:
    """`original`, `corrupted`: (H, W, 3) uint8 RGB, one array where the recipe changes nothing. `index`, `t_s`, `source` as captured.

    `input_image`: (h, w, 3) uint8 RGB, what the model sees of `corrupted`; `crop`: x1, y1, x2, y2 of the part of the frame that is in it,
    pixels of the frame. `answer` is of `corrupted`, `clean` of `original`; all of these, and `card`, are None without a model, and
    `crop` is the whole frame. `seed` makes the same corrupted frame again.
    `uncertainty`: 0 (sure) to 1, NaN without a finite answer. `model_ms`: what the model took on this frame.
    """

    index: int
    t_s: float
    source: str
    original: NDArray[np.uint8]
    corrupted: NDArray[np.uint8]
    crop: Rectangle
    recipe: LiveCorruption
    seed: int
    input_image: NDArray[np.uint8] | None = None
    card: Card | None = None
    answer: Prediction | None = None
    clean: Prediction | None = None
    uncertainty: float = nan
    answer_changed: bool = False
    model_ms: float = 0.0
    running: LiveRates = LiveRates()
    _ordered: dict[bool, list[tuple[int, float]]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for picture in (self.original, self.corrupted, self.input_image):
            if picture is not None:
                picture.flags.writeable = False

    def compute_difference(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8: how far each channel is from the original, four times as much so that it is seen; from 63 on it is white."""
        apart = np.maximum(self.original, self.corrupted) - np.minimum(self.original, self.corrupted)
        return np.asarray(np.minimum(apart, 255 // TIMES) * TIMES, np.uint8)

    @property
    def corruption(self) -> str:
        """Name of the catalogue, empty for none."""
        return self.recipe.corruption

    @property
    def severity(self) -> float:
        """0 to 5."""
        return self.recipe.severity

    def get_top(self, k: int) -> tuple[TopPrediction, ...]:
        """The `k` most probable classes of the corrupted frame, or its `k` best boxes above the card's threshold; the best first."""
        return self._get_best(False, k)

    @property
    def needs_person(self) -> bool:
        """Whether the card sends this answer to a person: its confidence lies below the level from which the model answers by itself."""
        level = self.card.output.abstain if self.card is not None else None
        named = self.get_top(1)
        return level is not None and (not named or named[0].probability < level)

    def get_clean_top(self, k: int) -> tuple[TopPrediction, ...]:
        """Top classes, at most `k`, of the frame as it was captured."""
        return self._get_best(True, k)

    def _get_best(self, clean: bool, k: int) -> tuple[TopPrediction, ...]:
        """Put in order once for each of the two answers: a screen asks for them five times a frame."""
        given = self.clean if clean else self.answer
        if self.card is None or given is None:
            return ()
        if clean not in self._ordered:
            self._ordered[clean] = TOPS[self.card.answers](given.answer, self.card)
        return tuple(TopPrediction(index, self.card.classes[index], score) for index, score in self._ordered[clean][:k])

    def get_clean_probability(self, index: int) -> float:
        """Probability that the class of that index had on the frame as it was captured; NaN for a detector and without a model."""
        if self.clean is None or self.clean.answer.ndim != 1:
            return nan
        return float(self.clean.answer[index])

    def get_boxes(self) -> NDArray[np.float32]:
        """(n, 6) rows x1, y1, x2, y2, score, class of the corrupted frame above the card's threshold; none for a classifier."""
        return _filter_boxes(self.card, self.answer)

    def get_clean_boxes(self) -> NDArray[np.float32]:
        """(n, 6) rows as in `boxes`, of the frame as it was captured."""
        return _filter_boxes(self.card, self.clean)


def compute_uncertainty(card: Card, prediction: Prediction) -> float:
    """How unsure an answer is, 0 to 1; NaN where it is not finite.

    Classification: entropy of the probabilities as a share of its maximum. Where each figure stands for itself (several labels, a
    detector's boxes above the threshold) the mean entropy of `s, 1 − s`; a detector that shows no box doubts as much as its best
    candidate below the threshold does, and not at all without one.
    """
    answer = prediction.answer
    if not np.isfinite(answer).all():
        return nan
    return DOUBTS[card.answers](answer, card)


def _compute_class_uncertainty(answer: NDArray[np.float32], card: Card) -> float:
    return _compute_label_uncertainty(answer, card) if answer.size == 1 else float(compute_class_entropy(answer[None])[0])


def _compute_label_uncertainty(answer: NDArray[np.float32], _card: Card) -> float:
    return _compute_mean_entropy(answer)


def _compute_box_uncertainty(answer: NDArray[np.float32], card: Card) -> float:
    shown = get_shown_boxes(answer, card)
    return _compute_mean_entropy((shown if len(shown) else answer[:1])[:, SCORE])


def _compute_mean_entropy(shares: NDArray[np.float32]) -> float:
    if not shares.size:
        return 0.0
    each = np.clip(shares.astype(np.float64), 0, 1)
    return float(compute_class_entropy(np.stack([each, 1 - each], axis=1)).mean())


def _filter_boxes(card: Card | None, prediction: Prediction | None) -> NDArray[np.float32]:
    if card is None or prediction is None:
        return np.empty((0, 6), np.float32)
    return get_shown_boxes(prediction.answer, card)


def _rank_boxes(answer: NDArray[np.float32], card: Card) -> list[tuple[int, float]]:
    return [(int(row[CLASS]), float(row[SCORE])) for row in get_shown_boxes(answer, card)]


def _rank_classes(answer: NDArray[np.float32], card: Card) -> list[tuple[int, float]]:
    order = np.argsort(-answer, kind="stable")
    found = [(place, float(answer[place])) for place in order[np.isfinite(answer[order])].tolist()]
    best, _ = get_called_class(answer, card.class_thresholds)  # the class that is named stands first, whatever its probability
    return sorted(found, key=lambda one: one[0] != best)


DOUBTS = ByKind(
    one_class=_compute_class_uncertainty,
    several_classes=_compute_label_uncertainty,
    boxes=_compute_box_uncertainty,
    class_map=_compute_class_uncertainty,
)
TOPS = ByKind(one_class=_rank_classes, several_classes=_rank_classes, boxes=_rank_boxes, class_map=_rank_classes)
