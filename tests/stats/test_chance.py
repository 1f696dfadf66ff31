import numpy as np
import pytest

from fieldcheck.stats.significance import compute_chance_rate, is_at_chance, is_beyond_chance

TRUTH = np.arange(40) % 4


def answered(right: int) -> np.ndarray:
    return np.where(np.arange(40) < right, TRUTH, (TRUTH + 1) % 4)


def test_chance_is_the_share_of_the_commonest_class():
    assert compute_chance_rate(np.array([0, 0, 0, 1])) == 0.75
    assert compute_chance_rate(np.array([2, 2])) == 0.5


@pytest.mark.parametrize(
    ("right", "beyond", "chance"),
    [(10, False, True), (15, False, True), (16, True, False), (40, True, False)],
)
def test_answers_are_beyond_chance_from_a_number_on_that_the_binomial_test_gives(
    right, beyond, chance
):
    assert is_beyond_chance(answered(right), TRUTH) == beyond
    assert is_at_chance(answered(right), TRUTH) == chance


def test_few_frames_that_are_mostly_right_are_not_called_chance():
    truth = np.array([0, 1] * 3)
    given = truth.copy()
    given[0] = 1
    assert (is_beyond_chance(given, truth), is_at_chance(given, truth)) == (False, False)
    assert not is_at_chance(truth[:0], truth[:0])
    assert not is_beyond_chance(truth[:0], truth[:0])
