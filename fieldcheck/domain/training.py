"""How a model was trained, as stated or as its file shows, and the curves of a training run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LAST_BLOCKS = 4  # that transfer learning should leave free (article)


@dataclass(frozen=True, slots=True)
class Layer:
    """A convolution or a fully connected layer by the name of its weights; `same`: they are bit for
    bit those of the base model."""

    name: str
    convolution: bool
    same: bool


@dataclass(frozen=True, slots=True)
class Curves:
    """Losses by epoch, and further columns of the log – such as accuracy of each class – by name.
    All of one length."""

    epochs: tuple[float, ...]
    train: tuple[float, ...]
    val: tuple[float, ...]
    others: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StrongestAugmentation:
    """The worst that a corruption of the catalogue was trained with, as its own parameter."""

    corruption: str
    parameter: str
    value: float


@dataclass(frozen=True, slots=True)
class TrainingRecipe:
    """Augmentations that an albumentations pipeline put into the training pictures; `unread` are
    its transforms that say nothing in these terms."""

    file: str
    hardest: tuple[StrongestAugmentation, ...]
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldRange:
    """A corruption that the camera shows, with the field's mild, moderate and severe, beside the
    worst that was trained (None: never). `outside`: which of the three lie beyond it."""

    corruption: str
    parameter: str
    stops: tuple[float, float, float]
    hardest: float | None
    outside: tuple[bool, bool, bool]


@dataclass(frozen=True, slots=True)
class Training:
    """`base`: name of the base model's file, empty where none was given; `notes`: what somebody
    wrote down (augmentation, schedule); `checkpoint`: name of the file that the ONNX model was
    exported from, with its SHA-256, empty where none was named; `seed`: of the training run, None
    where nobody told it."""

    base: str = ""
    layers: tuple[Layer, ...] = ()
    notes: str = ""
    curves: Curves | None = None
    recipe: TrainingRecipe | None = None
    checkpoint: str = ""
    checkpoint_sha256: str = ""
    seed: int | None = None

    @property
    def n_same(self) -> int:
        """How many layers were left as they were in the base model."""
        return sum(layer.same for layer in self.layers)

    @property
    def last_blocks(self) -> tuple[Layer, ...]:
        """The last four convolutions."""
        return tuple(layer for layer in self.layers if layer.convolution)[-LAST_BLOCKS:]

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Training:
        """Training from what `to_json` wrote."""
        curves_document = document["curves"]
        curves = None
        if curves_document is not None:
            columns = {name: tuple(values) for name, values in curves_document["others"].items()}
            curves = Curves(
                tuple(curves_document["epochs"]),
                tuple(curves_document["train"]),
                tuple(curves_document["val"]),
                columns,
            )
        layers = tuple(Layer(**layer) for layer in document["layers"])
        # earlier versions kept none
        since = {
            name: document[name]
            for name in ("checkpoint", "checkpoint_sha256", "seed")
            if name in document
        }
        return cls(
            document["base"],
            layers,
            document["notes"],
            curves,
            _make_recipe(document.get("recipe")),
            **since,
        )


def _make_recipe(document: Mapping[str, Any] | None) -> TrainingRecipe | None:
    if document is None:  # also of what was kept before there were recipes
        return None
    return TrainingRecipe(
        document["file"],
        tuple(StrongestAugmentation(**entry) for entry in document["hardest"]),
        tuple(document["unread"]),
    )


# Curves of a training run: where it stalled, and which classes never came to rest.

WINDOW = 3  # validation losses
FLAT = 0.001  # variance below which they stand still (article)
GAP = 0.05  # share by which validation lies above training (article)
LAST = 5  # epochs over which a class is watched
SWING = 0.05  # of a share from 0 to 1


@dataclass(frozen=True, slots=True)
class Stall:
    """The first epoch at which the last three validation losses stood still above the training
    loss. `gap` is a share of the latter."""

    epoch: float
    variance: float
    gap: float


def find_stall(curves: Curves) -> Stall | None:
    """Variance of three validation losses below 0.001 with a gap to the training loss of over 5 %;
    None where that never happened."""
    for index in range(WINDOW - 1, len(curves.val)):
        last, train = curves.val[index - WINDOW + 1 : index + 1], curves.train[index]
        mean = sum(last) / WINDOW
        variance = sum((loss - mean) ** 2 for loss in last) / WINDOW
        gap = (last[-1] - train) / train if train > 0 else 0.0
        if variance < FLAT and gap > GAP:
            return Stall(curves.epochs[index], variance, gap)
    return None


def list_restless_columns(curves: Curves) -> tuple[tuple[str, float, float], ...]:
    """Columns of shares whose last five epochs span more than 5 points, the widest first: name,
    least, greatest."""
    spans = []
    for name, values in curves.others.items():
        last = values[-LAST:]
        if len(last) < 2 or not all(map(math.isfinite, last)) or min(last) < 0 or max(values) > 1:
            continue
        if max(last) - min(last) > SWING:
            spans.append((name, min(last), max(last)))
    return tuple(sorted(spans, key=lambda span: span[1] - span[2]))
