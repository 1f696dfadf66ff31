import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from fieldcheck.sampling.hardness import (
    WEIGHTS,
    compute_class_entropy,
    compute_class_flicker,
    compute_class_uncertainty,
    compute_detection_flicker,
    compute_detection_uncertainty,
    compute_hardness,
    compute_light_hardness,
    compute_two_worst_mean,
    rank_by_percentile,
    rank_image_faults,
    rank_light_faults,
)

# Six frames, worked out by hand; ranks in sixths.
UNCERTAINTY = [0.1, 0.5, 0.3, 0.9, 0.7, 0.2]  # ranks 0.5 3.5 2.5 5.5 4.5 1.5
FLICKER = [0.0, 0.0, 0.5, 1.0, 0.5, 0.0]  # ranks 1.5 1.5 4 5.5 4 1.5
FAULTS = {
    "sharpness": [6, 5, 4, 3, 2, 1],  # blur 0.5 1.5 2.5 3.5 4.5 5.5
    "noise": [2, 2, 2, 2, 2, 2],  # constant: 3
    "clipped": [0, 0, 0, 0, 0.1, 0.3],  # 2 2 2 2 4.5 5.5
    "contrast": [100, 50, 200, 150, 120, 180],  # low contrast 4.5 5.5 0.5 2.5 3.5 1.5
}
TWO_WORST = [3.75, 4.25, 2.75, 3.25, 4.5, 5.5]  # ranked again: 2.5 3.5 0.5 1.5 4.5 5.5
BY_HAND = [0.85, 2.05, 1.75, 3.25, 3.05, 1.65]  # 0.35 U + 0.20 F + 0.15 Q, in sixths


def box(x, score=0.9, kind=0):
    return np.array([[x, 0, x + 10, 10, score, kind]], dtype=np.float32)


NOTHING = np.zeros((0, 6), dtype=np.float32)


def test_six_frames_have_the_hardness_worked_out_by_hand():
    faults = rank_image_faults(**FAULTS)
    assert compute_two_worst_mean(faults) == pytest.approx(np.array(TWO_WORST) / 6)
    got = compute_hardness(uncertainty=UNCERTAINTY, flicker=FLICKER, faults=faults)
    assert got.h == pytest.approx(np.array(BY_HAND) / 0.7 / 6)
    assert got.h == pytest.approx(
        [0.202381, 0.488095, 0.416667, 0.773810, 0.726190, 0.392857], abs=1e-6
    )
    assert dict(got.components) == pytest.approx({"U": 0.5, "F": 0.2 / 0.7, "Q": 0.15 / 0.7})


def test_the_reasons_are_the_most_striking_grounds():
    got = compute_hardness(
        uncertainty=UNCERTAINTY, flicker=FLICKER, faults=rank_image_faults(**FAULTS)
    )
    assert got.get_reason(3) == "doubt+flicker"
    assert got.get_reason(5) == "blur+clipped"
    assert got.get_reason(1) == "low_contrast"
    assert got.get_reason(2) == "flicker"  # none is striking: the strongest


def test_the_golden_uncertainties():
    p = np.array([[0.6, 0.3, 0.1]])
    assert compute_class_uncertainty(p) == pytest.approx([0.7], abs=1e-6)
    assert compute_class_entropy(p) == pytest.approx([0.817345], abs=1e-6)


def test_certainty_is_zero_and_indecision_is_one():
    p = np.array([[1.0, 0.0], [0.5, 0.5]])
    assert compute_class_uncertainty(p).tolist() == [0.0, 1.0]
    assert compute_class_entropy(p) == pytest.approx([0.0, 1.0])
    assert compute_class_uncertainty(np.array([[0.5], [0.9]])) == pytest.approx([1.0, 0.2])


def test_doubtful_boxes_add_up_and_faint_ones_do_not():
    got = compute_detection_uncertainty(
        [np.array([0.5, 0.9]), np.array([0.04]), np.array([0.05]), np.zeros(0)]
    )
    assert got == pytest.approx([1.36, 0.0, 0.19, 0.0])


def test_flicker_is_the_share_of_close_neighbours_that_say_something_else():
    got = compute_class_flicker([0, 1, 0, 0, 2], ["a"] * 4 + ["b"], [0.0, 0.5, 1.0, 1.5, 0.0])
    assert got[:4] == pytest.approx([1 / 2, 1.0, 1 / 3, 1 / 2])
    assert np.isnan(got[4])


def test_neighbours_further_than_a_second_do_not_count():
    assert np.isnan(compute_class_flicker([0, 1], ["a", "a"], [0.0, 1.1])).all()
    assert np.isnan(compute_detection_flicker([box(0), NOTHING], ["a", "a"], [0.0, 1.1])).all()
    assert compute_class_flicker([0, 1], ["a", "a"], [0.3, 1.3]).tolist() == [1.0, 1.0]


def test_boxes_flicker_against_the_frame_before_and_the_frame_after():
    got = compute_detection_flicker(
        [box(0), box(1), NOTHING, NOTHING, box(0)], ["a"] * 4 + ["b"], [0.0, 0.5, 1.0, 1.5, 2.0]
    )
    assert got[:4] == pytest.approx([0.0, 0.5, 0.5, 0.0])
    assert np.isnan(got[4])
    assert compute_detection_flicker([], [], []).size == 0


def test_the_worst_light_is_the_two_worst_kinds_of_it():
    faults = rank_light_faults(
        mean=[100, 20, 60], clipped=[0, 0, 0.5], contrast=[90, 30, 60], backlight=[0, 10, -10]
    )
    assert {name: (3 * rank).tolist() for name, rank in faults.items()} == {
        "dark": [0.5, 2.5, 1.5],
        "clipped": [1.0, 1.0, 2.5],
        "low_contrast": [0.5, 2.5, 1.5],
        "backlight": [1.5, 2.5, 0.5],
    }
    got = compute_light_hardness(faults)
    assert got.h == pytest.approx(np.array([1.25, 2.5, 2.0]) / 3)
    assert got.get_reason(1) == "dark+low_contrast"
    assert got.components == (("light", 1.0),)


def test_a_missing_component_is_dropped_and_the_others_share_its_weight():
    only_u = compute_hardness(uncertainty=UNCERTAINTY)
    assert only_u.components == (("U", 1.0),)
    assert only_u.h == pytest.approx(rank_by_percentile(UNCERTAINTY))
    everything = compute_hardness(
        uncertainty=UNCERTAINTY,
        flicker=FLICKER,
        sensitivity=FLICKER,
        faults=rank_image_faults(**FAULTS),
        novelty=UNCERTAINTY,
    )
    assert dict(everything.components) == pytest.approx(dict(WEIGHTS))


def test_swapping_two_weights_changes_which_frames_are_hard():
    parts = {"uncertainty": UNCERTAINTY, "faults": rank_image_faults(**FAULTS)}
    usual = compute_hardness(**parts)
    swapped = compute_hardness(**parts, weights={**WEIGHTS, "U": WEIGHTS["Q"], "Q": WEIGHTS["U"]})
    assert np.argsort(-usual.h)[:2].tolist() == [4, 3]
    assert np.argsort(-swapped.h)[:2].tolist() == [4, 5]


def test_without_any_component_there_is_no_hardness():
    with pytest.raises(ValueError, match="no component"):
        compute_hardness()
    with pytest.raises(ValueError, match="no component"):
        compute_hardness(uncertainty=UNCERTAINTY, weights={"U": 0.0})


def test_what_is_constant_or_unknown_lies_in_the_middle():
    assert rank_by_percentile([3, 3, 3]).tolist() == [0.5] * 3
    assert rank_by_percentile([np.nan, 1, 2]).tolist() == [0.5, 0.25, 0.75]
    assert rank_by_percentile([np.nan, np.nan]).tolist() == [0.5, 0.5]


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=40))
def test_ranks_average_a_half_and_units_do_not_matter(values):
    got = rank_by_percentile(values)
    assert got.mean() == pytest.approx(0.5)
    assert got == pytest.approx(rank_by_percentile([3.7 * value + 11 for value in values]))
    assert got == pytest.approx((stats.rankdata(values) - 0.5) / len(values))


def test_hardness_cannot_be_altered():
    with pytest.raises(ValueError, match="read-only"):
        compute_hardness(uncertainty=UNCERTAINTY).h[0] = 1.0
