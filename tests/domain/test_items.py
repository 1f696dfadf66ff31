from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.items import (
    FACETS,
    FIGURES,
    Facet,
    Filter,
    Items,
    SavedSlice,
    count_facet_values,
    filter_order,
    find_matching_rows,
    find_rows_with_value,
    get_benchmark_path,
    get_names_by_row,
    make_benchmark_subject,
    make_unlabelled_filter,
    sort_rows,
)


def test_a_benchmark_picture_has_a_name_among_frames():
    assert get_benchmark_path(make_benchmark_subject("ok/1.jpg")) == "ok/1.jpg"
    assert get_benchmark_path("0a-000001") == ""


def test_a_facet_of_one_value_each_leaves_out_rows_without_one():
    facet = Facet.from_codes(("a", "b"), np.array([1, -1, 0], np.int32))
    assert (facet.rows.tolist(), facet.codes.tolist()) == ([0, 2], [1, 0])
    assert Facet.make_empty().rows.size == 0


def test_columns_are_as_long_as_there_are_rows_and_not_writeable():
    with pytest.raises(ValueError, match="figures time of 2 rows"):
        Items(("a", "b"), {}, {"time": np.zeros(3)}, 2)
    with pytest.raises(ValueError, match="rows"):
        Facet(("a",), np.zeros(2, np.int32), np.zeros(1, np.int32))
    items = Items(("a", "b"), {}, {"time": np.zeros(2)}, 2)
    assert len(items) == 2
    with pytest.raises(ValueError, match="read-only"):
        items.figures["time"][0] = 1


FACET = st.tuples(
    st.sampled_from(FACETS), st.lists(st.text(max_size=4), min_size=1, max_size=3).map(tuple)
)
RANGE = st.tuples(st.sampled_from(FIGURES), st.floats(0, 1), st.floats(1, 2))


@st.composite
def filters(draw):
    chosen = draw(st.lists(FACET, max_size=3, unique_by=lambda one: one[0]))
    between = draw(st.lists(RANGE, max_size=2, unique_by=lambda one: one[0]))
    texts = tuple(draw(st.lists(st.text(max_size=3), max_size=2)))
    return Filter(tuple(sorted(chosen)), tuple(sorted(between)), texts)


@pytest.mark.long
@given(filters())
def test_a_filter_comes_back_as_it_was_written(wanted):
    assert Filter.from_json(wanted.to_json()) == wanted


def test_values_are_toggled_and_replaced():
    wanted = Filter().with_toggled_value("class", "crack").with_toggled_value("class", "burr")
    assert wanted.get_values("class") == ("crack", "burr")
    assert wanted.with_toggled_value("class", "crack").get_values("class") == ("burr",)
    assert wanted.with_values("class").is_empty
    chosen = Filter().with_values("right", "wrong").with_values("right", "right")
    assert chosen.get_values("right") == ("right",)


def test_a_range_open_on_both_sides_asks_for_nothing():
    assert Filter().with_range("confidence", 0.5).between == (("confidence", 0.5, inf),)
    assert Filter().with_range("confidence", 0.5).with_range("confidence").is_empty


def test_what_the_model_said_is_told_from_what_the_field_did():
    assert Filter().with_values("right", "wrong").uses_predictions
    assert Filter().with_range("confidence", 0, 0.5).uses_predictions
    assert not Filter().with_values("class", "crack").with_values("light", "dark").uses_predictions


@pytest.mark.parametrize("wrong", [
    {"chosen": (("colour", ("red",)),)}, {"chosen": (("class", ()),)},
    {"between": (("confidence", 1, 0),)}, {"between": (("confidence", nan, 1),)},
    {"between": (("length", 0, 1),)}, {"chosen": (("class", ("a",)), ("class", ("b",)))},
])  # fmt: skip
def test_what_is_no_filter_is_refused(wrong):
    with pytest.raises(ValueError, match=r"facet|range"):
        Filter(**wrong)


def test_a_slice_has_a_name():
    actual = SavedSlice("night", Filter().with_values("light", "dark")).wanted.get_values("light")
    assert actual == ("dark",)
    with pytest.raises(ValueError, match="without a name"):
        SavedSlice("  ", Filter())


ITEMS = Items(
    ("a", "b", "c", "d"),
    {
        "class": Facet.from_codes(("crack", "ok"), np.array([0, 1, 1, -1], np.int32)),
        "condition": Facet(
            ("dark", "glare"), np.array([0, 0, 2], np.int32), np.array([0, 1, 1], np.int32)
        ),
    },
    {"confidence": np.array([0.9, nan, 0.2, 0.9])},
    4,
)


def rows(wanted):
    return np.flatnonzero(find_matching_rows(ITEMS, wanted)).tolist()


def test_everything_that_is_asked_for_must_hold():
    assert rows(Filter()) == [0, 1, 2, 3]
    assert rows(Filter().with_values("class", "ok")) == [1, 2]
    actual = rows(Filter().with_values("class", "ok", "crack").with_values("condition", "glare"))
    assert actual == [0, 2]
    assert rows(Filter().with_range("confidence", 0.5)) == [0, 3]
    assert rows(Filter().with_subjects(("d", "a", "z")).with_values("class", "crack")) == [0]
    assert rows(Filter().with_values("class", "gone")) == []


def test_a_value_is_counted_beside_the_other_facets_only():
    wanted = Filter().with_values("class", "ok").with_values("condition", "glare")
    assert count_facet_values(ITEMS, wanted, "class") == {"crack": 1, "ok": 1}
    assert count_facet_values(ITEMS, wanted, "condition") == {"dark": 0, "glare": 1}


def test_rows_without_a_figure_stand_last_in_either_order():
    assert sort_rows(ITEMS, "confidence").tolist() == [2, 0, 3, 1]
    assert sort_rows(ITEMS, "confidence", falling=True).tolist() == [0, 3, 2, 1]
    order = filter_order(sort_rows(ITEMS, "confidence"), np.array([True, True, False, True]))
    assert order.tolist() == [0, 3, 1]


def test_rows_tell_what_they_are():
    expected = {0: ("dark", "glare"), 2: ("glare",)}
    assert get_names_by_row(ITEMS.facets["condition"], np.array([0, 1, 2])) == expected


@given(
    st.lists(st.integers(-1, 3), min_size=1, max_size=30), st.sets(st.integers(0, 3), min_size=1)
)
def test_any_values_pass_as_they_would_one_by_one(codes, wanted):
    names = tuple("abcd")
    facet = Facet.from_codes(names, np.array(codes, np.int32))
    items = Items(tuple(map(str, range(len(codes)))), {"tag": facet}, {}, len(codes))
    found = find_rows_with_value(items, "tag", tuple(names[at] for at in wanted))
    assert found.tolist() == [code in wanted for code in codes]


@given(st.lists(st.one_of(st.just(nan), st.floats(-5, 5)), max_size=30), st.booleans())
def test_an_order_holds_every_row_once_and_in_order(values, falling):
    items = Items(tuple(map(str, range(len(values)))), {}, {"time": np.array(values)}, len(values))
    order = sort_rows(items, "time", falling).tolist()
    assert sorted(order) == list(range(len(values)))
    shown = [
        inf if np.isnan(values[at]) else (-values[at] if falling else values[at]) for at in order
    ]
    assert shown == sorted(shown)


def test_frames_like_those_of_a_slice_are_sought_by_what_needs_no_label():
    night = Filter().with_values("condition", "night")
    shown = (
        night.with_values("set", "field").with_values("right", "wrong").with_range("box_side", 0, 8)
    )
    assert make_unlabelled_filter(shown) == night.with_values("set", "footage")
    cell = Filter().with_values("class", "ok").with_values("prediction", "crack")
    crack = Filter().with_values("prediction", "crack").with_values("set", "footage")
    assert make_unlabelled_filter(cell) == crack
    assert make_unlabelled_filter(Filter().with_values("class", "crack")) == crack
    lasso = Filter().with_subjects(("a", "b"))
    assert make_unlabelled_filter(lasso).subjects == ("a", "b")


def test_what_only_labels_tell_leads_to_no_further_frames():
    wrong = Filter().with_values("set", "field").with_values("right", "wrong")
    assert make_unlabelled_filter(wrong).is_empty
