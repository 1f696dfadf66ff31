"""The ways to feed a model that the doctor tries: colour order, scale, mean and deviation, resize, layout – one of each makes a way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from fieldcheck.domain.model_card import Colour, InputSpec, Layout, PadPosition, Resize
from fieldcheck.inference.doctor.graph import InputRange

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
MANIFOLD = 16.0  # times: a tensor that reaches this much further, or less far, is scaled wrongly, whatever its mean


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
        """How far the tensor reaches from the darkest pixel to the brightest."""
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
            spec, colour=self.colour, scale=self.norm.scale, mean=self.norm.mean, std=self.norm.std, layout=self.layout,
            resize=self.placement.resize, crop=self.placement.crop, pad_position=self.placement.pad_position,
        )  # fmt: skip


def get_way(spec: InputSpec) -> PreprocessingWay:
    """How a card feeds its model."""
    place = TensorPlacement(spec.resize, spec.crop, spec.pad_position)
    return PreprocessingWay(spec.colour, Normalisation(spec.scale, spec.mean, spec.std), place, spec.layout)


def list_norms(spec: InputSpec, held: InputRange | None) -> tuple[Normalisation, ...]:
    """The card's own first, then it with one of its parts put right, then the usual ones; each only once however it is written.

    `held`: what a quantised model can hold, which is how it was fed when it was quantised.
    """
    own = get_way(spec).norm
    found = {own.round_values(): own}
    for norm in (*_iter_range_norms(spec, held), *_iter_partial_norms(own), *_iter_usual_norms(spec.channels)):
        if 0.05 <= norm.range_width <= 5000:
            found.setdefault(norm.round_values(), norm)
    return tuple(found.values())


def list_colour_orders(spec: InputSpec) -> tuple[Colour, ...]:
    """The card's colour order first."""
    return ("GRAY",) if spec.colour == "GRAY" else ("RGB", "BGR") if spec.colour == "RGB" else ("BGR", "RGB")


def iter_placements(spec: InputSpec) -> Iterator[TensorPlacement]:
    """The card's place first, then every other kind of resize."""
    own = get_way(spec).placement
    yield own
    kinds: tuple[tuple[Resize, PadPosition], ...] = (
        *(("stretch", "centre"), ("letterbox", "centre"), ("letterbox", "top_left"), ("short_side", "centre"), ("centre_crop", "centre")),
    )
    for crop in dict.fromkeys((spec.crop, *CROPS)):
        for resize, position in kinds:
            if TensorPlacement(resize, crop, position) != own and (resize != "letterbox" or crop in (spec.crop, 1.0)):
                yield TensorPlacement(resize, crop, position)


def get_changed_keys(spec: InputSpec, way: PreprocessingWay) -> dict[str, Any]:
    """The card's keys under `input` that this way has otherwise, with its values."""
    fed = way.apply_to(spec)
    keys = ("colour", "scale", "mean", "std", "resize", "crop", "pad_position", "layout")
    found = {key: getattr(fed, key) for key in keys if getattr(fed, key) != getattr(spec, key)}
    if fed.resize != "letterbox":
        found.pop("pad_position", None)
    return {key: list(value) if isinstance(value, tuple) else value for key, value in found.items()}


def list_finding_codes(spec: InputSpec, way: PreprocessingWay) -> tuple[str, ...]:
    """Which findings the step from the card to this way is."""
    own, changed = get_way(spec), get_changed_keys(spec, way)
    found = []
    if "colour" in changed:
        found.append("channel_order")
    if own.norm.round_values() != way.norm.round_values():
        found += _list_norm_codes(own.norm, way.norm)
    if {"resize", "crop", "pad_position"} & changed.keys():
        found.append("resize")
    if "layout" in changed:
        found.append("layout")
    return tuple(found)


def count_changes(spec: InputSpec, way: PreprocessingWay) -> int:
    """How much is changed on the card; of ways that fit alike the one that changes least is named."""
    own = get_way(spec)
    parts = [own.norm.scale != way.norm.scale, (own.norm.mean, own.norm.std) != (way.norm.mean, way.norm.std)]
    if own.norm.round_values() == way.norm.round_values():
        parts = []
    parts += [own.colour != way.colour, own.layout != way.layout, own.placement.resize != way.placement.resize]
    same_resize = own.placement.resize == way.placement.resize
    parts += [own.placement.crop != way.placement.crop, same_resize and own.placement.pad_position != way.placement.pad_position]
    return sum(parts)


def iter_partial_changes(spec: InputSpec, way: PreprocessingWay, choices: tuple[Normalisation, ...]) -> Iterator[PreprocessingWay]:
    """The ways with some of this way's changes taken back, the card itself among them; `choices` are the norms that were tried."""
    own = get_way(spec)
    milder = [norm for norm in choices if norm.scale == own.norm.scale or (norm.mean, norm.std) == (own.norm.mean, own.norm.std)]
    norms_between = tuple(dict.fromkeys((way.norm, own.norm, *milder)))
    for norm in norms_between:
        for colour in dict.fromkeys((way.colour, own.colour)):
            for place in dict.fromkeys((way.placement, own.placement)):
                for layout in dict.fromkeys((way.layout, own.layout)):
                    yield PreprocessingWay(colour, norm, place, layout)


def _list_norm_codes(own: Normalisation, other: Normalisation) -> list[str]:
    same_shift = (own.mean, own.std) == (other.mean, other.std)
    ratio = other.range_width / own.range_width
    if not 1 / MANIFOLD < ratio < MANIFOLD:
        return ["scale"] if same_shift or _is_plain(own) else ["scale", "mean_std"]
    return ["scale"] if same_shift else ["mean_std"]


def _is_plain(norm: Normalisation) -> bool:
    """Whether nothing is taken off and nothing divided by: all that can be wrong with it is its scale."""
    return not any(norm.mean) and all(std == 1 for std in norm.std)


def _iter_range_norms(spec: InputSpec, held: InputRange | None) -> Iterator[Normalisation]:
    if held is not None:
        shift = held.scale * held.zero
        yield Normalisation(held.scale, (shift,) * spec.channels, (1.0,) * spec.channels)


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
