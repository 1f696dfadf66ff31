from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.items import FACETS, FIGURES, Filter, SavedSlice

FACET = st.tuples(
    st.sampled_from(FACETS), st.lists(st.text(max_size=4), min_size=1, max_size=3).map(tuple)
)
RANGE = st.tuples(st.sampled_from(FIGURES), st.floats(0, 1), st.floats(1, 2))


@st.composite
def filters(draw):
    chosen = draw(st.lists(FACET, max_size=3, unique_by=lambda one: one[0]))
    between = draw(st.lists(RANGE, max_size=2, unique_by=lambda one: one[0]))
    return Filter(
        tuple(sorted(chosen)),
        tuple(sorted(between)),
        tuple(draw(st.lists(st.text(max_size=3), max_size=2))),
    )


@given(filters())
def test_a_filter_comes_back_as_it_was_written(wanted):
    assert Filter.from_json(wanted.to_json()) == wanted


def test_values_are_toggled_and_replaced():
    wanted = Filter().with_toggled_value("class", "crack").with_toggled_value("class", "burr")
    assert wanted.get_values("class") == ("crack", "burr")
    assert wanted.with_toggled_value("class", "crack").get_values("class") == ("burr",)
    assert wanted.with_values("class").is_empty
    assert Filter().with_values("right", "wrong").with_values("right", "right").get_values(
        "right"
    ) == ("right",)


def test_a_range_open_on_both_sides_asks_for_nothing():
    assert Filter().with_range("confidence", 0.5).between == (("confidence", 0.5, inf),)
    assert Filter().with_range("confidence", 0.5).with_range("confidence").is_empty


def test_what_the_model_said_is_told_from_what_the_field_did():
    assert Filter().with_values("right", "wrong").uses_predictions
    assert Filter().with_range("confidence", 0, 0.5).uses_predictions
    assert not Filter().with_values("class", "crack").with_values("light", "dark").uses_predictions


@pytest.mark.parametrize(
    "wrong",
    [
        {"chosen": (("colour", ("red",)),)}, {"chosen": (("class", ()),)},
        {"between": (("confidence", 1, 0),)}, {"between": (("confidence", nan, 1),)},
        {"between": (("length", 0, 1),)}, {"chosen": (("class", ("a",)), ("class", ("b",)))},
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(wrong):
    with pytest.raises(ValueError, match=r"facet|range"):
        Filter(**wrong)


def test_a_slice_has_a_name():
    actual = SavedSlice("night", Filter().with_values("light", "dark")).wanted.get_values("light")
    assert actual == ("dark",)
    with pytest.raises(ValueError, match="without a name"):
        SavedSlice("  ", Filter())
