import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fieldcheck.measure.cluster import by_clip, change_by_clip, intraclass_correlation, spread
from fieldcheck.measure.interval import difference, wilson

RIGHT_OF_TEN = [9, 10, 4, 8, 10, 7, 10, 2, 9, 10]  # ten clips of ten frames: methods 2.4
TEN_CLIPS = (
    np.concatenate([np.r_[np.ones(k), np.zeros(10 - k)] for k in RIGHT_OF_TEN]),
    np.ones(100),
    np.repeat(np.arange(10), 10),
)
WEIGHTED = (
    [1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1],
    [6] * 6 + [16] * 10,
    [0, 0, 1, 1, 2, 3, 0, 1, 1, 2, 2, 3, 3, 0, 1, 2],
)


def limits(estimate):
    return (estimate.value, estimate.lo, estimate.hi)


def test_ten_clips_give_the_golden_spread():
    got = spread(*TEN_CLIPS)
    assert (got.p, got.v, got.deff, got.n_eff, got.t) == pytest.approx((0.79, 0.007878, 4.748510, 21.059238, 2.262157), abs=1e-6)
    assert (got.n, got.clips) == (100, 10)


def test_ten_clips_give_the_golden_interval():
    assert limits(by_clip(*TEN_CLIPS)) == pytest.approx((0.79, 0.544504, 0.922110), abs=1e-6)
    assert limits(wilson(79, 100))[1:] == pytest.approx((0.700200, 0.858343), abs=1e-6)


def test_the_gap_by_clips_gives_the_golden_limits():
    got = difference(wilson(9700, 10000), by_clip(*TEN_CLIPS))
    assert limits(got) == pytest.approx((0.18, 0.047843, 0.425516), abs=1e-6)


def test_weighted_frames_give_the_golden_spread_and_interval():
    got = spread(*WEIGHTED)
    assert (got.p, got.v, got.deff, got.n_eff, got.t) == pytest.approx((0.857143, 0.010659, 1.392753, 11.488038, 3.182446), abs=1e-6)
    estimate = by_clip(*WEIGHTED)
    assert (estimate.lo, estimate.hi) == pytest.approx((0.397620, 0.981995), abs=1e-6)
    assert (estimate.status, estimate.note) == ("weak", "few_clips")


def test_the_correlation_within_clips_is_golden():
    icc = intraclass_correlation(TEN_CLIPS[0], TEN_CLIPS[2])
    assert icc == pytest.approx(0.392583, abs=1e-6)
    assert 1 + 9 * icc == pytest.approx(4.533248, abs=1e-6)


def test_the_correlation_agrees_with_the_f_statistic():
    y, _, clip = TEN_CLIPS
    f = stats.f_oneway(*[y[clip == g] for g in range(10)]).statistic
    assert intraclass_correlation(y, clip) == pytest.approx((f - 1) / (f - 1 + 10))


def test_frames_that_never_differ_have_no_correlation():
    assert intraclass_correlation(np.ones(6), [0, 0, 1, 1, 2, 2]) == 0.0


@pytest.mark.parametrize("clip", [[0, 0, 0, 0], [0, 1, 2, 3]])
def test_a_correlation_needs_two_clips_and_two_frames_in_one(clip):
    with pytest.raises(ValueError, match="no correlation"):
        intraclass_correlation([1, 0, 1, 0], clip)


def test_a_spread_needs_two_clips():
    with pytest.raises(ValueError, match="needs two"):
        spread([1, 0], [1, 1], [4, 4])


def test_frames_clips_and_weights_must_go_together():
    with pytest.raises(ValueError, match="differ in shape"):
        by_clip([1, 0], [1], [0, 0])


@pytest.mark.parametrize("clips", [1, 2])
def test_one_or_two_clips_say_nothing_about_the_camera(clips):
    got = by_clip(np.ones(40), np.ones(40), np.arange(40) % clips)
    assert (got.status, got.note, got.n) == ("na", "too_few_clips", 40)


@pytest.mark.parametrize(("clips", "status"), [(3, "weak"), (7, "weak"), (8, "ok")])
def test_fewer_than_eight_clips_are_weak(clips, status):
    assert by_clip(np.ones(56), np.ones(56), np.arange(56) % clips).status == status


@pytest.mark.parametrize("answer", [0, 1])
def test_all_alike_counts_clips_not_frames(answer):
    got = by_clip(np.full(80, answer), np.ones(80), np.arange(80) % 8)
    assert got.n_eff == 8
    assert got.hi - got.lo > 0.3


@given(st.lists(st.tuples(st.sampled_from([241 / 40, 959 / 60]), st.integers(0, 9)), min_size=8, max_size=120), st.integers(0, 1))
def test_no_rounding_of_weights_makes_all_alike_count_frames(rows, answer):
    weight, clip = ([row[i] for row in rows] for i in (0, 1))
    got = by_clip(np.full(len(rows), answer), weight, clip)
    if got.measured:
        assert (got.value, got.n_eff) == (answer, len(set(clip)))


def test_frames_without_weight_and_their_clips_do_not_count():
    got = by_clip([1, 1, 0, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 2, 3])
    assert got.note == "too_few_clips"
    assert by_clip([1, 1], [0, 0], [0, 1]).note == "no_labels"


def test_the_change_by_clips_is_a_t_interval_of_clip_means_when_clips_are_equal():
    change = np.array([1, 1, 0, 0, -1, -1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 0], dtype=float)
    clip = np.repeat(np.arange(8), 2)
    means = change.reshape(8, 2).mean(axis=1)
    lo, hi = stats.t.interval(0.95, 7, loc=means.mean(), scale=means.std(ddof=1) / np.sqrt(8))
    got = change_by_clip(change, np.ones(16), clip)
    assert limits(got) == pytest.approx((means.mean(), lo, hi), abs=1e-9)


def test_the_change_follows_the_rules_of_few_clips():
    assert change_by_clip([1, 0], [1, 1], [0, 1]).note == "too_few_clips"
    assert change_by_clip([], [], []).note == "no_labels"
    assert change_by_clip([1, 0, -1] * 4, np.ones(12), [0, 1, 2] * 4).status == "weak"


@pytest.mark.parametrize(("change", "lo", "hi"), [(0, -0.231, 0.231), (1, 0.521, 1.0), (-1, -1.0, -0.521)])
def test_frames_that_all_changed_alike_leave_the_doubt_of_so_many_clips(change, lo, hi):
    got = change_by_clip(np.full(100, change), np.full(100, 241 / 40), np.arange(100) % 10)
    assert limits(got) == pytest.approx((change, lo, hi), abs=1e-3)


def test_clips_that_changed_alike_are_no_surer_than_their_frames():
    change, clip = np.tile([1.0, 0.0], 8), np.repeat(np.arange(8), 2)
    half = stats.t.ppf(0.975, 7) * np.sqrt(0.25 / 16)
    assert limits(change_by_clip(change, np.ones(16), clip)) == pytest.approx((0.5, 0.5 - half, 0.5 + half))


answers = st.lists(st.tuples(st.integers(0, 1), st.integers(1, 20), st.integers(0, 11)), min_size=8, max_size=60)


@given(answers)
def test_the_camera_interval_holds_the_share_and_stays_inside_zero_and_one(rows):
    got = by_clip(*zip(*rows, strict=True))
    if got.measured:
        assert 0 <= got.lo <= got.value <= got.hi <= 1


@given(answers)
def test_showing_every_frame_twice_never_narrows_the_camera_interval(rows):
    once, twice = by_clip(*zip(*rows, strict=True)), by_clip(*zip(*rows, *rows, strict=True))
    if once.measured and 0 < once.value < 1:
        found = spread(*zip(*rows, strict=True))
        assert twice.n_eff * found.v <= found.p * (1 - found.p) * (1 + 1e-9)
        if found.deff > 1:
            assert limits(twice) == pytest.approx(limits(once))


@given(answers)
def test_equal_weights_are_no_weights(rows):
    right, _, clip = zip(*rows, strict=True)
    sevens, ones = by_clip(right, [7.0] * len(rows), clip), by_clip(right, [1.0] * len(rows), clip)
    assert limits(sevens) == pytest.approx(limits(ones), nan_ok=True)


def test_ten_clips_cover_the_camera():
    rng = np.random.default_rng(11)
    p, icc, hits = 0.65, 0.3, 0
    a, b = p * (1 - icc) / icc, (1 - p) * (1 - icc) / icc
    for _ in range(400):
        right = rng.random((10, 10)) < rng.beta(a, b, size=(10, 1))
        got = by_clip(right.ravel(), np.ones(100), np.repeat(np.arange(10), 10))
        hits += got.lo <= p <= got.hi
    assert hits / 400 >= 0.91
