import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom

from fieldcheck.stats.camera_interval import (
    ClipSums,
    compute_clip_posterior,
    estimate_accuracy_of_all,
    estimate_camera_interval,
    estimate_clip_correlation,
    fit_clip_regression,
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


SHARE = np.array([1, 1, 0.8, 1, 0.6, 1, 0.9, 1, 0.4, 0.8, 1, 1.0])
CONFIDENCE = 0.62 + 0.3 * SHARE + 0.01 * ((np.arange(12) * 7) % 5 - 2)
OTHERS = 0.87 + 0.06 * np.sin(np.arange(60))


def regression(share=SHARE, confidence=CONFIDENCE, each=10):
    names = [f"{at:03d}" for at in range(len(share))]
    right = np.concatenate(
        [np.r_[np.ones(round(one * each)), np.zeros(each - round(one * each))] for one in share]
    )
    by_clip = dict(zip(names, confidence, strict=True))
    return fit_clip_regression(right, np.ones(right.size), np.repeat(names, each), by_clip)


def test_the_golden_weeks():
    found = regression()
    all_clips, reason = estimate_accuracy_of_all(found, CONFIDENCE, OTHERS)
    actual = (all_clips.value, all_clips.lo, all_clips.hi)
    assert actual == pytest.approx((0.850576552137, 0.760723333202, 0.888062290628), abs=1e-9)
    assert (found.slope, found.kept) == pytest.approx((3.295272893355, 0.068326101850), abs=1e-9)
    assert (all_clips.used, reason) == (True, "")
    assert (found.lo, found.hi) == pytest.approx((0.685026536281, 0.954254763110), abs=1e-9)


def test_clips_that_are_no_random_subset_are_told_and_the_labels_stand_alone():
    found = regression()
    alone, reason = estimate_accuracy_of_all(found, CONFIDENCE, OTHERS - 0.1)
    actual = (alone.value, alone.lo, alone.hi)
    assert actual == pytest.approx((0.875, 0.685026536281, 0.954254763110), abs=1e-9)
    assert (alone.used, reason) == (False, "not_random")
    assert estimate_accuracy_of_all(found, CONFIDENCE, OTHERS[:11])[1] == "few_others"
    assert estimate_accuracy_of_all(found, CONFIDENCE, OTHERS[:12])[1] == ""
    assert estimate_accuracy_of_all(found, CONFIDENCE, []) == (alone, "few_others")
    actual = estimate_accuracy_of_all(regression(confidence=1 - CONFIDENCE), CONFIDENCE, OTHERS)[1]
    assert actual == "unrelated"


def test_few_clips_and_confidence_that_says_nothing_leave_the_labels_alone():
    few = regression(SHARE[:11], CONFIDENCE[:11])
    assert few.reason == "few_clips"
    alone, reason = estimate_accuracy_of_all(few, CONFIDENCE[:11], OTHERS)
    assert (alone.used, alone.value, reason) == (False, few.value, "few_clips")
    assert regression(confidence=1 - CONFIDENCE).reason == "unrelated"
    with pytest.raises(ValueError, match="weight"):
        fit_clip_regression([1.0], [0.0], ["a"], {})


def test_the_regression_is_that_of_weighted_least_squares():
    rng = np.random.default_rng(3)
    clip, weight = np.repeat([f"{at:03d}" for at in range(14)], 5), rng.uniform(1, 4, 70)
    confidence = dict(zip(np.unique(clip).tolist(), rng.uniform(0.7, 0.95, 14), strict=True))
    right = (rng.random(70) < np.array([confidence[name] for name in clip])).astype(float)
    found = fit_clip_regression(right, weight, clip, confidence)
    part = np.array([weight[clip == name].sum() for name in confidence]) / weight.sum()
    means = [np.average(right[clip == name], weights=weight[clip == name]) for name in confidence]
    y = np.array(means)
    c = np.array(list(confidence.values()))
    slope, at_zero = np.polyfit(c, y, 1, w=np.sqrt(part))
    left = part @ (y - at_zero - slope * c) ** 2 / (part @ (y - part @ y) ** 2) * 13 / 12
    alone = estimate_camera_interval(right, weight, clip)
    assert (found.value, found.lo, found.hi) == pytest.approx((alone.value, alone.lo, alone.hi))
    assert (found.slope, found.centre, found.value) == pytest.approx((slope, part @ c, part @ y))
    assert found.spread == pytest.approx(part @ (c - part @ c) ** 2)
    assert found.kept == pytest.approx(min(1, left))
    assert found.n_clips == 14


@pytest.mark.parametrize("clips", [1, 2])
def test_two_clips_leave_everything_to_the_labels(clips):
    found = regression(SHARE[1 : 1 + clips], CONFIDENCE[1 : 1 + clips])
    assert (found.kept, found.reason, found.n_clips) == (1.0, "few_clips", clips)


def test_one_confidence_for_all_clips_says_nothing():
    found = regression(confidence=np.full(12, 0.75))
    assert (found.slope, found.spread, found.reason) == (0.0, 0.0, "unrelated")
    assert regression(np.ones(12)).reason == "unrelated"
