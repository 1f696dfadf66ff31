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
from fieldcheck.inference.providers import parity
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.speed.load import under_load
from fieldcheck.speed.machine import machine_name
from fieldcheck.speed.side_by_side import rounds_of, turn_order, variant_latency
from fieldcheck.workflows.bench.latency import load_code
from fieldcheck.workflows.bench.latency_source import LatencySource, frames_of
from fieldcheck.workflows.bench.timing import WARM_UP_FRAMES, FrameTimer
from fieldcheck.workflows.models.models import card_of, find_model

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
    card, path = card_of(model), project.path / model.file
    counts = asked.threads or (max(1, (os.cpu_count() or 2) - 1),)
    with frames_of(project, asked.source) as source, under_load(asked.encode, asked.busy):
        left_out = _unlike(path, model.sha256, card, asked.providers, source)
        used = [one for one in asked.providers if one not in {out.provider for out in left_out}]
        pairs = [(provider, threads) for provider in used for threads in counts]
        timers = [
            FrameTimer(ModelRunner(open_model(path, n, provider=NAMES[one], sha256=model.sha256), card, batch_size=1)) for one, n in pairs
        ]
        rounds, block_s = rounds_of(asked.seconds, max(1, len(pairs)))
        blocks = _timed_blocks(timers, source, rounds, block_s, progress)
    variants = tuple(variant_latency(*pair, found, blocks[0]) for pair, found in zip(pairs, blocks, strict=True))
    return SideBySide(machine_name(), model.name, source.name, load_code(asked.encode, asked.busy), block_s, variants, left_out)


def _unlike(path: Path, sha256: str, card: Card, providers: Sequence[str], source: LatencySource) -> tuple[Parity, ...]:
    """Providers whose answers are not the processor's, or whose session fails."""
    others = [one for one in providers if one != CPU]
    if not others:
        return ()
    turn = source.in_turn()
    frames = [source.decode(next(turn)) for _ in range(PARITY_FRAMES)]
    reference, found = ModelRunner(open_model(path, sha256=sha256), card), list[Parity]()
    for one in others:
        try:
            found.append(parity(one, reference, ModelRunner(open_model(path, provider=NAMES[one]), card), frames))
        except ModelRejected as error:
            found.append(Parity(one, len(frames), problem="failed", detail=error.detail))
    return tuple(one for one in found if not one.usable)


def _timed_blocks(
    timers: Sequence[FrameTimer], source: LatencySource, rounds: int, block_s: float, progress: Progress
) -> list[list[NDArray[np.float64]]]:  # fmt: skip
    """Milliseconds a frame of each block of each timer, after twenty frames each that do not count."""
    turn, found = source.in_turn(), [list[NDArray[np.float64]]() for _ in timers]
    for timer in timers:
        for _ in range(WARM_UP_FRAMES):
            progress.check()
            timer.time(source, next(turn))
    for number in range(rounds):
        for at in turn_order(len(timers), number):
            progress.report(sum(map(len, found)), rounds * len(timers), "blocks")
            found[at].append(_block(timers[at], source, turn, block_s, progress))
    return found


def _block(timer: FrameTimer, source: LatencySource, turn: Iterator[int], block_s: float, progress: Progress) -> NDArray[np.float64]:
    """(n,) milliseconds a frame of `block_s` seconds; the first one, which finds another's threads and caches, is not among them."""
    timer.time(source, next(turn))
    until, kept = time.perf_counter() + block_s, list[float]()
    while not kept or time.perf_counter() < until:
        progress.check()
        kept.append(float(timer.time(source, next(turn))[1].sum()))
    return np.array(kept)
