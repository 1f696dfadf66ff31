import numpy as np
import pytest
from scipy import stats

from fieldcheck.stats.weighted_field_score import estimate_change_by_clip

RIGHT_OF_TEN = [9, 10, 4, 8, 10, 7, 10, 2, 9, 10]  # ten clips of ten frames: methods 2.4
TEN_CLIPS = (
    np.concatenate([np.r_[np.ones(k), np.zeros(10 - k)] for k in RIGHT_OF_TEN]),
    np.ones(100),
    np.repeat(np.arange(10), 10),
)


def limits(estimate):
    return (estimate.value, estimate.lo, estimate.hi)


def test_frames_clips_and_weights_must_go_together():
    with pytest.raises(ValueError, match="differ in shape"):
        estimate_change_by_clip([1, 0], [1], [0, 0])


def test_the_change_by_clips_is_a_t_interval_of_clip_means_when_clips_are_equal():
    change = np.array([1, 1, 0, 0, -1, -1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0], dtype=float)
    clip = np.repeat(np.arange(8), 2)
    means = change.reshape(8, 2).mean(axis=1)
    lo, hi = stats.t.interval(0.95, 7, loc=means.mean(), scale=means.std(ddof=1) / np.sqrt(8))
    got = estimate_change_by_clip(change, np.ones(16), clip)
    assert limits(got) == pytest.approx((means.mean(), lo, hi), abs=1e-9)


def test_the_change_follows_the_rules_of_few_clips():
    assert estimate_change_by_clip([1, 0], [1, 1], [0, 1]).note == "too_few_clips"
    assert estimate_change_by_clip([], [], []).note == "no_labels"
    assert estimate_change_by_clip([1, 0, -1] * 4, np.ones(12), [0, 1, 2] * 4).status == "weak"


@pytest.mark.parametrize(
    ("change", "lo", "hi"), [(0, -0.231, 0.231), (1, 0.521, 1.0), (-1, -1.0, -0.521)]
)
def test_frames_that_all_changed_alike_leave_the_doubt_of_so_many_clips(change, lo, hi):
    got = estimate_change_by_clip(np.full(100, change), np.full(100, 241 / 40), np.arange(100) % 10)
    assert limits(got) == pytest.approx((change, lo, hi), abs=1e-3)


def test_clips_that_changed_alike_are_no_surer_than_their_frames():
    change, clip = np.tile([1.0, 0.0], 8), np.repeat(np.arange(8), 2)
    half = stats.t.ppf(0.975, 7) * np.sqrt(0.25 / 16)
    actual = limits(estimate_change_by_clip(change, np.ones(16), clip))
    assert actual == pytest.approx((0.5, 0.5 - half, 0.5 + half))


def test_limits_widen_with_the_number_of_changes_looked_at_together():
    change = np.array([1, 1, 0, 0, -1, -1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0], dtype=float)
    clip = np.repeat(np.arange(8), 2)
    means = change.reshape(8, 2).mean(axis=1)
    for of in (1, 2, 3):
        lo, hi = stats.t.interval(
            1 - 0.05 / of, 7, loc=means.mean(), scale=means.std(ddof=1) / np.sqrt(8)
        )
        actual = limits(estimate_change_by_clip(change, np.ones(16), clip, of))
        assert actual == pytest.approx((means.mean(), lo, min(1.0, hi)), abs=1e-9)
    alike = [
        estimate_change_by_clip(np.ones(40), np.ones(40), np.arange(40) % 5, of) for of in (1, 3)
    ]
    halves = stats.norm.ppf([0.975, 1 - 0.025 / 3]) * np.sqrt((1 - (5 / 7) ** 2) / 7)
    assert [one.lo for one in alike] == pytest.approx(5 / 7 - halves, abs=1e-9)
