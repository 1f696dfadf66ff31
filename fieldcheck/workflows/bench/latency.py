"""Inference latency over minutes: frames are decoded, prepared, answered and read one by one under a declared load, and kept as figures."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.capture.container import RecordingReader
from fieldcheck.capture.picture_folder import list_pictures
from fieldcheck.capture.video_file import VideoReader
from fieldcheck.capture.video_index import video_index
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.latency import STAGES, Latency
from fieldcheck.domain.provider import NAMES
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import NoFootage, NoPictures, PathMissing, PictureUnreadable, VideoUnreadable
from fieldcheck.files import inside
from fieldcheck.imaging.codec import PICTURE_ENDINGS, read_picture
from fieldcheck.imaging.raw import to_rgb
from fieldcheck.inference.open_model import open_model
from fieldcheck.inference.preprocess import fit, normalise_into
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.measure.camera_interval import camera_interval
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.speed.latency import block_medians, block_numbers, stage_latencies, throttling, total_latency
from fieldcheck.speed.load import under_load
from fieldcheck.speed.machine import machine_name, machine_state, memory_mb
from fieldcheck.workflows.models.models import card_of, find_model
from fieldcheck.workflows.models.provider import provider_for

KIND, ABOUT = "latency", "device"  # of facts about a model; the newest run counts, on whatever machine it was
WARM_UP_FRAMES, WARM_UP_S = 20, 5.0  # whichever is longer
MOST_FRAMES = 300  # of a source that are asked about in turn


@dataclass(frozen=True, slots=True)
class LatencyRequest:
    """A latency run of so many `seconds` after the warm-up. `source`: a video, a picture or a folder of pictures, the longest footage if
    None. `fps`: frames come at this rate; 0 as soon as the one before is answered. `encode`, `busy`: the load beside it. `threads`: None
    leaves one core free."""

    seconds: float = 600.0
    model: str | None = None
    source: Path | None = None
    fps: float = 0.0
    encode: bool = False
    busy: int = 0
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class LatencyRun:
    """Latency of a run, and (n, 1 + stages) milliseconds of each frame after the warm-up: whole, decode, resize, normalise, forward,
    post."""

    found: Latency
    frames_ms: NDArray[np.float64]


def run_latency(project: Project, asked: LatencyRequest, progress: Progress, now: str) -> LatencyRun:
    """Measures and keeps what was found. Raises NoModel, ModelUnknown, NoFootage, PathMissing, VideoUnreadable, ModelRejected; Cancelled,
    and nothing is kept: a run that was cut short says nothing of heat."""
    model = find_model(project, asked.model)
    card = card_of(model)
    opened = open_model(project.path / model.file, asked.threads, provider=NAMES[provider_for(project, model)])
    runner = ModelRunner(opened, card, batch_size=1)
    with _frames(project, asked.source) as source, under_load(asked.encode, asked.busy):
        state = machine_state()
        at_s, ms, megabytes = _measure(runner, source, asked, progress)
    found = _found(asked, model.name, source.name, (at_s, ms), megabytes)
    run = LatencyRun(found(before=state, after=machine_state(), machine=machine_name()), ms[_warm_up(at_s) :])
    project.write(partial(_keep, model=model, found=run.found, now=now)).result()
    return run


def _keep(db: Database, model: StoredModel, found: Latency, now: str) -> None:
    card_sha256 = hashlib.sha256(model.card.encode()).hexdigest()
    facts_table.put(db, KIND, model.sha256, card_sha256, ABOUT, found.to_json(), now)


def _measure(
    runner: ModelRunner, source: LatencySource, asked: LatencyRequest, progress: Progress
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[float, float]]:  # fmt: skip
    """(n,) seconds at which each frame was begun, (n, 1 + stages) milliseconds, and megabytes at the end of the warm-up and at the end."""
    rows, begun, clock = list[NDArray[np.float64]](), list[float](), time.perf_counter
    spec, warm = runner.card.input, 0.0
    tensor = np.zeros((runner.model.batch or 1, *spec.shape), np.float32)  # a batch that the file fixes is filled up
    start = clock()
    for at in source.in_turn():
        passed = clock() - start - WARM_UP_S
        if passed >= asked.seconds and len(rows) > WARM_UP_FRAMES:
            break
        progress.report(int(min(max(0.0, passed), asked.seconds)), int(asked.seconds), "seconds")
        progress.check()
        warm = warm or (memory_mb()[0] if passed >= 0 else 0.0)
        time.sleep(max(0.0, start + len(rows) / asked.fps - clock()) if asked.fps else 0.0)
        times = [clock()]
        rgb = source.decode(at)
        times.append(clock())
        fitted = fit(rgb, spec)
        times.append(clock())
        placement = normalise_into(tensor[0], fitted, spec)
        times.append(clock())
        came = runner.run(tensor)
        times.append(clock())
        runner.read(came, len(tensor), [(placement, (rgb.shape[0], rgb.shape[1]))])
        times.append(clock())
        begun.append(times[0] - start)
        rows.append(np.diff(times))
    stages, now = 1000 * np.array(rows), memory_mb()[0]
    return np.array(begun), np.column_stack([stages.sum(axis=1), stages]), (warm or now, now)


def _warm_up(at_s: NDArray[np.float64]) -> int:
    """LatencySource at the start that are in no figure: twenty, or those of five seconds, and never all of them."""
    return min(max(WARM_UP_FRAMES, int(np.searchsorted(at_s, WARM_UP_S))), at_s.size - 1)


def _found(
    asked: LatencyRequest, model: str, source: str, frames: tuple[NDArray[np.float64], NDArray[np.float64]], megabytes: tuple[float, float]
) -> Callable[..., Latency]:
    at_s, ms = frames
    warm = _warm_up(at_s)
    kept_s, kept = at_s[warm:], ms[warm:]
    medians = block_medians(at_s, ms[:, 0])
    late = Estimate.na("no_rate")
    if asked.fps:
        late = camera_interval(kept[:, 0] > 1000 / asked.fps, np.ones(len(kept)), block_numbers(kept_s))
    wall_s = kept_s[-1] + kept[-1, 0] / 1000 - kept_s[0]
    load = "+".join([*(["encode"] if asked.encode else []), *([f"busy={asked.busy}"] if asked.busy else [])]) or "none"
    return partial(
        Latency,
        model=model,
        source=source,
        load=load,
        seconds=float(wall_s),
        fps=asked.fps,
        n=len(kept),
        warm_up=warm,
        stages=stage_latencies(kept[:, 1:], STAGES),
        total=total_latency(kept[:, 0]),
        blocks_ms=tuple(medians.tolist()),
        throughput_fps=float(len(kept) / wall_s),
        late=late,
        throttling=throttling(medians),
        peak_mb=memory_mb()[1],
        growth_mb=megabytes[1] - megabytes[0],
    )


@dataclass(frozen=True, slots=True)
class LatencySource:
    """LatencySource that are asked about, round and round: `decode` makes (H, W, 3) uint8 RGB of one of `n`."""

    name: str
    n: int
    decode: Callable[[int], NDArray[np.uint8]]

    def in_turn(self) -> Iterator[int]:
        """Places of those that can be read, without end. The way back to the first one is not timed: a camera has none. Raises what
        `decode` raises where none can be read."""
        readable = list[int]()
        for at in range(self.n):
            try:
                self.decode(at)
            except (VideoUnreadable, PictureUnreadable):
                if at == self.n - 1 and not readable:
                    raise
                continue
            readable.append(at)
            if len(readable) == MOST_FRAMES:
                break
        while True:
            self.decode(readable[0])
            yield from readable[1:] or readable


@contextmanager
def _frames(project: Project, source: Path | None) -> Iterator[LatencySource]:
    if source is None:
        closed = [one for one in project.read(recordings_table.all) if one.closed]
        if not closed:
            raise NoFootage(project.path)
        longest = max(closed, key=lambda one: one.n_frames)
        path, kind = inside(project.path, longest.path), longest.kind
    else:
        path, kind = source, "folder" if source.is_dir() or source.suffix.lower() in PICTURE_ENDINGS else "video"
    if not path.exists():
        raise PathMissing(path)
    if kind == "video":
        with VideoReader(path, list_fps=inf) as reader:
            yield LatencySource(path.name, len(video_index(path)), lambda at: reader.frame(at).rgb)
    elif kind == "capture":
        with RecordingReader(path) as recording:
            yield LatencySource(path.name, len(recording), lambda at: to_rgb(recording.raw(at)))
    else:
        files = [path] if path.is_file() else [path / one for one in list_pictures(path)]
        if not files:
            raise NoPictures(path)
        yield LatencySource(path.name, len(files), lambda at: read_picture(files[at]))
