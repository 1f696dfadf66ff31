"""One frame under one corruption recipe: the live result, thumbnails of corruptions, kept image
pairs, and the severity at which the prediction flips."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf, nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.catalogue import (
    WORST,
    ClipCorruption,
    apply_corruption,
    get_parameters,
    start_clip,
)
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import BOXES, ByKind, Prediction
from fieldcheck.domain.robustness import SavedComparison
from fieldcheck.files import join_inside, write_bytes
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.frame_analysis import ModelFile, get_shared_runner
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.contrast_and_colour import CHANGES, apply_changes
from fieldcheck.imaging.quality import ReferenceImage
from fieldcheck.imaging.thumbnail import downscale_image, make_thumbnail_pixels
from fieldcheck.models.evaluate import get_called_class, get_shown_boxes
from fieldcheck.models.preprocess import ModelInput, Rectangle, invert_preprocessed
from fieldcheck.models.providers import ModelRunner, PendingFrames
from fieldcheck.project.project import Project
from fieldcheck.project.tables import values as settings_table
from fieldcheck.sampling.hardness import compute_answer_change, compute_class_entropy
from fieldcheck.stats.iou_of_boxes_and_masks import CLASS, SCORE, count_agreeing_boxes

# One frame under one recipe with everything that was found out about it: what the stress screen
# shows is always one of these.

MOST_COMBINED = 3
TIMES = 4  # a difference of ten grey levels is not seen, one of forty is


@dataclass(frozen=True, slots=True)
class LiveCorruption:
    """`corruption` of the catalogue, or empty for none; `severity` 0 to 5; `number` rises with
    every choice a person makes.

    `base_steps` is done first, each corruption at a severity of its own: three in all at most,
    because a frame under more shows nothing that a site does (the article: two or three, never
    fifty).
    """

    corruption: str = ""
    severity: float = 0.0
    number: int = 0
    base_steps: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if len(self.base_steps) >= MOST_COMBINED:
            raise ValueError(
                f"at most {MOST_COMBINED} corruptions are combined, not {len(self.base_steps) + 1}"
            )

    @property
    def steps(self) -> tuple[tuple[str, float], ...]:
        """Steps done to a frame, in order: corruption and severity, without those that change
        nothing."""
        return tuple(
            (name, severity)
            for name, severity in (*self.base_steps, (self.corruption, self.severity))
            if name and severity > 0
        )

    @property
    def has_effect(self) -> bool:
        """Whether anything is done to a frame."""
        return bool(self.steps)

    @property
    def is_fix(self) -> bool:
        """Whether all that is done to a frame are changes of the fix search."""
        return all(name in CHANGES for name, _ in self.steps)


@dataclass(frozen=True, slots=True)
class LiveRates:
    """How the live view keeps up. `fps_in`, `fps_done`: frames a second from the camera, and
    answered, over the last two seconds.

    `n_dropped`: lost between camera and program; `n_skipped`: not looked at because corruption and
    model were busy. `p50_ms`, `p95_ms`: of the model's last 300 answers to corrupted frames, 0
    before the first.
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
    """`original`, `corrupted`: (H, W, 3) uint8 RGB, one array where the recipe changes nothing.
    `index`, `t_s`, `source` as captured.

    `input_image`: (h, w, 3) uint8 RGB, what the model sees of `corrupted`; `crop`: x1, y1, x2, y2
    of the part of the frame that is in it, pixels of the frame. `answer` is of `corrupted`, `clean`
    of `original`; all of these, and `card`, are None without a model, and `crop` is the whole
    frame. `seed` makes the same corrupted frame again, but for what earlier frames left in it.
    `uncertainty`: 0 (sure) to 1, NaN without a finite answer. `model_ms`: what the model took on
    this frame.
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
    _ordered: dict[bool, list[tuple[int, float]]] = field(
        default_factory=dict, init=False, repr=False
    )

    def __post_init__(self) -> None:
        for picture in (self.original, self.corrupted, self.input_image):
            if picture is not None:
                picture.flags.writeable = False

    def compute_difference(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8: how far each channel is from the original, four times as much so that it
        is seen; from 63 on it is white."""
        apart = np.maximum(self.original, self.corrupted) - np.minimum(
            self.original, self.corrupted
        )
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
        """The `k` most probable classes of the corrupted frame, or its `k` best boxes above the
        card's threshold; the best first."""
        return self._get_best(False, k)

    @property
    def needs_person(self) -> bool:
        """Whether the card sends this answer to a person: its confidence lies below the level from
        which the model answers by itself."""
        level = self.card.output.abstain if self.card is not None else None
        named = self.get_top(1)
        return level is not None and (not named or named[0].probability < level)

    def get_clean_top(self, k: int) -> tuple[TopPrediction, ...]:
        """Top classes, at most `k`, of the frame as it was captured."""
        return self._get_best(True, k)

    def _get_best(self, clean: bool, k: int) -> tuple[TopPrediction, ...]:
        """Put in order once for each of the two answers: a screen asks for them five times a
        frame."""
        answer = self.clean if clean else self.answer
        if self.card is None or answer is None:
            return ()
        if clean not in self._ordered:
            self._ordered[clean] = TOPS[self.card.answers](answer.answer, self.card)
        return tuple(
            TopPrediction(index, self.card.classes[index], score)
            for index, score in self._ordered[clean][:k]
        )

    def get_clean_probability(self, index: int) -> float:
        """Probability that the class of that index had on the frame as it was captured; NaN for a
        detector and without a model."""
        if self.clean is None or self.clean.answer.ndim != 1:
            return nan
        return float(self.clean.answer[index])

    def get_boxes(self) -> NDArray[np.float32]:
        """(n, 6) rows x1, y1, x2, y2, score, class of the corrupted frame above the card's
        threshold; none for a classifier."""
        return _filter_boxes(self.card, self.answer)

    def get_clean_boxes(self) -> NDArray[np.float32]:
        """(n, 6) rows as in `boxes`, of the frame as it was captured."""
        return _filter_boxes(self.card, self.clean)

    def count_box_changes(self) -> tuple[int, int, int]:
        """Boxes of the frame as it was captured that are lost, of how many, and boxes that are
        new."""
        before, now = self.get_clean_boxes(), self.get_boxes()
        kept = count_agreeing_boxes(before, now) if len(before) and len(now) else 0
        return len(before) - kept, len(before), len(now) - kept


def compute_uncertainty(card: Card, prediction: Prediction) -> float:
    """How unsure an answer is, 0 to 1; NaN where it is not finite.

    Classification: entropy of the probabilities as a share of its maximum. Where each figure stands
    for itself (several labels, a detector's boxes above the threshold) the mean entropy of `s, 1 −
    s`; a detector that shows no box doubts as much as its best candidate below the threshold does,
    and not at all without one.
    """
    answer = prediction.answer
    if not np.isfinite(answer).all():
        return nan
    return DOUBTS[card.answers](answer, card)


def _compute_class_uncertainty(answer: NDArray[np.float32], card: Card) -> float:
    return (
        _compute_label_uncertainty(answer, card)
        if answer.size == 1
        else float(compute_class_entropy(answer[None])[0])
    )


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
    ranked = [(index, float(answer[index])) for index in order[np.isfinite(answer[order])].tolist()]
    # the class that is named stands first, whatever its probability
    best, _ = get_called_class(answer, card.class_thresholds)
    return sorted(ranked, key=lambda pair: pair[0] != best)


DOUBTS = ByKind(
    one_class=_compute_class_uncertainty,
    several_classes=_compute_label_uncertainty,
    boxes=_compute_box_uncertainty,
    class_map=_compute_class_uncertainty,
)
TOPS = ByKind(
    one_class=_rank_classes,
    several_classes=_rank_classes,
    boxes=_rank_boxes,
    class_map=_rank_classes,
)


# Pairs of pictures that somebody keeps for the report: files in the project's `pairs/`, and an act
# that can be undone.

KEY = "pairs"
FOLDER = "pairs"
LONGER_SIDE, QUALITY = 480, 80  # as large as a report shows them
MOST_NAMES = 5


def add_kept_pair(project: Project, result: LiveResult, now: str) -> SavedComparison:
    """Writes both pictures and notes what was done to the one and what the model said of each. The
    same pair is kept once.

    Raises ValueError where nothing is done to the frame; DiskFull, ReadOnlyPlace.
    """
    if not result.recipe.has_effect:
        raise ValueError("a pair is a frame and what a corruption makes of it")
    pictures = [
        encode_jpeg(downscale_image(rgb, LONGER_SIDE), QUALITY)
        for rgb in (result.original, result.corrupted)
    ]
    key = hashlib.sha256(b"".join(pictures)).hexdigest()[:16]
    files = [f"{FOLDER}/{key}-{side}.jpg" for side in ("before", "after")]
    for file, data in zip(files, pictures, strict=True):
        path = join_inside(project.path, file)
        path.parent.mkdir(exist_ok=True)
        write_bytes(path, data)
    before, after = result.get_clean_top(MOST_NAMES), result.get_top(MOST_NAMES)
    pair = SavedComparison(
        key,
        result.source,
        files[0],
        files[1],
        result.recipe.steps,
        result.seed,
        _list_names(result, before),
        _list_names(result, after),
        _get_confidence(before),
        _get_confidence(after),
        now,
    )
    _store_pairs(
        project,
        "pair.keep",
        [*(kept_pair for kept_pair in list_kept_pairs(project) if kept_pair.key != key), pair],
    )
    return pair


def remove_kept_pair(project: Project, key: str) -> None:
    """Keeps a pair no longer; its files stay, so that this can be undone."""
    _store_pairs(
        project,
        "pair.drop",
        [kept_pair for kept_pair in list_kept_pairs(project) if kept_pair.key != key],
    )


def list_kept_pairs(project: Project) -> tuple[SavedComparison, ...]:
    """Every pair that is kept, oldest first."""
    entries: list[dict[str, Any]] = project.read(lambda db: settings_table.get_setting(db, KEY, []))
    return tuple(_parse_pair(entry) for entry in entries)


def _store_pairs(project: Project, act: str, pairs: list[SavedComparison]) -> None:
    rows = to_json_value(pairs)
    project.edit(act, puts=[settings_table.make_setting_row(KEY, rows)])


def _parse_pair(row: dict[str, Any]) -> SavedComparison:
    sure = {
        key: nan if row[key] is None else float(row[key]) for key in ("sure_before", "sure_after")
    }
    steps = tuple((str(name), float(severity)) for name, severity in row["steps"])
    before_and_after = {key: tuple(row[key]) for key in ("said_before", "said_after")}
    return SavedComparison(**{**row, **sure, **before_and_after, "steps": steps})


def _list_names(result: LiveResult, top: tuple[TopPrediction, ...]) -> tuple[str, ...]:
    """The first class, or every box."""
    several = result.card is not None and result.card.answers is BOXES
    return tuple(top_prediction.name for top_prediction in (top if several else top[:1]))


def _get_confidence(top: tuple[TopPrediction, ...]) -> float:
    return top[0].probability if top else nan


def make_recipe(
    corruption: str, severity: float, number: int = 0, under: tuple[tuple[str, float], ...] = ()
) -> LiveCorruption:
    """A recipe that can be cooked. A step may also be a change of the fix search, which any
    severity applies whole. Raises ValueError for a corruption or severity that the catalogue does
    not know, and for too many."""
    for name, strength in (*under, (corruption, severity)):
        if name and name not in CHANGES:
            get_parameters(name, strength)
    return LiveCorruption(
        corruption,
        float(severity),
        number,
        tuple((name, float(strength)) for name, strength in under),
    )


def make_thumbnails(
    rgb: NDArray[np.uint8], names: Sequence[str], severity: float, size: int, seed: int
) -> dict[str, NDArray[np.uint8]]:
    """By name, the picture scaled down to `size` pixels on its longer side and then corrupted: (h,
    w, 3) uint8 RGB.

    Blur, streaks, spots, grain and blocks are as large as they are on the whole frame, because
    lengths are shares of the frame. Raises ValueError as `make_recipe`.
    """
    small = make_thumbnail_pixels(rgb, size)
    return {name: apply_corruption(small, name, severity, seed) for name in names}


def compute_similarity(result: LiveResult) -> tuple[float, float]:
    """PSNR in decibel, infinite where nothing is done, and SSIM between the frame and what was made
    of it."""
    if not result.recipe.has_effect:
        return inf, 1.0
    return ReferenceImage(result.original).compare_with(result.corrupted)


def process_frame(
    frame: CapturedFrame, recipe: LiveCorruption, runner: ModelRunner | None, seed: int
) -> LiveResult:
    """Corrupts the frame and asks the model about it, and about the frame as it was captured.
    Raises ModelRejected where the model fails on one of them."""
    return begin_frame(frame, recipe, runner, seed).finish()


@dataclass(frozen=True, slots=True, eq=False)
class PreparedFrame:
    """A corrupted and preprocessed frame without predictions, which may be requested on another
    thread. The prediction for the frame as captured is `clean`, or comes from
    `get_clean_prediction`, or equals that of the corrupted frame. `prepared_s`: seconds spent on
    the waiting tensor."""

    result: LiveResult
    runner: ModelRunner | None = None
    pending: PendingFrames | None = None
    model_input: ModelInput | None = None
    clean: Prediction | None = None
    get_clean_prediction: Callable[[], Prediction] | None = None
    prepared_s: float = 0.0

    def finish(self) -> LiveResult:
        """The whole result; as it is without a model. Raises ModelRejected where the model fails on
        one of the two pictures."""
        if self.runner is None or self.pending is None or self.model_input is None:
            return self.result
        clean, began = (
            self.get_clean_prediction() if self.get_clean_prediction is not None else self.clean,
            time.perf_counter(),
        )
        subject, card = f"{self.result.source}#{self.result.index}", self.runner.card
        answer = replace(_get_prediction(self.pending), subject=subject)
        before = answer if clean is None else replace(clean, subject=subject)
        return replace(
            self.result,
            input_image=self.model_input.rgb,
            crop=self.model_input.crop,
            card=card,
            answer=answer,
            clean=before,
            uncertainty=compute_uncertainty(card, answer),
            answer_changed=compute_answer_change(before.answer, answer.answer, card) > 0,
            model_ms=1000 * (self.prepared_s + time.perf_counter() - began),
        )


class RunningClip:
    """The frames of a running picture. A frame that follows another under the same recipe goes on
    with its clip, so that a fault of the line lasts as it does on site; any other begins one."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._started: list[ClipCorruption] = []
        self._last: tuple[CapturedFrame, LiveCorruption] | None = None

    def corrupt_frame(self, frame: CapturedFrame, recipe: LiveCorruption) -> NDArray[np.uint8]:
        """The frame, (H, W, 3) uint8 RGB, under the recipe; as it is where that does nothing."""
        if not self._goes_on(frame, recipe):
            self._started = []
        self._last = frame, recipe
        corrupted = frame.rgb
        for number, (name, severity) in enumerate(recipe.steps):
            if number == len(self._started):
                self._started.append(
                    partial(apply_changes, steps=(name,))
                    if name in CHANGES
                    else start_clip(corrupted, name, severity, self._seed)
                )
            corrupted = self._started[number](corrupted)
        return corrupted

    def _goes_on(self, frame: CapturedFrame, recipe: LiveCorruption) -> bool:
        if self._last is None:
            return False
        before, same = self._last
        return (
            same.steps == recipe.steps
            and before.source == frame.source
            and before.index < frame.index
        )


def begin_frame(
    frame: CapturedFrame,
    recipe: LiveCorruption,
    runner: ModelRunner | None,
    seed: int,
    clean: Prediction | None = None,
    model_thread: Executor | None = None,
    clip: RunningClip | None = None,
) -> PreparedFrame:
    """Corrupts the frame, as the next of its `clip` where one runs, and prepares it for the model.
    Its answer to the frame as it was captured is not asked for where it is given as `clean`; else
    the `model_thread`, which the model is asked on, begins with it at once."""
    predict: Callable[[], Prediction] | None = None
    if runner is not None and clean is None and recipe.has_effect:
        predict = partial(_get_prediction, _prepare_image(runner, frame.rgb))
        if model_thread is not None:
            predict = model_thread.submit(predict).result
    corrupted = (clip or RunningClip(seed)).corrupt_frame(frame, recipe)
    height, width = frame.rgb.shape[:2]
    result = LiveResult(
        index=frame.index,
        t_s=frame.t_s,
        source=frame.source,
        original=frame.rgb,
        corrupted=corrupted,
        crop=(0.0, 0.0, float(width), float(height)),
        recipe=recipe,
        seed=seed,
    )
    if runner is None:
        return PreparedFrame(result)
    began = time.perf_counter()
    waiting = PendingFrames(runner, most=1)
    prepared = waiting.add(corrupted)
    prepared_s = time.perf_counter() - began
    shown = invert_preprocessed(prepared, corrupted, runner.card.input)
    return PreparedFrame(
        result, runner, waiting, shown, clean if recipe.has_effect else None, predict, prepared_s
    )


def _prepare_image(runner: ModelRunner, rgb: NDArray[np.uint8]) -> PendingFrames:
    """One picture, (H, W, 3) uint8 RGB, as a tensor that waits for its run."""
    waiting = PendingFrames(runner, most=1)
    waiting.add(rgb)
    return waiting


def _get_prediction(waiting: PendingFrames) -> Prediction:
    """Model answer to the one picture that waits, without a name. Raises ModelRejected."""
    (inference_result,) = waiting.predict_all()
    return Prediction("", inference_result.answer, inference_result.nan)


# The severity at which one frame's answer is first seen to flip: a scan in half steps, then the
# step that flips halved again and
# again.

STEP = 0.5
CLOSE_ENOUGH = 0.05
Answer = NDArray[np.float32]


def find_tipping_point(
    rgb: NDArray[np.uint8],
    corruption: str,
    model: ModelFile,
    seed: int,
    check: Callable[[], None] = lambda: None,
) -> float | None:
    """Least severity at which the answer to one frame, (H, W, 3) uint8 RGB, was seen to differ from
    the clean one; None where no half step up to 5 changes it. The frame is corrupted by the same
    seed at every severity.

    `check` is called before each question and may raise Cancelled. Raises ModelRejected, ValueError
    for an unknown corruption.
    """
    frame_prediction = _FramePrediction(rgb, corruption, model, seed, check)
    clean = frame_prediction.predict_at(0.0)
    for step in range(1, round(WORST / STEP) + 1):
        if frame_prediction.has_flipped(clean, step * STEP):
            return _bisect_severity(frame_prediction, clean, (step - 1) * STEP, step * STEP)
    return None


def _bisect_severity(
    frame_prediction: _FramePrediction, clean: Answer, low: float, high: float
) -> float:
    """Between a severity that keeps the answer and one that does not."""
    while high - low > CLOSE_ENOUGH:
        middle = (low + high) / 2
        low, high = (low, middle) if frame_prediction.has_flipped(clean, middle) else (middle, high)
    return high


class _FramePrediction:
    """The model's answers to one frame under one corruption."""

    def __init__(
        self,
        rgb: NDArray[np.uint8],
        corruption: str,
        model: ModelFile,
        seed: int,
        check: Callable[[], None],
    ) -> None:
        self._rgb, self._corruption, self._seed, self._check = rgb, corruption, seed, check
        self._runner = get_shared_runner(model)

    def predict_at(self, severity: float) -> Answer:
        self._check()
        return self._runner.predict(
            [apply_corruption(self._rgb, self._corruption, severity, self._seed)]
        )[0][0]

    def has_flipped(self, clean: Answer, severity: float) -> bool:
        return compute_answer_change(clean, self.predict_at(severity), self._runner.card) > 0
