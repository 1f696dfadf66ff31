"""Where a model can be computed, and what came of holding one such place against the processor."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

CPU = "cpu"
NAMES = MappingProxyType(
    {
        CPU: "CPUExecutionProvider",
        "cuda": "CUDAExecutionProvider",
        "directml": "DmlExecutionProvider",
        "coreml": "CoreMLExecutionProvider",
        "openvino": "OpenVINOExecutionProvider",
    }
)
"""Code → the runtime's name. Other providers, such as one that sends images to a cloud, are never
used."""
MOST_MOVED = 0.01
"""Of a probability, of a score as a share of the largest, or of boxes without a partner."""

Problem = Literal["", "missing", "failed", "differs"]


@dataclass(frozen=True, slots=True)
class Parity:
    """Parity of a provider with the processor on `n` frames. `moved`: by how much the answers lie
    apart, 0 to 1; `lacks`: the operators that it leaves to the processor; `problem`: why it is not
    used, `detail` in the runtime's own words."""

    provider: str
    n: int = 0
    moved: float = 0.0
    lacks: tuple[str, ...] = ()
    problem: Problem = ""
    detail: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether its answers are those of the processor."""
        return not self.problem
