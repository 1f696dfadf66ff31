from math import inf, nan

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.domain.items import (
    Facet,
    Filter,
    Items,
    count_facet_values,
    filter_order,
    find_matching_rows,
    find_rows_with_value,
    get_names_by_row,
    sort_rows,
)

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
    assert filter_order(
        sort_rows(ITEMS, "confidence"), np.array([True, True, False, True])
    ).tolist() == [0, 3, 1]


def test_rows_tell_what_they_are():
    expected = {0: ("dark", "glare"), 2: ("glare",)}
    assert get_names_by_row(ITEMS.facets["condition"], np.array([0, 1, 2])) == expected


@given(
    st.lists(st.integers(-1, 3), min_size=1, max_size=30), st.sets(st.integers(0, 3), min_size=1)
)
def test_any_values_pass_as_they_would_one_by_one(codes, wanted):
    names = tuple("abcd")
    items = Items(
        tuple(map(str, range(len(codes)))),
        {"tag": Facet.from_codes(names, np.array(codes, np.int32))},
        {},
        len(codes),
    )
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
