"""Latency of several ways to compute one model, side by side: providers and thread counts, in interleaved blocks of one run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isnan, nan
from typing import Any

from fieldcheck.domain.latency import TotalLatency
from fieldcheck.domain.provider import Parity


@dataclass(frozen=True, slots=True)
class LatencyVariant:
    """Latency of `provider` on `threads` threads over `n` frames of its blocks, whose medians are `blocks_ms`. `noise`: how far its
    blocks of even and odd number differ by themselves, as a share. `ratio`: the median of what a frame takes as a multiple of the first
    variant's, round by round; 1 for the first itself."""

    provider: str
    threads: int
    n: int
    total: TotalLatency
    blocks_ms: tuple[float, ...]
    noise: float
    ratio: float


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Variants in the order in which they were asked for, on one machine and under one load, in blocks of `block_s` seconds.
    `left_out`: providers whose answers are not the processor's, which nobody would use."""

    machine: Mapping[str, str]
    model: str
    source: str
    load: str
    block_s: float
    variants: tuple[LatencyVariant, ...]
    left_out: tuple[Parity, ...] = ()

    @property
    def noise(self) -> float:
        """Noise floor: the largest difference that a variant has to itself; NaN where none has two blocks."""
        return max((one.noise for one in self.variants if not isnan(one.noise)), default=nan)

    def is_different(self, variant: LatencyVariant) -> bool:
        """Whether it lies further from the first than the noise floor. The smaller ratio counts: half is as far as double."""
        return abs(max(variant.ratio, 1 / variant.ratio) - 1) > self.noise

    def to_json(self) -> dict[str, Any]:
        """Plain values, NaN as None."""
        found = asdict(self) | {"machine": dict(self.machine), "noise": self.noise}
        for told, variant in zip(found["variants"], self.variants, strict=True):
            told["total"] = {name: None if isnan(value) else value for name, value in told["total"].items()}
            told |= {name: None if isnan(told[name]) else told[name] for name in ("noise", "ratio")} | {
                "differs": self.is_different(variant)
            }
        return {name: None if isinstance(value, float) and isnan(value) else value for name, value in found.items()}
