"""How often the camera interval holds the truth: 168 simulated kinds of visits on the product's own
function (methods 2.4).

`python -m tests.coverage [RUNS]` prints the table of docs/methods.md; `packaging/test.sh --full`
keeps it in docs/evidence/coverage.json. Truth is the accuracy of the cameras in the long run; the
accuracies of clips are beta distributed about it.
"""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.wilson_interval import compute_wilson_limits

ACCURACIES = (0.50, 0.65, 0.80, 0.90, 0.95, 0.98)
CORRELATIONS = (0.0, 0.1, 0.3, 0.6)
DESIGNS: dict[str, tuple[int, ...]] = {
    "5 × 20": (20,) * 5, "7 × 14": (14,) * 7, "10 × 10": (10,) * 10, "20 × 5": (5,) * 20,
    "50 × 2": (2,) * 50, "10 unequal": (40, 20, 10, 10, 5, 5, 5, 3, 1, 1),
    "10 × 10, 40/60": (10,) * 10,
}  # fmt: skip
WEIGHED = "10 × 10, 40/60"
# log-odds by which a hard frame is answered worse than another of its clip, in the weighted design
HARDER = 1.0


@dataclass(frozen=True)
class Cell:
    """One kind of visit: `design`, `accuracy` of the cameras, `icc` correlation within clips."""

    design: str
    accuracy: float
    icc: float


@dataclass(frozen=True)
class CellResult:
    """`coverage` share of visits whose interval held the truth, `width` its mean width; `clips` of
    the design.

    `older_coverage` and `older_width` are those of the interval of methods 2.4a on the same visits.
    """

    design: str
    accuracy: float
    icc: float
    clips: int
    coverage: float
    width: float
    older_coverage: float
    older_width: float


def cells() -> Iterator[Cell]:
    """Every cell of the study."""
    for design in DESIGNS:
        for accuracy in ACCURACIES:
            for icc in CORRELATIONS:
                yield Cell(design, accuracy, icc)


def simulate(cell: Cell, runs: int, seed: int = 0) -> CellResult:
    """Draw `runs` visits of a kind and ask the product for the interval of each."""
    intervals, older = np.empty((runs, 2)), np.empty((runs, 2))
    for visit, (right, weight, clip) in enumerate(visits(cell, runs, seed)):
        interval = estimate_camera_interval(right, weight, clip)
        intervals[visit] = interval.lo, interval.hi
        older[visit] = older_interval(right, weight, clip)
    return CellResult(
        cell.design, cell.accuracy, cell.icc, len(DESIGNS[cell.design]), *held(intervals, cell),
        *held(older, cell),
    )  # fmt: skip


def held(limits: NDArray[np.float64], cell: Cell) -> tuple[float, float]:
    """Share of (runs, 2) limits that hold the truth of a cell, and their mean width."""
    inside = (limits[:, 0] <= cell.accuracy) & (cell.accuracy <= limits[:, 1])
    return float(inside.mean()), float((limits[:, 1] - limits[:, 0]).mean())


def visits(
    cell: Cell, runs: int, seed: int = 0
) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.intp]]]:
    """Visits of a kind, each as (n,) answers right or wrong, weights and clips; the same ones for
    every caller with the same seed."""
    rng = np.random.default_rng([seed, *(ord(letter) for letter in repr(cell))])
    sizes = DESIGNS[cell.design]
    clip = np.repeat(np.arange(len(sizes)), sizes)
    for _ in range(runs):
        yield *_visit(cell, clip, rng), clip


def older_interval(
    right: NDArray[np.bool_], weight: NDArray[np.float64], clip: NDArray[np.intp]
) -> tuple[float, float]:
    """Camera interval from methods 2.4a: Wilson with a clip-robust n_eff and Student's t."""
    p, clips = float(np.average(right, weights=weight)), int(clip.max()) + 1
    between = np.bincount(clip, weight * (right - p) / weight.sum(), clips)
    variance = clips / (clips - 1) * float(between @ between)
    n_eff = (
        min(right.size, clips)
        if p in (0, 1)
        else right.size / max(1.0, variance * right.size / (p * (1 - p)))
    )
    return compute_wilson_limits(p, n_eff, float(stdtrit(clips - 1, 0.975)))


def _visit(
    cell: Cell, clip: NDArray[np.intp], rng: np.random.Generator
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(n,) answers and weights. In the weighted design forty frames are hard ones of weight 6,
    sixty others of weight 16."""
    of_clip = _clip_accuracies(cell, int(clip.max()) + 1, rng)
    if cell.design != WEIGHED:
        return rng.random(clip.size) < of_clip[clip], np.ones(clip.size)
    hard = np.arange(clip.size) % 10 < 4
    share = 40 * 6 / (40 * 6 + 60 * 16)
    worse = np.array([_shifted(p, share) for p in of_clip])
    chance = np.where(hard, worse[clip, 0], worse[clip, 1])
    return rng.random(clip.size) < chance, np.where(hard, 6.0, 16.0)


def _clip_accuracies(cell: Cell, clips: int, rng: np.random.Generator) -> NDArray[np.float64]:
    if cell.icc == 0:
        return np.full(clips, cell.accuracy)
    kappa = (1 - cell.icc) / cell.icc
    return rng.beta(cell.accuracy * kappa, (1 - cell.accuracy) * kappa, clips)


def _shifted(accuracy: float, share: float) -> tuple[float, float]:
    """Accuracies of hard and other frames, `HARDER` log-odds apart; weighted mean as the clip's."""
    lo, hi = 0.0, 1.0
    for _ in range(40):
        easy = (lo + hi) / 2
        odds = easy / max(1e-12, 1 - easy) * np.exp(-HARDER)
        hard = odds / (1 + odds)
        lo, hi = (easy, hi) if share * hard + (1 - share) * easy < accuracy else (lo, easy)
    return float(hard), float(easy)


def study(runs: int, workers: int = 2) -> list[CellResult]:
    """Every cell, on as many processes."""
    every = list(cells())
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(simulate, every, [runs] * len(every), chunksize=4))


def shortfalls(results: Sequence[CellResult]) -> list[CellResult]:
    """Cells whose coverage is below what methods 2.4 promises."""
    return [result for result in results if result.coverage < promised(result)]


def wider(results: Sequence[CellResult]) -> float:
    """How many times the mean width of the older interval the product's is, over all cells."""
    return sum(result.width for result in results) / sum(result.older_width for result in results)


def promised(cell: CellResult) -> float:
    """93.5 % with eight clips or more, 93 % with five to seven."""
    return 0.935 if cell.clips >= 8 else 0.93


def table(results: Sequence[CellResult]) -> str:
    """The study as a Markdown table: a row for each design and correlation, a column for each
    accuracy, coverage and mean width in %."""
    head = f"| clips × labels | ICC | {' | '.join(f'{accuracy:.0%}' for accuracy in ACCURACIES)} |"
    lines = [head, "|---" * (2 + len(ACCURACIES)) + "|"]
    result_of = {(result.design, result.accuracy, result.icc): result for result in results}
    for design in DESIGNS:
        for icc in CORRELATIONS:
            row = [result_of[design, accuracy, icc] for accuracy in ACCURACIES]
            lines.append(
                f"| {design} | {icc:g} | {' | '.join(_printed(result) for result in row)} |"
            )
    return "\n".join(lines)


def _printed(result: CellResult) -> str:
    figure = f"{100 * result.coverage:.1f} / {100 * result.width:.1f}"
    return figure if result.coverage >= promised(result) else f"**{figure}**"


def as_figures(results: Sequence[CellResult]) -> list[dict[str, Any]]:
    """The study as JSON values."""
    return [asdict(result) for result in results]


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    results = study(number)
    print(table(results))  # noqa: T201
    print(  # noqa: T201
        f"lowest {100 * min(one.coverage for one in results):.1f} %, "
        f"{len(shortfalls(results))} cells below what is promised"
    )
    print(f"mean width {wider(results):.3f} times that of the older interval")  # noqa: T201
