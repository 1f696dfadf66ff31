"""One model over some frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

On = Literal["field", "footage", "benchmark"]


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model of the project. `file` is relative to the project; `card` the model card as JSON text; `added`
    when it came, ISO 8601 UTC."""

    name: str
    sha256: str
    file: str
    card: str
    added: str


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that is needed to do it again; `run_id` is the hash of it. `n` subjects were asked for."""

    run_id: str
    model_sha256: str
    card_sha256: str
    on: On
    recipe: str
    severity: float
    seed: int
    code_version: str
    n: int
    created: str
