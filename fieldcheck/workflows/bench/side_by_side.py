"""Providers and thread counts of one model side by side: timed in turn, block by block, on the same frames."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.domain.provider import CPU, NAMES, Parity
from fieldcheck.domain.side_by_side import SideBySide
from fieldcheck.errors import ModelRejected
from fieldcheck.inference.open_model import open_model
from fieldcheck.inference.providers import measure_parity
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.speed.load import with_background_load
from fieldcheck.speed.machine import read_machine_name
from fieldcheck.speed.side_by_side import compute_variant_latency, get_turn_order, plan_rounds
from fieldcheck.workflows.bench.latency import make_load_code
from fieldcheck.workflows.bench.latency_source import LatencySource, open_latency_source
from fieldcheck.workflows.bench.timing import WARM_UP_FRAMES, FrameTimer
from fieldcheck.workflows.models.models import find_model, get_card

PARITY_FRAMES = 8


@dataclass(frozen=True, slots=True)
class SideBySideRequest:
    """Every provider with every number of threads, about `seconds` altogether. `source`, `encode`, `busy`: as of a latency run."""

    providers: tuple[str, ...] = (CPU,)
    threads: tuple[int, ...] = ()
    seconds: float = 600.0
    model: str | None = None
    source: Path | None = None
    encode: bool = False
    busy: int = 0


def run_side_by_side(project: Project, asked: SideBySideRequest, progress: Progress) -> SideBySide:
    """Times each variant in turn; nothing is kept. A provider whose answers are not the processor's is left out and named. Raises
    NoModel, ModelUnknown, NoFootage, PathMissing, VideoUnreadable, ModelRejected, Cancelled."""
    model = find_model(project, asked.model)
    card, path = get_card(model), project.path / model.file
    counts = asked.threads or (max(1, (os.cpu_count() or 2) - 1),)
    with open_latency_source(project, asked.source) as source, with_background_load(asked.encode, asked.busy):
        left_out = _find_unlike_providers(path, model.sha256, card, asked.providers, source)
        used = [one for one in asked.providers if one not in {out.provider for out in left_out}]
        pairs = [(provider, threads) for provider in used for threads in counts]
        timers = [
            FrameTimer(ModelRunner(open_model(path, n, provider=NAMES[one], sha256=model.sha256), card, batch_size=1)) for one, n in pairs
        ]
        rounds, block_s = plan_rounds(asked.seconds, max(1, len(pairs)))
        blocks = _measure_blocks(timers, source, rounds, block_s, progress)
    variants = tuple(compute_variant_latency(*pair, found, blocks[0]) for pair, found in zip(pairs, blocks, strict=True))
    return SideBySide(read_machine_name(), model.name, source.name, make_load_code(asked.encode, asked.busy), block_s, variants, left_out)


def _find_unlike_providers(path: Path, sha256: str, card: Card, providers: Sequence[str], source: LatencySource) -> tuple[Parity, ...]:
    """Providers whose answers are not the processor's, or whose session fails."""
    others = [one for one in providers if one != CPU]
    if not others:
        return ()
    turn = source.iter_indices()
    frames = [source.decode(next(turn)) for _ in range(PARITY_FRAMES)]
    reference, found = ModelRunner(open_model(path, sha256=sha256), card), list[Parity]()
    for one in others:
        try:
            found.append(measure_parity(one, reference, ModelRunner(open_model(path, provider=NAMES[one]), card), frames))
        except ModelRejected as error:
            found.append(Parity(one, len(frames), problem="failed", detail=error.detail))
    return tuple(one for one in found if not one.is_usable)


def _measure_blocks(
    timers: Sequence[FrameTimer], source: LatencySource, rounds: int, block_s: float, progress: Progress
) -> list[list[NDArray[np.float64]]]:  # fmt: skip
    """Milliseconds a frame of each block of each timer, after twenty frames each that do not count."""
    turn, found = source.iter_indices(), [list[NDArray[np.float64]]() for _ in timers]
    for timer in timers:
        for _ in range(WARM_UP_FRAMES):
            progress.check()
            timer.time_frame(source, next(turn))
    for number in range(rounds):
        for at in get_turn_order(len(timers), number):
            progress.report(sum(map(len, found)), rounds * len(timers), "blocks")
            found[at].append(_measure_block(timers[at], source, turn, block_s, progress))
    return found


def _measure_block(
    timer: FrameTimer, source: LatencySource, turn: Iterator[int], block_s: float, progress: Progress
) -> NDArray[np.float64]:
    """(n,) milliseconds a frame of `block_s` seconds; the first one, which finds another's threads and caches, is not among them."""
    timer.time_frame(source, next(turn))
    until, kept = time.perf_counter() + block_s, list[float]()
    while not kept or time.perf_counter() < until:
        progress.check()
        kept.append(float(timer.time_frame(source, next(turn))[1].sum()))
    return np.array(kept)
