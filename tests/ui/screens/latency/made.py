"""Latency of a run of ten minutes that was never made: 31 ms a frame, and from the middle on slower
by a factor."""

from __future__ import annotations

from functools import cache

import numpy as np

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.latency import STAGES, Latency, MachineState
from fieldcheck.latency.frame_timing import (
    compute_stage_latencies,
    compute_total_latency,
    detect_throttling,
)


@cache
def ten_minutes(slower: float = 1.67, n: int = 14_668) -> Latency:
    """Its figures, made by the product's own statistics."""
    rng = np.random.default_rng(1)
    ms = 31 * np.exp(0.05 * rng.standard_normal(n)) * np.where(np.arange(n) < n / 2, 1, slower)
    blocks = 31 * np.where(np.arange(60) < 25, 1, slower) * np.exp(0.01 * rng.standard_normal(60))
    return Latency(
        machine={
            "processor": "Core i5-8365UE", "cores": "4", "system": "Linux 6.1", "memory_mb": "7800",
        },
        model="net", source="belt.mp4", load="encode", seconds=600.0, fps=0.0, n=n, warm_up=160,
        stages=compute_stage_latencies(np.outer(ms, [0.13, 0.06, 0.02, 0.76, 0.03]), STAGES),
        total=compute_total_latency(ms), blocks_ms=tuple(blocks.tolist()), throughput_fps=24.4,
        late=Estimate.not_measured("no_rate"), throttling=detect_throttling(blocks), peak_mb=412.0,
        growth_mb=3.1, before=MachineState("powersave", 2100, 48, 100, 0.2),
        after=MachineState("powersave", 1400, 91, 4500, 3.5),
        blocks_p95_ms=tuple((1.1 * blocks).tolist()),
    )  # fmt: skip
