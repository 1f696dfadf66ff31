import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import brier_score_loss, log_loss

from fieldcheck.analyses import temperature_scaling as c
from fieldcheck.analyses.temperature_scaling import Calibration
from fieldcheck.stats.cluster import estimate_overconfidence
from fieldcheck.stats.wilson_interval import estimate_difference, estimate_wilson

FIRST = [[2.2, 0.1, -1], [0.3, 0.2, 0.1], [3.5, 0, 0], [0, 1.5, 1.4], [-1, 2.8, 0.2]]
OTHERS = [[0.5, 0.4, 2], [1.2, 1.1, -0.5], [0, 0.2, 4.1], [2, 1.9, 0], [0.1, 3.3, 0.3]]
LOGITS = np.array([*FIRST, *OTHERS])
TRUTH = np.array([0, 1, 0, 2, 1, 2, 1, 2, 0, 0])
PROBABILITY = softmax(LOGITS, axis=1)
SURE, RIGHT, ONES = PROBABILITY.max(axis=1), PROBABILITY.argmax(axis=1) == TRUTH, np.ones(10)


def judged(sure=SURE, right=RIGHT, clips=None):
    n = len(sure)
    return c.JudgedAnswers(
        np.asarray(sure, float),
        np.asarray(right, bool),
        np.ones(n),
        np.arange(n),
        np.arange(n) if clips is None else clips,
    )


@pytest.mark.parametrize(("bins", "binning", "ece", "mce"), [
    (15, "equal_width", 0.216617, 0.414421),
    (5, "equal_width", 0.170061, None),
    (5, "equal_mass", 0.222778, None),
])  # fmt: skip
def test_the_golden_calibration_errors(bins, binning, ece, mce):
    found = c.compute_calibration_error(SURE, RIGHT, ONES, bins, binning)
    assert found.value == pytest.approx(ece, abs=1e-6)
    if mce is not None:
        assert found.largest == pytest.approx(mce, abs=1e-6)


def test_the_golden_scores_and_temperature():
    assert c.compute_brier_score(PROBABILITY, TRUTH, ONES) == pytest.approx(0.420711, abs=1e-6)
    assert np.average((SURE - RIGHT) ** 2) == pytest.approx(0.180682, abs=1e-6)
    assert c.compute_nll(PROBABILITY, TRUTH, ONES) == pytest.approx(0.748523, abs=1e-6)
    fit = c.fit_temperature(LOGITS, TRUTH)
    actual = (fit.value, fit.nll_before, fit.nll_after)
    assert actual == pytest.approx((1.261851, 0.748523, 0.735202), abs=1e-6)
    after = c.scale_by_temperature(LOGITS, fit.value).max(axis=1)
    actual = c.compute_calibration_error(after, RIGHT, ONES, 5, "equal_width").value
    assert actual == pytest.approx(0.183210, abs=1e-6)


def plain_error(sure, right, weight, edges_of):
    total = 0.0
    for part in edges_of(sure):
        if part.size:
            total += weight[part].sum() * abs(
                np.average(right[part], weights=weight[part])
                - np.average(sure[part], weights=weight[part])
            )
    return total / weight.sum()


def by_width(sure):
    return [np.flatnonzero((sure > k / 15) & (sure <= (k + 1) / 15)) for k in range(15)]


def by_mass(sure):
    return np.array_split(np.argsort(sure, kind="stable"), min(5, sure.size))


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("seed", range(20))
def test_weighted_figures_are_those_of_plain_loops_and_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(3, 200)), int(rng.integers(2, 6))
    p = softmax(3 * rng.standard_normal((n, k)), axis=1)
    truth = np.concatenate([np.arange(k), rng.integers(0, k, n)])[:n]
    weight = rng.uniform(1, 5, n)
    sure, right = p.max(axis=1), p.argmax(axis=1) == truth
    for bins, binning, parts in ((15, "equal_width", by_width), (5, "equal_mass", by_mass)):
        found = c.compute_calibration_error(sure, right, weight, bins, binning).value
        assert found == pytest.approx(plain_error(sure, right, weight, parts), abs=1e-12)
    assert c.compute_nll(p, truth, weight) == pytest.approx(
        log_loss(truth, p, sample_weight=weight, labels=range(k)), abs=1e-9
    )
    wanted = brier_score_loss(truth, p, sample_weight=weight, labels=range(k), scale_by_half=False)
    assert c.compute_brier_score(p, truth, weight) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(("bins", "edges"), [
    (15, by_width),
    (5, lambda sure: [np.flatnonzero((sure > k / 5) & (sure <= (k + 1) / 5)) for k in range(5)]),
])  # fmt: skip
def test_bins_of_equal_width_are_closed_to_the_right_from_nothing_to_certain(bins, edges):
    rng = np.random.default_rng(5)
    sure = np.concatenate([rng.random(200), np.arange(1, 5) / 5, [0.001, 1.0]])
    right, weight = rng.random(sure.size) < 0.5, rng.uniform(1, 5, sure.size)
    found = c.compute_calibration_error(sure, right, weight, bins, "equal_width")
    assert found.value == pytest.approx(plain_error(sure, right, weight, edges), abs=1e-12)
    parts = [
        abs(np.average(right[part] - sure[part], weights=weight[part]))
        for part in edges(sure)
        if part.size
    ]
    assert found.largest == pytest.approx(max(parts))
    assert (found.n, found.bins, found.binning) == (sure.size, bins, "equal_width")
    actual = c.compute_calibration_error(
        np.zeros(3), np.zeros(3, bool), np.ones(3), bins, "equal_width"
    ).value
    assert actual == 0


def test_from_five_hundred_answers_on_fifteen_bins_count():
    rng = np.random.default_rng(2)
    sure = rng.random(500)
    right, weight = rng.random(500) < sure, rng.uniform(1, 5, 500)
    for n, bins in ((499, (5, 15)), (500, (15, 5))):
        counts, other = c.compute_calibration_errors(sure[:n], right[:n], weight[:n], 3)
        assert (counts.bins, other.bins) == bins
        for one in (counts, other):
            assert one == c.compute_calibration_error(
                sure[:n], right[:n], weight[:n], one.bins, one.binning, 3
            )
            assert one.binning == {5: "equal_mass", 15: "equal_width"}[one.bins]
    actual = c.compute_calibration_error(sure, right, weight, 15, "equal_width").null_p95
    assert actual != counts.null_p95


def test_the_golden_null_band_of_weighted_answers():
    rng = np.random.default_rng(2)
    sure, weight = rng.random(60), rng.uniform(1, 5, 60)
    found = c.compute_calibration_error(sure, rng.random(60) < sure, weight, 5, "equal_mass", 1)
    drawn = np.random.default_rng(1)
    order = np.argsort(sure)
    bands = []
    for _ in range(10):
        apart = weight[order] * ((drawn.random((50, 60)) < sure[order]) - sure[order])
        bands.append(np.abs(apart.reshape(50, 5, 12).sum(axis=2)).sum(axis=1) / weight.sum())
    assert found.null_p95 == pytest.approx(np.quantile(np.concatenate(bands), 0.95))


def test_a_side_has_all_its_figures():
    rng = np.random.default_rng(6)
    weight = rng.uniform(1, 3, 10)
    answers = c.JudgedAnswers(SURE, RIGHT, weight, np.arange(10), np.arange(10) // 2)
    found = c.measure_calibration("field", answers, 0, 4, c.ClassProbabilities(PROBABILITY, TRUTH))
    assert (found.on, found.n, found.n_dropped) == ("field", 10, 4)
    assert found.brier == c.compute_brier_score(PROBABILITY, TRUTH, weight)
    assert found.nll == c.compute_nll(PROBABILITY, TRUTH, weight)
    assert found.brier_top == pytest.approx(np.average((SURE - RIGHT) ** 2, weights=weight))
    errors = c.compute_calibration_errors(SURE, RIGHT, weight, 0, np.arange(10) // 2)
    assert (found.ece, found.ece_other) == errors
    assert found.bins == c.compute_reliability_bins(SURE, RIGHT, weight, found.ece)
    plain = c.measure_calibration("benchmark", answers, 0)
    assert (np.isnan(plain.brier), np.isnan(plain.nll)) == (True, True)
    assert (plain.n_dropped, plain.signed_cameras) == (0, None)


def test_the_null_band_is_what_a_calibrated_model_shows_at_a_hundred_answers():
    """8.9 points in the mean and 13.2 at the 95th percentile over fifteen bins (methods 4,
    simulated)."""
    rng = np.random.default_rng(1)
    sure = np.clip(rng.beta(5, 1.2, 100), 0.2, 1)
    bands = [
        c.compute_calibration_error(
            sure, rng.random(100) < sure, np.ones(100), 15, "equal_width", seed
        ).null_p95
        for seed in range(3)
    ]
    assert max(bands) - min(bands) < 0.02
    assert 0.09 < np.mean(bands) < 0.16


@pytest.mark.long
def test_calibrated_models_are_seldom_called_over_confident_and_sure_ones_always_are():
    rng = np.random.default_rng(7)
    called = 0
    for seed in range(60):
        sure = rng.uniform(0.5, 1, 100)
        answers = judged(sure, rng.random(100) < sure)
        called += c.measure_calibration("field", answers, seed).over_confident
    assert called <= 6
    sure = np.full(100, 0.92)
    found = c.measure_calibration("field", judged(sure, np.arange(100) < 71), 0)
    assert found.over_confident
    actual = (found.says.value, found.right.value, found.signed.value)
    assert actual == pytest.approx((0.92, 0.71, 0.21))
    assert found.ece.bins == 5


def test_the_signed_gap_is_square_and_add_of_mean_and_wilson():
    found = c.measure_calibration("benchmark", judged(), 0)
    half = 1.959963984540054 * SURE.std(ddof=1) / np.sqrt(10)
    assert (found.says.lo, found.says.hi) == pytest.approx((SURE.mean() - half, SURE.mean() + half))
    assert found.signed == estimate_difference(found.says, estimate_wilson(int(RIGHT.sum()), 10))
    assert found.signed_cameras is None


def test_clips_make_the_cameras_own_interval_and_two_of_them_make_none():
    rng = np.random.default_rng(3)
    clips = np.repeat(np.arange(10), 10)
    sure, right = rng.uniform(0.6, 1, 100), rng.random(100) < 0.7
    found = c.measure_calibration("field", judged(sure, right, clips), 0)
    assert found.signed_cameras == estimate_overconfidence(sure, right, np.ones(100), clips)
    assert found.over_confident == (found.signed_cameras.lo > 0)
    alone = c.measure_calibration("benchmark", judged(sure, right, clips), 0)
    assert (alone.signed_cameras, alone.over_confident) == (None, alone.signed.lo > 0)
    assert c.measure_calibration("field", judged(sure, right, clips // 5), 0).signed_cameras is None


def test_one_answer_has_no_interval_and_all_right_has_one():
    one = c.measure_calibration("field", judged([0.8], [True]), 0)
    assert (one.signed.status, one.ece.n) == ("na", 1)
    sure = c.measure_calibration("benchmark", judged(np.full(30, 1.0), np.full(30, True)), 0)
    assert (sure.signed.value, sure.ece.value, sure.over_confident) == (0, 0, False)
    assert sure.signed.hi > 0.1


def test_a_temperature_on_a_bound_is_none():
    always_right = np.eye(3)[[0, 1, 2] * 5] * 2.0
    assert c.fit_temperature(always_right, np.array([0, 1, 2] * 5)) is None


def test_boxes_of_one_frame_hang_together():
    rng = np.random.default_rng(0)
    unit = np.repeat(np.arange(20), 5)
    right = np.repeat(rng.random(20) < 0.7, 5)
    boxes = c.JudgedAnswers(np.full(100, 0.9), right, np.ones(100), unit, unit)
    assert (
        c.measure_calibration("field", boxes, 0).right.half_width
        > 1.5 * estimate_wilson(int(right.sum()), 100).half_width
    )


def test_sigmoids_are_no_probabilities_of_classes():
    assert c.is_probability_table(PROBABILITY)
    assert not c.is_probability_table(PROBABILITY * 1.01)
    assert c.is_probability_table(np.array([[0.4995, 0.5]]))
    assert not c.is_probability_table(np.array([[1.2, -0.2]]))
    assert c.is_probability_table(np.array([[1.0, 0.0]]))


def test_the_bins_of_the_diagram_hold_every_answer_once():
    found = c.measure_calibration("field", judged(), 0)
    assert sum(one.right.n for one in found.bins) == 10
    assert [one.confidence for one in found.bins] == sorted(one.confidence for one in found.bins)


def test_logits_of_probabilities_give_them_back():
    assert c.scale_by_temperature(c.compute_logits(PROBABILITY), 1.0) == pytest.approx(PROBABILITY)
    actual = c.compute_logits(np.array([[1.0, 0.0]])).tolist()
    assert actual == [[0.0, pytest.approx(np.log(1e-12))]]


def test_a_side_that_was_not_measured_is_none():
    assert Calibration("frame", (), None, ()).get_side("field") is None


def test_the_mean_confidence_has_the_limits_of_its_units():
    rng = np.random.default_rng(4)
    sure, weight = rng.uniform(0.3, 0.9, 40), rng.uniform(1, 4, 40)
    clip = np.repeat(np.arange(4), 10)
    mean = np.average(sure, weights=weight)
    frames = c.estimate_mean_confidence(sure, weight, np.arange(40))
    half = 1.959963984540054 * np.sqrt(
        40 / 39 * ((weight * (sure - mean) / weight.sum()) ** 2).sum()
    )
    assert (frames.lo, frames.hi) == pytest.approx((mean - half, mean + half))
    assert frames.n_eff == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    assert (frames.n, frames.method, frames.status) == (40, "mean", "ok")
    alone = [c.estimate_mean_confidence(sure, weight, clip % n) for n in (1, 2)]
    assert [(one.measured, one.note) for one in alone] == [(False, "one_frame"), (True, "")]
    edges = c.estimate_mean_confidence(np.array([0.0, 1.0]), np.ones(2), np.arange(2))
    assert (edges.lo, edges.hi) == (0.0, 1.0)


def test_clips_that_differ_widen_the_null_band():
    """A model whose clips are all right or all wrong shows a larger error by chance than one whose
    frames are."""
    clips = np.repeat(np.arange(10), 10)
    sure = np.full(100, 0.7)
    by_clip, by_frame = np.repeat([1] * 7 + [0] * 3, 10), np.arange(100) % 10 < 7
    bands = [
        c.compute_calibration_error(sure, right, np.ones(100), 5, "equal_mass", 0, clips).null_p95
        for right in (by_clip, by_frame)
    ]
    assert bands[0] > 1.5 * bands[1]
    plain = c.compute_calibration_error(sure, by_frame, np.ones(100), 5, "equal_mass").null_p95
    assert bands[1] == pytest.approx(plain, rel=0.5)
