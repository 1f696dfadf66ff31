import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from fieldcheck.domain.estimate import Estimate
from fieldcheck.imaging.quality import compute_hamming_distance
from fieldcheck.stats import agreement
from fieldcheck.stats.wilson_interval import estimate_wilson


def pairs(table):
    """The answers of two passes that make that table."""
    cells = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    return [a for a, _ in cells], [b for _, b in cells]


def test_the_golden_kappa():
    found = agreement.estimate_kappa(np.array([[40, 5], [4, 51]]))
    actual = (found.value, found.lo, found.hi)
    assert actual == pytest.approx((0.817814, 0.704318, 0.931310), abs=1e-6)
    assert (found.hi - found.lo) / 2 / 1.959963984540054 == pytest.approx(0.057907, abs=1e-6)


@pytest.mark.long
@given(st.lists(st.lists(st.integers(1, 20), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_agrees_with_statsmodels(cells):
    table = np.array(cells)
    found, reference = agreement.estimate_kappa(table), cohens_kappa(table)
    assert found.value == pytest.approx(reference.kappa, abs=1e-9)
    assert found.lo == pytest.approx(max(-1.0, min(reference.kappa, reference.kappa_low)), abs=1e-6)


@pytest.mark.parametrize(("d", "e"), [(0.05, 0.0257), (0.10, 0.0528), (0.20, 0.1127)])
def test_the_golden_errors_of_two_classes(d, e):
    assert agreement.compute_pass_error(d, 2) == pytest.approx(e, abs=5e-5)


def test_disagreement_by_chance_has_no_error():
    assert math.isnan(agreement.compute_pass_error(0.5, 2))
    found = agreement.measure_agreement(["a", "b"] * 20, ["b", "a"] * 20, 2)
    assert (found.error.note, found.error.n, found.ceiling.measured) == ("chance", 40, False)


def test_agreement_counts_and_the_ceiling_is_what_errors_leave():
    found = agreement.measure_agreement(*pairs([[40, 5], [4, 51]]), 2)
    assert (found.n, found.agreement.value) == (100, pytest.approx(0.91))
    assert found.error.value == pytest.approx(agreement.compute_pass_error(0.09, 2))
    assert found.ceiling.value == pytest.approx(1 - found.error.value)
    assert found.ceiling.method == "repeats"
    assert found.error.lo < found.error.value < found.error.hi


def test_one_answer_alone_says_nothing_beyond_chance():
    found = agreement.measure_agreement(["a"] * 30, ["a"] * 30, 3)
    assert found.agreement.value == 1.0
    assert (found.kappa.measured, found.kappa.note) == (False, "one_class")
    assert not agreement.measure_agreement(["x"] * 30, ["x"] * 30, 3, single=False).kappa.measured


def test_nothing_repeated_is_nothing_measured():
    assert not agreement.measure_agreement([], [], 2).agreement.measured
    with pytest.raises(ValueError, match="labels"):
        agreement.measure_agreement(["a"], [], 2)


@pytest.mark.parametrize(
    ("n", "k"), [(0, 0), (12, 12), (100, 30), (299, 30), (305, 31), (1000, 100)]
)
def test_thirty_or_a_tenth_are_repeated(n, k):
    assert agreement.count_repeats(n) == k
    again = agreement.draw_repeats(n, 7, 1)
    assert (again.size, np.unique(again).size) == (k, k)
    assert np.array_equal(again, agreement.draw_repeats(n, 7, 1))


@pytest.mark.full("blind_repeats")
def test_an_operator_who_errs_five_times_in_a_hundred_is_found_out(counts, evidence):
    """100 visits of 300 labels, three classes: the mean estimate is within a point, the 95 %
    interval holds the truth in 90 and more."""
    rng = np.random.default_rng(11)

    def labelled(truth):
        wrong = rng.random(truth.size) < 0.05
        return np.where(wrong, (truth + rng.integers(1, 3, truth.size)) % 3, truth)

    estimates, held = [], 0
    for visit in range(counts(ci=100, full=100)):
        truth = rng.integers(0, 3, 300)
        first = labelled(truth)
        again = agreement.draw_repeats(300, visit, 1)
        second = labelled(truth)[again].tolist()
        found = agreement.measure_agreement(first[again].tolist(), second, 3).error
        estimates.append(found.value)
        held += found.lo <= 0.05 <= found.hi
    assert abs(float(np.mean(estimates)) - 0.05) <= 0.01
    assert held >= 90
    mean = round(float(np.mean(estimates)), 4)
    evidence(true_error=0.05, mean_estimate=mean, intervals_that_hold_it=held)


def test_the_golden_effect_of_label_noise_on_a_score():
    score = estimate_wilson(65, 100)
    band = agreement.get_worst_case(score, 0.05)
    actual = (band.value, band.lo, band.hi)
    assert actual == pytest.approx((0.65, score.lo - 0.05, score.hi + 0.05), abs=1e-9)
    assert (band.lo, band.hi) == pytest.approx((0.503, 0.786), abs=1e-3)
    found = agreement.correct_for_label_noise(score, 0.05, 3)
    assert found.value == pytest.approx(0.675676, abs=1e-6)
    assert (found.lo, found.hi) == pytest.approx((0.570, 0.769), abs=1e-3)
    actual = agreement.correct_for_label_noise(estimate_wilson(9700, 10000), 0.01, 3).value
    assert actual == pytest.approx(0.979695, abs=1e-6)


def test_a_band_stays_a_share_and_chance_corrects_nothing():
    assert agreement.get_worst_case(estimate_wilson(100, 100), 0.1).hi == 1.0
    assert agreement.get_worst_case(estimate_wilson(0, 10), 0.1).lo == 0.0
    assert agreement.correct_for_label_noise(estimate_wilson(65, 100), 0.5, 2).status == "na"
    assert agreement.get_worst_case(Estimate.not_measured("no_labels"), 0.1).status == "na"
    assert (
        0
        <= agreement.correct_for_label_noise(estimate_wilson(10, 100), 0.2, 2).lo
        <= agreement.correct_for_label_noise(estimate_wilson(100, 100), 0.2, 2).hi
        <= 1
    )


LABELS = np.array([0, 0, 0, 1, 1, 1, 2, 2, 0, 1])
P = np.array(
    [
        [0.9, 0.05, 0.05], [0.75, 0.15, 0.1], [0.1, 0.8, 0.1], [0.1, 0.85, 0.05], [0.2, 0.7, 0.1],
        [0.6, 0.3, 0.1], [0.05, 0.1, 0.85], [0.3, 0.1, 0.6], [0.55, 0.25, 0.2], [0.05, 0.15, 0.8],
    ]
)  # fmt: skip


def test_the_golden_labels_are_flagged_in_the_golden_order():
    found = agreement.find_label_noise(LABELS, P)
    assert found.threshold == pytest.approx([0.575, 0.5, 0.725])
    actual = LABELS[found.sort_by_doubt()[: found.flagged.sum()]].tolist()
    assert actual == LABELS[[2, 9, 5]].tolist()
    assert found.sort_by_doubt()[: found.flagged.sum()].tolist() == [2, 9, 5]


def test_a_frame_without_an_answer_is_never_flagged_and_stands_last():
    p = P.copy()
    p[2] = np.nan
    found = agreement.find_label_noise(LABELS, p)
    assert not found.flagged[2]
    assert np.isnan(found.confidence[2])
    assert found.sort_by_doubt()[-1] == 2


def test_a_class_without_labels_has_no_threshold_and_is_never_said_instead():
    values = np.array([[0.1, 0.1, 0.8], [0.8, 0.1, 0.1], [0.1, 0.8, 0.1]])
    found = agreement.find_label_noise(np.array([0, 0, 1]), values)
    assert np.isnan(found.threshold[2])
    assert found.instead.tolist() == [-1, -1, -1]


def plainly(labels, p):
    """Confident learning in loops, as the paper writes it."""
    k = p.shape[1]
    t = [
        np.mean([p[i, c] for i in range(len(labels)) if labels[i] == c]) if c in labels else np.inf
        for c in range(k)
    ]
    flagged = []
    for i, label in enumerate(labels):
        confident = [c for c in range(k) if p[i, c] >= t[c]]
        flagged.append(bool(confident) and max(confident, key=lambda c: (p[i, c], -c)) != label)
    return flagged


@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.integers(2, 5))
def test_it_flags_what_the_plain_loops_flag(seed, n, k):
    rng = np.random.default_rng(seed)
    p, labels = rng.dirichlet(np.ones(k), n), rng.integers(0, k, n)
    assert agreement.find_label_noise(labels, p).flagged.tolist() == plainly(labels, p)


def test_near_pictures_stand_together_and_the_heaviest_group_first():
    prints = [0b0, 0b1111, 2**40 - 1, (2**40 - 1) ^ 1, (2**40 - 1) ^ 2, 0xFFFFFF << 40]
    groups = agreement.cluster_fingerprints(prints, np.array([0.5, 0.4, 0.3, 0.9, 0.35, 1.0]))
    assert groups == [[3, 4, 2], [5], [0, 1]]


@pytest.mark.long
@given(st.lists(st.integers(0, 2**64 - 1), max_size=30))
def test_clusters_hold_every_place_once_and_are_linked(prints):
    groups = agreement.cluster_fingerprints(prints, np.ones(len(prints)))
    assert sorted(at for group in groups for at in group) == list(range(len(prints)))
    for group in groups:
        reached, left = {group[0]}, set(group[1:])
        while left:
            near = {
                b
                for b in left
                if any(compute_hamming_distance(prints[a], prints[b]) <= 10 for a in reached)
            }
            assert near
            reached, left = reached | near, left - near


def test_only_the_least_confident_tenth_is_smoothed():
    confidence = np.linspace(0.01, 0.99, 40)
    confidence[0] = np.nan
    weight = agreement.compute_label_smoothing(confidence)
    assert np.flatnonzero(weight).tolist() == [1, 2, 3]
    assert set(weight[weight > 0]) == {agreement.SMOOTHING}
    assert agreement.compute_label_smoothing(np.empty(0)).size == 0


def test_the_share_of_wrong_labels_has_its_interval():
    found = agreement.estimate_wrong_label_share(13, 20)
    assert (found.value, found.n) == (0.65, 20)
    assert found.lo == pytest.approx(0.4329, abs=1e-3)


PART, HOLE = 0, 1


def drawn(*rows):
    return np.array(rows, np.float64).reshape(-1, 5)


def said(*rows):
    return np.array(rows, np.float64).reshape(-1, 6)


A, B = (0, 0, 10, 10), (50, 50, 70, 70)
GOOD = (drawn((*A, PART)), said((*A, 0.8, PART)))


def found(*frames):
    given_boxes = [given for _, given in frames]
    return agreement.find_box_label_noise([one for one, _ in frames], given_boxes, 2)


def test_a_box_is_believed_as_the_models_box_upon_it_and_a_missing_one_as_its_opposite():
    second = (drawn((*A, PART), (*B, PART)), said((*A, 0.9, PART)))
    doubt = found(GOOD, second, (drawn(), said((*B, 0.3, PART))), (drawn(), said()))
    assert doubt.confidence == pytest.approx([0.8, 0.0, 0.7, 1.0])
    assert doubt.threshold[PART] == pytest.approx(0.85)
    assert doubt.flagged.tolist() == [False] * 4


def test_a_box_that_was_left_out_or_named_otherwise_is_flagged_with_what_stands_there():
    hole = (drawn((*B, HOLE)), said((*B, 0.7, HOLE)))
    left_out = (drawn((*A, PART)), said((*B, 0.95, PART), (*A, 0.8, PART)))
    swapped = (drawn((*B, PART)), said((*B, 0.75, HOLE)))
    doubt = found(GOOD, hole, left_out, swapped)
    assert doubt.flagged.tolist() == [False, False, True, True]
    assert doubt.instead.tolist() == [-1, -1, PART, HOLE]
    assert doubt.sort_by_doubt()[:2].tolist() == [3, 2]


def test_a_box_elsewhere_is_doubted_and_a_second_answer_on_the_same_thing_is_not():
    moved = (drawn((4, 4, 14, 14, PART)), said((*A, 0.9, PART)))
    twice = (drawn((*A, PART)), said((*A, 0.8, PART), (0, 0, 10, 9, 0.8, PART)))
    doubt = found(GOOD, moved, twice)
    assert doubt.flagged.tolist() == [False, True, False]
    assert doubt.confidence[1] == 0


def test_no_frames_have_no_doubt():
    doubt = found()
    assert (doubt.confidence.size, doubt.flagged.size, doubt.instead.size) == (0, 0, 0)
    assert np.isnan(doubt.threshold).all()


def test_a_second_box_that_lies_half_on_a_thing_says_nothing_against_it():
    half = found(GOOD, (drawn((*A, PART)), said((*A, 0.8, PART), (0, 0, 10, 5, 0.9, PART))))
    less = found(GOOD, (drawn((*A, PART)), said((*A, 0.8, PART), (0, 0, 10, 4.9, 0.9, PART))))
    assert (half.flagged.tolist(), less.flagged.tolist()) == ([False, False], [False, True])


def test_a_class_that_was_never_drawn_is_never_confident():
    doubt = found(GOOD, (drawn(), said((*B, 0.99, HOLE))))
    assert np.isnan(doubt.threshold[HOLE])
    assert doubt.flagged.tolist() == [False, False]
    assert doubt.confidence[1] == pytest.approx(0.01)


@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_belief_is_a_share_and_drawing_just_what_the_model_says_is_never_flagged(seed, n):
    rng = np.random.default_rng(seed)
    answers, truth = [], []
    for _ in range(n):
        corner = rng.uniform(0, 500, (rng.integers(0, 4), 2))
        rows = np.column_stack([
            corner, corner + rng.uniform(5, 50, corner.shape),
            np.sort(rng.uniform(0.05, 1, len(corner)))[::-1],
        ])  # fmt: skip
        answers.append(np.column_stack([rows, rng.integers(0, 2, len(rows))]))
        truth.append(np.delete(answers[-1], 4, axis=1))
    doubt = agreement.find_box_label_noise(truth, answers, 2)
    assert ((doubt.confidence >= 0) & (doubt.confidence <= 1)).all()
    assert not doubt.flagged.any()


@pytest.mark.parametrize(
    ("disagreement", "shared", "classes", "ceiling"),
    [
        (0.10, 0.0, 2, 0.9472135955), (0.10, 0.05, 2, 0.8970485754), (0.0, 0.10, 3, 0.9),
        (0.10, 0.10, 2, 0.8468626967),
    ],
)  # fmt: skip
def test_errors_that_both_share_lower_the_ceiling_unseen(disagreement, shared, classes, ceiling):
    found = agreement.compute_shared_ceiling(disagreement, shared, classes)
    e = agreement.compute_pass_error(disagreement / (1 - shared), classes)
    assert found == pytest.approx((1 - shared) * (1 - e))
    assert found == pytest.approx(ceiling, abs=1e-9)


def test_all_labels_shared_or_chance_leave_no_ceiling():
    assert np.isnan(agreement.compute_shared_ceiling(0.1, 1.0, 2))
    assert np.isnan(agreement.compute_shared_ceiling(0.48, 0.1, 2))
