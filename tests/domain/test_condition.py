import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.recording import CONDITIONS, parse_conditions


@given(st.lists(st.sampled_from(CONDITIONS)))
def test_conditions_come_once_each_in_their_own_order(names):
    found = parse_conditions(" , ".join(names))
    assert set(found) == set(names)
    assert list(found) == sorted(found, key=CONDITIONS.index)


def test_an_unknown_condition_is_named():
    with pytest.raises(ValueError, match=r"^fog$"):
        parse_conditions("dark,fog")


def test_nothing_said_is_no_condition():
    assert parse_conditions(" , ") == ()
