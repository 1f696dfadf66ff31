"""The model card: what has to be known about a model file to feed it a frame and to read its
answer; and how the model was trained, as stated or as its file shows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

from fieldcheck.domain.prediction import (
    ANSWER_KINDS,
    BY_NAME,
    FOREIGN_KINDS,
    FUNCTION,
    ONE_CLASS,
    OUTPUT_KINDS,
    AnswerKind,
    Task,
    is_plugin,
)
from fieldcheck.errors.models import CardRejected

Layout = Literal["NCHW", "NHWC"]
Colour = Literal["RGB", "BGR", "GRAY"]
Resize = Literal["stretch", "letterbox", "centre_crop", "short_side"]
Interpolation = Literal["nearest", "linear", "area", "cubic", "pil_bilinear", "pil_bicubic"]
PadPosition = Literal["top_left", "centre"]

LAYOUTS: tuple[Layout, ...] = ("NCHW", "NHWC")
COLOURS: tuple[Colour, ...] = ("RGB", "BGR", "GRAY")
RESIZES: tuple[Resize, ...] = ("stretch", "letterbox", "centre_crop", "short_side")
INTERPOLATIONS: tuple[Interpolation, ...] = (
    "nearest",
    "linear",
    "area",
    "cubic",
    "pil_bilinear",
    "pil_bicubic",
)
PAD_POSITIONS: tuple[PadPosition, ...] = ("centre", "top_left")

PADDED_AT: Mapping[str, PadPosition] = MappingProxyType({"yolox": "top_left"})
"""Kind of output → where its exporter leaves the frame in a letterbox, where that is another place
than the middle."""

# Which kinds of output can carry the answer to which task.
KINDS: dict[Task, tuple[str, ...]] = {
    task: tuple(output_kind.name for output_kind in OUTPUT_KINDS if task in output_kind.tasks)
    for task in get_args(Task)
}
ALL_KINDS = tuple(output_kind.name for output_kind in OUTPUT_KINDS)
FOREIGN = tuple(output_kind.name for output_kind in FOREIGN_KINDS)
REQUIRED = ("task", "input.size", "input.resize", "output.kind", "classes")

LONGEST_SIDE = 8192  # pixels; a card that asks for more would ask for gigabytes


@dataclass(frozen=True, slots=True)
class InputSpec:
    """How a frame becomes the tensor. `size` is (height, width) in pixels; `name` is empty for the
    model's first input.

    `crop` is the central share kept before the resize. The tensor is `(pixel · scale − mean) / std`
    with pixels 0–255 and one `mean` and `std` a channel, in the order of the tensor. `pad` is a
    pixel value.
    """

    size: tuple[int, int]
    resize: Resize
    name: str = ""
    layout: Layout = "NCHW"
    colour: Colour = "RGB"
    interpolation: Interpolation = "linear"
    scale: float = 1 / 255
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    pad: int = 114
    pad_position: PadPosition = "centre"
    crop: float = 1.0

    def __post_init__(self) -> None:
        if len(self.mean) != self.channels or len(self.std) != self.channels:
            raise ValueError(
                f"{self.colour} needs {self.channels} means and deviations, not {self.mean} "
                f"and {self.std}"
            )

    @property
    def channels(self) -> int:
        return 1 if self.colour == "GRAY" else 3

    @property
    def shape(self) -> tuple[int, int, int]:
        """The tensor's shape without the batch axis."""
        height, width = self.size
        return (
            (self.channels, height, width)
            if self.layout == "NCHW"
            else (height, width, self.channels)
        )


# of a card whose model is asked elsewhere: nothing is made of a frame here
NO_INPUT = InputSpec((1, 1), "stretch")


@dataclass(frozen=True, slots=True)
class OutputSpec:
    """How the model's answer is read. `names` are tensors (none: the first output, or all where the
    kind is read from several); `threshold` and `iou` are fractions, the threshold of an anomaly is
    in the unit of its score. `thresholds`: classes that are named where their probability reaches a
    value of their own; `abstain`: confidence below which a frame goes to a person, None where none
    does.
    """

    kind: str
    names: tuple[str, ...] = ()
    threshold: float = 0.25
    iou: float = 0.45
    thresholds: tuple[tuple[str, float], ...] = ()
    abstain: float | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a session needs beside the file. Classes go by index; the same name may stand
    twice."""

    task: Task
    input: InputSpec
    output: OutputSpec
    classes: tuple[str, ...]
    embedding: str | None = None

    @property
    def answers(self) -> AnswerKind:
        """How a model on this card answers, and what a label for it is."""
        return ANSWER_KINDS[self.task]

    @property
    def is_foreign(self) -> bool:
        """Whether no graph answers: a file of predictions or a function does."""
        return BY_NAME[self.output.kind].foreign

    @property
    def is_file(self) -> bool:
        """Whether a file of predictions answers, so that nothing here can ask for more."""
        return self.is_foreign and self.output.kind != FUNCTION

    @property
    def has_confidence(self) -> bool:
        """Whether its answers carry a confidence."""
        return BY_NAME[self.output.kind].scored

    @property
    def class_thresholds(self) -> Mapping[int, float]:
        """Thresholds of single classes, by class index."""
        return {self.classes.index(name): level for name, level in self.output.thresholds}


def parse_card(document: Mapping[str, Any]) -> Card:
    """The card that a JSON object describes. Raises CardRejected: `missing`, `unknown`, `type` or
    `value` of a dotted key."""
    top = _CardObject(document, "")
    top.check_keys("task", "input", "output", "classes", "embedding")
    task = cast(Task, top.get_choice("task", tuple(KINDS)))
    output = _parse_output(top.get_object("output"))
    is_foreign = BY_NAME[output.kind].foreign and "input" not in document
    card = Card(
        task,
        NO_INPUT if is_foreign else _parse_input(top.get_object("input"), output.kind),
        output,
        _parse_classes(top),
        top.get_text("embedding", None),
    )
    own = [name for name, _ in card.output.thresholds if name not in card.classes]
    if own or (
        (card.output.thresholds or card.output.abstain is not None)
        and card.answers is not ONE_CLASS
    ):
        raise CardRejected("output.thresholds", "value", ", ".join(own) or task)
    if task not in BY_NAME[card.output.kind].tasks:
        raise CardRejected("output.kind", "value", f"{card.output.kind}, {task}", KINDS[task])
    return card


def read_input_size(spec: Mapping[str, Any]) -> tuple[int, int]:
    """(height, width) that the `input` of a card says. Raises CardRejected."""
    return _CardObject(spec, "input.").get_size("size")


def dump_card(card: Card) -> dict[str, Any]:
    """The whole card as plain values, defaults written out. `parse_card` gives the same card
    back."""
    spec = {key: _to_json_value(value) for key, value in asdict(card.input).items()}
    return {
        "task": card.task,
        **({} if card.is_foreign else {"input": spec}),
        "output": _output_to_json(card.output),
        "classes": list(card.classes),
        "embedding": card.embedding,
    }


def _output_to_json(output: OutputSpec) -> dict[str, Any]:
    """Thresholds only where there are some: the cards of older projects keep their text."""
    values = {
        key: _to_json_value(value)
        for key, value in asdict(output).items()
        if key not in ("thresholds", "abstain")
    }
    own = {"thresholds": dict(output.thresholds)} if output.thresholds else {}
    return {**values, **own, **({} if output.abstain is None else {"abstain": output.abstain})}


def _parse_input(keys: _CardObject, kind: str) -> InputSpec:
    """`kind` of the output: what a card means that says nothing of the border depends on it."""
    keys.check_keys(*InputSpec.__dataclass_fields__)
    colour = cast(Colour, keys.get_choice("colour", COLOURS, "RGB"))
    channels = 1 if colour == "GRAY" else 3
    return InputSpec(
        size=keys.get_size("size"),
        resize=cast(Resize, keys.get_choice("resize", RESIZES)),
        name=keys.get_text("name", "") or "",
        layout=cast(Layout, keys.get_choice("layout", LAYOUTS, "NCHW")),
        colour=colour,
        interpolation=cast(
            Interpolation, keys.get_choice("interpolation", INTERPOLATIONS, "linear")
        ),
        scale=keys.get_number("scale", 1 / 255, 1e-9, 1e9),
        mean=keys.get_per_channel("mean", 0.0, channels, -1e9),
        std=keys.get_per_channel("std", 1.0, channels, 1e-9),
        pad=keys.get_integer("pad", 114, 0, 255),
        pad_position=cast(
            PadPosition,
            keys.get_choice("pad_position", PAD_POSITIONS, PADDED_AT.get(kind, "centre")),
        ),
        crop=keys.get_number("crop", 1.0, 0.01, 1.0),
    )


def _parse_output(keys: _CardObject) -> OutputSpec:
    keys.check_keys(*OutputSpec.__dataclass_fields__)
    kind = keys.get_kind("kind")
    return OutputSpec(
        kind=kind,
        names=keys.get_texts("names", ()),
        # Scores of anomalies may be distances without an upper end.
        threshold=keys.get_number("threshold", 0.25, 0.0, 1e9 if BY_NAME[kind].open_ended else 1.0),
        iou=keys.get_number("iou", 0.45, 0.0, 1.0),
        thresholds=keys.get_shares("thresholds"),
        abstain=keys.get_number("abstain", 0.0, 0.0, 1.0)
        if keys.values.get("abstain") is not None
        else None,
    )


def _parse_classes(keys: _CardObject) -> tuple[str, ...]:
    classes = keys.get_texts("classes", None)
    if not classes:
        raise CardRejected("classes", "missing")
    if not all(name.strip() for name in classes):
        raise CardRejected("classes", "value", "a class without a name")
    return classes


def _to_json_value(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class _CardObject:
    """One object of a card, read key by key; `prefix` is where it stands. A key that is null counts
    as absent."""

    values: Mapping[str, Any]
    prefix: str

    def check_keys(self, *known_keys: str) -> None:
        for key in self.values:
            if key not in known_keys:
                raise CardRejected(f"{self.prefix}{key}", "unknown")

    def get_object(self, key: str) -> _CardObject:
        value = self._get_value(key, {})
        if not isinstance(value, Mapping):
            raise self._make_error(key, "type", value)
        return _CardObject(value, f"{self.prefix}{key}.")

    def get_choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value = self._get_value(key, default)
        if not isinstance(value, str):
            raise self._make_error(key, "type", value)
        if value not in choices:
            raise CardRejected(f"{self.prefix}{key}", "value", _truncate_value(value), choices)
        return value

    def get_kind(self, key: str) -> str:
        """A kind of output: one that is read here, or that of a plug-in."""
        value = self.values.get(key)
        return (
            value
            if isinstance(value, str)
            and ((is_plugin(value) and _is_encodable(value)) or value in FOREIGN)
            else self.get_choice(key, ALL_KINDS)
        )

    def get_text(self, key: str, default: str | None) -> str | None:
        value = self.values.get(key, default)
        if value is not None and not isinstance(value, str):
            raise self._make_error(key, "type", value)
        if value is not None and not _is_encodable(value):
            raise self._make_error(key, "value", value)
        return value

    def get_texts(self, key: str, default: tuple[str, ...] | None) -> tuple[str, ...]:
        value = self._get_value(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
            raise self._make_error(key, "type", value)
        if not all(_is_encodable(text) for text in value):
            raise self._make_error(key, "value", value)
        return tuple(value)

    def get_number(self, key: str, default: float, low: float, high: float) -> float:
        return self._check_number(key, self._get_value(key, default), low, high)

    def get_shares(self, key: str) -> tuple[tuple[str, float], ...]:
        """Names with a figure from 0 to 1 each."""
        value = self._get_value(key, {})
        if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
            raise self._make_error(key, "type", value)
        return tuple(
            (name, self._check_number(key, share, 0.0, 1.0))
            for name, share in sorted(value.items())
        )

    def get_integer(self, key: str, default: int, low: int, high: int) -> int:
        value = self.get_number(key, default, low, high)
        if value != int(value):
            raise self._make_error(key, "value", value)
        return int(value)

    def get_per_channel(
        self, key: str, default: float, channels: int, low: float
    ) -> tuple[float, ...]:
        """One number a channel; a single one stands for all."""
        value = self._get_value(key, default)
        values = list(value) if isinstance(value, list | tuple) else [value]
        if len(values) == 1:
            values *= channels
        if len(values) != channels:
            raise self._make_error(key, "value", value)
        return tuple(self._check_number(key, value, low, 1e9) for value in values)

    def get_size(self, key: str) -> tuple[int, int]:
        value = self._get_value(key, None)
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise self._make_error(key, "type", value)
        if not all(isinstance(side, int) and not isinstance(side, bool) for side in value):
            raise self._make_error(key, "type", value)
        if not all(1 <= side <= LONGEST_SIDE for side in value):
            raise self._make_error(key, "value", value)
        return value[0], value[1]

    def _check_number(self, key: str, value: object, low: float, high: float) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._make_error(key, "type", value)
        # The bounds come first: an integer may be too long for a float.
        if not low <= value <= high or not isfinite(value):
            raise self._make_error(key, "value", value)
        return float(value)

    def _get_value(self, key: str, default: object) -> Any:
        value = self.values.get(key)
        value = default if value is None else value
        if value is None:
            raise CardRejected(f"{self.prefix}{key}", "missing")
        return value

    def _make_error(self, key: str, problem: str, value: object) -> CardRejected:
        return CardRejected(f"{self.prefix}{key}", problem, _truncate_value(value))


def _is_encodable(text: str) -> bool:
    """Whether a file can hold it: JSON can name half a character, which nothing can be written with
    afterwards."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _truncate_value(value: object) -> str:
    """What was seen, at a length that a sentence can hold. Python refuses to write integers of
    thousands of digits."""
    if isinstance(value, int) and abs(value) > 10**30:
        return "a number of more than 30 digits"
    if isinstance(value, str | float | int):
        return str(value)[:80]
    return (
        f"{type(value).__name__} of {len(value)}"
        if isinstance(value, list | tuple | dict)
        else type(value).__name__
    )


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
