"""Hardness of each sampled frame for the model, without any label (methods 3.2), gathered from the
project."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import fsum
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.corruptions.catalogue import MILD_FOUR, apply_corruption
from fieldcheck.domain.decimals import DECIMALS
from fieldcheck.domain.frame import Quality, make_frame_id
from fieldcheck.domain.label import Design
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import ByKind, Prediction
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.models import ModelUnknown
from fieldcheck.footage.clips_and_scene_cuts import SamplingLine, list_sampling_lines
from fieldcheck.footage.frame_analysis import TriageChunk, get_shared_runner, read_chunk
from fieldcheck.models.embeddings import compute_novelty
from fieldcheck.models.evaluate import (
    NO_ANSWER,
    get_called_class,
    get_shown_boxes,
    get_top_class,
    is_different,
    list_mask_classes,
)
from fieldcheck.models.run import has_missing_frame, iter_footage_chunks, run_footage
from fieldcheck.models.store import find_model, get_card
from fieldcheck.parallel import map_chunks
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.stats.iou_of_boxes_and_masks import SCORE, compute_f1_agreement

Ranks = Mapping[str, NDArray[np.float64]]

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"U": 0.35, "F": 0.20, "S": 0.15, "Q": 0.15, "V": 0.15}
)
"""U: uncertainty, F: flicker between neighbours in time, S: sensitivity to mild corruptions,
Q: image quality, V: novelty beside the benchmark."""
GROUNDS: Mapping[str, str] = MappingProxyType(
    {"U": "doubt", "F": "flicker", "S": "sensitive", "V": "novel"}
)
DIFFER = "differ"  # the ground of a frame on which two models differ
NEIGHBOUR_S = 1.0  # neighbours in time lie at most this far away
LOWEST_SCORE = 0.05  # boxes below it add no uncertainty
STRIKING = 0.8  # rank from which a ground is worth naming


@dataclass(frozen=True, slots=True)
class Hardness:
    """`h`: (N,) float64 in [0, 1] of nine decimals, larger is harder. `components`: those used,
    with weights that sum to 1. `grounds`: (N,) ranks by code (`doubt`, `flicker`, `blur`, …), from
    which the reason of a pick is taken."""

    h: NDArray[np.float64]
    components: tuple[tuple[str, float], ...]
    grounds: Ranks

    def __post_init__(self) -> None:
        object.__setattr__(self, "h", np.round(self.h, DECIMALS))
        self.h.flags.writeable = False

    def get_reason(self, frame: int) -> str:
        """Return the one or two strongest reasons of a frame, such as `doubt+blur`."""
        order = sorted(self.grounds, key=lambda code: -self.grounds[code][frame])
        striking = [code for code in order[:2] if self.grounds[code][frame] >= STRIKING]
        return "+".join(striking or order[:1])


def rank_by_percentile(values: ArrayLike) -> NDArray[np.float64]:
    """(N,) values → (N,) percentile ranks (average rank − 0.5)/N of the values to nine decimals.
    Units do not matter; a constant, or an unknown value (NaN), ranks 0.5."""
    x = np.round(np.asarray(values, dtype=np.float64), DECIMALS)
    is_measured = ~np.isnan(x)
    out = np.full(x.shape, 0.5)
    _, rank, counts = np.unique(x[is_measured], return_inverse=True, return_counts=True)
    average = np.cumsum(counts) - (counts - 1) / 2
    out[is_measured] = ((average - 0.5) / max(1, int(is_measured.sum())))[rank]
    return out


def compute_class_uncertainty(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """(N, K) probabilities → (N,) 1 − (p₁ − p₂), one minus the margin between the two best classes.
    For K = 1 the second is the complement."""
    p = np.asarray(probabilities, dtype=np.float64)
    if p.shape[1] == 1:
        p = np.hstack([p, 1 - p])
    best = -np.partition(-p, 1, axis=1)
    return np.asarray(1 - (best[:, 0] - best[:, 1]), dtype=np.float64)


def compute_class_entropy(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """(N, K) probabilities, K ≥ 2 → (N,) entropy as a share of its maximum ln K."""
    p = np.asarray(probabilities, dtype=np.float64)
    terms = p * np.log(np.where(p > 0, p, 1.0))
    return np.asarray(-terms.sum(axis=1) / np.log(p.shape[1]), dtype=np.float64)


def compute_detection_uncertainty(scores: Sequence[NDArray[np.floating]]) -> NDArray[np.float64]:
    """Scores of each frame's boxes after suppression → (N,) Σ 4s(1−s) over those of at least
    0.05."""
    return np.array(
        [
            float((4 * s * (1 - s))[s >= LOWEST_SCORE].sum())
            for s in (np.asarray(score, dtype=np.float64) for score in scores)
        ]
    )


def compute_class_flicker(top: ArrayLike, clip: ArrayLike, t_s: ArrayLike) -> NDArray[np.float64]:
    """(N,) share of the neighbours within ±1 s in the same clip with another top class; NaN for a
    frame without neighbours.

    `top`: (N,) class indices, `clip`: (N,) ids, `t_s`: (N,) seconds; a clip's frames stand together
    and in time order.
    """
    classes, clips, times = np.asarray(top), np.asarray(clip), np.asarray(t_s, dtype=np.float64)
    flicker = np.full(classes.size, np.nan)
    for frame in range(classes.size):
        near = [other for step in (-1, 1) for other in _list_neighbours(frame, step, clips, times)]
        if near:
            flicker[frame] = np.mean(classes[near] != classes[frame])
    return flicker


def compute_detection_flicker(
    answers: Sequence[NDArray[np.floating]], clip: ArrayLike, t_s: ArrayLike
) -> NDArray[np.float64]:
    """(N,) 1 − match score with the frame before and the frame after, averaged; NaN for a frame
    without either within 1 s.

    `answers`: (n, 6) rows x1, y1, x2, y2, score, class of each frame above the threshold; `clip`,
    `t_s` as in `compute_class_flicker`.
    """
    clips, times = np.asarray(clip), np.asarray(t_s, dtype=np.float64)
    changed = np.full(len(answers), np.nan)  # between frame i and i + 1
    for frame in range(len(answers) - 1):
        if (
            clips[frame + 1] == clips[frame]
            and abs(times[frame + 1] - times[frame]) <= NEIGHBOUR_S + 1e-6
        ):
            changed[frame] = 1 - compute_f1_agreement(answers[frame], answers[frame + 1])
    after, before = changed, np.concatenate([[np.nan], changed[:-1]])[: len(answers)]
    sides = np.vstack([before, after])
    is_measured = ~np.isnan(sides)
    total = np.where(is_measured, sides, 0.0).sum(axis=0)
    flicker: NDArray[np.float64] = np.divide(
        total,
        is_measured.sum(axis=0),
        out=np.full(total.shape, np.nan),
        where=is_measured.any(axis=0),
    )
    return flicker


def rank_image_faults(
    sharpness: ArrayLike, noise: ArrayLike, clipped: ArrayLike, contrast: ArrayLike
) -> Ranks:
    """Ranks of blur, noise, clipped pixels and low contrast, each (N,) and rising with badness.

    `sharpness` ln variance of the Laplacian, `noise` σ, `clipped` share of pixels ≤ 10 or ≥ 245,
    `contrast` P99 − P1 (methods 5.4).
    """
    return {
        "blur": rank_by_percentile(-np.asarray(sharpness, dtype=np.float64)),
        "noise": rank_by_percentile(noise),
        "clipped": rank_by_percentile(clipped),
        "low_contrast": rank_by_percentile(-np.asarray(contrast, dtype=np.float64)),
    }


def rank_light_faults(
    mean: ArrayLike, clipped: ArrayLike, contrast: ArrayLike, backlight: ArrayLike
) -> Ranks:
    """Ranks of darkness, clipped pixels, low contrast and backlight, each (N,) and rising with
    badness.

    `mean` luma, `backlight` mean of the border minus mean of the centre, the others as in
    `rank_image_faults`.
    """
    return {
        "dark": rank_by_percentile(-np.asarray(mean, dtype=np.float64)),
        "clipped": rank_by_percentile(clipped),
        "low_contrast": rank_by_percentile(-np.asarray(contrast, dtype=np.float64)),
        "backlight": rank_by_percentile(backlight),
    }


def compute_two_worst_mean(faults: Ranks) -> NDArray[np.float64]:
    """(N,) mean of the two largest ranks of each frame; at least two kinds of fault."""
    return np.asarray(
        np.sort(np.stack(list(faults.values())), axis=0)[-2:].mean(axis=0), dtype=np.float64
    )


def compute_hardness(
    *,
    uncertainty: ArrayLike | None = None,
    flicker: ArrayLike | None = None,
    sensitivity: ArrayLike | None = None,
    faults: Ranks | None = None,
    novelty: ArrayLike | None = None,
    weights: Mapping[str, float] = WEIGHTS,
) -> Hardness:
    """The default hardness: weighted mean of the components' ranks; a missing component is dropped
    and the weights renormalised.

    All arrays (N,), larger is harder; `faults` of `rank_image_faults`. Raises ValueError without
    any component that weighs something.
    """
    values_by_pass = {
        "U": uncertainty,
        "F": flicker,
        "S": sensitivity,
        "Q": None if faults is None else compute_two_worst_mean(faults),
        "V": novelty,
    }
    parts = {
        name: rank_by_percentile(values)
        for name, values in values_by_pass.items()
        if values is not None and weights.get(name, 0) > 0
    }
    if not parts:
        raise ValueError("no component of hardness was measured")
    total = fsum(weights[name] for name in parts)
    components = tuple((name, weights[name] / total) for name in parts)
    h = np.sum([share * parts[name] for name, share in components], axis=0)
    grounds = {GROUNDS[name]: part for name, part in parts.items() if name in GROUNDS}
    return Hardness(
        h, components, {**grounds, **(faults if faults is not None and "Q" in parts else {})}
    )


def put_differing_first(hardness: Hardness, differ: NDArray[np.bool_]) -> Hardness:
    """Hardness in which every frame of `differ`, (N,) bool, is harder than all others: two models
    name something else on it."""
    components = tuple((name, share / 2) for name, share in hardness.components)
    grounds = {DIFFER: differ.astype(np.float64), **hardness.grounds}
    return Hardness((differ + hardness.h) / 2, (("D", 0.5), *components), grounds)


def compute_light_hardness(faults: Ranks) -> Hardness:
    """Hardness of the design *light*: mean of the two worst of `rank_light_faults`, (N,) ranks
    each; no answer of a model, no blur and no noise in it."""
    return Hardness(compute_two_worst_mean(faults), (("light", 1.0),), faults)


def _list_neighbours(
    frame: int, step: int, clips: NDArray[np.generic], times: NDArray[np.float64]
) -> list[int]:
    """Frames from `frame` on in one direction, as long as they are of its clip and within a
    second."""
    near: list[int] = []
    other = frame + step
    while (
        0 <= other < times.size
        and clips[other] == clips[frame]
        and abs(times[other] - times[frame]) <= NEIGHBOUR_S + 1e-6
    ):
        near.append(other)
        other += step
    return near


# Hardness of each sampled frame, computed without any label.

# The sensitivity pass: how often four mild corruptions change the model's answer to a listed frame
# (methods 3.2, component S).

SEVERITY = 1.0


def get_component_name(model: StoredModel) -> str:
    """The name S is stored under beside the model's hash: another card feeds the same file
    otherwise, so it has an S of its own."""
    return "S-" + model.card_sha256[:16]


def make_frame_seed(name: str, corruption: str) -> int:
    """The seed of one corruption of one frame: the same in every process and on every machine."""
    return int.from_bytes(
        hashlib.sha256(f"{name}/{corruption}/{SEVERITY}".encode()).digest()[:4], "big"
    )


def measure_chunk_sensitivity(chunk: TriageChunk) -> tuple[tuple[str, float], ...]:
    """(frame id, S in [0, 1]) of every listed frame of the chunk. Pure."""
    assert chunk.model is not None, "only a model has a sensitivity"
    runner, sensitivities = get_shared_runner(chunk.model), []
    for frame in read_chunk(chunk):
        if isinstance(frame, SkippedFile):
            continue
        name = make_frame_id(chunk.recording_id, frame.index)
        shown = [
            frame.rgb,
            *(
                apply_corruption(frame.rgb, kind, SEVERITY, make_frame_seed(name, kind))
                for kind in MILD_FOUR
            ),
        ]
        answers = [answer for picture in shown for answer, _ in runner.predict([picture])]
        sensitivities.append(
            (
                name,
                float(
                    np.mean(
                        [
                            compute_answer_change(answers[0], other, runner.card)
                            for other in answers[1:]
                        ]
                    )
                ),
            )
        )
    return tuple(sensitivities)


def compute_answer_change(
    clean: NDArray[np.float32], other: NDArray[np.float32], card: Card
) -> float:
    """How much a prediction, (K,) or (n, 6), differs from the clean one, 0 to 1: another class is
    named, unmatched boxes, or other regions."""
    return CHANGES[card.answers](clean, other, card)


def _compute_class_change(
    clean: NDArray[np.float32], other: NDArray[np.float32], card: Card
) -> float:
    levels = card.class_thresholds
    return float(get_called_class(clean, levels)[0] != get_called_class(other, levels)[0])


def _compute_boxes_change(
    clean: NDArray[np.float32], other: NDArray[np.float32], card: Card
) -> float:
    return 1.0 - compute_f1_agreement(get_shown_boxes(clean, card), get_shown_boxes(other, card))


def _compute_things_change(
    clean: NDArray[np.float32], other: NDArray[np.float32], card: Card
) -> float:
    return float(set(list_mask_classes(clean, card)) != set(list_mask_classes(other, card)))


CHANGES = ByKind(
    one_class=_compute_class_change,
    several_classes=_compute_class_change,
    boxes=_compute_boxes_change,
    class_map=_compute_things_change,
)


def run_sensitivity(project: Project, model: StoredModel, progress: Progress) -> dict[str, float]:
    """S of every listed frame by frame id; what was found before is not run again."""
    name = get_component_name(model)
    stored = project.read(lambda db: frames_table.get_component(db, name, model.sha256))
    missing = {line.frame.frame_id for line in project.read(list_sampling_lines)} - set(stored)
    chunks = [
        chunk
        for chunk in iter_footage_chunks(project, model, missing)
        if has_missing_frame(chunk, missing)
    ]
    done = 0

    def store_rows(_chunk: TriageChunk, rows: tuple[tuple[str, float], ...]) -> None:
        nonlocal done
        project.write(
            lambda db: frames_table.put_component(db, name, model.sha256, dict(rows))
        ).result()
        done = min(done + len(rows), len(missing))
        progress.report(done, len(missing), "frames")

    map_chunks(measure_chunk_sensitivity, chunks, store_rows, progress)
    return project.read(lambda db: frames_table.get_component(db, name, model.sha256))


Column = NDArray[np.float64]
Answers = Sequence[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class HardnessPasses:
    """Components that need a pass of their own over the footage and are measured on request: S and
    V. `against`: another model of the project; frames on which the two differ come first."""

    sensitivity: bool = False
    novelty: bool = False
    against: str = ""


USUAL: HardnessPasses = HardnessPasses()


@dataclass(frozen=True, slots=True)
class HardnessComponents:
    """Components of hardness (methods 3.2), (N,) each, None where not measured: U, F, S, V and the
    ranks behind Q."""

    uncertainty: Column | None
    flicker: Column | None
    sensitivity: Column | None
    faults: Ranks
    novelty: Column | None = None

    def compute_hardness(self, weights: Mapping[str, float] = WEIGHTS) -> Hardness:
        """Ranked over these frames; what was not measured is left out and the weights of the others
        grow."""
        return compute_hardness(
            uncertainty=self.uncertainty,
            flicker=self.flicker,
            sensitivity=self.sensitivity,
            faults=self.faults,
            novelty=self.novelty,
            weights=weights,
        )


def measure_hardness(
    project: Project,
    scope: Sequence[SamplingLine],
    model: StoredModel | None,
    design: Design,
    passes: HardnessPasses,
    progress: Progress,
    now: str,
) -> Hardness:
    """The hardness that a design draws by: of the light alone for *light*, of all components for
    the others. Raises as `measure_components`."""
    if design == "light":
        quality = _load_quality(project, scope)
        figures = [
            _get_clipped_shares(quality),
            [quality.contrast for quality in quality],
            [quality.backlight for quality in quality],
        ]
        return compute_light_hardness(
            rank_light_faults([quality.mean for quality in quality], *figures)
        )
    components = measure_components(project, scope, model, passes, progress, now)
    hardness = components.compute_hardness()
    if not passes.against:
        return hardness
    return put_differing_first(
        hardness, find_differing(project, scope, passes.against, progress, now)
    )


def list_other_models(project: Project) -> tuple[str, ...]:
    """The models that the newest one can be drawn against, newest first: those of its task."""
    models = project.read(models_table.list_models)[::-1]
    tasks = [get_card(model).task for model in models]
    return tuple(
        model.name for model, task in zip(models[1:], tasks[1:], strict=True) if task == tasks[0]
    )


def find_differing(
    project: Project, scope: Sequence[SamplingLine], against: str, progress: Progress, now: str
) -> NDArray[np.bool_]:
    """(n,) whether the newest model and another one name something else on a frame; no where one of
    them has no prediction. Raises NoModel, ModelUnknown, also for the newest model itself."""
    models = find_model(project), find_model(project, against)
    if models[0] == models[1]:
        others = [model.name for model in project.read(models_table.list_models)[:-1]]
        raise ModelUnknown(against, tuple(others))
    stored = []
    for model in models:
        run = run_footage(project, model, progress, now).run
        stored.append(project.read(partial(predictions_table.get_predictions, run_id=run.run_id)))
    names = [line.frame.frame_id for line in scope]
    cards = [get_card(model) for model in models]
    return np.array(
        [
            all(name in answers for answers in stored)
            and is_different(stored[0][name], stored[1][name], cards[0], cards[1])
            for name in names
        ],
        np.bool_,
    )


def measure_components(
    project: Project,
    scope: Sequence[SamplingLine],
    model: StoredModel | None,
    passes: HardnessPasses,
    progress: Progress,
    now: str,
) -> HardnessComponents:
    """Measure U and F from the model's predictions, predicting missing frames first; Q from the
    images; S and V on request. Raises NoBenchmark where V is requested without a benchmark."""
    quality = _load_quality(project, scope)
    faults = rank_image_faults(
        [quality.sharpness for quality in quality],
        [quality.noise for quality in quality],
        _get_clipped_shares(quality),
        [quality.contrast for quality in quality],
    )
    unlike = (
        _make_column(compute_novelty(project, model, progress), scope) if passes.novelty else None
    )
    if model is None:
        return HardnessComponents(None, None, None, faults, unlike)
    run = run_footage(project, model, progress, now).run
    stored = project.read(lambda db: predictions_table.get_predictions(db, run.run_id))
    if get_card(model).is_file and any(line.frame.frame_id not in stored for line in scope):
        return HardnessComponents(None, None, None, faults, unlike)
    uncertainty, flicker = _compute_uncertainty_and_flicker(scope, stored, model)
    changed = (
        _make_column(run_sensitivity(project, model, progress), scope)
        if passes.sensitivity
        else None
    )
    return HardnessComponents(uncertainty, flicker, changed, faults, unlike)


def _make_column(hardness_by_frame: Mapping[str, float], scope: Sequence[SamplingLine]) -> Column:
    return np.array([hardness_by_frame[line.frame.frame_id] for line in scope])


def _load_quality(project: Project, scope: Sequence[SamplingLine]) -> list[Quality]:
    facts = {fact.frame_id: fact.quality for fact in project.read(frames_table.list_frame_facts)}
    return [facts[line.frame.frame_id] for line in scope]


def _get_clipped_shares(quality: Sequence[Quality]) -> list[float]:
    return [quality.clipped_low + quality.clipped_high for quality in quality]


def _compute_uncertainty_and_flicker(
    scope: Sequence[SamplingLine], stored: Mapping[str, Prediction], model: StoredModel
) -> tuple[Column, Column]:
    """U and F of every line; NaN, which ranks in the middle, where the model gave no finite
    answer."""
    card = get_card(model)
    answers = [stored[line.frame.frame_id].answer for line in scope]
    clips, times = [line.clip.clip_id for line in scope], [line.frame.t_s for line in scope]
    return HARDNESS[card.answers](answers, card, clips, times)


def _compute_for_boxes(
    answers: Answers, card: Card, clips: Sequence[str], times: Sequence[float]
) -> tuple[Column, Column]:
    shown = [get_shown_boxes(answer, card) for answer in answers]
    return compute_detection_uncertainty(
        [answer[:, SCORE] for answer in answers]
    ), compute_detection_flicker(shown, clips, times)


def _compute_for_classes(
    answers: Answers, _card: Card, clips: Sequence[str], times: Sequence[float]
) -> tuple[Column, Column]:
    top = np.array([get_top_class(answer)[0] for answer in answers])
    flicker = compute_class_flicker(top, clips, times)
    flicker[top == NO_ANSWER] = np.nan
    return compute_class_uncertainty(np.stack(answers)), flicker


HARDNESS = ByKind(
    one_class=_compute_for_classes,
    several_classes=_compute_for_classes,
    boxes=_compute_for_boxes,
    class_map=_compute_for_classes,
)
