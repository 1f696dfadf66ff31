from math import exp, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fieldcheck.models.decoders.decoder import (
    compute_probabilities,
    compute_sigmoid,
    compute_softmax,
    is_distribution,
)


def rows(*values):
    return np.array(values, np.float32)


def test_logits_become_shares():
    found = compute_probabilities(
        rows([2.2, 0.1, -1.0], [1000.0, 0.0, 0.0]), "logits", 3, several=False
    )
    whole = exp(2.2) + exp(0.1) + exp(-1)
    actual = found[0]
    assert actual == pytest.approx([exp(2.2) / whole, exp(0.1) / whole, exp(-1) / whole], abs=1e-6)
    assert found[1].tolist() == [1, 0, 0]


def test_logits_of_several_classes_are_each_its_own():
    actual = compute_probabilities(rows([0, 100, -100]), "logits", 3, several=True)[0]
    assert actual == pytest.approx([0.5, 1, 0], abs=1e-6)


def test_shares_are_left_alone_to_the_last_digit():
    given_rows = rows([0.7, 0.2, 0.1], [0.0, 1.0, 0.0])
    assert np.array_equal(
        compute_probabilities(given_rows, "softmax", 3, several=False), given_rows
    )


def test_logits_called_softmax_are_turned_into_shares_once():
    raw = rows([2.2, 0.1, -1.0])
    assert np.array_equal(
        compute_probabilities(raw, "softmax", 3, several=False),
        compute_probabilities(raw, "logits", 3, several=False),
    )


def test_shares_rounded_to_eight_bits_are_still_shares():
    shares = compute_softmax(np.random.default_rng(0).normal(0, 3, (50, 1001)).astype(np.float32))
    rounded = np.round(shares * 256) / 256
    assert np.abs(rounded.sum(axis=1) - 1).max() > 1e-3
    assert is_distribution(rounded).all()


def test_a_sum_that_is_off_by_more_is_no_share_of_few_classes():
    expected = [True, False, False]
    assert is_distribution(rows([0.5, 0.5005], [0.5, 0.51], [0.5, 0.4])).tolist() == expected
    assert not is_distribution(np.zeros((1, 1001), np.float32)).any()


def test_sigmoids_are_left_alone_and_a_forgotten_one_is_applied():
    actual = compute_probabilities(rows([0.9, 0.8], [0.0, 2.0]), "sigmoid", 2, several=True)
    assert actual == pytest.approx(rows([0.9, 0.8], [0.5, 0.880797]))


def test_one_sigmoid_for_two_classes_is_the_second_ones():
    actual = compute_probabilities(rows([0.9], [0.2]), "sigmoid", 2, several=False)
    assert actual == pytest.approx(rows([0.1, 0.9], [0.8, 0.2]))


@pytest.mark.parametrize("kind", ["logits", "softmax", "sigmoid"])
@pytest.mark.parametrize("bad", [nan, float("inf"), float("-inf")])
def test_a_row_that_is_not_finite_has_no_best_class_and_its_neighbour_does(kind, bad):
    found = compute_probabilities(
        rows([0.25, bad, 0.25], [0.25, 0.5, 0.25]), kind, 3, several=False
    )
    assert np.isnan(found[0]).all()
    assert found[1].argmax() == 1


def test_further_axes_of_length_one_do_not_count():
    actual = compute_probabilities(np.zeros((2, 3, 1, 1), np.float32), "logits", 3, several=False)
    assert actual == pytest.approx(np.full((2, 3), 1 / 3))


@given(arrays(np.float32, (4, 5), elements=st.floats(-1e4, 1e4, width=32)))
def test_shares_add_up_and_keep_the_order(raw):
    found = compute_softmax(raw)
    assert found.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert (found[np.arange(4), raw.argmax(axis=1)] == found.max(axis=1)).all()
    assert ((compute_sigmoid(raw) >= 0) & (compute_sigmoid(raw) <= 1)).all()
