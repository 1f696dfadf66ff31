"""Training recipe: which corruptions it put into its pictures, in the catalogue's own parameters, and which of the field's severities lie
beyond it.

A recipe is a stranger's albumentations pipeline, read as plain JSON values: nothing that it names is imported or run. Of each corruption
the worst value counts. What is milder lies between the clean pictures of a training and its worst ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite, sqrt
from typing import Any

from fieldcheck.corruption.catalog import CATALOG
from fieldcheck.corruption.fit import FittedCorruption
from fieldcheck.corruption.pixels import REFERENCE_SIDE
from fieldcheck.domain.training import FieldRange, StrongestAugmentation

OURS = "fieldcheck_transforms."
MOST_TRANSFORMS, DEEPEST = 2_000, 40
SIZES = {"Resize": "height width", "RandomResizedCrop": "size", "SmallestMaxSize": "max_size", "Rescale": "size"}
PREPARES = frozenset({*SIZES, "CenterCrop", "PadIfNeeded", "LetterBox", "LongestMaxSize", "Normalize", "ToFloat", "ToTensorV2", "ToRGB"})
WHITE = 255
LARGEST = 1e9
ParameterValues = Iterator[tuple[str, str, float]]  # corruption, parameter, value


def parse_training_recipe(recipe: Any, side: int) -> tuple[tuple[StrongestAugmentation, ...], tuple[str, ...]]:
    """The worst of each corruption, and the names of the transforms that say nothing in these terms.

    `side`: shorter side in pixels of the pictures that the recipe is given, for the lengths of built-in transforms; where the recipe
    resizes, what it resizes to counts from there on. Raises ValueError where it is no pipeline.
    """
    start = recipe.get("transform", recipe) if isinstance(recipe, Mapping) else None
    if not isinstance(start, Mapping) or "__class_fullname__" not in start:
        raise ValueError("no albumentations pipeline")
    worst: dict[tuple[str, str], float] = {}
    unread: dict[str, None] = {}
    for name, told in _iter_transforms(start):
        side = _get_resized_side(name, told) or side
        found = [one for one in _read_parameters(name, told, side) if isfinite(one[2])]
        if not found and name.rpartition(".")[2] not in PREPARES:
            unread[name.rpartition(".")[2]] = None
        for corruption, parameter, value in found:
            key = (corruption, parameter)
            if _is_harmful(corruption, parameter, value):
                worst[key] = value if key not in worst else _get_worse_function(corruption, parameter)(worst[key], value)
    return tuple(StrongestAugmentation(*key, value) for key, value in worst.items()), tuple(unread)


def compare_with_training(fitted: Sequence[FittedCorruption], hardest: Sequence[StrongestAugmentation]) -> tuple[FieldRange, ...]:
    """Each corruption that the camera shows, and which of its severities are worse than the worst that was trained."""
    trained = {(one.corruption, one.parameter): one.value for one in hardest}
    rows = []
    for one in fitted:
        most, worse = trained.get((one.corruption, one.parameter)), _get_worse_function(one.corruption, one.parameter)
        first, second, third = (most is None or (stop != most and worse(stop, most) == stop) for stop in one.stops)
        rows.append(FieldRange(one.corruption, one.parameter, one.stops, most, (first, second, third)))
    return tuple(rows)


def _iter_transforms(start: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every transform that is not a group, in order, with its arguments; those that are never applied are left out."""
    waiting: list[tuple[Any, int]] = [(start, 0)]
    for _ in range(MOST_TRANSFORMS):
        if not waiting:
            return
        told, depth = waiting.pop()
        if not isinstance(told, Mapping) or told.get("p") == 0:
            continue
        inner = told.get("transforms")
        if isinstance(inner, Sequence) and depth < DEEPEST and len(inner) <= MOST_TRANSFORMS:
            waiting += [(one, depth + 1) for one in reversed(inner)]
        elif isinstance(name := told.get("__class_fullname__"), str):
            yield name, told


def _read_parameters(name: str, told: Mapping[str, Any], side: int) -> ParameterValues:
    if name.startswith(OURS):
        for corruption, entry in CATALOG.items():
            for parameter in entry.table if entry.transform == name.removeprefix(OURS) else ():
                yield from ((corruption, parameter, value) for value in _list_numbers(told, parameter))
        return
    reads = BUILT_IN.get(name.rpartition(".")[2])
    if reads is not None:
        yield from reads(told, REFERENCE_SIDE / side)


def _read_compression(told: Mapping[str, Any], _scale: float) -> ParameterValues:
    for value in _list_numbers(told, "quality_range", "quality_lower", "quality_upper"):
        yield "jpeg", "quality", value


def _read_noise(told: Mapping[str, Any], _scale: float) -> ParameterValues:
    for value in _list_numbers(told, "std_range"):
        yield "gauss_noise", "sigma", value * WHITE
    for value in _list_numbers(told, "var_limit"):
        yield "gauss_noise", "sigma", sqrt(max(0.0, value))


def _read_gaussian_blur(told: Mapping[str, Any], scale: float) -> ParameterValues:
    for value in _list_numbers(told, "sigma_limit", "sigma_x_limit"):
        yield "defocus", "sigma", value * scale


def _read_box_blur(told: Mapping[str, Any], scale: float) -> ParameterValues:
    for value in _list_numbers(told, "blur_limit"):
        yield "defocus", "sigma", sqrt(max(0.0, value**2 - 1) / 12) * scale  # standard deviation of an even spread over that many pixels


def _read_disc_blur(told: Mapping[str, Any], scale: float) -> ParameterValues:
    for value in _list_numbers(told, "radius"):
        yield "defocus", "sigma", value / 2 * scale  # standard deviation along one direction of a disc


def _read_motion_blur(told: Mapping[str, Any], scale: float) -> ParameterValues:
    for value in _list_numbers(told, "blur_limit"):
        yield "motion", "length", 1 + (value - 1) * scale


def _read_gamma(told: Mapping[str, Any], _scale: float) -> ParameterValues:
    for value in _list_numbers(told, "gamma_limit"):
        yield "gamma", "exponent", value / 100


def _read_brightness(told: Mapping[str, Any], _scale: float) -> ParameterValues:
    """v · a + b burns out what lies above (1 − b)/a; the light that does the same is a/(1 − b). Dark: what becomes of the middle grey."""
    added, factor = _list_numbers(told, "brightness_limit") or [0.0], [1 + one for one in _list_numbers(told, "contrast_limit")] or [1.0]
    yield "bright", "gain", max(factor) / max(0.1, 1 - max(added))
    yield "dark", "gain", max(0.0, min(factor) + 2 * min(added))
    yield "low_contrast", "factor", max(0.0, min(factor))


def _read_jitter(told: Mapping[str, Any], _scale: float) -> ParameterValues:
    for value in _list_numbers(told, "brightness"):
        yield "bright" if value > 1 else "dark", "gain", value
    for value in _list_numbers(told, "contrast"):
        yield "low_contrast", "factor", value


def _read_downscale(told: Mapping[str, Any], _scale: float) -> ParameterValues:
    for value in _list_numbers(told, "scale_range", "scale_min", "scale_max"):
        yield "downscale", "scale", value


BUILT_IN = {
    "ImageCompression": _read_compression,
    "JpegCompression": _read_compression,
    "GaussNoise": _read_noise,
    "GaussianBlur": _read_gaussian_blur,
    "AdvancedBlur": _read_gaussian_blur,
    "Blur": _read_box_blur,
    "Defocus": _read_disc_blur,
    "MotionBlur": _read_motion_blur,
    "RandomGamma": _read_gamma,
    "RandomBrightnessContrast": _read_brightness,
    "ColorJitter": _read_jitter,
    "Downscale": _read_downscale,
}


def _list_numbers(told: Mapping[str, Any], *names: str) -> list[float]:
    """The finite figures under these names: one, or a range."""
    found = []
    for said in (told.get(name) for name in names):
        for one in said if isinstance(said, list | tuple) else (said,):
            if isinstance(one, int | float) and not isinstance(one, bool) and abs(one) < LARGEST:
                found.append(float(one))
    return found


def _get_resized_side(name: str, told: Mapping[str, Any]) -> int | None:
    names = SIZES.get(name.rpartition(".")[2])
    sides = _list_numbers(told, *names.split()) if names else []
    return int(min(sides)) if sides and min(sides) >= 1 else None


def _is_falling(corruption: str, parameter: str) -> bool:
    """Whether less of the parameter is worse."""
    steps = CATALOG[corruption].table[parameter]
    return steps[-1] < steps[0]


def _get_worse_function(corruption: str, parameter: str) -> Any:
    return min if _is_falling(corruption, parameter) else max


def _is_harmful(corruption: str, parameter: str, value: float) -> bool:
    """Whether it does anything at all: a gain above 1 is no darkness."""
    nothing = CATALOG[corruption].table[parameter][0]
    return value < nothing if _is_falling(corruption, parameter) else value > nothing
