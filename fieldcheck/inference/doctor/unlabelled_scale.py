"""Scale of a model's input, from the figures alone, where no frame is labelled."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Colour, InputSpec
from fieldcheck.inference.decode import OF_CLASSES
from fieldcheck.inference.doctor.feed import Feed, make_batch
from fieldcheck.inference.doctor.feed_variants import (
    MANIFOLD,
    Normalisation,
    PreprocessingWay,
    get_changed_keys,
    get_way,
    list_finding_codes,
    list_norms,
)
from fieldcheck.inference.doctor.findings import Finding, Level, PreprocessingCandidate
from fieldcheck.inference.doctor.graph import InputRange
from fieldcheck.inference.doctor.scores import LEAST_SHARE, compute_log_probabilities

COVERED = 0.6  # overlap of what the card feeds and what a quantised model holds, of all that both reach over
SATURATED = 0.9995  # median of the surest probability over pictures that are nothing in particular
FAR_REACH = 64.0  # a tensor that reaches further was not scaled down
FLAT, MOVING = 0.3, 1.0  # range of log p over unlike pictures
QUIET, HEARD = 0.06, 0.1  # surest score of a detector
HEARD_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class UnlabelledScale:
    """`way`: the way that fits, the card's own where nothing speaks against it."""

    way: PreprocessingWay
    findings: tuple[Finding, ...]
    candidates: tuple[PreprocessingCandidate, ...]


def check_scale_by_range(spec: InputSpec, held: InputRange | None) -> UnlabelledScale:
    """A quantised model rounds its input to a range that was measured on what it was fed: the card has to fill that range."""
    own = get_way(spec)
    if held is None or _compute_overlap(own.norm, held) >= COVERED:
        return UnlabelledScale(own, (), ())
    choices = list_norms(spec, held)[1:]
    # The very range comes first among the choices; a usual norm counts only where it fits better still.
    ranked = sorted(choices, key=lambda norm: -round(_compute_overlap(norm, held), 2))
    ways = [replace(own, norm=norm) for norm in ranked[:3]]
    low, high = _compute_limits(own.norm)
    facts = {"low": low, "high": high, "held_low": held.limits[0], "held_high": held.limits[1], "change": get_changed_keys(spec, ways[0])}
    named = [Finding(code, "error", "range", facts) for code in list_finding_codes(spec, ways[0])]
    return UnlabelledScale(
        ways[0],
        tuple(named),
        tuple(PreprocessingCandidate(get_changed_keys(spec, way), Estimate.not_measured("no_labels")) for way in ways),
    )


def check_scale_by_behaviour(feed: Feed, planes: NDArray[np.float32]) -> UnlabelledScale:
    """Scale only, and only where it is wrong by orders of magnitude: a classifier that is dead sure of everything or moved by nothing, a
    detector that finds nothing anywhere, and another scale at which it behaves. `planes`: (n, C, h, w) float32, unlike pictures as
    `resized` gives them."""
    spec = feed.card.input
    own = get_way(spec)
    if feed.card.output.kind not in OF_CLASSES and not feed.of_boxes:
        return UnlabelledScale(own, (), ())
    reading = _BehaviourProbe(feed, planes)
    if reading.is_sane(own.norm):
        return UnlabelledScale(own, (), ())
    fitting = []
    for norm in list_norms(spec, None)[1:]:
        if not 1 / MANIFOLD < norm.range_width / own.norm.range_width < MANIFOLD and reading.is_sane(norm) and reading.is_responsive(norm):
            fitting.append(replace(own, norm=norm))
    if not fitting:
        return UnlabelledScale(own, (), ())
    low, high = _compute_limits(own.norm)
    facts = {"low": low, "high": high, "sign": reading.get_sign(own.norm), "change": get_changed_keys(spec, fitting[0])}
    candidates = tuple(PreprocessingCandidate(get_changed_keys(spec, way), Estimate.not_measured("no_labels")) for way in fitting)
    return UnlabelledScale(
        fitting[0], (Finding("scale", _get_level(reading.get_sign(own.norm), spec.colour), "behaviour", facts),), candidates
    )


def _get_level(sign: str, colour: Colour) -> Level:
    """How much the sign proves. A network that was trained on 0–255 is as sure of everything as one that is wrongly fed 0–255, and only
    labels can tell the two apart; over grey pictures it is the rule."""
    if sign != "saturated":
        return "error"
    return "info" if colour == "GRAY" else "warning"


class _BehaviourProbe:
    """How a model behaves under one norm; each norm is run once."""

    def __init__(self, feed: Feed, planes: NDArray[np.float32]) -> None:
        self._feed, self._planes = feed, planes
        self._seen: dict[Normalisation, tuple[str, bool]] = {}

    def get_sign(self, norm: Normalisation) -> str:
        """`saturated`, `flat`, `quiet`, or nothing where it behaves."""
        return self._measure_behaviour(norm)[0]

    def is_sane(self, norm: Normalisation) -> bool:
        return not self.get_sign(norm)

    def is_responsive(self, norm: Normalisation) -> bool:
        """Whether unlike pictures get clearly unlike answers."""
        return self._measure_behaviour(norm)[1]

    def _measure_behaviour(self, norm: Normalisation) -> tuple[str, bool]:
        if norm not in self._seen:
            spec = self._feed.card.input
            batch = make_batch(self._planes, replace(spec, scale=norm.scale, mean=norm.mean, std=norm.std))
            of_classes = self._feed.card.output.kind in OF_CLASSES
            self._seen[norm] = self._measure_classes(self._feed.run_singly(batch), norm) if of_classes else self._measure_boxes(batch)
        return self._seen[norm]

    def _measure_classes(self, raw: NDArray[np.float32], norm: Normalisation) -> tuple[str, bool]:
        if not np.isfinite(raw).all():
            return "flat", False
        logs = compute_log_probabilities(raw, self._feed.card.output.kind, self._feed.card.answers.independent)
        spread = float(np.ptp(logs, axis=0).max())
        sure = float(np.median(np.exp(logs.max(axis=1))))
        if norm.range_width >= FAR_REACH and sure >= SATURATED and float(np.median(logs.min(axis=1))) <= np.log(LEAST_SHARE * 2):
            return "saturated", spread >= MOVING
        return "flat" if spread < FLAT and norm.range_width < FAR_REACH else "", spread >= MOVING

    def _measure_boxes(self, batch: NDArray[np.float32]) -> tuple[str, bool]:
        surest = self._feed.find_top_scores(batch)
        return "quiet" if float(surest.max()) < QUIET else "", float((surest >= HEARD).mean()) >= HEARD_SHARE


def _compute_limits(norm: Normalisation) -> tuple[float, float]:
    """The least and the greatest figure that the tensor can hold, over all channels."""
    low = min(0.0 - mean / std for mean, std in zip(norm.mean, norm.std, strict=True))
    high = max((255 * norm.scale - mean) / std for mean, std in zip(norm.mean, norm.std, strict=True))
    return low, high


def _compute_overlap(norm: Normalisation, held: InputRange) -> float:
    """The part that both ranges share, of all that either reaches over."""
    (low, high), (held_low, held_high) = _compute_limits(norm), held.limits
    shared = min(high, held_high) - max(low, held_low)
    return max(0.0, shared) / (max(high, held_high) - min(low, held_low))
