"""Memory of a model read from its graph: parameters, activations by layer, the most that live at once, and its finest feature map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LayerMemory:
    """Activation that one operator makes for one picture: its tensor, its operator, its shape with the batch, and its size in bytes."""

    tensor: str
    operator: str
    shape: tuple[int, ...]
    size: int


@dataclass(frozen=True, slots=True)
class FeatureGrid:
    """Finest feature map that an answer is read from: `tensor`, its (height, width), and the input's pixels a cell (vertical, horizontal).
    `frame`: the camera's frame in pixels (width, height), `cell`: pixels of that frame a cell (width, height); None where no frame was
    seen."""

    tensor: str
    size: tuple[int, int]
    stride: tuple[float, float]
    frame: tuple[int, int] | None = None
    cell: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ModelMemory:
    """Memory that a graph asks for, for one picture, in bytes. `layers`: activations, the largest first and no more than twenty of
    `n_layers`; `unknown`: activations whose shape the graph does not tell, and which are in no sum. `peak`: the most that live at once,
    at the operator that makes `peak_at`. `grid`: None where nothing with rows and columns leads to the answer, or its shape is unknown."""

    parameters: int
    parameter_bytes: int
    layers: tuple[LayerMemory, ...]
    n_layers: int
    unknown: int
    peak: int
    peak_at: str
    grid: FeatureGrid | None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> ModelMemory:
        """Memory from what `to_json` wrote."""
        layers = tuple(LayerMemory(**{**one, "shape": tuple(one["shape"])}) for one in found["layers"])
        grid = found["grid"]
        if grid is not None:
            grid = FeatureGrid(grid["tensor"], *(_to_pair(grid[name]) for name in ("size", "stride", "frame", "cell")))
        return cls(**{**found, "layers": layers, "grid": grid})


def _to_pair(found: Any) -> Any:
    return None if found is None else tuple(found)
