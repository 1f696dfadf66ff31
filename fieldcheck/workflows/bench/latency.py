"""Inference latency over minutes: frames are decoded, prepared, answered and read one by one under a declared load, and kept as figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.latency import STAGES, Latency
from fieldcheck.domain.provider import NAMES
from fieldcheck.domain.run import StoredModel
from fieldcheck.inference.graph_memory import add_frame_scale, compute_model_memory
from fieldcheck.inference.open_model import open_model
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.measure.camera_interval import estimate_camera_interval
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.speed.latency import (
    compute_block_medians,
    compute_block_numbers,
    compute_stage_latencies,
    compute_total_latency,
    detect_throttling,
)
from fieldcheck.speed.latency_trace import LatencyTrace
from fieldcheck.speed.load import with_background_load
from fieldcheck.speed.machine import read_machine_name, read_memory_mb
from fieldcheck.speed.slowdown import find_slowdown_cause
from fieldcheck.workflows.bench.latency_source import open_latency_source
from fieldcheck.workflows.bench.small_boxes import estimate_small_box_share
from fieldcheck.workflows.bench.timing import TimedFrames, measure_frames
from fieldcheck.workflows.models.models import find_model, get_card
from fieldcheck.workflows.models.provider import get_provider

TARGET = "latency_target"
KIND, ABOUT = "latency", "device"  # of facts about a model; the newest run counts, on whatever machine it was


@dataclass(frozen=True, slots=True)
class LatencyRequest:
    """A latency run of so many `seconds` after the warm-up. `source`: a video, a picture or a folder of pictures, the longest footage if
    None. `fps`: frames come at this rate; 0 as soon as the one before is answered. `encode`, `busy`: the load beside it. `threads`: None
    leaves one core free. `until_flat`: it ends before its `seconds` where two blocks of five minutes are flat. `on_target`:
    whoever asks confirms that this is the machine it is meant for. `provider`: empty for the one that answers are computed with."""

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
    """Latency of a run, and (n, 1 + stages) milliseconds of each frame after the warm-up: whole, decode, resize, normalise, forward,
    post."""

    latency: Latency
    frames_ms: NDArray[np.float64]


def run_latency(project: Project, asked: LatencyRequest, progress: Progress, now: str, trace: LatencyTrace | None = None) -> LatencyRun:
    """Measures and keeps what was found; whoever looks on meanwhile gives a `trace`. Raises NoModel, ModelUnknown, NoFootage, PathMissing,
    VideoUnreadable, ModelRejected; Cancelled, and nothing is kept: a run that was cut short says nothing of heat."""
    model = find_model(project, asked.model)
    card = get_card(model)
    opened = open_model(
        project.path / model.file, asked.threads, provider=NAMES[asked.provider or get_provider(project, model)], sha256=model.sha256
    )
    runner = ModelRunner(opened, card, batch_size=1)
    with open_latency_source(project, asked.source) as source, with_background_load(asked.encode, asked.busy):
        timed = measure_frames(runner, source, asked.seconds, asked.fps, asked.until_flat, trace or LatencyTrace(), progress)
    told = {"model": model.name, "source": source.name, "load": make_load_code(asked.encode, asked.busy)}
    measured = compute_latency(timed, STAGES, read_machine_name(), read_memory_mb()[1], fps=asked.fps, **told)
    graph = compute_model_memory(project.path / model.file, card)
    graph = add_frame_scale(graph, card.input, timed.frame) if timed.frame is not None else graph
    found = replace(measured, on_target=asked.on_target, graph=graph, small_boxes=estimate_small_box_share(project, card, graph))
    project.write(lambda db: store_latency(db, model, found, now)).result()
    return LatencyRun(found, timed.ms[timed.warm_up :])


def make_load_code(encode: bool, busy: int) -> str:
    """Declared load as it is kept: `none`, or its parts joined by `+`."""
    return "+".join([*(["encode"] if encode else []), *([f"busy={busy}"] if busy else [])]) or "none"


def load_latency(project: Project) -> Latency | None:
    """The newest run of the newest model with its card of today; None where it was not measured so."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return None
    found = project.read(lambda db: facts_table.get_newest_fact(db, KIND, model.sha256, model.card_sha256, ABOUT))
    if not found:
        return None
    rates, mb = load_target(project)
    kept = Latency.from_json(found)
    small = estimate_small_box_share(project, get_card(model), kept.graph) if kept.graph is not None else None  # labels came or went since
    return replace(kept, target_fps=rates, target_mb=mb, small_boxes=small)


def load_target(project: Project) -> tuple[tuple[float, ...], float]:
    """Target that was declared for the newest model: rates and megabytes; none and 0 where nobody declared any."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return (), 0.0
    found = project.read(lambda db: facts_table.get_newest_fact(db, TARGET, model.sha256, model.card_sha256, ABOUT))
    return (tuple(found["fps"]), float(found["mb"])) if found else ((), 0.0)


def set_target(project: Project, model_name: str | None, fps: Sequence[float], mb: float, now: str) -> None:
    """Keeps what the model has to reach: rates that it keeps up with, and megabytes that it may take (0: not declared). Raises NoModel,
    ModelUnknown."""
    model = find_model(project, model_name)
    told = {"fps": sorted(fps), "mb": mb}
    project.write(lambda db: facts_table.put_fact(db, TARGET, model.sha256, model.card_sha256, ABOUT, told, now)).result()


def store_latency(db: Database, model: StoredModel, found: Latency, now: str) -> None:
    """Keeps a run; the newest counts."""
    facts_table.put_fact(db, KIND, model.sha256, model.card_sha256, ABOUT, found.to_json(), now)


def compute_latency(
    timed: TimedFrames, stages: tuple[str, ...], machine: Mapping[str, str], peak_mb: float,
    *, model: str, source: str, load: str, fps: float,
) -> Latency:  # fmt: skip
    """Figures of a run on whatever machine; `stages` name the columns of its milliseconds after the whole frame."""
    warm = timed.warm_up
    kept_s, kept = timed.at_s[warm:], timed.ms[warm:]
    medians = compute_block_medians(timed.at_s, timed.ms[:, 0])
    throttled = detect_throttling(medians)
    late = Estimate.not_measured("no_rate")
    if fps:
        late = estimate_camera_interval(kept[:, 0] > 1000 / fps, np.ones(len(kept)), compute_block_numbers(kept_s))
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
        total=compute_total_latency(kept[:, 0]),
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
