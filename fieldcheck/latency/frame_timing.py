"""Timing of frames stage by stage during a latency run, the trace that is shown meanwhile, and the
frames that are timed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.frame import PICTURE_ENDINGS
from fieldcheck.domain.latency import MachineState
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
from fieldcheck.latency.statistics import BLOCK_S, FLAT_S, is_latency_flat
from fieldcheck.models.letterbox import fit_image
from fieldcheck.models.preprocess import normalize_into
from fieldcheck.models.providers import ModelRunner
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as marks_table
from fieldcheck.project.tables import recordings as recordings_table

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
        came = self._runner.run_batch(tensor)
        times.append(clock())
        self._runner.decode_outputs(came, len(tensor), [(placement, (rgb.shape[0], rgb.shape[1]))])
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
