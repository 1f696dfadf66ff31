"""Training recipes: a foreign albumentations pipeline read as data, and one written from the
field's corruptions with its accompanying texts.

A recipe is a stranger's albumentations pipeline, read as plain JSON values: nothing that it names
is imported or run. Of each corruption the worst value counts. What is milder lies between the clean
pictures of a training and its worst ones.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from fieldcheck.corruptions.catalogue import CATALOG, CORE, get_parameters, make_transform
from fieldcheck.corruptions.fit_camera import FittedCorruption
from fieldcheck.corruptions.messages import get_corruption_name
from fieldcheck.corruptions.transforms.pixels import REFERENCE_SIDE
from fieldcheck.domain.model_card import FieldRange, StrongestAugmentation
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_percent

if TYPE_CHECKING:
    from albumentations import BasicTransform, Compose

# A recipe for training: corruptions as an albumentations pipeline that is read back by plain
# albumentations.

SHARE = 0.3  # of a batch that is corrupted; the rest stays clean
TOGETHER = ((1, 0.4), (2, 0.4), (3, 0.2))  # how many at once, and how often: never fifty
# families that no exported recipe trains on, so that they can tell whether the others taught more
# than themselves
UNSEEN = 2
STOPS = (1.0, 3.0)  # mild and moderate: what is severe is for testing
NATIVE = frozenset({"jpeg", "gauss_noise"})  # of a fitted camera: blocks and noise of its own files


@dataclass(frozen=True, slots=True)
class RecipePart:
    """One corruption of a recipe: the arguments of its transform, milder ones first; `fitted` where
    they are this camera's."""

    corruption: str
    stops: tuple[dict[str, float | bool], ...]
    fitted: bool = False


def list_recipe_parts(
    fitted: Sequence[FittedCorruption] = (), names: Iterable[str] = CORE
) -> tuple[RecipePart, ...]:
    """The core set at mild and moderate, with this camera's figures where it has been fitted."""
    fitted_by_name = {
        fitted_corruption.corruption: fitted_corruption for fitted_corruption in fitted
    }
    parts = []
    for name in (*names, *(name for name in fitted_by_name if name not in CORE)):
        if name in fitted_by_name:
            parts.append(
                RecipePart(
                    name,
                    tuple(_get_fitted_arguments(fitted_by_name[name], index) for index in (0, 1)),
                    fitted=True,
                )
            )
        else:
            parts.append(
                RecipePart(name, tuple(dict(get_parameters(name, severity)) for severity in STOPS))
            )
    return tuple(parts)


def _get_fitted_arguments(
    fitted_corruption: FittedCorruption, index: int
) -> dict[str, float | bool]:
    value: dict[str, float | bool] = {fitted_corruption.parameter: fitted_corruption.stops[index]}
    return value | {"native": True} if fitted_corruption.corruption in NATIVE else value


def split_parts(
    parts: Sequence[RecipePart], seed: int, kept: Collection[str] = ()
) -> tuple[tuple[RecipePart, ...], tuple[RecipePart, ...]]:
    """Split parts into (trained, unseen): two corruptions of different causes, chosen by the seed,
    are unseen, never one of those `kept`, which match the field."""
    rng, unseen = np.random.default_rng(seed), list[RecipePart]()
    for index in rng.permutation(len(parts)):
        part = parts[int(index)]
        if (
            len(unseen) < UNSEEN
            and part.corruption not in kept
            and CATALOG[part.corruption].cause not in _get_causes(unseen)
        ):
            unseen.append(part)
    return tuple(part for part in parts if part not in unseen), tuple(unseen)


def _get_causes(parts: Iterable[RecipePart]) -> set[str]:
    return {CATALOG[part.corruption].cause for part in parts}


def build_pipeline(parts: Sequence[RecipePart], share: float = SHARE) -> Compose:
    """One to three of the parts, each mild or moderate, on `share` of the pictures."""
    import albumentations as A

    def make_choices() -> list[BasicTransform]:
        return [
            A.OneOf([make_transform(part.corruption, stop) for stop in part.stops], p=1.0)
            for part in parts
        ]

    # A group chosen by `OneOf` draws again whether it is applied, unless it is a sequence.
    groups = [
        A.Sequential([A.SomeOf(make_choices(), n=n, replace=False, p=1.0)], p=often)
        for n, often in TOGETHER
        if n <= len(parts)
    ]
    return A.Compose([A.OneOf(groups, p=1.0)], p=share)


def format_pipeline(parts: Sequence[RecipePart], share: float = SHARE) -> str:
    """The pipeline as the JSON that `albumentations.load` reads once `fieldcheck_transforms` is
    imported. The seed is not in it."""
    import albumentations as A

    return json.dumps(A.to_dict(build_pipeline(parts, share)), indent=1) + "\n"


OURS = "fieldcheck_transforms."
MOST_TRANSFORMS, DEEPEST = 2_000, 40
SIZES = {
    "Resize": "height width",
    "RandomResizedCrop": "size",
    "SmallestMaxSize": "max_size",
    "Rescale": "size",
}
PREPARES = frozenset(
    {
        *SIZES,
        "CenterCrop",
        "PadIfNeeded",
        "LetterBox",
        "LongestMaxSize",
        "Normalize",
        "ToFloat",
        "ToTensorV2",
        "ToRGB",
    }
)
WHITE = 255
LARGEST = 1e9
ParameterValues = Iterator[tuple[str, str, float]]  # corruption, parameter, value


def parse_training_recipe(
    recipe: Any, side: int
) -> tuple[tuple[StrongestAugmentation, ...], tuple[str, ...]]:
    """The worst of each corruption, and the names of the transforms that say nothing in these
    terms.

    `side`: shorter side in pixels of the pictures that the recipe is given, for the lengths of
    built-in transforms; where the recipe resizes, what it resizes to counts from there on. Raises
    ValueError where it is no pipeline.
    """
    start = recipe.get("transform", recipe) if isinstance(recipe, Mapping) else None
    if not isinstance(start, Mapping) or "__class_fullname__" not in start:
        raise ValueError("no albumentations pipeline")
    worst: dict[tuple[str, str], float] = {}
    unread: dict[str, None] = {}
    for name, parameters in _iter_transforms(start):
        side = _get_resized_side(name, parameters) or side
        ranges = [
            parameter
            for parameter in _read_parameters(name, parameters, side)
            if isfinite(parameter[2])
        ]
        if not ranges and name.rpartition(".")[2] not in PREPARES:
            unread[name.rpartition(".")[2]] = None
        for corruption, parameter, value in ranges:
            key = (corruption, parameter)
            if _is_harmful(corruption, parameter, value):
                worst[key] = (
                    value
                    if key not in worst
                    else _get_worse_function(corruption, parameter)(worst[key], value)
                )
    return tuple(StrongestAugmentation(*key, value) for key, value in worst.items()), tuple(unread)


def compare_with_training(
    fitted: Sequence[FittedCorruption], hardest: Sequence[StrongestAugmentation]
) -> tuple[FieldRange, ...]:
    """Each corruption that the camera shows, and which of its severities are worse than the worst
    that was trained."""
    trained = {
        (
            strongest_augmentation.corruption,
            strongest_augmentation.parameter,
        ): strongest_augmentation.value
        for strongest_augmentation in hardest
    }
    rows = []
    for fitted_corruption in fitted:
        most, worse = (
            trained.get((fitted_corruption.corruption, fitted_corruption.parameter)),
            _get_worse_function(fitted_corruption.corruption, fitted_corruption.parameter),
        )
        first, second, third = (
            most is None or (stop != most and worse(stop, most) == stop)
            for stop in fitted_corruption.stops
        )
        rows.append(
            FieldRange(
                fitted_corruption.corruption,
                fitted_corruption.parameter,
                fitted_corruption.stops,
                most,
                (first, second, third),
            )
        )
    return tuple(rows)


def _iter_transforms(start: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every transform that is not a group, in order, with its arguments; those that are never
    applied are left out."""
    waiting: list[tuple[Any, int]] = [(start, 0)]
    for _ in range(MOST_TRANSFORMS):
        if not waiting:
            return
        transform, depth = waiting.pop()
        if not isinstance(transform, Mapping) or transform.get("p") == 0:
            continue
        inner = transform.get("transforms")
        if isinstance(inner, Sequence) and depth < DEEPEST and len(inner) <= MOST_TRANSFORMS:
            waiting += [(transform, depth + 1) for transform in reversed(inner)]
        elif isinstance(name := transform.get("__class_fullname__"), str):
            yield name, transform


def _read_parameters(name: str, parameters: Mapping[str, Any], side: int) -> ParameterValues:
    if name.startswith(OURS):
        for corruption, entry in CATALOG.items():
            for parameter in entry.table if entry.transform == name.removeprefix(OURS) else ():
                yield from (
                    (corruption, parameter, value) for value in _list_numbers(parameters, parameter)
                )
        return
    reads = BUILT_IN.get(name.rpartition(".")[2])
    if reads is not None:
        yield from reads(parameters, REFERENCE_SIDE / side)


def _read_compression(parameters: Mapping[str, Any], _scale: float) -> ParameterValues:
    for value in _list_numbers(parameters, "quality_range", "quality_lower", "quality_upper"):
        yield "jpeg", "quality", value


def _read_noise(parameters: Mapping[str, Any], _scale: float) -> ParameterValues:
    for value in _list_numbers(parameters, "std_range"):
        yield "gauss_noise", "sigma", value * WHITE
    for value in _list_numbers(parameters, "var_limit"):
        yield "gauss_noise", "sigma", sqrt(max(0.0, value))


def _read_gaussian_blur(parameters: Mapping[str, Any], scale: float) -> ParameterValues:
    for value in _list_numbers(parameters, "sigma_limit", "sigma_x_limit"):
        yield "defocus", "sigma", value * scale


def _read_box_blur(parameters: Mapping[str, Any], scale: float) -> ParameterValues:
    for value in _list_numbers(parameters, "blur_limit"):
        # standard deviation of an even spread over that many pixels
        yield "defocus", "sigma", sqrt(max(0.0, value**2 - 1) / 12) * scale


def _read_disc_blur(parameters: Mapping[str, Any], scale: float) -> ParameterValues:
    for value in _list_numbers(parameters, "radius"):
        # standard deviation along one direction of a disc
        yield "defocus", "sigma", value / 2 * scale


def _read_motion_blur(parameters: Mapping[str, Any], scale: float) -> ParameterValues:
    for value in _list_numbers(parameters, "blur_limit"):
        yield "motion", "length", 1 + (value - 1) * scale


def _read_gamma(parameters: Mapping[str, Any], _scale: float) -> ParameterValues:
    for value in _list_numbers(parameters, "gamma_limit"):
        yield "gamma", "exponent", value / 100


def _read_brightness(parameters: Mapping[str, Any], _scale: float) -> ParameterValues:
    """v · a + b burns out what lies above (1 − b)/a; the light that does the same is a/(1 − b).
    Dark: what becomes of the middle grey."""
    added, factor = (
        _list_numbers(parameters, "brightness_limit") or [0.0],
        [1 + number for number in _list_numbers(parameters, "contrast_limit")] or [1.0],
    )
    yield "bright", "gain", max(factor) / max(0.1, 1 - max(added))
    yield "dark", "gain", max(0.0, min(factor) + 2 * min(added))
    yield "low_contrast", "factor", max(0.0, min(factor))


def _read_jitter(parameters: Mapping[str, Any], _scale: float) -> ParameterValues:
    for value in _list_numbers(parameters, "brightness"):
        yield "bright" if value > 1 else "dark", "gain", value
    for value in _list_numbers(parameters, "contrast"):
        yield "low_contrast", "factor", value


def _read_downscale(parameters: Mapping[str, Any], _scale: float) -> ParameterValues:
    for value in _list_numbers(parameters, "scale_range", "scale_min", "scale_max"):
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


def _list_numbers(parameters: Mapping[str, Any], *names: str) -> list[float]:
    """The finite figures under these names: one, or a range."""
    numbers = []
    for value in (parameters.get(name) for name in names):
        for item in value if isinstance(value, list | tuple) else (value,):
            if isinstance(item, int | float) and not isinstance(item, bool) and abs(item) < LARGEST:
                numbers.append(float(item))
    return numbers


def _get_resized_side(name: str, parameters: Mapping[str, Any]) -> int | None:
    names = SIZES.get(name.rpartition(".")[2])
    sides = _list_numbers(parameters, *names.split()) if names else []
    return int(min(sides)) if sides and min(sides) >= 1 else None


def _is_falling(corruption: str, parameter: str) -> bool:
    """Whether a smaller parameter is worse."""
    steps = CATALOG[corruption].table[parameter]
    return steps[-1] < steps[0]


def _get_worse_function(corruption: str, parameter: str) -> Any:
    return min if _is_falling(corruption, parameter) else max


def _is_harmful(corruption: str, parameter: str, value: float) -> bool:
    """Whether the parameter has any effect of that corruption: a gain above 1 is no darkness."""
    nothing = CATALOG[corruption].table[parameter][0]
    return value < nothing if _is_falling(corruption, parameter) else value > nothing


# Texts of an export, and what lies beside an exported recipe to be read.


def describe_export(kind: str, n: int, out: str) -> str:
    """One line for the terminal."""
    counted = {
        "recipe": tr_plural(
            "Recipe of {n} corruption exported to {out}.",
            "Recipe of {n} corruptions exported to {out}.",
            n,
        ),
        "ablation": tr_plural(
            "{n} leave-one-out recipe exported to {out}.",
            "{n} leave-one-out recipes exported to {out}.",
            n,
        ),
        "poison": tr_plural(
            "{n} corrupted image exported to {out}.", "{n} corrupted images exported to {out}.", n
        ),
        "augmented": tr_plural("{n} image exported to {out}.", "{n} images exported to {out}.", n),
        "frames": tr_plural(
            "{n} image with its id exported to {out}.",
            "{n} images with their ids exported to {out}.",
            n,
        ),
        "mlflow": tr_plural("{n} run exported to {out}.", "{n} runs exported to {out}.", n),
        "thresholds": tr_plural(
            "Model card with {n} class threshold exported to {out}.",
            "Model card with {n} class thresholds exported to {out}.",
            n,
        ),
        "tasks": tr_plural(
            "{n} labelling task exported to {out}, without predictions.",
            "{n} labelling tasks exported to {out}, without predictions.",
            n,
        ),
        "suspects": tr_plural(
            "{n} label exported to {out}, the most suspect first.",
            "{n} labels exported to {out}, the most suspect first.",
            n,
        ),
    }
    labelled = tr_plural(
        "{n} labelled frame exported to {out}.", "{n} labelled frames exported to {out}.", n
    )
    return counted.get(kind, labelled).format(n=format_number(n), out=out)


def get_export_name(kind: str) -> str:
    """Format of an export in a list; names of other people's formats are theirs."""
    own = {
        "recipe": tr("Recipe of this camera's corruptions (albumentations)"),
        "ablation": tr("Leave-one-out recipes"),
        "poison": tr("Benchmark images, corrupted"),
        "augmented": tr("Collected failures, corrupted"),
        "suspects": tr("Suspected label errors"),
        "frames": tr("Images for a model that runs elsewhere"),
        "thresholds": tr("Model card with a threshold for each class"),
        "mlflow": tr("Saved runs for MLflow"),
        "cvat-tasks": tr("Labelling tasks for {tool} (without labels)", tool="CVAT"),
        "label-studio-tasks": tr(
            "Labelling tasks for {tool} (without labels)", tool="Label Studio"
        ),
    }
    names = {
        "coco": "COCO",
        "yolo": "YOLO",
        "voc": "Pascal VOC",
        "cvat": "CVAT",
        "label-studio": "Label Studio",
        "csv": "CSV",
        "fiftyone": "FiftyOne",
        "parquet": "Parquet",
        "imagefolder": tr("folder per class (ImageFolder)"),
        "masks": tr("mask folder"),
    }
    if kind in own:
        return own[kind]
    return tr("Labelled frames: {format}", format=names.get(kind, kind))


def get_export_description(kind: str) -> str:
    """Describe in a sentence what an export of this kind holds."""
    texts = {
        "recipe": tr(
            "Corruptions fitted so that the benchmark resembles this camera, for training the "
            "next model."
        ),
        "ablation": tr(
            "The same recipe with one corruption left out each time (ablation), to see which "
            "corruption helps in training."
        ),
        "poison": tr(
            "Benchmark images with the sweep's corruptions and their labels, for training or "
            "testing."
        ),
        "augmented": tr("The collected failures with the same corruptions and their labels."),
        "suspects": tr(
            "Labels that the model contradicts with high confidence, most suspect first, for "
            "the data set owner."
        ),
        "frames": tr(
            "The picked frames and the benchmark images with their ids. Predictions for them are "
            "added as a model under Project."
        ),
        "thresholds": tr("Model card with per-class thresholds derived from the field labels."),
        "mlflow": tr(
            "All saved runs with parameters, scores and confidence intervals, as an MLflow "
            "tracking store."
        ),
    }
    if kind.endswith("-tasks"):
        return tr("Frames for labelling in another tool, without predictions.")
    labelled = tr(
        "Labelled frames with labels in this format. Anything the format cannot represent is "
        "listed after the export."
    )
    return texts.get(kind, labelled)


def build_recipe_readme(
    trained: Sequence[RecipePart], unseen: Sequence[RecipePart], seed: int
) -> str:
    """README.md of a recipe: how it is loaded, what is in it, and what was kept out."""
    lines = [
        "# " + tr("Corruptions for training, fitted to this camera by Fieldcheck"),
        tr("Load with albumentations 2.0.8, from this folder:"),
        "```python\nimport albumentations as A\nimport fieldcheck_transforms\n\npipeline = "
        'A.load("pipeline.json")\n'
        f"pipeline.set_random_seed({seed})\n```",
        tr(
            "One to three corruptions at a time, mild or moderate, on {share} of the images; "
            "the rest stays clean.",
            share=format_percent(SHARE),
        ),
        "\n".join(_format_part(part) for part in trained),
        tr(
            "Training with these corruptions takes longer: plan 20 to 30% more epochs and "
            "watch the validation loss."
        ),
        tr("Held out to test whether training generalises; test with unseen/pipeline.json:"),
        "\n".join(_format_part(part) for part in unseen),
    ]
    return "\n\n".join(lines) + "\n"


def _format_part(part: RecipePart) -> str:
    figures = "; ".join(
        ", ".join(f"{key} {value:g}" for key, value in stop.items()) for stop in part.stops
    )
    name = f"- {get_corruption_name(part.corruption)} (`{part.corruption}`): {figures}"
    return name + (" – " + tr("this camera's parameters") if part.fitted else "")


def describe_split(n_train: int, n_validation: int, out: str) -> str:
    """A split in one line for the terminal."""
    train = tr_plural(
        "{n} frame for training", "{n} frames for training", n_train, n=format_number(n_train)
    )
    validation = tr_plural(
        "{n} for validation", "{n} for validation", n_validation, n=format_number(n_validation)
    )
    return tr(
        "{train} and {validation} exported to {out}; no group is in both sets.",
        train=train,
        validation=validation,
        out=out,
    )
