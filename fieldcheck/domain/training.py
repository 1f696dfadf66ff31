"""How a model was trained, as far as somebody tells it or its file shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

LAST_BLOCKS = 4  # that transfer learning should leave free (article)


@dataclass(frozen=True, slots=True)
class Layer:
    """A convolution or a fully connected layer by the name of its weights; `same`: they are bit for bit those of the base model."""

    name: str
    convolution: bool
    same: bool


@dataclass(frozen=True, slots=True)
class Curves:
    """Losses by epoch, and further columns of the log – such as accuracy of each class – by name. All of one length."""

    epochs: tuple[float, ...]
    train: tuple[float, ...]
    val: tuple[float, ...]
    others: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Training:
    """`base`: name of the base model's file, empty where none was given; `notes`: what somebody wrote down (augmentation, schedule,
    checkpoint, seed)."""

    base: str = ""
    layers: tuple[Layer, ...] = ()
    notes: str = ""
    curves: Curves | None = None

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
    def from_json(cls, found: Mapping[str, Any]) -> Training:
        """What `to_json` wrote."""
        told = found["curves"]
        curves = None
        if told is not None:
            columns = {name: tuple(values) for name, values in told["others"].items()}
            curves = Curves(tuple(told["epochs"]), tuple(told["train"]), tuple(told["val"]), columns)
        return cls(found["base"], tuple(Layer(**layer) for layer in found["layers"]), found["notes"], curves)
