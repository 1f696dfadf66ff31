"""How hard each listed frame looks for the model, without any label (methods 3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fieldcheck.measure.answers import compute_f1_agreement

Ranks = Mapping[str, NDArray[np.float64]]

WEIGHTS: Mapping[str, float] = MappingProxyType({"U": 0.35, "F": 0.20, "S": 0.15, "Q": 0.15, "V": 0.15})
GROUNDS: Mapping[str, str] = MappingProxyType({"U": "doubt", "F": "flicker", "S": "sensitive", "V": "novel"})
NEIGHBOUR_S = 1.0  # neighbours in time lie at most this far away
LOWEST_SCORE = 0.05  # boxes below it add no uncertainty
STRIKING = 0.8  # rank from which a ground is worth naming


@dataclass(frozen=True, slots=True)
class Hardness:
    """`h`: (N,) float64 in [0, 1], larger is harder. `components` were used, with weights that sum to 1. `grounds`: (N,) ranks by
    code (`doubt`, `flicker`, `blur`, …), from which the reason of a pick is told."""

    h: NDArray[np.float64]
    components: tuple[tuple[str, float], ...]
    grounds: Ranks

    def __post_init__(self) -> None:
        self.h.flags.writeable = False

    def get_reason(self, frame: int) -> str:
        """The one or two most striking grounds of a frame, such as `doubt+blur`; the strongest where none is striking."""
        order = sorted(self.grounds, key=lambda code: -self.grounds[code][frame])
        striking = [code for code in order[:2] if self.grounds[code][frame] >= STRIKING]
        return "+".join(striking or order[:1])


def rank_by_percentile(values: ArrayLike) -> NDArray[np.float64]:
    """(N,) → percentile ranks (average rank − 0.5)/N; units do not matter, a constant gives 0.5, and so does an unknown value (NaN)."""
    x = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(x)
    out = np.full(x.shape, 0.5)
    _, place, counts = np.unique(x[known], return_inverse=True, return_counts=True)
    average = np.cumsum(counts) - (counts - 1) / 2
    out[known] = ((average - 0.5) / max(1, int(known.sum())))[place]
    return out


def compute_class_uncertainty(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """(N, K) probabilities → (N,) 1 − (p₁ − p₂), the lack of distance between the two best classes. K = 1: its complement is second."""
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
    """Scores of each frame's boxes after suppression → (N,) Σ 4s(1−s) over those of at least 0.05."""
    return np.array([float((4 * s * (1 - s))[s >= LOWEST_SCORE].sum()) for s in (np.asarray(one, dtype=np.float64) for one in scores)])


def compute_class_flicker(top: ArrayLike, clip: ArrayLike, t_s: ArrayLike) -> NDArray[np.float64]:
    """(N,) share of the neighbours within ±1 s in the same clip with another top class; NaN for a frame without neighbours.

    `top`: (N,) class indices, `clip`: (N,) ids, `t_s`: (N,) seconds; a clip's frames stand together and in time order.
    """
    classes, clips, times = np.asarray(top), np.asarray(clip), np.asarray(t_s, dtype=np.float64)
    flicker = np.full(classes.size, np.nan)
    for frame in range(classes.size):
        near = [other for step in (-1, 1) for other in _list_neighbours(frame, step, clips, times)]
        if near:
            flicker[frame] = np.mean(classes[near] != classes[frame])
    return flicker


def compute_detection_flicker(answers: Sequence[NDArray[np.floating]], clip: ArrayLike, t_s: ArrayLike) -> NDArray[np.float64]:
    """(N,) 1 − match score with the frame before and the frame after, averaged; NaN for a frame without either within 1 s.

    `answers`: (n, 6) rows x1, y1, x2, y2, score, class of each frame above the threshold; `clip`, `t_s` as in `compute_class_flicker`.
    """
    clips, times = np.asarray(clip), np.asarray(t_s, dtype=np.float64)
    changed = np.full(len(answers), np.nan)  # between frame i and i + 1
    for frame in range(len(answers) - 1):
        if clips[frame + 1] == clips[frame] and abs(times[frame + 1] - times[frame]) <= NEIGHBOUR_S + 1e-6:
            changed[frame] = 1 - compute_f1_agreement(answers[frame], answers[frame + 1])
    after, before = changed, np.concatenate([[np.nan], changed[:-1]])[: len(answers)]
    sides = np.vstack([before, after])
    known = ~np.isnan(sides)
    total = np.where(known, sides, 0.0).sum(axis=0)
    flicker: NDArray[np.float64] = np.divide(total, known.sum(axis=0), out=np.full(total.shape, np.nan), where=known.any(axis=0))
    return flicker


def rank_image_faults(sharpness: ArrayLike, noise: ArrayLike, clipped: ArrayLike, contrast: ArrayLike) -> Ranks:
    """Ranks of blur, noise, clipped pixels and low contrast, each (N,) and rising with badness.

    `sharpness` ln variance of the Laplacian, `noise` σ, `clipped` share of pixels ≤ 10 or ≥ 245, `contrast` P99 − P1 (methods 5.4).
    """
    return {
        "blur": rank_by_percentile(-np.asarray(sharpness, dtype=np.float64)),
        "noise": rank_by_percentile(noise),
        "clipped": rank_by_percentile(clipped),
        "low_contrast": rank_by_percentile(-np.asarray(contrast, dtype=np.float64)),
    }


def rank_light_faults(mean: ArrayLike, clipped: ArrayLike, contrast: ArrayLike, backlight: ArrayLike) -> Ranks:
    """Ranks of darkness, clipped pixels, low contrast and backlight, each (N,) and rising with badness.

    `mean` luma, `backlight` mean of the border minus mean of the centre, the others as in `rank_image_faults`.
    """
    return {
        "dark": rank_by_percentile(-np.asarray(mean, dtype=np.float64)),
        "clipped": rank_by_percentile(clipped),
        "low_contrast": rank_by_percentile(-np.asarray(contrast, dtype=np.float64)),
        "backlight": rank_by_percentile(backlight),
    }


def compute_two_worst_mean(faults: Ranks) -> NDArray[np.float64]:
    """(N,) mean of the two largest ranks of each frame; at least two kinds of fault."""
    return np.asarray(np.sort(np.stack(list(faults.values())), axis=0)[-2:].mean(axis=0), dtype=np.float64)


def compute_hardness(
    *,
    uncertainty: ArrayLike | None = None,
    flicker: ArrayLike | None = None,
    sensitivity: ArrayLike | None = None,
    faults: Ranks | None = None,
    novelty: ArrayLike | None = None,
    weights: Mapping[str, float] = WEIGHTS,
) -> Hardness:
    """The default hardness: weighted mean of the components' ranks; a missing component is dropped and the weights renormalised.

    All arrays (N,), larger is harder; `faults` of `rank_image_faults`. Raises ValueError without any component that weighs something.
    """
    given = {
        "U": uncertainty,
        "F": flicker,
        "S": sensitivity,
        "Q": None if faults is None else compute_two_worst_mean(faults),
        "V": novelty,
    }
    parts = {name: rank_by_percentile(values) for name, values in given.items() if values is not None and weights.get(name, 0) > 0}
    if not parts:
        raise ValueError("no component of hardness was measured")
    total = sum(weights[name] for name in parts)
    components = tuple((name, weights[name] / total) for name in parts)
    h = np.sum([share * parts[name] for name, share in components], axis=0)
    grounds = {GROUNDS[name]: part for name, part in parts.items() if name in GROUNDS}
    return Hardness(h, components, {**grounds, **(faults if faults is not None and "Q" in parts else {})})


def compute_light_hardness(faults: Ranks) -> Hardness:
    """Hardness of the design *light*: mean of the two worst of `rank_light_faults`, (N,) ranks each; no answer of a model, no blur and no
    noise in it."""
    return Hardness(compute_two_worst_mean(faults), (("light", 1.0),), faults)


def _list_neighbours(frame: int, step: int, clips: NDArray[np.generic], times: NDArray[np.float64]) -> list[int]:
    """Frames from `frame` on in one direction, as long as they are of its clip and within a second."""
    near: list[int] = []
    other = frame + step
    while 0 <= other < times.size and clips[other] == clips[frame] and abs(times[other] - times[frame]) <= NEIGHBOUR_S + 1e-6:
        near.append(other)
        other += step
    return near
