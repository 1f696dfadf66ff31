"""State of the Latency screen: what is asked of a run, and its curve while it is measured."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.latency import Latency, SideBySide

DURATIONS = {
    "short": (60.0, False),
    "usual": (600.0, False),
    "long": (1800.0, False),
    "flat": (1800.0, True),
}
"""Code → seconds at most, and whether it ends where two blocks are flat."""
RATES = (0, 5, 10, 15, 25, 30, 60)
MEMORIES = (0, 64, 128, 250, 500, 1000, 2000, 4000)  # MB that it may take
SIDE_BY_SIDE = "all"  # in the place of a number of threads
LOADS = ("none", "encode", "busy=1", "encode+busy=1")
BLOCK_S, MINUTE_S = 10.0, 60.0
FEW = 10  # frames below which a second has no 95th percentile of its own worth a line


@dataclass(frozen=True, slots=True)
class LatencyCurve:
    """`minutes` since the start, and median and 95th percentile of the frames there, in
    milliseconds."""

    minutes: tuple[float, ...] = ()
    p50_ms: tuple[float, ...] = ()
    p95_ms: tuple[float, ...] = ()


class LatencyState:
    """`choices`: duration, rate, load, threads, target (a rate) and memory (MB) by code; `threads`
    0 leaves one core free, "all" times every provider and number of threads side by side. `found`:
    the newest run that was kept; `beside`: the newest of that kind, which is not kept."""

    def __init__(self) -> None:
        self.choices = {
            "duration": "usual",
            "rate": "0",
            "load": "none",
            "threads": "0",
            "target": "0",
            "memory": "0",
        }
        self.found: Latency | None = None
        self.beside: SideBySide | None = None
        self.clear_run()

    @property
    def seconds(self) -> float:
        """How long a run is at most."""
        return DURATIONS[self.choices["duration"]][0]

    @property
    def stops_when_stable(self) -> bool:
        """Whether it may end earlier."""
        return DURATIONS[self.choices["duration"]][1]

    @property
    def fps(self) -> float:
        """Rate at which frames come, 0 for one after the other."""
        return float(self.choices["rate"])

    @property
    def threads(self) -> int | None:
        """Threads of the model, None for all cores but one."""
        return None if self.compares_variants else int(self.choices["threads"]) or None

    @property
    def compares_variants(self) -> bool:
        """Whether every provider and number of threads is timed."""
        return self.choices["threads"] == SIDE_BY_SIDE

    @property
    def n_busy_cores(self) -> int:
        """Cores that are kept busy."""
        return next(
            (
                int(part.partition("=")[2])
                for part in self.choices["load"].split("+")
                if part.startswith("busy=")
            ),
            0,
        )

    @property
    def encodes_recording(self) -> bool:
        """Whether a recording is compressed beside it."""
        return "encode" in self.choices["load"].split("+")

    def set_choice(self, what: str, code: str) -> None:
        """Set a choice."""
        self.choices[what] = code

    def next_load(self) -> None:
        """The load after this one, round and round."""
        self.choices["load"] = LOADS[(LOADS.index(self.choices["load"]) + 1) % len(LOADS)]

    def clear_run(self) -> None:
        """Reset for a new run."""
        self._frames = np.zeros((0, 0))
        self._seconds = dict[int, tuple[float, float]]()
        self._sums: NDArray[np.float64] = np.zeros(0)
        self.n = 0

    def add_frame_times(self, frames: NDArray[np.float64]) -> None:
        """(n, 1 + stages): seconds since the start, and milliseconds of each stage, of frames that
        came since."""
        if not len(frames):
            return
        self._sums = frames[:, 1:].sum(axis=0) + (self._sums if self.n else 0)
        self.n += len(frames)
        self._frames = np.concatenate([self._frames, frames]) if self._frames.size else frames
        seconds = self._frames[:, 0].astype(int)
        totals = self._frames[:, 1:].sum(axis=1)
        for second in np.unique(seconds):
            own = totals[seconds == second]
            p50 = float(np.median(own))
            self._seconds[int(second)] = (
                p50,
                float(np.percentile(own, 95)) if len(own) >= FEW else p50,
            )
        self._frames = self._frames[seconds == seconds[-1]]  # The current second is incomplete.

    @property
    def stage_means(self) -> tuple[float, ...]:
        """Mean milliseconds of each stage of the run under way."""
        return tuple((self._sums / self.n).tolist()) if self.n else ()

    @property
    def curve(self) -> LatencyCurve:
        """Curve of the run under way, a point a second; of the run that was kept, a point every ten
        seconds."""
        if self.n:
            points = [
                (second / MINUTE_S, *self._seconds[second]) for second in sorted(self._seconds)
            ]
            return LatencyCurve(*(tuple(column) for column in zip(*points, strict=True)))
        if self.found is None:
            return LatencyCurve()
        middles = tuple(
            (index + 0.5) * BLOCK_S / MINUTE_S for index in range(len(self.found.blocks_ms))
        )
        return LatencyCurve(
            middles, self.found.blocks_ms, self.found.blocks_p95_ms or self.found.blocks_ms
        )


def thread_counts() -> tuple[int, ...]:
    """Numbers of threads to choose from: 0 for all cores but one, then powers of two up to the
    number of cores."""
    cores = os.cpu_count() or 1
    return (0, *(n for n in (1, 2, 4, 8, 16, 32) if n < cores), cores)
