import numpy as np
import pytest

from fieldcheck.analyses.prior_shift import (
    adjust_to_prior,
    clip_prior_from_below,
    estimate_field_prior,
)

ONE = np.array([0.9, 0.8, 0.6, 0.7, 0.02, 0.95, 0.85, 0.05])
TWO = np.array([0.9, 0.8, 0.6, 0.7, 0.3, 0.95, 0.85, 0.4])
HALF = np.array([0.5, 0.5])


def pair(first):
    return np.column_stack([first, 1 - first])


def test_golden_one():
    found = estimate_field_prior(pair(ONE), HALF)
    assert found == pytest.approx([0.688202, 0.311798], abs=1e-6)
    actual = adjust_to_prior(pair(ONE), HALF, found)[[2, 4], 1]
    assert actual == pytest.approx([0.231975, 0.956897], abs=1e-6)


def test_golden_two_collapses_and_is_lifted_to_the_floor():
    found = estimate_field_prior(pair(TWO), HALF)
    assert found == pytest.approx([1, 0], abs=1e-6)
    lifted, collapsed = clip_prior_from_below(found, 8)
    assert collapsed
    assert lifted == pytest.approx([16 / 17, 1 / 17], abs=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_most_likely_mix(seed):
    """The likelihood of the frames, sum log p_k π_k/π0_k, has no better mix nearby (a plain search
    stands in for a library)."""
    rng = np.random.default_rng(seed)
    prior = rng.dirichlet(np.full(3, 5.0))
    p = rng.dirichlet(np.full(3, 0.4), 200)
    found = estimate_field_prior(p, prior)

    def likelihood(mix):
        return np.log(p @ (mix / prior)).sum()

    others = found + rng.normal(0, 0.02, (500, 3))
    others = np.clip(others, 1e-9, None)
    assert max(likelihood(mix / mix.sum()) for mix in others) <= likelihood(found) + 1e-6


def test_a_calibrated_model_tells_the_mix():
    """Classes drawn 8:2, probabilities those of a calibrated model trained on 5:5."""
    rng = np.random.default_rng(1)
    truth = rng.random(5000) < 0.2
    score = rng.normal(np.where(truth, 1.0, -1.0), 1.0)
    p = 1 / (1 + np.exp(-2 * score))
    assert estimate_field_prior(pair(1 - p), HALF)[1] == pytest.approx(0.2, abs=0.02)


def test_a_class_that_the_benchmark_never_shows_stays_out():
    p = np.array([[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
    prior = np.array([0.5, 0.5, 0.0])
    assert estimate_field_prior(p, prior)[2] == 0
    assert np.isfinite(adjust_to_prior(p, prior, prior)).all()


def test_one_frame_and_a_mix_without_change():
    assert clip_prior_from_below(np.array([0.5, 0.5]), 1)[1] is False
    p = np.array([[0.7, 0.3]])
    assert adjust_to_prior(p, HALF, HALF) == pytest.approx(p)
