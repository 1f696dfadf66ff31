"""Months of a deployed model, drawn: a hundred results a shift in ten clips, quiet or with a
drift."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import scipy

from fieldcheck.domain.shift import ShiftStatistics

CLASSES = ("ok", "crack", "pore")
QUIET = (0.0, 1.0, None)
Drift = Callable[[int], tuple[float, float, tuple[float, ...] | None]]


def results(
    rng: np.random.Generator, n: int = 30, dims: int = 8, clips: int = 10,
    drift: Drift = lambda day: QUIET
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:  # fmt: skip
    """Embeddings (100, dims), classes (100,) and confidences (100,) of each shift. `drift(day)`: by
    how many sd the embeddings move, by what confidence is multiplied, class mix."""
    for day in range(n):
        moved, factor, mix = drift(day)
        clip_means = rng.standard_normal((clips, dims)) * 0.5 + moved
        frames = (
            np.repeat(clip_means, 100 // clips, axis=0) + rng.standard_normal((100, dims)) * 0.8
        )
        of = rng.choice(CLASSES, 100, p=mix or (0.6, 0.3, 0.1))
        yield frames, of, np.clip(rng.normal(0.9, 0.05, 100), 0, 1) * factor


def month(
    rng: np.random.Generator, n: int = 30, dims: int = 8, clips: int = 10,
    drift: Drift = lambda day: QUIET, entropy: bool = False
) -> list[ShiftStatistics]:  # fmt: skip
    """Statistics of the shifts of such a month. `entropy`: each result tells that of its confidence
    against all else, for a chart more."""
    return [
        ShiftStatistics(
            f"2026-{10 + day // 30:02d}-{day % 30 + 1:02d}T06:00:00+01:00",
            100,
            {name: int((of == name).sum()) for name in CLASSES if (of == name).any()},
            {name: float(sure[of == name].mean()) for name in CLASSES if (of == name).any()},
            {},
            tuple(frames.mean(axis=0)),
            tuple(frames.std(axis=0)),
            float(scipy.special.entr(np.stack([sure, 1 - sure])).sum(axis=0).mean())
            if entropy
            else None,
        )
        for day, (frames, of, sure) in enumerate(results(rng, n, dims, clips, drift))
    ]
