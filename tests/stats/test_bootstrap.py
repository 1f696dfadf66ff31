import numpy as np
import pytest

from fieldcheck.stats.bootstrap_draw import (
    CHUNK,
    compute_replicates,
    draw_clip_counts,
    draw_frame_counts,
    estimate_by_clip,
    estimate_by_frame,
    percentile_limits,
)
from tests.stats.test_cluster import TEN_CLIPS

RIGHT, ONES, CLIPS = TEN_CLIPS


def mean_of(values):
    """The weighted mean as a score of resamples."""
    return lambda weights: weights @ np.asarray(values, dtype=float) / weights.sum(axis=1)


@pytest.fixture(scope="module")
def golden_scores():
    return compute_replicates(mean_of(RIGHT), ONES, draw_clip_counts(CLIPS, 2000, 12345))


def test_the_golden_percentile_limits(golden_scores):
    assert percentile_limits(golden_scores) == pytest.approx((0.600000, 0.940000), abs=1e-6)


def test_strata_keep_their_sizes_in_every_resample():
    strata = np.array(["hard"] * 4 + ["rest"] * 6)
    drawn = list(draw_frame_counts(strata, CHUNK + 30, 1))
    assert [len(chunk) for chunk in drawn] == [CHUNK, 30]
    counts = np.concatenate(drawn)
    assert set(counts[:, :4].sum(axis=1)) == {4.0}
    assert set(counts[:, 4:].sum(axis=1)) == {6.0}


def test_frames_of_a_clip_stay_together():
    counts = np.concatenate(list(draw_clip_counts([7, 7, 3, 3, 9], 50, 1)))
    assert np.array_equal(counts[:, 0], counts[:, 1])
    assert np.array_equal(counts[:, 2], counts[:, 3])
    assert set(counts[:, [0, 2, 4]].sum(axis=1)) == {3.0}


def test_the_chunks_do_not_change_the_draw():
    whole = np.random.default_rng(12345).integers(0, 10, (2000, 10))
    counts = np.concatenate(list(draw_clip_counts(np.arange(10), 2000, 12345)))
    assert np.array_equal(counts, np.array([np.bincount(row, minlength=10) for row in whole]))


def test_both_arms_are_widened_for_few_frames():
    values = np.array([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0])
    got = estimate_by_frame(mean_of(values), np.ones(12), np.zeros(12), seed=4)
    lo, hi = percentile_limits(
        compute_replicates(mean_of(values), np.ones(12), draw_frame_counts(np.zeros(12), 2000, 4))
    )
    wider = np.sqrt(12 / 11)
    assert got.value - got.lo == pytest.approx(wider * (got.value - lo))
    assert got.hi - got.value == pytest.approx(wider * (hi - got.value))
    assert (got.n, got.n_eff, got.method) == (12, 12.0, "bootstrap_frames")


def test_limits_widened_beyond_what_a_score_can_be_end_there():
    actual = estimate_by_frame(mean_of([1.0] * 9 + [0.0]), np.ones(10), np.zeros(10), seed=0).hi
    assert actual == 1.0
    actual = estimate_by_frame(mean_of([0.0] * 9 + [1.0]), np.ones(10), np.zeros(10), seed=0).lo
    assert actual == 0.0


def test_weights_are_kept_in_every_resample():
    weight = np.array([1.0, 1.0, 5.0, 5.0] * 10)
    got = estimate_by_frame(mean_of([1, 0, 1, 1] * 10), weight, weight, seed=0)
    assert got.value == pytest.approx(11 / 12)


def test_frames_without_weight_are_not_counted():
    got = estimate_by_frame(
        mean_of([1, 0, 1, 1, 0, 0]), [1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1], seed=0
    )
    assert (got.n, got.n_eff, got.value) == (4, 4.0, 0.75)
    eight = np.r_[np.ones(70), np.zeros(30)]
    assert estimate_by_clip(mean_of(RIGHT), eight, CLIPS, seed=0).note == "too_few_clips"


def test_fewer_than_eight_clips_are_not_resampled():
    assert estimate_by_clip(mean_of(RIGHT), ONES, CLIPS % 7, seed=0).note == "too_few_clips"
    assert estimate_by_clip(mean_of(RIGHT), ONES, CLIPS % 8, seed=0).status == "ok"


def test_clips_give_a_wider_interval_than_frames_when_they_differ():
    frames = estimate_by_frame(mean_of(RIGHT), ONES, np.zeros(100), seed=0)
    clips = estimate_by_clip(mean_of(RIGHT), ONES, CLIPS, seed=0)
    assert clips.half_width > 1.5 * frames.half_width


def test_a_score_that_is_often_undefined_has_no_interval():
    def rare(weights):
        return np.where(weights[:, 0] > 0, 0.5, np.nan)

    got = estimate_by_frame(rare, np.ones(30), np.zeros(30), seed=0)
    assert (got.status, got.note, got.value) == ("na", "often_undefined", 0.5)


def test_a_score_that_is_seldom_undefined_drops_those_resamples():
    def seldom(weights):
        return np.where(
            weights[:, :4].sum(axis=1) > 0, weights @ np.linspace(0, 1, 30) / 30, np.nan
        )

    assert estimate_by_frame(seldom, np.ones(30), np.zeros(30), seed=0).status == "ok"


@pytest.mark.parametrize(
    ("values", "weight", "note"),
    [
        ([], [], "no_labels"),
        ([1.0], [0.0], "no_labels"),
        ([np.nan, 1.0], [1.0, 1.0], "undefined"),
        ([1.0], [1.0], "one_unit"),
    ],
)
def test_what_cannot_be_resampled_says_why(values, weight, note):
    got = estimate_by_frame(mean_of(values), weight, np.zeros(len(weight)), seed=0)
    assert (got.status, got.note) == ("na", note)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_frames_that_were_all_answered_alike_have_a_score_and_no_spread(value):
    for got in (
        estimate_by_frame(mean_of(ONES * value), ONES, np.zeros(100), seed=0),
        estimate_by_clip(mean_of(ONES * value), ONES, CLIPS, seed=0),
    ):
        assert (got.value, got.status, got.note) == (value, "weak", "no_spread")
        assert got.without_spread


def test_two_models_that_answered_alike_differ_by_nothing_and_that_has_limits():
    got = estimate_by_frame(
        lambda weights: np.zeros(len(weights)), ONES, np.zeros(100), seed=0, least=-1.0
    )
    assert (got.lo, got.value, got.hi, got.without_spread) == (0.0, 0.0, 0.0, False)
