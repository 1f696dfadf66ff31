"""Timing of frames stage by stage during a latency run, the trace that is shown meanwhile, and
their statistics: percentiles with confidence intervals, jitter, throttling by change point, its
causes, and variants in interleaved blocks (`docs/methods.md` 12). Pettitt's change test is not
used: blocks are correlated, and it finds changes where there are none."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf, isnan, nan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.frame import PICTURE_ENDINGS
from fieldcheck.domain.latency import (
    LatencyVariant,
    MachineState,
    Slowdown,
    StageLatency,
    Throttling,
    ThrottlingStep,
    TotalLatency,
)
from fieldcheck.domain.recording import Recording
from fieldcheck.errors.files import NoPictures, PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.errors.labels import NoFootage
from fieldcheck.files import join_inside
from fieldcheck.footage.image_folder import list_images
from fieldcheck.footage.recording_container import RecordingReader
from fieldcheck.footage.video.index import load_video_index
from fieldcheck.footage.video.reader import VideoReader
from fieldcheck.imaging.codec import read_image
from fieldcheck.imaging.raw import decode_raw
from fieldcheck.latency.machine_state import read_machine_state, read_memory_mb
from fieldcheck.models.letterbox import fit_image
from fieldcheck.models.preprocess import normalize_into
from fieldcheck.models.providers import ModelRunner
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as marks_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.stats.time_blocks import TimeQuantile, compare_variants, estimate_time_quantile

Figures = NDArray[np.float64]

BLOCK_S = 10.0
ABOVE = 5  # frames that have to lie above p99 for it to be shown
SHORTEST_S = 120.0  # a first minute after ten seconds, and a last one apart from it
FLAGGED = 1.15
FEWEST_BLOCKS = 3  # on each side of a change
# blocks that are held against each other, and how far apart their medians may lie
FLAT_S, FLAT = 300.0, 0.02


def compute_stage_latencies(ms: Figures, names: tuple[str, ...]) -> dict[str, StageLatency]:
    """Latency of each stage from (n, stages) milliseconds. Shares are of the means: they add up,
    medians would not."""
    means = ms.mean(axis=0)
    return {
        name: StageLatency(
            float(means[index]), float(np.median(ms[:, index])), float(means[index] / means.sum())
        )
        for index, name in enumerate(names)
    }


def compute_total_latency(ms: Figures, ten_seconds: int = 0) -> TotalLatency:
    """Percentiles with their limits by blocks of time, and jitter, of (n,) milliseconds a frame, in
    the order in which frames came. `ten_seconds`: frames in as many, 0 where that is not known."""
    values = [float(value) for value in np.percentile(ms, (50, 95, 99), method="linear")]
    limits = [
        _hold_value(value, estimate_time_quantile(ms, level, ten_seconds))
        for value, level in zip(values, (0.5, 0.95, 0.99), strict=True)
    ]
    p50, p95, p99 = values
    jitter = float(np.median(np.abs(np.diff(ms)))) if ms.size > 1 else 0.0
    return TotalLatency(
        p50,
        p95,
        p99 if ms.size >= ABOVE * 100 else nan,
        *limits[2],
        float(ms.max()),
        jitter,
        *limits[0],
        *limits[1],
        by_blocks=True,
    )


def _hold_value(value: float, time_quantile: TimeQuantile) -> tuple[float, float]:
    """Limits that hold the value between two frames, NaN where the run is too short for a range."""
    if isnan(time_quantile.lo):
        return nan, nan
    return min(time_quantile.lo, value), max(time_quantile.hi, value)


def compute_block_numbers(at_s: Figures) -> NDArray[np.int64]:
    """Ten-second block of each frame, from (n,) seconds since the start."""
    return np.floor(at_s / BLOCK_S).astype(np.int64)


def compute_block_medians(at_s: Figures, ms: Figures, q: float = 50.0) -> Figures:
    """Median (or another percentile `q`) of the frames of each ten seconds that hold any, from (n,)
    seconds since the start, in order, and (n,) milliseconds."""
    return np.array([np.percentile(part, q) for part in split_into_blocks(at_s, ms)])


def split_into_blocks(at_s: Figures, ms: Figures) -> list[Figures]:
    """The (n,) milliseconds of the frames of each ten seconds that hold any, from (n,) seconds
    since the start, in order."""
    return np.split(ms, np.flatnonzero(np.diff(compute_block_numbers(at_s))) + 1)


def is_latency_flat(before_ms: Figures, after_ms: Figures) -> bool:
    """Whether two blocks that follow each other, (n,) and (m,) milliseconds, have medians less than
    `FLAT` apart."""
    return abs(float(np.median(after_ms)) / float(np.median(before_ms)) - 1) < FLAT


def detect_throttling(medians: Figures) -> Throttling:
    """Throttling in medians of blocks of ten seconds, (n,) milliseconds from the start on, the
    first block included."""
    noise = compute_own_noise(medians)
    if medians.size < SHORTEST_S / BLOCK_S:
        return Throttling(nan, None, (), noise)
    ratio = float(np.median(medians[-6:]) / np.median(medians[1:7]))
    return Throttling(
        ratio, ratio >= FLAGGED, tuple(_find_steps(medians)) if ratio >= FLAGGED else (), noise
    )


def compute_own_noise(medians: Figures) -> float:
    """How far (n,) medians of blocks of even and odd number differ by themselves (A–A), as a share;
    NaN for fewer than two blocks."""
    return (
        float(abs(np.median(medians[1::2]) / np.median(medians[::2]) - 1))
        if medians.size > 1
        else nan
    )


def find_change_point(medians: Figures) -> tuple[int, float]:
    """Number of blocks before the change and the step, as a factor, where two levels explain (n,)
    medians best in logs. Least squares."""
    logs, n = np.log(medians), medians.size
    positions = np.arange(FEWEST_BLOCKS, n - FEWEST_BLOCKS + 1)
    gains = [k * (n - k) / n * (logs[:k].mean() - logs[k:].mean()) ** 2 for k in positions]
    k = int(positions[int(np.argmax(gains))])
    return k, float(np.exp(np.median(logs[k:]) - np.median(logs[:k])))


def _find_steps(medians: Figures) -> list[ThrottlingStep]:
    """Find the change, and one more in each part where there is one as large."""
    k, step = find_change_point(medians)
    steps = [(k, step)]
    for first, part in ((0, medians[:k]), (k, medians[k:])):
        if part.size >= 2 * FEWEST_BLOCKS:
            index, more = find_change_point(part)
            steps += [(first + index, more)] if more >= FLAGGED else []
    return [
        ThrottlingStep(index * BLOCK_S, factor)
        for index, factor in sorted(steps)
        if factor >= FLAGGED
    ]


# Slowdown told apart: heat (throttling), idle gaps between frames (duty cycle), or other programs
# (background load).

# of the frames, and of the busy time, before the change: below it the run stands idle in between
IDLER = 0.8
# that others use since: with threads of one core in two, waiting alone does not show them
MORE_CORES = 0.25
EXPLAINS = 0.5  # of what a frame takes longer: what waiting for a core has to explain


def find_slowdown_cause(
    at_s: Figures, ms: Figures, states: Sequence[tuple[float, MachineState]], throttled: Throttling
) -> Slowdown:
    """Find the cause of a slowdown, from (n,) seconds at which frames were begun, (n,) milliseconds
    of each, and states of the machine with their seconds. Idle gaps are tested first: a processor
    that idles between frames lowers its clock without being hot."""
    blocks = compute_block_numbers(at_s)
    whole = np.arange(int(blocks[-1]))  # The last block is incomplete.
    if whole.size < SHORTEST_S / BLOCK_S:
        return Slowdown()
    counts = np.bincount(blocks)[: whole.size].astype(float)
    busy = np.bincount(blocks, ms)[: whole.size] / 1000 / BLOCK_S
    k, fell = find_change_point(np.maximum(busy, 0.01))
    if fell <= IDLER and np.median(counts[k:]) <= IDLER * np.median(counts[:k]):
        return Slowdown("duty_cycle", k * BLOCK_S, float(1 - busy[k:].mean()))
    if not throttled.flag:
        return Slowdown()
    largest = max(throttled.steps, key=lambda throttling_step: throttling_step.step, default=None)
    k = round(largest.at_s / BLOCK_S) if largest else whole.size // 2
    k = min(max(FEWEST_BLOCKS, k), whole.size - FEWEST_BLOCKS)
    medians = np.full(whole.size + 1, np.nan)
    medians[np.unique(blocks)] = compute_block_medians(at_s, ms)
    medians = medians[:-1]
    grown = float(np.nanmedian(medians[k:]) - np.nanmedian(medians[:k]))
    others = _compute_rates(whole, [(time_s, state.others_s) for time_s, state in states])
    waited = (
        1000
        * BLOCK_S
        * _compute_rates(whole, [(time_s, state.waited_s) for time_s, state in states])
        / np.maximum(counts, 1)
    )
    cores = _compute_increase(others, k)
    explained = _compute_increase(waited, k) / grown if grown > 0 else 0.0
    if explained >= EXPLAINS or cores >= MORE_CORES:
        return Slowdown("background", k * BLOCK_S, min(1.0, max(0.0, explained)), max(0.0, cores))
    return Slowdown("throttling", k * BLOCK_S, 0.0)


def _compute_increase(figures: Figures, k: int) -> float:
    """Increase of the median of (n,) figures from index `k` on; 0 where they are unknown."""
    return (
        float(np.median(figures[k:]) - np.median(figures[:k]))
        if np.isfinite(figures).all()
        else 0.0
    )


def _compute_rates(
    whole: NDArray[np.int64], samples: Sequence[tuple[float, float | None]]
) -> Figures:
    """Seconds a second that a counter grew in each block, (n,) for (n,) blocks; NaN where the
    machine does not tell it."""
    measured = [(time_s, value) for time_s, value in samples if value is not None]
    if len(measured) < FEWEST_BLOCKS:
        return np.full(whole.size, np.nan)
    edges = np.interp(
        np.append(whole, whole.size) * BLOCK_S,
        [time_s for time_s, _ in measured],
        [value for _, value in measured],
    )
    grew: Figures = np.diff(edges) / BLOCK_S
    return grew


# Statistics of variants that were timed in interleaved blocks: heat falls on each alike, and whole
# rounds are compared.

MOST_BLOCK_S, FEWEST_ROUNDS = 10.0, 20


def plan_rounds(seconds: float, n_variants: int) -> tuple[int, float]:
    """Number of rounds, even and twenty at least, and seconds a block, ten at most, of a run that
    takes about `seconds` altogether."""
    block_s = min(MOST_BLOCK_S, seconds / (n_variants * FEWEST_ROUNDS))
    rounds = int(seconds / (n_variants * block_s) + 1e-9)
    return max(FEWEST_ROUNDS, rounds - rounds % 2), block_s


def get_turn_order(n_variants: int, round_number: int) -> list[int]:
    """Places of the variants in a round: every other round backwards, so that whatever rises evenly
    falls on each alike (A B B A)."""
    order = list(range(n_variants))
    return order[::-1] if round_number % 2 else order


def compute_variant_latencies(
    variants: Sequence[tuple[str, int]], blocks: Sequence[Sequence[Figures]]
) -> tuple[LatencyVariant, ...]:
    """Latency of each variant, a provider and its threads, from (n,) milliseconds a frame of each
    of its blocks, a block a round, beside the first variant."""
    medians = np.array([[float(np.median(block)) for block in of_one] for of_one in blocks])
    return tuple(
        LatencyVariant(
            provider=provider,
            threads=threads,
            n=sum(block.size for block in of_one),
            total=compute_total_latency(np.concatenate(list(of_one))),
            blocks_ms=tuple(own.tolist()),
            noise=compute_own_noise(own),
            ratio=rounds.ratio,
            ratio_lo=rounds.lo,
            ratio_hi=rounds.hi,
            p=rounds.p,
            is_different=rounds.differs,
        )
        for (provider, threads), of_one, own, rounds in zip(
            variants, blocks, medians, compare_variants(medians), strict=True
        )
    )


# Latency trace of a running measurement: the measuring thread adds frames, the display takes them.


class LatencyTrace:
    """Timed frames in order. Thread-safe: several may put, one takes; no call waits."""

    def __init__(self) -> None:
        self._frames = deque[tuple[float, ...]]()

    def put_frame(self, at_s: float, stages_ms: tuple[float, ...]) -> None:
        """Adds a frame: seconds since the start of the run, and milliseconds of each stage."""
        self._frames.append((at_s, *stages_ms))

    def take_new_frames(self) -> NDArray[np.float64]:
        """(n, 1 + stages): frames added since the last call; (0, 0) where there are none."""
        taken = [self._frames.popleft() for _ in range(len(self._frames))]
        return np.array(taken, np.float64) if taken else np.zeros((0, 0))


# Frames that a latency run asks about: of the project's longest footage, a video, a picture or a
# folder, round and round.

MOST_FRAMES = 300  # of a source that are asked about in turn


@dataclass(frozen=True, slots=True)
class LatencySource:
    """Frames for a latency run, repeated in a loop. `decode(i)` returns frame i of `n` as (H, W, 3)
    uint8 RGB. `people`: indices with a person visible, up to the neighbouring sampled frames; only
    for the project's own footage."""

    name: str
    n: int
    decode: Callable[[int], NDArray[np.uint8]]
    people: frozenset[int] = frozenset()

    def iter_indices(self) -> Iterator[int]:
        """Endless indices of the readable frames. Seeking back to the first is not timed, since a
        camera has no such step. Raises what `decode` raises where no frame is readable."""
        readable = list[int]()
        for index in range(self.n):
            try:
                self.decode(index)
            except (VideoUnreadable, PictureUnreadable):
                if index == self.n - 1 and not readable:
                    raise
                continue
            readable.append(index)
            if len(readable) == MOST_FRAMES:
                break
        while True:
            self.decode(readable[0])
            yield from readable[1:] or readable


@contextmanager
def open_latency_source(project: Project, source: Path | None) -> Iterator[LatencySource]:
    """Opens a source for as long as the block lasts: a video, a picture or a folder of pictures,
    the longest footage if None. Raises NoFootage, PathMissing, NoPictures, VideoUnreadable."""
    people = frozenset[int]()
    if source is None:
        closed = [
            recording
            for recording in project.read(recordings_table.list_recordings)
            if recording.closed
        ]
        if not closed:
            raise NoFootage(project.path)
        longest = max(closed, key=lambda recording: recording.n_frames)
        path, kind = join_inside(project.path, longest.path), longest.kind
        people = project.read(lambda db: _find_person_indices(db, longest))
    else:
        path, kind = (
            source,
            "folder" if source.is_dir() or source.suffix.lower() in PICTURE_ENDINGS else "video",
        )
    if not path.exists():
        raise PathMissing(path)
    if kind == "video":
        with VideoReader(path, list_fps=inf) as reader:
            yield LatencySource(
                path.name,
                len(load_video_index(path)),
                lambda index: reader.read_frame(index).rgb,
                people,
            )
    elif kind == "capture":
        with RecordingReader(path) as recording:
            yield LatencySource(
                path.name,
                len(recording),
                lambda index: decode_raw(recording.read_raw(index)),
                people,
            )
    else:
        files = [path] if path.is_file() else [path / image for image in list_images(path)]
        if not files:
            raise NoPictures(path)
        yield LatencySource(path.name, len(files), lambda index: read_image(files[index]), people)


def _find_person_indices(db: Database, recording: Recording) -> frozenset[int]:
    """Indices from the sampled frame before a marked one to the one after, since a person does not
    vanish in between."""
    marked = marks_table.list_with_person(db)
    listed = [
        frame
        for frame in frames_table.list_frames(db, with_frozen=True)
        if frame.recording_id == recording.recording_id
    ]
    edges = [-1, *(frame.source_index for frame in listed), recording.n_frames]
    around = (
        range(edges[index] + 1, edges[index + 2])
        for index, frame in enumerate(listed)
        if frame.frame_id in marked
    )
    return frozenset(index for positions in around for index in positions)


WARM_UP_FRAMES, WARM_UP_S = 20, 5.0  # The longer of the two counts.


@dataclass(frozen=True, slots=True)
class TimedFrames:
    """`at_s`: (n,) seconds since the start at which each frame was begun; `ms`: (n, 1 + stages)
    milliseconds, the whole frame first. `megabytes` at the end of the warm-up and at the end;
    `states`: of the machine, one at the start of each ten seconds and one at the end, with its
    second; `flat`: whether it ended because two blocks were flat, None where nobody asked. `frame`:
    (width, height) of the last one, None where it came resized already."""

    at_s: NDArray[np.float64]
    ms: NDArray[np.float64]
    megabytes: tuple[float, float]
    states: tuple[tuple[float, MachineState], ...]
    flat: bool | None
    frame: tuple[int, int] | None = None

    @property
    def warm_up(self) -> int:
        """Frames at the start that are in no figure: twenty, or those of five seconds, and never
        all of them."""
        return min(
            max(WARM_UP_FRAMES, int(np.searchsorted(self.at_s, WARM_UP_S))), self.at_s.size - 1
        )


class FrameTimer:
    """Times the stages of a frame on this device: decode, resize, normalise, forward pass,
    post-processing."""

    def __init__(self, runner: ModelRunner) -> None:
        self._runner, self._spec = runner, runner.card.input
        self.frame: tuple[int, int] | None = None  # (width, height) of the last one
        # a batch that the file fixes is filled up
        self._tensor = np.zeros((runner.model.batch or 1, *self._spec.shape), np.float32)

    def time_frame(self, source: LatencySource, index: int) -> tuple[float, NDArray[np.float64]]:
        """When the frame at that index was started, by `time.perf_counter`, and (stages,)
        milliseconds."""
        clock, tensor = time.perf_counter, self._tensor
        times = [clock()]
        rgb = source.decode(index)
        times.append(clock())
        fitted = fit_image(rgb, self._spec)
        times.append(clock())
        placement = normalize_into(tensor[0], fitted, self._spec)
        times.append(clock())
        outputs = self._runner.run_batch(tensor)
        times.append(clock())
        self._runner.decode_outputs(
            outputs, len(tensor), [(placement, (rgb.shape[0], rgb.shape[1]))]
        )
        times.append(clock())
        self.frame = (rgb.shape[1], rgb.shape[0])
        return times[0], 1000 * np.diff(times)


class _FlatnessCheck:
    """Checks once per block whether the last two five-minute blocks after the warm-up are flat."""

    def __init__(self) -> None:
        self._totals, self._bounds, self._next = list[float](), [0], FLAT_S

    def add_frame(self, passed_s: float, total_ms: float) -> bool:
        """Add a frame with its time after the warm-up, negative within it."""
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
        return is_latency_flat(
            np.array(self._totals[first:middle]), np.array(self._totals[middle:last])
        )


def measure_frames(
    runner: ModelRunner,
    source: LatencySource,
    seconds: float,
    fps: float,
    until_flat: bool,
    trace: LatencyTrace,
    progress: Progress,
) -> TimedFrames:
    """Times frames for `seconds` after the warm-up at `fps` (0: one after the other); each is put
    into `trace`."""
    rows, begun, states = (
        list[NDArray[np.float64]](),
        list[float](),
        list[tuple[float, MachineState]](),
    )
    timer, flatness, clock, warm, is_flat = (
        FrameTimer(runner),
        _FlatnessCheck(),
        time.perf_counter,
        0.0,
        False,
    )
    start, warm_s = clock(), WARM_UP_S
    for index in source.iter_indices():
        if len(rows) == WARM_UP_FRAMES:
            # a slow model's twenty frames take longer, and none of them count
            warm_s = max(WARM_UP_S, clock() - start)
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
        when, stages = timer.time_frame(source, index)
        begun.append(when - start)
        rows.append(stages)
        trace.put_frame(when - start, tuple(stages.tolist()))
        is_flat = until_flat and flatness.add_frame(
            passed if len(rows) > WARM_UP_FRAMES else -1.0, float(stages.sum())
        )
    stages, now = np.array(rows), read_memory_mb()[0]
    states.append((clock() - start, read_machine_state()))
    ms = np.column_stack([stages.sum(axis=1), stages])
    return TimedFrames(
        np.array(begun),
        ms,
        (warm or now, now),
        tuple(states),
        is_flat if until_flat else None,
        timer.frame,
    )
