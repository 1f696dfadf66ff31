"""Timing of frames one by one, stage by stage, for as long as a latency run lasts."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.latency import MachineState
from fieldcheck.inference.preprocess import fit_image, normalize_into
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.progress import Progress
from fieldcheck.speed.latency import BLOCK_S, FLAT_S, is_latency_flat
from fieldcheck.speed.latency_trace import LatencyTrace
from fieldcheck.speed.machine import read_machine_state, read_memory_mb
from fieldcheck.workflows.bench.latency_source import LatencySource

WARM_UP_FRAMES, WARM_UP_S = 20, 5.0  # whichever is longer


@dataclass(frozen=True, slots=True)
class TimedFrames:
    """`at_s`: (n,) seconds since the start at which each frame was begun; `ms`: (n, 1 + stages) milliseconds, the whole frame first.
    `megabytes` at the end of the warm-up and at the end; `states`: of the machine, one at the start of each ten seconds and one at the
    end, with its second; `flat`: whether it ended because two blocks were flat, None where nobody asked.
    `frame`: (width, height) of the last one, None where it came resized already."""

    at_s: NDArray[np.float64]
    ms: NDArray[np.float64]
    megabytes: tuple[float, float]
    states: tuple[tuple[float, MachineState], ...]
    flat: bool | None
    frame: tuple[int, int] | None = None

    @property
    def warm_up(self) -> int:
        """Frames at the start that are in no figure: twenty, or those of five seconds, and never all of them."""
        return min(max(WARM_UP_FRAMES, int(np.searchsorted(self.at_s, WARM_UP_S))), self.at_s.size - 1)


class FrameTimer:
    """Times what a device does with a frame: decode, resize, normalise, forward pass, post-processing."""

    def __init__(self, runner: ModelRunner) -> None:
        self._runner, self._spec = runner, runner.card.input
        self.frame: tuple[int, int] | None = None  # (width, height) of the last one
        self._tensor = np.zeros((runner.model.batch or 1, *self._spec.shape), np.float32)  # a batch that the file fixes is filled up

    def time_frame(self, source: LatencySource, at: int) -> tuple[float, NDArray[np.float64]]:
        """When the frame at that place was begun, by the clock of `time.perf_counter`, and (stages,) milliseconds."""
        clock, tensor = time.perf_counter, self._tensor
        times = [clock()]
        rgb = source.decode(at)
        times.append(clock())
        fitted = fit_image(rgb, self._spec)
        times.append(clock())
        placement = normalize_into(tensor[0], fitted, self._spec)
        times.append(clock())
        came = self._runner.run_batch(tensor)
        times.append(clock())
        self._runner.decode_outputs(came, len(tensor), [(placement, (rgb.shape[0], rgb.shape[1]))])
        times.append(clock())
        self.frame = (rgb.shape[1], rgb.shape[0])
        return times[0], 1000 * np.diff(times)


class _FlatnessCheck:
    """Whether the last two blocks of five minutes after the warm-up are flat; looked at once a block."""

    def __init__(self) -> None:
        self._totals, self._bounds, self._next = list[float](), [0], FLAT_S

    def add_frame(self, passed_s: float, total_ms: float) -> bool:
        """One more frame, so long after the warm-up; negative within it."""
        if passed_s < 0:
            return False
        self._totals.append(total_ms)
        if passed_s < self._next:
            return False
        self._next += FLAT_S
        self._bounds.append(len(self._totals))
        if len(self._bounds) <= 2:
            return False
        first, middle, last = self._bounds[-3:]
        return is_latency_flat(np.array(self._totals[first:middle]), np.array(self._totals[middle:last]))


def measure_frames(
    runner: ModelRunner, source: LatencySource, seconds: float, fps: float, until_flat: bool, trace: LatencyTrace, progress: Progress
) -> TimedFrames:  # fmt: skip
    """Frames of a run that lasts `seconds` after the warm-up, at the rate `fps` (0: one after the other); each is put into `trace`."""
    rows, begun, states = list[NDArray[np.float64]](), list[float](), list[tuple[float, MachineState]]()
    timer, flatness, clock, warm, is_flat = FrameTimer(runner), _FlatnessCheck(), time.perf_counter, 0.0, False
    start, warm_s = clock(), WARM_UP_S
    for at in source.iter_indices():
        if len(rows) == WARM_UP_FRAMES:
            warm_s = max(WARM_UP_S, clock() - start)  # a slow model's twenty frames take longer, and none of them count
        passed = clock() - start - warm_s
        passed = passed if len(rows) >= WARM_UP_FRAMES else min(0.0, passed)
        if (passed >= seconds or is_flat) and len(rows) > WARM_UP_FRAMES:
            break
        progress.report(int(min(passed, seconds) + WARM_UP_S), int(seconds + WARM_UP_S), "seconds")
        progress.check()
        if len(states) <= (clock() - start) // BLOCK_S:
            states.append((clock() - start, read_machine_state()))
        warm = warm or (read_memory_mb()[0] if passed >= 0 else 0.0)
        time.sleep(max(0.0, start + len(rows) / fps - clock()) if fps else 0.0)
        when, stages = timer.time_frame(source, at)
        begun.append(when - start)
        rows.append(stages)
        trace.put_frame(when - start, tuple(stages.tolist()))
        is_flat = until_flat and flatness.add_frame(passed if len(rows) > WARM_UP_FRAMES else -1.0, float(stages.sum()))
    stages, now = np.array(rows), read_memory_mb()[0]
    states.append((clock() - start, read_machine_state()))
    ms = np.column_stack([stages.sum(axis=1), stages])
    return TimedFrames(np.array(begun), ms, (warm or now, now), tuple(states), is_flat if until_flat else None, timer.frame)
