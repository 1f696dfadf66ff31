from math import inf

import pytest

from fieldcheck.domain.recording import LightingChange, get_conditions_at, list_conditions_between

DARK, BOTH = ("dark",), ("dark", "glare")
LIGHTS = (LightingChange(0.0, DARK), LightingChange(10.0, BOTH), LightingChange(20.0, ()))


@pytest.mark.parametrize(
    ("at_s", "told"), [(-1, ()), (0, DARK), (9.9, DARK), (10, BOTH), (19.9, BOTH), (99, ())]
)
def test_what_was_told_stands_until_something_else_is(at_s, told):
    assert get_conditions_at(LIGHTS, at_s) == told


@pytest.mark.parametrize(
    ("from_s", "to_s", "told"),
    [
        (0, 5, set(DARK)),
        (5, 15, set(BOTH)),
        (10, 12, set(BOTH)),
        (20, inf, set()),
        (5, 10, set(DARK)),
    ],
)
def test_a_stretch_holds_everything_that_was_told_in_it(from_s, to_s, told):
    assert list_conditions_between(LIGHTS, from_s, to_s) == told


def test_where_nothing_was_told_there_is_nothing():
    assert get_conditions_at((), 3.0) == ()
    assert list_conditions_between((), 0, inf) == frozenset()
