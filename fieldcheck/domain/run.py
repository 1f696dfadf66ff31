"""Runs of a model over frames: the stored model, its quantised copy, the execution providers that
compute it, replays, and runs as experiment trackers know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Literal

from fieldcheck.domain.estimate import P_BY_FRAME, ChangeVerdict, Estimate

# Quantised model (INT8): what it costs and buys.


@dataclass(frozen=True, slots=True)
class PairedChange:
    """Both models on the same `n` pictures: the share that each gets right, after − before with its
    interval on these pictures. `cameras`: the change for other clips of these cameras; None for
    pictures of a benchmark, which come from no clips."""

    before: Estimate
    after: Estimate
    change: Estimate
    cameras: ChangeVerdict | None

    @property
    def n(self) -> int:
        return self.change.n


@dataclass(frozen=True, slots=True)
class QuantisedModel:
    """`file`: the copy, relative to the project; `n_calibrated` frames set its steps. `ms_*`:
    median milliseconds of one picture from pixels to answer on one core; `time`: after / before
    with its interval over pictures timed in turn. `field`, `benchmark`: None where nothing is
    labelled."""

    model: str
    file: str
    n_calibrated: int
    bytes_before: int
    bytes_after: int
    ms_before: float
    ms_after: float
    time: Estimate
    field: PairedChange | None
    benchmark: PairedChange | None

    def to_json(self) -> dict[str, Any]:
        """Plain values; estimates as everywhere."""
        values = asdict(self)
        changes = {name: _change_to_json(getattr(self, name)) for name in ("field", "benchmark")}
        return values | changes | {"time": self.time.to_json()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> QuantisedModel:
        """Quantised model from what `to_json` wrote."""
        changes = {name: _change_from_json(document[name], name) for name in ("field", "benchmark")}
        return cls(**{**document, **changes, "time": Estimate.from_json(document["time"])})


def _change_to_json(paired_change: PairedChange | None) -> dict[str, Any] | None:
    if paired_change is None:
        return None
    estimates = {
        name: getattr(paired_change, name).to_json() for name in ("before", "after", "change")
    }
    cameras = None if paired_change.cameras is None else paired_change.cameras.to_json()
    return {**estimates, **P_BY_FRAME, "cameras": cameras}


def _change_from_json(document: Mapping[str, Any] | None, set_name: str) -> PairedChange | None:
    """A change of the field that was stored before clips were looked at says nothing of other
    clips."""
    if document is None:
        return None
    before, after, change = (
        Estimate.from_json(document[name]) for name in ("before", "after", "change")
    )
    if document.get("cameras") is not None:
        return PairedChange(before, after, change, ChangeVerdict.from_json(document["cameras"]))
    unknown = ChangeVerdict(Estimate.not_measured("no_clips", change.n))
    return PairedChange(before, after, change, unknown if set_name == "field" else None)


On = Literal["field", "footage", "benchmark"]


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A model of the project. `file` is relative to the project; `card` the model card as JSON
    text; `added` when it came, ISO 8601 UTC."""

    name: str
    sha256: str
    file: str
    card: str
    added: str

    @property
    def card_sha256(self) -> str:
        """SHA-256 of the card as it is used now, as hexadecimal digits."""
        from hashlib import sha256  # OpenSSL comes with it, and no screen needs it to open

        return sha256(self.card.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that is needed to do it again; `run_id` is the hash of it. `n` subjects were asked
    for."""

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
    """Where answers of a run were computed: `versions` by library, `machine` (processor, cores,
    system), `threads` of its session."""

    versions: Mapping[str, str]
    machine: Mapping[str, str]
    threads: int


@dataclass(frozen=True, slots=True)
class ReplayDifference:
    """Difference between a stored run and its replay. `kind`: `model`, `card`, `frame`, `library`,
    `machine`, `threads`, `provider`, `answer`; `what` is which of them, such as the frame's name;
    `stored` and `now` in figures, empty where there is none."""

    kind: str
    what: str
    stored: str
    now: str


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """Replay of a run: how many of its `n` answers were other digits, or could not be asked for
    again, and everything that differs."""

    run: Run
    model: str
    n: int
    n_different: int
    differences: tuple[ReplayDifference, ...]

    @property
    def is_identical(self) -> bool:
        """Whether model, card and frames are those that were stored, and every digit came again.
        Other libraries alone are named only. A run without an answer proves nothing."""
        return (
            self.n > 0
            and not self.n_different
            and all(
                difference.kind not in ("model", "card", "frame") for difference in self.differences
            )
        )


@dataclass(frozen=True, slots=True)
class RunLine:
    """One line of the list of runs: how many answers are stored, and where they were computed."""

    run: Run
    model: str
    n_done: int
    providers: tuple[str, ...]


# A run as experiment trackers know it: parameters, metrics by step, tags and a folder of files.


@dataclass(frozen=True, slots=True)
class TrackedMetric:
    """One figure at one step; `at_ms` since 1970, UTC."""

    name: str
    value: float
    at_ms: int
    step: int = 0


@dataclass(frozen=True, slots=True)
class TrackedRun:
    """`run_id`: 32 hexadecimal letters; `files`: where its files lie, as a URI."""

    run_id: str
    name: str
    began_ms: int
    version: str
    files: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    metrics: tuple[TrackedMetric, ...]


# Where a model can be computed, and what came of holding one such place against the processor.

CPU = "cpu"
PROVIDER_NAMES = MappingProxyType(
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


# Defaults and choices that the commands offer; here, since their help loads no model runtime.

RUNS_PER_PAGE = 20
LOGGED_PICTURES = 10  # a run: MLflow slows down with each
SERIES_SECONDS = 10.0  # of each setting of a camera
MOST_EMBEDDED = 2000  # pictures that stand for the benchmark (methods 3.2 and 7)

GateSet = Literal["clean", "corrupted", "golden", "field", "slice"]
"""Sets on which a new model is held against the old one."""
DECIDING: tuple[GateSet, ...] = ("clean", "corrupted", "golden")
