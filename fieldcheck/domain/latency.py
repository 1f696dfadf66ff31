"""Inference latency on a device: stages, percentiles, throttling, the machine, variants side by
side, and memory read from the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isnan, nan
from typing import Any, Literal, cast

from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import Parity

# Memory of a model read from its graph: parameters, activations by layer, the most that live at
# once, and its finest feature map.


@dataclass(frozen=True, slots=True)
class LayerMemory:
    """Activation that one operator makes for one picture: its tensor, its operator, its shape with
    the batch, and its size in bytes."""

    tensor: str
    operator: str
    shape: tuple[int, ...]
    size: int


@dataclass(frozen=True, slots=True)
class FeatureGrid:
    """Finest feature map that an answer is read from: `tensor`, its (height, width), and the
    input's pixels a cell (vertical, horizontal). `frame`: the camera's frame in pixels (width,
    height), `cell`: pixels of that frame a cell (width, height); None where no frame was seen."""

    tensor: str
    size: tuple[int, int]
    stride: tuple[float, float]
    frame: tuple[int, int] | None = None
    cell: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ModelMemory:
    """Memory that a graph asks for, for one picture, in bytes. `layers`: activations, the largest
    first and no more than twenty of `n_layers`; `unknown`: activations whose shape the graph does
    not tell, and which are in no sum. `peak`: the most that live at once, at the operator that
    makes `peak_at`. `grid`: None where nothing with rows and columns leads to the answer, or its
    shape is unknown."""

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
    def from_json(cls, document: Mapping[str, Any]) -> ModelMemory:
        """Memory from what `to_json` wrote."""
        layers = tuple(
            LayerMemory(**{**layer, "shape": tuple(layer["shape"])}) for layer in document["layers"]
        )
        grid = document["grid"]
        if grid is not None:
            grid = FeatureGrid(
                grid["tensor"],
                *(_to_pair(grid[name]) for name in ("size", "stride", "frame", "cell")),
            )
        return cls(**{**document, "layers": layers, "grid": grid})


def _to_pair(value: Any) -> Any:
    return None if value is None else tuple(value)


STAGES = ("decode", "resize", "normalise", "forward", "post")
# of a run by the exported folder, which has frames that are resized already
OTHER_STAGES = ("read",)


@dataclass(frozen=True, slots=True)
class StageLatency:
    """Latency of one stage of a frame: mean and median in milliseconds, and its share of the mean
    of the whole frame (0 to 1)."""

    mean_ms: float
    p50_ms: float
    share: float


@dataclass(frozen=True, slots=True)
class TotalLatency:
    """Percentiles of the whole frame in milliseconds, each with its limits (95 %): NaN where the
    run is too short for a range. p99 itself is NaN below 500 frames; `jitter_ms` is the median of
    how much a frame differs from the one before. `by_blocks`: the limits take blocks of time as
    units; those of a run by an earlier version counted single frames and are too narrow."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    p99_lo_ms: float
    p99_hi_ms: float
    max_ms: float
    jitter_ms: float
    p50_lo_ms: float = nan
    p50_hi_ms: float = nan
    p95_lo_ms: float = nan
    p95_hi_ms: float = nan
    by_blocks: bool = False


@dataclass(frozen=True, slots=True)
class ThrottlingStep:
    """From `at_s` seconds on a frame takes `step` times as long as before."""

    at_s: float
    step: float


@dataclass(frozen=True, slots=True)
class Throttling:
    """Thermal throttling: `ratio` of the last minute's median to that of the first minute after ten
    seconds. `flag` is None where the run was too short to say (under 120 s); `noise` is how far the
    blocks of even and odd number differ by themselves, as a share."""

    ratio: float
    flag: bool | None
    steps: tuple[ThrottlingStep, ...]
    noise: float


SlowdownCause = Literal["", "throttling", "duty_cycle", "background"]


@dataclass(frozen=True, slots=True)
class Slowdown:
    """Cause of a slowdown, empty where there is none: heat, idle gaps between frames, or other
    programs, since `at_s` seconds. `share`: of the time that it stood idle, or of what a frame
    takes longer that waiting for a core explains. `cores`: how many more of them others use since.
    """

    cause: SlowdownCause = ""
    at_s: float = 0.0
    share: float = 0.0
    cores: float = 0.0


@dataclass(frozen=True, slots=True)
class MachineState:
    """State that a machine tells of itself, None for what it does not: governor and frequency (MHz)
    of its processor, the hottest sensor (°C), the energy meter (joules since it was started), how
    long this process waited for a core (seconds), and the processor time that all others took since
    the machine was started, other machines on the same processor included (seconds)."""

    governor: str | None = None
    mhz: float | None = None
    celsius: float | None = None
    joules: float | None = None
    waited_s: float | None = None
    others_s: float | None = None


@dataclass(frozen=True, slots=True)
class DeviceArtefact:
    """The file that a device ran, of `bytes`, with its SHA-256; `engine`: onnxruntime, tflite,
    openvino or tensorrt; `runtime`: that with its version; `provider`: what computed it."""

    file: str
    sha256: str
    bytes: int
    engine: str
    runtime: str
    provider: str


@dataclass(frozen=True, slots=True)
class Latency:
    """Inference latency of a model over minutes. `load`: what ran beside it; `fps` is the rate at
    which frames came, 0 where each came as soon as the one before was answered; `late`: share of
    frames that took longer than that rate leaves. `warm_up` frames at the start are in no figure
    but the blocks, which are medians (and 95th percentiles) of ten seconds each. Memory in
    megabytes, `growth_mb` from the end of the warm-up. `flat`: whether a run that was to go on
    until two blocks of five minutes are flat came to that; None for others.

    `target_fps`, `target_mb`: rates that it has to keep up with and megabytes that it may take, as
    declared; none and 0 where nobody did. `on_target`: it ran on the machine that it is meant for.
    `graph`: the memory that the model's graph asks for; None for a run from before that was looked
    at. `small_boxes`: share of the labelled boxes that are smaller than a cell of its finest
    feature map, wide and high; None where none is labelled."""

    machine: Mapping[str, str]
    model: str
    source: str
    load: str
    seconds: float
    fps: float
    n: int
    warm_up: int
    stages: Mapping[str, StageLatency]
    total: TotalLatency
    blocks_ms: tuple[float, ...]
    throughput_fps: float
    late: Estimate
    throttling: Throttling
    peak_mb: float
    growth_mb: float
    before: MachineState
    after: MachineState
    blocks_p95_ms: tuple[float, ...] = ()
    flat: bool | None = None
    slowdown: Slowdown = Slowdown()
    target_fps: tuple[float, ...] = ()
    target_mb: float = 0.0
    on_target: bool = False
    graph: ModelMemory | None = None
    small_boxes: Estimate | None = None

    @property
    def meets_target(self) -> bool | None:
        """Whether it keeps up with every rate that was declared, in the memory that was; None where
        nothing was declared."""
        if not self.target_fps and not self.target_mb:
            return None
        return all(map(self.can_keep_up, self.target_fps)) and (
            not self.target_mb or 0 < self.peak_mb <= self.target_mb
        )

    @property
    def joules_per_frame(self) -> float | None:
        """Energy a frame of the whole processor, whatever else it did; None where the machine does
        not tell."""
        if (
            self.before.joules is None
            or self.after.joules is None
            or not self.n
            or self.after.joules < self.before.joules
        ):
            return None
        return (self.after.joules - self.before.joules) / (self.n + self.warm_up)

    def can_keep_up(self, fps: float) -> bool:
        """Whether 99 of 100 frames (95 where too few were measured to speak of 99) are answered
        before the next one comes."""
        slow = self.total.p95_ms if isnan(self.total.p99_ms) else self.total.p99_ms
        return slow <= 1000 / fps

    def to_json(self) -> dict[str, Any]:
        """Returns plain values."""
        return cast("dict[str, Any]", to_json_value(self))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Latency:
        """Latency from what `to_json` wrote."""
        total: dict[str, Any] = {
            name: nan if value is None else value for name, value in document["total"].items()
        }
        slowed = document["throttling"]
        ratio, noise = (
            nan if slowed[name] is None else slowed[name] for name in ("ratio", "noise")
        )
        steps = tuple(ThrottlingStep(**step) for step in slowed["steps"])
        order = (*OTHER_STAGES, *STAGES)  # JSON keeps none
        read = {
            "stages": {
                name: StageLatency(**document["stages"][name])
                for name in order
                if name in document["stages"]
            },
            "total": TotalLatency(**total),
            "blocks_ms": tuple(document["blocks_ms"]),
            "blocks_p95_ms": tuple(document.get("blocks_p95_ms", ())),
            "late": Estimate.from_json(document["late"]),
            "throttling": Throttling(ratio, slowed["flag"], steps, noise),
            "before": MachineState(**document["before"]),
            "after": MachineState(**document["after"]),
            "slowdown": Slowdown(**document.get("slowdown", {})),
            "target_fps": tuple(document.get("target_fps", ())),
            "small_boxes": Estimate.from_json(document["small_boxes"])
            if document.get("small_boxes")
            else None,
            "graph": ModelMemory.from_json(document["graph"]) if document.get("graph") else None,
        }
        return cls(**{**document, **read})


# Latency of several ways to compute one model, side by side: providers and thread counts, in
# interleaved blocks of one run.


@dataclass(frozen=True, slots=True)
class LatencyVariant:
    """Latency of `provider` on `threads` threads over `n` frames of its blocks, whose medians are
    `blocks_ms`. `noise`: how far its blocks of even and odd number differ by themselves, as a
    share. `ratio`: what a frame takes as a multiple of the first variant's, the mean of the rounds'
    logs, with its limits `ratio_lo` and `ratio_hi` (NaN below six rounds); 1 for the first itself.
    `p`: of flipped signs of whole rounds."""

    provider: str
    threads: int
    n: int
    total: TotalLatency
    blocks_ms: tuple[float, ...]
    noise: float
    ratio: float
    ratio_lo: float = nan
    ratio_hi: float = nan
    p: float = 1.0
    is_different: bool = False


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Variants in the order in which they were asked for, on one machine and under one load, in
    blocks of `block_s` seconds. `left_out`: providers whose answers are not the processor's, which
    nobody would use."""

    machine: Mapping[str, str]
    model: str
    source: str
    load: str
    block_s: float
    variants: tuple[LatencyVariant, ...]
    left_out: tuple[Parity, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values, NaN as None. `noise` at the top, a floor from one draw by which differences
        were told, is null for one release."""
        noise = {"noise": None, "noise_reason": "rounds_are_tested"}
        values = asdict(self) | {"machine": dict(self.machine), **noise}
        for document in values["variants"]:
            document["total"] = {
                name: None if isnan(value) else value for name, value in document["total"].items()
            }
            figures = ("noise", "ratio", "ratio_lo", "ratio_hi")
            document |= {
                name: None if isnan(document[name]) else document[name] for name in figures
            }
            document["differs"] = document.pop("is_different")
        return {
            name: None if isinstance(value, float) and isnan(value) else value
            for name, value in values.items()
        }
