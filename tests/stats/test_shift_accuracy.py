from dataclasses import replace

import numpy as np
import pytest

from fieldcheck.stats.camera_interval import (
    HORIZON,
    WIDER,
    estimate_accuracy_of_all,
    estimate_camera_interval,
    estimate_shift_accuracy,
    fit_clip_regression,
    is_at_risk,
)
from fieldcheck.stats.gap import DEFAULT_GAP_LIMIT

SHARE = np.array([1, 1, 0.8, 1, 0.6, 1, 0.9, 1, 0.4, 0.8, 1, 1.0])
CONFIDENCE = 0.62 + 0.3 * SHARE + 0.01 * ((np.arange(12) * 7) % 5 - 2)
OTHERS = 0.87 + 0.06 * np.sin(np.arange(60))


def regression(share=SHARE, confidence=CONFIDENCE, each=10):
    names = [f"{at:03d}" for at in range(len(share))]
    right = np.concatenate(
        [np.r_[np.ones(round(one * each)), np.zeros(each - round(one * each))] for one in share]
    )
    return fit_clip_regression(
        right,
        np.ones(right.size),
        np.repeat(names, each),
        dict(zip(names, confidence, strict=True)),
    )


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
    assert estimate_shift_accuracy(few, 0.5).used is False
    assert estimate_shift_accuracy(few, 0.5).value == few.value
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
    y = np.array(
        [np.average(right[clip == name], weights=weight[clip == name]) for name in confidence]
    )
    c = np.array(list(confidence.values()))
    slope, at_zero = np.polyfit(c, y, 1, w=np.sqrt(part))
    left = part @ (y - at_zero - slope * c) ** 2 / (part @ (y - part @ y) ** 2) * 13 / 12
    alone = estimate_camera_interval(right, weight, clip)
    assert (found.value, found.lo, found.hi) == pytest.approx((alone.value, alone.lo, alone.hi))
    assert (found.slope, found.centre, found.value) == pytest.approx((slope, part @ c, part @ y))
    actual = (found.spread, found.residual)
    assert actual == pytest.approx((part @ (c - part @ c) ** 2, part @ (y - part @ y) ** 2))
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


def test_the_golden_shift():
    """Methods 8.7: square and add of the regression's error there and of what clips of one
    confidence differ by."""
    found = regression()
    got = estimate_shift_accuracy(found, found.centre - 0.05, 3)
    value = found.value - 0.05 * found.slope
    own = 1.959963984540054**2 * found.kept * found.residual / 3
    grown = found.kept * (1 + 0.05**2 / found.spread)
    assert got.value == pytest.approx(value)
    assert got.lo == pytest.approx(value - np.sqrt(grown * (found.value - found.lo) ** 2 + own))
    assert got.hi == pytest.approx(value + np.sqrt(grown * (found.hi - found.value) ** 2 + own))
    assert (got.used, got.n_clips) == (True, 12)
    assert (
        estimate_shift_accuracy(found, 1.5).value == estimate_shift_accuracy(found, 1.5).hi == 1.0
    )
    assert (
        estimate_shift_accuracy(found, 0.0).value == estimate_shift_accuracy(found, 0.0).lo == 0.0
    )


def test_a_shift_of_less_confidence_is_less_accurate_and_more_clips_make_it_surer():
    found = regression()
    usual = estimate_shift_accuracy(found, found.centre)
    low = estimate_shift_accuracy(found, found.centre - 0.05)
    assert usual.value == pytest.approx(found.value)
    assert low.value < usual.value
    assert low.hi - low.lo >= usual.hi - usual.lo - 0.05
    many = estimate_shift_accuracy(found, found.centre, 100)
    assert many.hi - many.lo < usual.hi - usual.lo


def test_a_shift_is_at_risk_where_its_widened_upper_limit_lies_below_the_line_and_the_confidence_was_used():
    found = estimate_shift_accuracy(regression(), 0.8)
    # one chance of 0.05 over thirty shifts
    assert pytest.approx(2.935199 / 1.959964, abs=1e-5) == WIDER
    edge = found.value + WIDER * (found.hi - found.value)
    assert (is_at_risk(found, edge + 1e-6), is_at_risk(found, edge - 1e-6)) == (True, False)
    assert not is_at_risk(replace(found, used=False), 1.0)


def clips(rng, many, by=0.0):
    """Accuracy and mean confidence of clips, related by r of about 0.8; `by`: how much harder than
    those that were labelled, in sd."""
    hard = rng.normal(by, 1, many)
    return np.clip(0.85 - 0.1 * hard + rng.normal(0, 0.05, many), 0, 1), np.clip(
        0.88 - 0.05 * hard + rng.normal(0, 0.02, many), 0, 1
    )


def labelled_clips(rng):
    """What is known of twenty clips of which five frames each are labelled."""
    truth, confidence = clips(rng, 20)
    return regression(rng.binomial(5, truth) / 5, confidence, each=5)


@pytest.mark.full("shift_accuracy")
def test_the_band_of_a_shift_holds_its_accuracy_wherever_one_is_told(counts, evidence):
    n, rng = counts(ci=100, full=4000), np.random.default_rng(0)
    for harder in (0.0, 1.5, 3.0):
        told, held, width = 0, 0, 0.0
        for _ in range(n):
            found = labelled_clips(rng)
            (later,), (its_confidence,) = clips(rng, 1, harder)
            band = estimate_shift_accuracy(found, float(its_confidence))
            if band.used:  # a shift without a figure has no band that could hold
                told, held, width = (
                    told + 1,
                    held + bool(band.lo <= later <= band.hi),
                    width + band.hi - band.lo,
                )
        evidence(
            **{
                f"{harder} sd harder": {
                    "shifts": n,
                    "told": told,
                    "held": held,
                    "width": width / told,
                }
            }
        )
        assert told >= n / 2
        assert held / told >= 0.93


@pytest.mark.full("risk_alarms")
def test_a_month_like_the_labelled_clips_is_falsely_called_at_risk_in_at_most_six_of_a_hundred(
    counts, evidence
):
    """Against the line that a project begins with. False: called so though its accuracy is not
    below the line."""
    n = counts(ci=30, full=2000)
    rng = np.random.default_rng(1)
    told = 0
    called = 0
    falsely = 0
    worse = 0
    for _ in range(n):
        found = labelled_clips(rng)
        line = found.value - DEFAULT_GAP_LIMIT

        def at_risk(confidence, found=found, line=line):
            return np.array(
                [is_at_risk(estimate_shift_accuracy(found, float(one)), line) for one in confidence]
            )

        accuracy, confidence = clips(rng, HORIZON)
        said = at_risk(confidence)
        told += not found.reason
        called += bool(said.any())
        falsely += bool((said & (accuracy >= line)).any())
        worse += bool(at_risk(clips(rng, HORIZON, 3.0)[1]).any())
    evidence(
        months=n,
        with_a_figure=told,
        with_an_alarm=called,
        with_a_false_alarm=falsely,
        with_an_alarm_3_sd_harder=worse,
    )
    assert told >= n / 2
    assert falsely / told <= (0.06 if n == 2000 else 0.2)
