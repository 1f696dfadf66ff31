"""Preprocessing variants that the doctor tries: colour order, scale, mean, resize and layout;
recipes of known exports; proposals without labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import (
    Card,
    Colour,
    InputSpec,
    Layout,
    PadPosition,
    Resize,
    dump_card,
    parse_card,
)
from fieldcheck.models.decoders.decoder import OF_CLASSES
from fieldcheck.models.doctor.feed import Feed, make_batch
from fieldcheck.models.doctor.findings import Finding, Level, PreprocessingCandidate
from fieldcheck.models.doctor.fit_card import DECIDES, FittedCard
from fieldcheck.models.doctor.graph_faults import InputRange
from fieldcheck.models.doctor.scores import LEAST_SHARE, compute_log_probabilities
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import OpenModel
from fieldcheck.progress import Progress
from fieldcheck.stats.iou_of_boxes_and_masks import SCORE

Three = tuple[float, ...]

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CAFFE_MEAN = (103.939, 116.779, 123.68)
SHIFTS: tuple[tuple[Three, Three], ...] = (
    ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    (IMAGENET_MEAN, IMAGENET_STD),
    ((0.5, 0.5, 0.5), (0.25, 0.25, 0.25)),
    ((0.5, 0.5, 0.5), (1.0, 1.0, 1.0)),
    ((0.0, 0.0, 0.0), (0.5, 0.5, 0.5)),
)
CROPS = (1.0, 0.875)
# times: a tensor that reaches this much further, or less far, is scaled wrongly, whatever its mean
MANIFOLD = 16.0


@dataclass(frozen=True, slots=True)
class Normalisation:
    """The tensor is (pixel · scale − mean) / std."""

    scale: float
    mean: Three
    std: Three

    def round_values(self) -> tuple[float, ...]:
        """Factors and offsets to four digits: the same for every way to write one norm."""
        factors = [self.scale / std for std in self.std]
        offsets = [-mean / std for mean, std in zip(self.mean, self.std, strict=True)]
        return tuple(float(f"{figure:.4g}") for figure in (*factors, *offsets))

    @property
    def range_width(self) -> float:
        """Width of the tensor's value range, from the darkest to the brightest pixel."""
        return 255 * self.scale / float(np.mean(self.std))


@dataclass(frozen=True, slots=True)
class TensorPlacement:
    """Which part of the frame goes where in the tensor."""

    resize: Resize
    crop: float
    pad_position: PadPosition


@dataclass(frozen=True, slots=True)
class PreprocessingWay:
    """One full way to feed a model."""

    colour: Colour
    norm: Normalisation
    placement: TensorPlacement
    layout: Layout

    def apply_to(self, spec: InputSpec) -> InputSpec:
        """The input of a card, fed this way."""
        return replace(
            spec,
            colour=self.colour,
            scale=self.norm.scale,
            mean=self.norm.mean,
            std=self.norm.std,
            layout=self.layout,
            resize=self.placement.resize,
            crop=self.placement.crop,
            pad_position=self.placement.pad_position,
        )


def get_way(spec: InputSpec) -> PreprocessingWay:
    """How a card feeds its model."""
    tensor_placement = TensorPlacement(spec.resize, spec.crop, spec.pad_position)
    return PreprocessingWay(
        spec.colour, Normalisation(spec.scale, spec.mean, spec.std), tensor_placement, spec.layout
    )


def list_norms(spec: InputSpec, input_range: InputRange | None) -> tuple[Normalisation, ...]:
    """List normalisations: the card's own first, then it with one part corrected, then common ones;
    each once, however it is written. `input_range`: what a quantised model can represent, which
    shows the preprocessing at quantisation."""
    own = get_way(spec).norm
    norms = {own.round_values(): own}
    for norm in (
        *_iter_range_norms(spec, input_range),
        *_iter_partial_norms(own),
        *_iter_usual_norms(spec.channels),
    ):
        if 0.05 <= norm.range_width <= 5000:
            norms.setdefault(norm.round_values(), norm)
    return tuple(norms.values())


def list_colour_orders(spec: InputSpec) -> tuple[Colour, ...]:
    """The card's colour order first."""
    return (
        ("GRAY",)
        if spec.colour == "GRAY"
        else ("RGB", "BGR")
        if spec.colour == "RGB"
        else ("BGR", "RGB")
    )


def iter_placements(spec: InputSpec) -> Iterator[TensorPlacement]:
    """Yield the card's resize first, then every other kind."""
    own = get_way(spec).placement
    yield own
    kinds: tuple[tuple[Resize, PadPosition], ...] = (
        *(
            ("stretch", "centre"),
            ("letterbox", "centre"),
            ("letterbox", "top_left"),
            ("short_side", "centre"),
            ("centre_crop", "centre"),
        ),
    )
    for crop in dict.fromkeys((spec.crop, *CROPS)):
        for resize, position in kinds:
            if TensorPlacement(resize, crop, position) != own and (
                resize != "letterbox" or crop in (spec.crop, 1.0)
            ):
                yield TensorPlacement(resize, crop, position)


def get_changed_keys(spec: InputSpec, way: PreprocessingWay) -> dict[str, Any]:
    """Card keys under `input` that this variant changes, with its values."""
    fed = way.apply_to(spec)
    keys = ("colour", "scale", "mean", "std", "resize", "crop", "pad_position", "layout")
    changes = {key: getattr(fed, key) for key in keys if getattr(fed, key) != getattr(spec, key)}
    if fed.resize != "letterbox":
        changes.pop("pad_position", None)
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in changes.items()
    }


def list_finding_codes(spec: InputSpec, way: PreprocessingWay) -> tuple[str, ...]:
    """Codes of the findings that explain the step from the card to this variant."""
    own, changed = get_way(spec), get_changed_keys(spec, way)
    codes = []
    if "colour" in changed:
        codes.append("channel_order")
    if own.norm.round_values() != way.norm.round_values():
        codes += _list_norm_codes(own.norm, way.norm)
    if {"resize", "crop", "pad_position"} & changed.keys():
        codes.append("resize")
    if "layout" in changed:
        codes.append("layout")
    return tuple(codes)


def count_changes(spec: InputSpec, way: PreprocessingWay) -> int:
    """Number of changes to the card; of equally good variants the one with the fewest is
    reported."""
    own = get_way(spec)
    parts = [
        own.norm.scale != way.norm.scale,
        (own.norm.mean, own.norm.std) != (way.norm.mean, way.norm.std),
    ]
    if own.norm.round_values() == way.norm.round_values():
        parts = []
    parts += [
        own.colour != way.colour,
        own.layout != way.layout,
        own.placement.resize != way.placement.resize,
    ]
    same_resize = own.placement.resize == way.placement.resize
    parts += [
        own.placement.crop != way.placement.crop,
        same_resize and own.placement.pad_position != way.placement.pad_position,
    ]
    return sum(parts)


def iter_partial_changes(
    spec: InputSpec, way: PreprocessingWay, choices: tuple[Normalisation, ...]
) -> Iterator[PreprocessingWay]:
    """The ways with some of this way's changes taken back, the card itself among them; `choices`
    are the norms that were tried."""
    own = get_way(spec)
    milder = [
        norm
        for norm in choices
        if norm.scale == own.norm.scale or (norm.mean, norm.std) == (own.norm.mean, own.norm.std)
    ]
    norms_between = tuple(dict.fromkeys((way.norm, own.norm, *milder)))
    for norm in norms_between:
        for colour in dict.fromkeys((way.colour, own.colour)):
            for tensor_placement in dict.fromkeys((way.placement, own.placement)):
                for layout in dict.fromkeys((way.layout, own.layout)):
                    yield PreprocessingWay(colour, norm, tensor_placement, layout)


def _list_norm_codes(own: Normalisation, other: Normalisation) -> list[str]:
    same_shift = (own.mean, own.std) == (other.mean, other.std)
    ratio = other.range_width / own.range_width
    if not 1 / MANIFOLD < ratio < MANIFOLD:
        return ["scale"] if same_shift or _is_plain(own) else ["scale", "mean_std"]
    return ["scale"] if same_shift else ["mean_std"]


def _is_plain(norm: Normalisation) -> bool:
    """Whether mean and deviation are trivial, so that only the scale can be wrong."""
    return not any(norm.mean) and all(std == 1 for std in norm.std)


def _iter_range_norms(spec: InputSpec, input_range: InputRange | None) -> Iterator[Normalisation]:
    if input_range is not None:
        offset = input_range.scale * input_range.zero
        yield Normalisation(input_range.scale, (offset,) * spec.channels, (1.0,) * spec.channels)


def _iter_partial_norms(own: Normalisation) -> Iterator[Normalisation]:
    """The card's norm with only its scale, its mean or its deviation changed."""
    n = len(own.mean)
    for factor in (255.0, 1 / 255):
        yield Normalisation(own.scale * factor, own.mean, own.std)
    for scale in (1.0, 1 / 255):
        yield Normalisation(scale, own.mean, own.std)
    yield Normalisation(own.scale, own.mean, (1.0,) * n)
    yield Normalisation(own.scale, (0.0,) * n, own.std)


def _iter_usual_norms(channels: int) -> Iterator[Normalisation]:
    for mean, std in SHIFTS:
        yield Normalisation(1 / 255, mean[:channels], std[:channels])
    yield Normalisation(1.0, (0.0,) * channels, (1.0,) * channels)
    yield Normalisation(1.0, CAFFE_MEAN[:channels], (1.0,) * channels)


# Scale of a model's input, from the figures alone, where no frame is labelled.

# overlap of what the card feeds and what a quantised model holds, of all that both reach over
COVERED = 0.6
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


def check_scale_by_range(spec: InputSpec, input_range: InputRange | None) -> UnlabelledScale:
    """Check the scale of a quantised model: its input range was measured on its calibration images,
    and the card has to fill that range."""
    own = get_way(spec)
    if input_range is None or _compute_overlap(own.norm, input_range) >= COVERED:
        return UnlabelledScale(own, (), ())
    choices = list_norms(spec, input_range)[1:]
    # The very range comes first among the choices; a usual norm counts only where it fits better
    # still.
    ranked = sorted(choices, key=lambda norm: -round(_compute_overlap(norm, input_range), 2))
    ways = [replace(own, norm=norm) for norm in ranked[:3]]
    low, high = _compute_limits(own.norm)
    facts = {
        "low": low,
        "high": high,
        "held_low": input_range.limits[0],
        "held_high": input_range.limits[1],
        "change": get_changed_keys(spec, ways[0]),
    }
    named = [Finding(code, "error", "range", facts) for code in list_finding_codes(spec, ways[0])]
    return UnlabelledScale(
        ways[0],
        tuple(named),
        tuple(
            PreprocessingCandidate(get_changed_keys(spec, way), Estimate.not_measured("no_labels"))
            for way in ways
        ),
    )


def check_scale_by_behaviour(feed: Feed, planes: NDArray[np.float32]) -> UnlabelledScale:
    """Check the scale by behaviour, and report it only where it is wrong by orders of magnitude: a
    classifier that is always certain or constant, or a detector that finds nothing, and that
    behaves at another scale. `planes`: (n, C, h, w) float32, different images as `resized` gives
    them."""
    spec = feed.card.input
    own = get_way(spec)
    if feed.card.output.kind not in OF_CLASSES and not feed.of_boxes:
        return UnlabelledScale(own, (), ())
    reading = _BehaviourProbe(feed, planes)
    if reading.is_sane(own.norm):
        return UnlabelledScale(own, (), ())
    fitting = []
    for norm in list_norms(spec, None)[1:]:
        if (
            not 1 / MANIFOLD < norm.range_width / own.norm.range_width < MANIFOLD
            and reading.is_sane(norm)
            and reading.is_responsive(norm)
        ):
            fitting.append(replace(own, norm=norm))
    if not fitting:
        return UnlabelledScale(own, (), ())
    low, high = _compute_limits(own.norm)
    facts = {
        "low": low,
        "high": high,
        "sign": reading.get_sign(own.norm),
        "change": get_changed_keys(spec, fitting[0]),
    }
    candidates = tuple(
        PreprocessingCandidate(get_changed_keys(spec, way), Estimate.not_measured("no_labels"))
        for way in fitting
    )
    return UnlabelledScale(
        fitting[0],
        (
            Finding(
                "scale", _get_level(reading.get_sign(own.norm), spec.colour), "behaviour", facts
            ),
        ),
        candidates,
    )


def _get_level(sign: str, colour: Colour) -> Level:
    """Severity of the finding. A network trained on 0–255 is as certain of everything as one that
    gets 0–255 by mistake, and only labels can tell them apart; with grey images certainty is
    usual."""
    if sign != "saturated":
        return "error"
    return "info" if colour == "GRAY" else "warning"


class _BehaviourProbe:
    """Behaviour of a model under each normalisation; each is run once."""

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
            batch = make_batch(
                self._planes, replace(spec, scale=norm.scale, mean=norm.mean, std=norm.std)
            )
            of_classes = self._feed.card.output.kind in OF_CLASSES
            self._seen[norm] = (
                self._measure_classes(self._feed.run_singly(batch), norm)
                if of_classes
                else self._measure_boxes(batch)
            )
        return self._seen[norm]

    def _measure_classes(self, raw: NDArray[np.float32], norm: Normalisation) -> tuple[str, bool]:
        if not np.isfinite(raw).all():
            return "flat", False
        logs = compute_log_probabilities(
            raw, self._feed.card.output.kind, self._feed.card.answers.independent
        )
        spread = float(np.ptp(logs, axis=0).max())
        sure = float(np.median(np.exp(logs.max(axis=1))))
        if (
            norm.range_width >= FAR_REACH
            and sure >= SATURATED
            and float(np.median(logs.min(axis=1))) <= np.log(LEAST_SHARE * 2)
        ):
            return "saturated", spread >= MOVING
        return "flat" if spread < FLAT and norm.range_width < FAR_REACH else "", spread >= MOVING

    def _measure_boxes(self, batch: NDArray[np.float32]) -> tuple[str, bool]:
        surest = self._feed.find_top_scores(batch)
        return "quiet" if float(surest.max()) < QUIET else "", float(
            (surest >= HEARD).mean()
        ) >= HEARD_SHARE


def _compute_limits(norm: Normalisation) -> tuple[float, float]:
    """The least and the greatest figure that the tensor can hold, over all channels."""
    low = min(0.0 - mean / std for mean, std in zip(norm.mean, norm.std, strict=True))
    high = max(
        (255 * norm.scale - mean) / std for mean, std in zip(norm.mean, norm.std, strict=True)
    )
    return low, high


def _compute_overlap(norm: Normalisation, input_range: InputRange) -> float:
    """The part that both ranges share, of all that either reaches over."""
    (low, high), (held_low, held_high) = _compute_limits(norm), input_range.limits
    shared = min(high, held_high) - max(low, held_low)
    return max(0.0, shared) / (max(high, held_high) - min(low, held_low))


# Preprocessing recipes of known exports (YOLOX, YOLOv5/v8, torchvision, TensorFlow, Caffe): colour
# order, scale, mean, resize,
# border.

IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
PLAIN = {"colour": "RGB", "scale": 1 / 255, "mean": [0.0] * 3, "std": [1.0] * 3}
RAW = {"scale": 1.0, "mean": [0.0] * 3, "std": [1.0] * 3}
FITTED: dict[str, Any] = {"resize": "letterbox", "pad": 114, "pad_position": "centre"}
TOP_LEFT = FITTED | {"pad_position": "top_left"}
CENTRE = {"resize": "short_side", "crop": 0.875}
# times as much confidence in its boxes: another recipe than the usual one has to be plainly better
AHEAD = 2.0
MORE_RIGHT = 2  # frames


@dataclass(frozen=True, slots=True)
class PreprocessingRecipe:
    """`input` keys of a card under the name of those who export that way."""

    name: str
    keys: Mapping[str, Any]


YOLOX = (
    PreprocessingRecipe("YOLOX", TOP_LEFT | {"colour": "BGR"} | RAW),
    PreprocessingRecipe("YOLOX 0.1.0", TOP_LEFT | PLAIN | IMAGENET),
    PreprocessingRecipe("YOLOX, RGB", TOP_LEFT | {"colour": "RGB"} | RAW),
)
YOLO = (
    PreprocessingRecipe("YOLOv5–v11", FITTED | PLAIN),
    PreprocessingRecipe("YOLO, 0–255", FITTED | {"colour": "RGB"} | RAW),
    PreprocessingRecipe("YOLO, BGR", FITTED | PLAIN | {"colour": "BGR"}),
)
CLASSES = (
    PreprocessingRecipe("÷ 255", {"resize": "stretch"} | PLAIN),
    PreprocessingRecipe("torchvision", CENTRE | PLAIN | IMAGENET),
    PreprocessingRecipe("TensorFlow", CENTRE | PLAIN | {"mean": [0.5] * 3, "std": [0.5] * 3}),
    PreprocessingRecipe(
        "Caffe",
        CENTRE
        | {"colour": "BGR", "scale": 1.0, "mean": [103.939, 116.779, 123.68], "std": [1.0] * 3},
    ),
    PreprocessingRecipe("0–255", {"resize": "stretch", "colour": "RGB"} | RAW),
)
BY_KIND = {
    "yolox": YOLOX, "yolo": YOLO, "yolo_obj": YOLO, "yolo_end2end": YOLO,
    "logits": CLASSES, "softmax": CLASSES, "sigmoid": CLASSES,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BestRecipe:
    """The card fed by the recipe that answers best, its name, and how many were tried; none where
    no recipe is known for this output."""

    card: Card
    name: str = ""
    n: int = 0


def iter_known_recipes(card: Card, stated: Mapping[str, Any]) -> Iterator[tuple[str, Card]]:
    """Name and card of every recipe for this kind of output, the usual one first; keys of `input`
    that somebody `stated` stay as they are."""
    if card.input.channels == 1:
        return
    for recipe in BY_KIND.get(card.output.kind, ()):
        document = dump_card(card)
        keys = {key: value for key, value in recipe.keys.items() if stated.get(key) is None}
        yield recipe.name, parse_card(document | {"input": document["input"] | keys})


def find_best_recipe(
    model: OpenModel,
    card: Card,
    stated: Mapping[str, Any],
    frames: Sequence[tuple[NDArray[np.uint8], str]],
    progress: Progress,
) -> BestRecipe:
    """Try the known recipes on `frames`, each (H, W, 3) uint8 RGB with its class or an empty name.
    Boxes: the recipe with the highest scores, since a detector finds nothing at a wrong scale.
    Classes: the recipe with most correct labelled frames. The usual recipe is kept where none is
    clearly better or nothing can decide: a classifier's confidence says nothing about its input.
    Raises ModelRejected."""
    recipes = list(iter_known_recipes(card, stated))
    if not recipes:
        return BestRecipe(card)
    of_boxes = card.output.kind not in ("logits", "softmax", "sigmoid")
    shown = list(frames) if of_boxes else [frame for frame in frames if frame[1] in card.classes]
    if not shown:
        return BestRecipe(recipes[0][1], recipes[0][0])
    scores = []
    for _, fed in recipes:
        runner, answers = ModelRunner(model, fed, batch_size=1), []
        for rgb, truth in shown:
            progress.check()
            (prediction,) = runner.predict_with_masks([rgb])
            answers.append(_score_answer(prediction.answer, fed, truth))
        scores.append(float(np.sum(answers)))
    best = int(np.argmax(scores))
    plainly = (
        scores[best] >= AHEAD * scores[0] if of_boxes else scores[best] >= scores[0] + MORE_RIGHT
    )
    name, chosen = recipes[best if plainly else 0]
    return BestRecipe(chosen, name, len(recipes))


def _score_answer(answer: NDArray[np.float32], card: Card, truth: str) -> float:
    """Of boxes, (k, 6), the highest score; of shares, (K,), whether the labelled class is first."""
    if answer.ndim == 2:
        return float(answer[:, SCORE].max()) if len(answer) else 0.0
    return float(np.isfinite(answer).all() and card.classes[int(np.argmax(answer))] == truth)


# Proposed preprocessing of a model whose card says nothing of it: the known recipes, tried on
# whatever pictures there are.


def find_known_preprocessing(
    model: OpenModel,
    fitted: FittedCard,
    frames: Sequence[tuple[NDArray[np.uint8], str]],
    progress: Progress,
) -> BestRecipe:
    """The fitted card, fed by the recipe that `find_best_recipe` finds on `frames` – (H, W, 3)
    uint8 RGB with its class or an empty name – where nobody said how; as it was fitted where
    somebody did, or where its output cannot be read. Raises ModelRejected, Cancelled."""
    if DECIDES not in fitted.proposed_keys or not fitted.readable:
        return BestRecipe(fitted.card)
    return find_best_recipe(
        model, fitted.card, fitted.stated_keys.get("input") or {}, frames, progress
    )
