import numpy as np
import pytest
from scipy.stats import fisher_exact

from fieldcheck.scoring.discovery import discover

NAMES = ["brightness", "sharpness", "condition=dark"]


def visit(seed, clips=20, each=10, planted=True):
    """Two in three clips have dark frames; dark blurry frames are wrong four times in five where planted, else all one in five."""
    rng = np.random.default_rng(seed)
    n, clip = clips * each, np.repeat(np.arange(clips), each)
    rows = np.stack([rng.uniform(20, 200, n), rng.uniform(0, 1, n), (clip % 3 > 0).astype(float)], axis=1)
    bad = (rows[:, 0] < 90) & (rows[:, 1] < 0.6) if planted else np.zeros(n, bool)
    return rows, rng.random(n) >= np.where(bad, 0.8, 0.1), np.ones(n), clip


def found(seed, **changes):
    rows, right, weight, clip = visit(seed, **changes)
    return discover(rows, NAMES, right, weight, clip, seed)


def test_a_planted_slice_is_found_with_counts_of_clips_it_was_not_grown_on():
    results = [found(seed) for seed in range(8)]
    assert sum(any(one.shown for one in result.slices) for result in results) >= 7
    first = results[0].slices[0]
    assert "brightness" in {step.name for step in first.path} <= {"brightness", "sharpness"}
    assert not first.path[0].above
    assert first.n + first.rest == 100
    table = [[first.wrong, first.n - first.wrong], [first.rest_wrong, first.rest - first.rest_wrong]]
    assert first.p == pytest.approx(fisher_exact(table, alternative="greater").pvalue)
    assert first.q >= first.p


def test_healthy_visits_show_hardly_any():
    assert sum(any(one.shown for one in found(seed, planted=False).slices) for seed in range(20)) <= 2


@pytest.mark.parametrize(("clips", "each", "off"), [(5, 11, "frames"), (3, 30, "clips"), (20, 10, "")])
def test_it_is_off_where_there_is_too_little(clips, each, off):
    assert found(1, clips=clips, each=each).off == off


def test_all_right_has_too_few_errors_and_all_wrong_has_no_slice():
    rows, right, weight, clip = visit(0)
    assert discover(rows, NAMES, np.ones_like(right), weight, clip, 0).off == "errors"
    assert discover(rows, NAMES, np.zeros_like(right), weight, clip, 0).slices == ()


def test_the_same_seed_gives_the_same_slices():
    assert found(3) == found(3)
