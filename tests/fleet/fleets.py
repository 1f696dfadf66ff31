"""Fleets that are made of figures alone, to try the statistics on."""

import numpy as np

from fieldcheck.fleet.figures import Cells, Scorer
from fieldcheck.fleet.store import FleetModel, FleetRecord

SIZES = (12, 24, 60, 100, 200, 400)
BENCHMARK = {"benchmark_key": "b", "benchmark_n": 2000, "benchmark_correct": 1940}


def make_scorer(n_sites: int, **benchmark) -> Scorer:
    """One project a site, all with the same model and benchmark."""
    model = FleetModel("net", "m", 0, True, "accuracy", ("a", "b"), **(benchmark or BENCHMARK))
    names = [f"s{number:02d}" for number in range(n_sites)]
    return Scorer([FleetRecord(name, name, name, "", "1", (model,), (), ()) for name in names])


def draw_cells(
    rng: np.random.Generator, accuracies: np.ndarray, sizes: np.ndarray, correlation: float = 0.2
) -> Cells:
    """Clips of about ten frames at each site; frames of a clip are alike with `correlation`."""
    site, frames, correct = [], [], []
    for number, (accuracy, size) in enumerate(zip(accuracies, sizes, strict=True)):
        n_clips = max(3, int(size) // 10)
        each = np.full(n_clips, int(size) // n_clips)
        share = np.full(n_clips, accuracy)
        if correlation and 0 < accuracy < 1:
            kappa = (1 - correlation) / correlation
            share = rng.beta(accuracy * kappa, (1 - accuracy) * kappa, n_clips)
        site += [f"s{number:02d}"] * n_clips
        frames += each.tolist()
        correct += rng.binomial(each, share).tolist()
    n = np.array(frames, np.float64)
    names, clips = np.array(site, object), np.arange(n.size).astype(str).astype(object)
    same = np.full(n.size, "x", object)
    return Cells(
        names, names, same, np.full(n.size, "m", object), same, same, clips, n, n, n, n,
        np.array(correct, np.float64),
    )  # fmt: skip


def draw_site_accuracies(
    rng: np.random.Generator, n_sites: int, mean: float, correlation: float
) -> np.ndarray:
    """Accuracies of sites that differ with `correlation` of the frames of a site."""
    if not correlation:
        return np.full(n_sites, mean)
    kappa = (1 - correlation) / correlation
    return rng.beta(mean * kappa, (1 - mean) * kappa, n_sites)
