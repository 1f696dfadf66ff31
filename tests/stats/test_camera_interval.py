import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom

from fieldcheck.stats.camera_interval import (
    ClipSums,
    compute_clip_posterior,
    estimate_camera_interval,
    estimate_clip_correlation,
    make_typical_counts,
    plan_clips,
    plan_half_width,
)
from fieldcheck.stats.wilson_interval import estimate_difference, estimate_wilson

WEIGHTED = (
    [1, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1],
    [6] * 6 + [16] * 10,
    [0, 0, 1, 1, 2, 3, 0, 1, 1, 2, 2, 3, 3, 0, 1, 2],
)
UNEQUAL = ([40, 20, 10, 10, 5, 5, 5, 3, 1, 1], [36, 20, 9, 4, 5, 5, 3, 3, 1, 0])
GOLDEN = {
    "ten clips of ten": (
        [10] * 10, [9, 10, 4, 8, 10, 7, 10, 2, 9, 10], (0.79, 0.559698194383, 0.911791999190),
    ),
    "all right": ([10] * 10, [10] * 10, (1.0, 0.829430810367, 1.0)),
    "all wrong": ([10] * 10, [0] * 10, (0.0, 0.0, 0.170569189633)),
    "five long clips": ([20] * 5, [20, 18, 20, 5, 19], (0.82, 0.455845910973, 0.951605177966)),
    "twenty short clips": ([5] * 20, [5] * 16 + [4] * 4, (0.96, 0.872293378636, 0.986279529701)),
    "fifty pairs": ([2] * 50, [2] * 40 + [1] * 7 + [0] * 3, (0.87, 0.769046782574, 0.934647821676)),
    "unequal clips": (*UNEQUAL, (0.86, 0.489735179490, 0.950772336729)),
    "a hundred clips of one": (
        [1] * 100, [1] * 90 + [0] * 10, (0.90, 0.823856193429, 0.950364638788),
    ),
    "a hundred clips of one, worse": (
        [1] * 100, [1] * 61 + [0] * 39, (0.61, 0.504974458137, 0.708053070644),
    ),
    "three long clips": ([33] * 3, [33, 30, 31], (0.949494949495, 0.525209380149, 0.984822867868)),
}  # fmt: skip


def frames(sizes, right):
    """Answers, weights and clips of so many frames a clip, so many of them right."""
    pairs = zip(sizes, right, strict=True)
    answers = np.concatenate([np.r_[np.ones(k), np.zeros(m - k)] for m, k in pairs])
    return answers, np.ones(answers.size), np.repeat(np.arange(len(sizes)), sizes)


def limits(estimate):
    return (estimate.value, estimate.lo, estimate.hi)


@pytest.mark.parametrize("name", GOLDEN)
def test_the_golden_limits(name):
    sizes, right, wanted = GOLDEN[name]
    actual = limits(estimate_camera_interval(*frames(sizes, right)))
    assert actual == pytest.approx(wanted, abs=1e-9)


def test_weights_keep_the_centre_and_give_the_golden_limits():
    estimate = estimate_camera_interval(*WEIGHTED)
    actual = limits(estimate)
    assert actual == pytest.approx((0.857142857143, 0.473150885414, 0.971406548588), abs=1e-9)
    assert estimate.n_eff == pytest.approx(9.100674722070, abs=1e-9)
    assert (estimate.n, estimate.status, estimate.note) == (16, "weak", "few_clips")


def test_frames_are_worth_fewer_independent_ones():
    actual = estimate_camera_interval(*frames([10] * 10, [9, 10, 4, 8, 10, 7, 10, 2, 9, 10])).n_eff
    assert actual == pytest.approx(22.773997319817, abs=1e-9)
    actual = estimate_camera_interval(*frames([10] * 10, [10] * 10)).n_eff
    assert actual == pytest.approx(15.011714283709, abs=1e-9)


@pytest.mark.parametrize(("name", "wanted"), [
    ("ten clips of ten", (0.366190685482, 0.163384080133, 0.626789731796)),
    ("five long clips", (0.475426418301, 0.213482190162, 0.776396301259)),
    ("fifty pairs", (0.361117266175, 0.063018808585, 0.657256233740)),
    ("unequal clips", (0.308787289918, 0.086406270420, 0.649645962385)),
    ("all right", (0.729626828299, 0.022515535830, 0.997573743878)),
    ("all wrong", (0.729626828299, 0.022515535830, 0.997573743878)),
    ("twenty short clips", (0.039169653826, 0.000344933366, 0.351591954333)),
    ("three long clips", (0.108896415014, 0.001163510792, 0.668761572882)),
])  # fmt: skip
def test_the_golden_correlation_within_clips(name, wanted):
    found = estimate_clip_correlation(*frames(*GOLDEN[name][:2]))
    assert (found.value, found.lo, found.hi) == pytest.approx(wanted, abs=1e-9)
    assert found.measurable


def test_the_golden_correlation_of_weighted_clips_and_of_clips_of_one():
    weighted = estimate_clip_correlation(*WEIGHTED)
    single = estimate_clip_correlation(*frames(*GOLDEN["a hundred clips of one"][:2]))
    actual = (weighted.value, weighted.lo, weighted.hi)
    assert actual == pytest.approx((0.129367035226, 0.001287437148, 0.649058847336), abs=1e-9)
    actual = (single.value, single.lo, single.hi)
    assert actual == pytest.approx((0.499999999997, 0.006155829702, 0.993844170298), abs=1e-9)


def test_clips_of_one_frame_cannot_say_how_alike_frames_of_a_clip_are():
    assert not estimate_clip_correlation(*frames([1] * 20, [1] * 15 + [0] * 5)).measurable


def test_the_gap_of_the_headline_fixture():
    """61 right of a hundred clips against 9,700 of 10,000: gap 36 (26 to 47)."""
    field = estimate_camera_interval(*frames([1] * 100, [1] * 61 + [0] * 39))
    gap = estimate_difference(estimate_wilson(9700, 10000), field)
    assert [round(100 * figure) for figure in limits(gap)] == [36, 26, 47]


@pytest.mark.parametrize(
    ("clips", "status", "note"),
    [(0, "na", "no_labels"), (1, "na", "too_few_clips"), (2, "na", "too_few_clips")],
)
def test_two_clips_describe_this_footage_only(clips, status, note):
    answers, weight, clip = frames([5] * clips, [4] * clips) if clips else ([], [], [])
    estimate = estimate_camera_interval(answers, weight, clip)
    assert (estimate.status, estimate.note) == (status, note)


@pytest.mark.parametrize(("clips", "status"), [(3, "weak"), (7, "weak"), (8, "ok")])
def test_few_clips_make_a_weak_interval(clips, status):
    assert estimate_camera_interval(*frames([5] * clips, [4] * clips)).status == status


def test_frames_without_weight_are_left_out():
    answers, weight, clip = frames([10] * 10, [9] * 10)
    more = estimate_camera_interval(np.r_[answers, 0, 0], np.r_[weight, 0, 0], np.r_[clip, 98, 99])
    assert limits(more) == limits(estimate_camera_interval(answers, weight, clip))


def test_arrays_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="differ in shape"):
        estimate_camera_interval([1, 0], [1], [0, 1])


def test_the_likelihood_is_that_of_scipy():
    """With whole counts it is the beta-binomial without its coefficient: ratios agree."""
    sizes, right = np.array([10.0, 4.0]), np.array([7.0, 4.0])
    found = compute_clip_posterior(ClipSums(sizes, sizes, right))
    rho = found.correlations
    assert found.probability.sum() == pytest.approx(1)
    q = np.sin((found.edges[:-1] + found.edges[1:]) * np.pi / 4) ** 2
    a, b = q[:, None] * (1 - rho) / rho, (1 - q)[:, None] * (1 - rho) / rho
    log = sum(betabinom.logpmf(k, m, a, b) for k, m in zip(right, sizes, strict=True))
    by_hand = np.exp(log - log.max()).sum(0)
    assert found.probability == pytest.approx(by_hand / by_hand.sum(), abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 20), st.floats(0, 1)), min_size=3, max_size=12),
    st.floats(0.1, 50),
)
def test_limits_hold_the_value_and_do_not_care_for_the_unit_of_the_weights(clips, unit):
    sizes = [m for m, _ in clips]
    answers, weight, clip = frames(sizes, [round(m * share) for m, share in clips])
    estimate = estimate_camera_interval(answers, weight, clip)
    assert 0 <= estimate.lo <= estimate.value <= estimate.hi <= 1
    assert 0 < estimate.n_eff <= estimate.n
    actual = limits(estimate_camera_interval(answers, weight * unit, clip))
    assert actual == pytest.approx(limits(estimate), abs=1e-6)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 10), min_size=3, max_size=10))
def test_wrong_for_right_turns_the_limits_round(right):
    one = estimate_camera_interval(*frames([10] * len(right), right))
    other = estimate_camera_interval(*frames([10] * len(right), [10 - k for k in right]))
    assert (1 - other.hi, 1 - other.lo) == pytest.approx((one.lo, one.hi), abs=1e-9)


@pytest.mark.parametrize("answer", [0, 1])
def test_all_alike_leaves_the_doubt_of_eight_clips_and_not_of_eighty_frames(answer):
    got = estimate_camera_interval(np.full(80, answer), np.ones(80), np.arange(80) % 8)
    assert got.n_eff < 20
    assert got.hi - got.lo > 0.15


def test_clips_without_weight_do_not_count():
    actual = estimate_camera_interval([1, 1, 0, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 2, 3]).note
    assert actual == "too_few_clips"
    assert estimate_camera_interval([1, 1], [0, 0], [0, 1]).note == "no_labels"


def test_frames_without_weight_have_no_correlation():
    with pytest.raises(ValueError, match="no labelled frame has a weight"):
        estimate_clip_correlation([1, 0], [0, 0], [0, 1])


def test_more_frames_of_the_same_clips_cannot_buy_certainty():
    """Ten times the frames, the same share right in each clip: the ten clips are still ten."""
    once = estimate_camera_interval(*frames([10] * 10, [9, 10, 4, 8, 10, 7, 10, 2, 9, 10]))
    often = estimate_camera_interval(
        *frames([100] * 10, [90, 100, 40, 80, 100, 70, 100, 20, 90, 100])
    )
    assert often.half_width > 0.8 * once.half_width


@pytest.mark.long
def test_ten_clips_cover_the_camera():
    rng = np.random.default_rng(11)
    p, icc, hits = 0.65, 0.3, 0
    a, b = p * (1 - icc) / icc, (1 - p) * (1 - icc) / icc
    for _ in range(400):
        right = rng.random((10, 10)) < rng.beta(a, b, size=(10, 1))
        got = estimate_camera_interval(right.ravel(), np.ones(100), np.repeat(np.arange(10), 10))
        hits += got.lo <= p <= got.hi
    assert hits / 400 >= 0.91


@pytest.mark.parametrize(("clips", "frames", "accuracy", "icc", "wanted"), [
    (10, 10, 0.9, 0.3, 0.141341899833),
    (20, 5, 0.9, 0.3, 0.100331006216),
    (50, 2, 0.9, 0.3, 0.073416758540),
    (12, 8, 0.8, 0.1, 0.121318021674),
])  # fmt: skip
def test_the_golden_half_widths(clips, frames, accuracy, icc, wanted):
    assert plan_half_width(clips, frames, accuracy, icc) == pytest.approx(wanted, abs=1e-9)


def test_the_golden_numbers_of_clips():
    assert plan_clips(0.10, 5, 0.9, 0.3) == 21
    assert plan_clips(0.10, 5, 0.8, 0.1) == 22
    assert plan_clips(0.075, 5, 0.95, 0.3) == 23


def test_what_no_number_of_clips_can_give_is_none():
    assert plan_clips(0.001, 1, 0.5, 0.3, most=10) is None


def test_more_clips_beat_more_frames_of_one_clip():
    assert plan_half_width(20, 5, 0.9) < plan_half_width(10, 10, 0.9) < plan_half_width(5, 20, 0.9)


def test_a_typical_visit_has_the_accuracy_that_was_asked_for():
    counts = make_typical_counts(50, 10, 0.8, 0.2)
    assert counts.mean() / 10 == pytest.approx(0.8, abs=0.02)
    assert counts.min() >= 0
    assert counts.max() <= 10


def test_two_clips_cannot_be_planned():
    with pytest.raises(ValueError, match="2 clips"):
        plan_half_width(2, 10, 0.9)
