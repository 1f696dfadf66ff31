"""One model over some frames."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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

    @property
    def card_sha256(self) -> str:
        """SHA-256 of the card as it is used now, as hexadecimal digits."""
        return hashlib.sha256(self.card.encode()).hexdigest()


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


@dataclass(frozen=True, slots=True)
class RunEnvironment:
    """Where answers of a run were computed: `versions` by library, `machine` (processor, cores, system), `threads` of its session."""

    versions: Mapping[str, str]
    machine: Mapping[str, str]
    threads: int


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """Difference between a stored run and its replay. `kind`: `model`, `card`, `frame`, `library`, `machine`, `threads`, `provider`,
    `answer`; `what` is which of them, such as the frame's name; `stored` and `now` in figures, empty where there is none."""

    kind: str
    what: str
    stored: str
    now: str


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """Replay of a run: how many of its `n` answers were other digits, or could not be asked for again, and everything that differs."""

    run: Run
    model: str
    n: int
    n_different: int
    differences: tuple[ReplayDifference, ...]

    @property
    def is_identical(self) -> bool:
        """Whether model, card and frames are those that were stored, and every digit came again. Other libraries alone are named only. A
        run without an answer proves nothing."""
        return self.n > 0 and not self.n_different and all(one.kind not in ("model", "card", "frame") for one in self.differences)


@dataclass(frozen=True, slots=True)
class RunLine:
    """One line of the list of runs: how many answers are stored, and where they were computed."""

    run: Run
    model: str
    n_done: int
    providers: tuple[str, ...]
