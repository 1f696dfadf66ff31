"""A latency run: frames decoded, preprocessed, predicted and decoded for minutes under a declared
load; variants side by side; small objects."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.latency import STAGES, Latency, ModelMemory, SideBySide
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import CPU, PROVIDER_NAMES, Parity, StoredModel
from fieldcheck.errors.models import ModelRejected
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.latency.frame_timing import (
    BLOCK_S,
    WARM_UP_FRAMES,
    FrameTimer,
    LatencySource,
    LatencyTrace,
    TimedFrames,
    compute_block_medians,
    compute_block_numbers,
    compute_stage_latencies,
    compute_total_latency,
    compute_variant_latencies,
    detect_throttling,
    find_slowdown_cause,
    get_turn_order,
    measure_frames,
    open_latency_source,
    plan_rounds,
)
from fieldcheck.latency.machine_state import read_machine_name, read_memory_mb, with_background_load
from fieldcheck.models.onnx_graph import add_frame_scale, compute_model_memory
from fieldcheck.models.providers import ModelRunner, get_provider, measure_parity
from fieldcheck.models.session import open_model
from fieldcheck.models.store import find_model, get_card
from fieldcheck.progress import Progress
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.camera_interval import estimate_camera_interval

# Labelled boxes that are smaller than a cell of the model's finest feature map, in the pixels of
# the frames they lie on.


def estimate_small_box_share(project: Project, card: Card, graph: ModelMemory) -> Estimate | None:
    """Share of labelled boxes that are less wide and less high than a cell; crowds, which stand for
    many objects, are left out. None without boxes or without a feature map; without a range where
    fewer than three clips have boxes. Of what is labelled, not weighted."""
    if graph.grid is None:
        return None
    sides, clips = project.read(_load_boxes)
    if not sides:
        return None
    cells = dict[tuple[int, int], tuple[float, float]]()
    for *_, frame in sides:
        if frame not in cells:
            grid = add_frame_scale(graph, card.input, frame).grid
            cells[frame] = (grid.cell if grid is not None else None) or (0.0, 0.0)
    small = np.array(
        [wide < cells[frame][0] and high < cells[frame][1] for wide, high, frame in sides]
    )
    estimate = estimate_camera_interval(small, np.ones(small.size), np.array(clips))
    return (
        estimate
        if estimate.measured
        else Estimate.not_measured(estimate.note, small.size, float(small.mean()))
    )


@memoisable
def _load_boxes(db: Database) -> tuple[list[tuple[float, float, tuple[int, int]]], list[str]]:
    """Width, height and frame (width, height) of each labelled box, and its clip."""
    boxed = {label.frame_id: label.boxes for label in labels_table.list_labels(db) if label.boxes}
    sides, clips = list[tuple[float, float, tuple[int, int]]](), list[str]()
    if not boxed:
        return sides, clips
    for line in list_sampling_lines(db, with_frozen=True):
        frame = line.frame
        for box in boxed.get(frame.frame_id, ()):
            if not box.crowd:
                sides.append((box.w, box.h, (frame.width, frame.height)))
                clips.append(line.clip.clip_id)
    return sides, clips


TARGET = "latency_target"
# of facts about a model; the newest run counts, on whatever machine it was
KIND, ABOUT = "latency", "device"


@dataclass(frozen=True, slots=True)
class LatencyRequest:
    """A latency run of so many `seconds` after the warm-up. `source`: a video, a picture or a
    folder of pictures, the longest footage if None. `fps`: frames come at this rate; 0 as soon as
    the one before is answered. `encode`, `busy`: the load beside it. `threads`: None leaves one
    core free. `until_flat`: it ends before its `seconds` where two blocks of five minutes are flat.
    `on_target`: whoever asks confirms that this is the machine it is meant for. `provider`: empty
    for the one that answers are computed with."""

    seconds: float = 600.0
    model: str | None = None
    source: Path | None = None
    fps: float = 0.0
    encode: bool = False
    busy: int = 0
    threads: int | None = None
    until_flat: bool = False
    on_target: bool = False
    provider: str = ""


@dataclass(frozen=True, slots=True)
class LatencyRun:
    """Latency of a run, and (n, 1 + stages) milliseconds of each frame after the warm-up: whole,
    decode, resize, normalise, forward, post."""

    latency: Latency
    frames_ms: NDArray[np.float64]


def run_latency(
    project: Project,
    request: LatencyRequest,
    progress: Progress,
    now: str,
    trace: LatencyTrace | None = None,
) -> LatencyRun:
    """Measure the latency of a run and store it; a display can follow through `trace`. Raises
    NoModel, ModelUnknown, NoFootage, PathMissing, VideoUnreadable, ModelRejected; Cancelled, and
    nothing is stored, since a shortened run cannot detect throttling."""
    model = find_model(project, request.model)
    card = get_card(model)
    opened = open_model(
        project.path / model.file,
        request.threads,
        provider=PROVIDER_NAMES[request.provider or get_provider(project, model)],
        sha256=model.sha256,
    )
    runner = ModelRunner(opened, card, batch_size=1)
    with (
        open_latency_source(project, request.source) as source,
        with_background_load(request.encode, request.busy),
    ):
        timed = measure_frames(
            runner,
            source,
            request.seconds,
            request.fps,
            request.until_flat,
            trace or LatencyTrace(),
            progress,
        )
    about = {
        "model": model.name,
        "source": source.name,
        "load": make_load_code(request.encode, request.busy),
    }
    measured = compute_latency(
        timed, STAGES, read_machine_name(), read_memory_mb()[1], fps=request.fps, **about
    )
    graph = compute_model_memory(project.path / model.file, card)
    graph = add_frame_scale(graph, card.input, timed.frame) if timed.frame is not None else graph
    latency = replace(
        measured,
        on_target=request.on_target,
        graph=graph,
        small_boxes=estimate_small_box_share(project, card, graph),
    )
    project.write(lambda db: store_latency(db, model, latency, now)).result()
    return LatencyRun(latency, timed.ms[timed.warm_up :])


def make_load_code(encode: bool, busy: int) -> str:
    """Declared load as it is kept: `none`, or its parts joined by `+`."""
    return (
        "+".join([*(["encode"] if encode else []), *([f"busy={busy}"] if busy else [])]) or "none"
    )


def load_latency(project: Project) -> Latency | None:
    """Load the newest run of the newest model with its current card; None without one."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return None
    fact = project.read(
        lambda db: models_table.get_newest_fact(db, KIND, model.sha256, model.card_sha256, ABOUT)
    )
    if not fact:
        return None
    rates, mb = load_target(project)
    kept = Latency.from_json(fact)
    # Labels changed since.
    small = (
        estimate_small_box_share(project, get_card(model), kept.graph)
        if kept.graph is not None
        else None
    )
    return replace(kept, target_fps=rates, target_mb=mb, small_boxes=small)


def load_target(project: Project) -> tuple[tuple[float, ...], float]:
    """Load the target declared for the newest model: frame rates and megabytes; none and 0 where
    nothing was declared."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return (), 0.0
    fact = project.read(
        lambda db: models_table.get_newest_fact(db, TARGET, model.sha256, model.card_sha256, ABOUT)
    )
    return (tuple(fact["fps"]), float(fact["mb"])) if fact else ((), 0.0)


def set_target(
    project: Project, model_name: str | None, fps: Sequence[float], mb: float, now: str
) -> None:
    """Set the model's target: frame rates to keep up with and memory limit in megabytes (0: none).
    Raises NoModel, ModelUnknown."""
    model = find_model(project, model_name)
    target = {"fps": sorted(fps), "mb": mb}
    project.write(
        lambda db: models_table.put_fact(
            db, TARGET, model.sha256, model.card_sha256, ABOUT, target, now
        )
    ).result()


def store_latency(db: Database, model: StoredModel, latency: Latency, now: str) -> None:
    """Keeps a run; the newest counts."""
    models_table.put_fact(db, KIND, model.sha256, model.card_sha256, ABOUT, latency.to_json(), now)


def compute_latency(
    timed: TimedFrames, stages: tuple[str, ...], machine: Mapping[str, str], peak_mb: float,
    *, model: str, source: str, load: str, fps: float,
) -> Latency:  # fmt: skip
    """Figures of a run on whatever machine; `stages` name the columns of its milliseconds after the
    whole frame."""
    warm = timed.warm_up
    kept_s, kept = timed.at_s[warm:], timed.ms[warm:]
    medians = compute_block_medians(timed.at_s, timed.ms[:, 0])
    throttled = detect_throttling(medians)
    late = Estimate.not_measured("no_rate")
    if fps:
        late = estimate_camera_interval(
            kept[:, 0] > 1000 / fps, np.ones(len(kept)), compute_block_numbers(kept_s)
        )
    wall_s = kept_s[-1] + kept[-1, 0] / 1000 - kept_s[0]
    return Latency(
        machine=machine,
        model=model,
        source=source,
        load=load,
        seconds=float(wall_s),
        fps=fps,
        n=len(kept),
        warm_up=warm,
        stages=compute_stage_latencies(kept[:, 1:], stages),
        total=compute_total_latency(kept[:, 0], round(len(kept) / wall_s * BLOCK_S)),
        blocks_ms=tuple(medians.tolist()),
        throughput_fps=float(len(kept) / wall_s),
        late=late,
        throttling=throttled,
        peak_mb=peak_mb,
        growth_mb=timed.megabytes[1] - timed.megabytes[0],
        before=timed.states[0][1],
        after=timed.states[-1][1],
        blocks_p95_ms=tuple(compute_block_medians(timed.at_s, timed.ms[:, 0], 95.0).tolist()),
        flat=timed.flat,
        slowdown=find_slowdown_cause(timed.at_s, timed.ms[:, 0], timed.states, throttled),
    )


# Providers and thread counts of one model side by side: timed in turn, block by block, on the same
# frames.

PARITY_FRAMES = 8


@dataclass(frozen=True, slots=True)
class SideBySideRequest:
    """Every provider with every number of threads, about `seconds` altogether. `source`, `encode`,
    `busy`: as of a latency run."""

    providers: tuple[str, ...] = (CPU,)
    threads: tuple[int, ...] = ()
    seconds: float = 600.0
    model: str | None = None
    source: Path | None = None
    encode: bool = False
    busy: int = 0


def run_side_by_side(
    project: Project, request: SideBySideRequest, progress: Progress
) -> SideBySide:
    """Times each variant in turn; nothing is kept. A provider whose answers are not the processor's
    is left out and named. Raises NoModel, ModelUnknown, NoFootage, PathMissing, VideoUnreadable,
    ModelRejected, Cancelled."""
    model = find_model(project, request.model)
    card, path = get_card(model), project.path / model.file
    counts = request.threads or (max(1, (os.cpu_count() or 2) - 1),)
    with (
        open_latency_source(project, request.source) as source,
        with_background_load(request.encode, request.busy),
    ):
        left_out = _find_unlike_providers(path, model.sha256, card, request.providers, source)
        used = [
            provider
            for provider in request.providers
            if provider not in {out.provider for out in left_out}
        ]
        pairs = [(provider, threads) for provider in used for threads in counts]
        timers = [
            FrameTimer(
                ModelRunner(
                    open_model(path, n, provider=PROVIDER_NAMES[pair], sha256=model.sha256),
                    card,
                    batch_size=1,
                )
            )
            for pair, n in pairs
        ]
        rounds, block_s = plan_rounds(request.seconds, max(1, len(pairs)))
        blocks = _measure_blocks(timers, source, rounds, block_s, progress)
    variants = compute_variant_latencies(pairs, blocks) if pairs else ()
    return SideBySide(
        read_machine_name(),
        model.name,
        source.name,
        make_load_code(request.encode, request.busy),
        block_s,
        variants,
        left_out,
    )


def _find_unlike_providers(
    path: Path, sha256: str, card: Card, providers: Sequence[str], source: LatencySource
) -> tuple[Parity, ...]:
    """Providers whose answers are not the processor's, or whose session fails."""
    others = [provider for provider in providers if provider != CPU]
    if not others:
        return ()
    turn = source.iter_indices()
    frames = [source.decode(next(turn)) for _ in range(PARITY_FRAMES)]
    reference, parities = ModelRunner(open_model(path, sha256=sha256), card), list[Parity]()
    for name in others:
        try:
            parities.append(
                measure_parity(
                    name,
                    reference,
                    ModelRunner(open_model(path, provider=PROVIDER_NAMES[name]), card),
                    frames,
                )
            )
        except ModelRejected as error:
            parities.append(Parity(name, len(frames), problem="failed", detail=error.detail))
    return tuple(parity for parity in parities if not parity.is_usable)


def _measure_blocks(
    timers: Sequence[FrameTimer],
    source: LatencySource,
    rounds: int,
    block_s: float,
    progress: Progress,
) -> list[list[NDArray[np.float64]]]:
    """Milliseconds a frame of each block of each timer, after twenty frames each that do not
    count."""
    turn, blocks = source.iter_indices(), [list[NDArray[np.float64]]() for _ in timers]
    for timer in timers:
        for _ in range(WARM_UP_FRAMES):
            progress.check()
            timer.time_frame(source, next(turn))
    for number in range(rounds):
        for index in get_turn_order(len(timers), number):
            progress.report(sum(map(len, blocks)), rounds * len(timers), "blocks")
            blocks[index].append(_measure_block(timers[index], source, turn, block_s, progress))
    return blocks


def _measure_block(
    timer: FrameTimer,
    source: LatencySource,
    turn: Iterator[int],
    block_s: float,
    progress: Progress,
) -> NDArray[np.float64]:
    """(n,) milliseconds per frame over `block_s` seconds; the first frame is left out, since
    threads and caches of another variant slow it."""
    timer.time_frame(source, next(turn))
    until, kept = time.perf_counter() + block_s, list[float]()
    while not kept or time.perf_counter() < until:
        progress.check()
        kept.append(float(timer.time_frame(source, next(turn))[1].sum()))
    return np.array(kept)
