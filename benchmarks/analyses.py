"""What the statistics of a report cost, in machine time: camera interval, blind spots, discovered
slices, early verdict, bootstraps."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks.row import Row, in_turn, row
from fieldcheck.analyses.adversarial_validation import (
    KINDS,
    ComparedImages,
    DomainSamples,
    measure_domain_shift,
)
from fieldcheck.analyses.discovered_slices import discover_slices
from fieldcheck.analyses.early_verdict import (
    StratumProgress,
    compute_benchmark_bounds,
    decide_early_verdict,
)
from fieldcheck.analyses.slices import DRAWS, Group, LabelledDraw, compute_slices
from fieldcheck.stats.camera_interval import (
    estimate_camera_interval,
    estimate_clip_correlation,
    plan_clips,
)
from fieldcheck.stats.confusion_matrix import estimate_class_scores

FRAMES, CLIPS, SLICES, CLASSES = 100, 12, 40, 10
LIMIT_S, LIMIT_LABEL_S, GROWTH = 1.0, 0.005, 2.2
TOLERANCE = 0.03


def rows(smoke: bool) -> list[Row]:
    """The rows `analyses` (one second a report), `analyses_label` (5 ms a label) and
    `analyses_growth` (twice the images)."""
    images, runs = (200, 1) if smoke else (10_000, 5)
    report, labels, _ = in_turn(
        report_statistics(seed=0), every_label(seed=0), runs, time.process_time
    )
    whole, half, floor = in_turn(
        image_statistics(images, seed=0),
        image_statistics(images // 2, seed=0),
        runs,
        time.process_time,
    )
    other_is = (
        f"limit, seconds of machine time: {FRAMES} frames, {CLIPS} clips, {SLICES} slices, "
        f"{DRAWS} draws"
    )
    return [
        row("analyses", report, LIMIT_S, other_is, 1.0, "<=", runs),
        row(
            "analyses_label", labels / FRAMES, LIMIT_LABEL_S,
            "limit, seconds of machine time a label", 1.0, "<=", runs,
        ),
        row(
            "analyses_growth", whole, half, "half the images, seconds of machine time", GROWTH,
            "<=", runs, floor=floor,
        ),
    ]  # fmt: skip


def labelled_draw(rng: np.random.Generator) -> LabelledDraw:
    """A hundred labelled frames of twelve clips, 40 of them hard; four in five right, and clips
    hang together."""
    clip = np.arange(FRAMES) % CLIPS
    stratum = np.where(np.arange(FRAMES) < 40, "hard", "rest")
    right = rng.random(FRAMES) < rng.beta(2.0, 0.5, CLIPS)[clip]
    return LabelledDraw(right, np.where(stratum == "hard", 6.0, 16.0), stratum, clip.astype(str))


def report_statistics(seed: int) -> Callable[[], object]:
    """Everything that is new in a report of a hundred frames."""
    rng = np.random.default_rng(seed)
    frames = labelled_draw(rng)
    groups = [Group("condition", str(k), rng.random(FRAMES) < 0.3) for k in range(SLICES)]
    figures = np.column_stack(
        [rng.normal(size=(FRAMES, len(KINDS))), *(group.member for group in groups)]
    ).astype(np.float64)
    names = [*KINDS, *(f"{group.key}={group.value}" for group in groups)]

    def work() -> None:
        interval = estimate_camera_interval(frames.right, frames.weight, frames.clip)
        correlation = estimate_clip_correlation(frames.right, frames.weight, frames.clip)
        plan_clips(0.1, 5, interval.value, correlation.value)
        compute_slices(frames, groups)
        discover_slices(figures, names, frames.right, frames.weight, frames.clip, seed)

    return work


def every_label(seed: int) -> Callable[[], object]:
    """Early verdict after each of a hundred labels, 40 : 60 of the two strata, right so often that
    nothing is decided."""
    right = np.random.default_rng(seed).random(FRAMES) < 0.91
    hard = np.arange(FRAMES) % 5 < 2
    bounds = compute_benchmark_bounds(9400, 10_000)

    def count_labels(
        n_listed: int, part: np.ndarray[tuple[int], np.dtype[np.bool_]], n: int
    ) -> StratumProgress:
        return StratumProgress(
            n_listed, int((right & part)[:n].sum()), int((~right & part)[:n].sum())
        )

    def work() -> None:
        for n in range(1, FRAMES + 1):
            decide_early_verdict(
                count_labels(240, hard, n), count_labels(960, ~hard, n), bounds, TOLERANCE
            )

    return work


def image_statistics(images: int, seed: int) -> Callable[[], object]:
    """Bootstraps of a benchmark's scores, and the domain classifier between footage and at most
    2,000 of its pictures."""
    rng = np.random.default_rng(seed)
    truth, predicted = rng.integers(0, CLASSES, (2, images))
    n, m = min(200, images // 10), min(2_000, images // 5)
    field, benchmark = rng.normal(0.3, 1.0, (n, len(KINDS))), rng.normal(size=(m, len(KINDS)))
    samples = DomainSamples(field, (np.arange(n) % CLIPS).astype(str), benchmark)
    compared = ComparedImages(
        samples, None, [f"f{k}" for k in range(n)], [f"b{k}" for k in range(m)]
    )

    def work() -> None:
        estimate_class_scores(
            truth, predicted, CLASSES, np.ones(images), np.zeros(images, np.int64), seed
        )
        measure_domain_shift(compared, seed)

    return work
