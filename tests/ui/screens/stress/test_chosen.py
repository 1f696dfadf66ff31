from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.corruption.catalog import CATALOG
from fieldcheck.ui.screens.stress.chosen import MODERATE, MOST, Chosen
from fieldcheck.workflows.stress.live_result import MOST_COMBINED
from fieldcheck.workflows.stress.stress_frame import recipe_of

NAMES = st.sampled_from(tuple(CATALOG))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("on_top"), NAMES),
        st.tuples(st.just("turned_to"), NAMES),
        st.tuples(st.just("without"), st.integers(-1, 3)),
        st.tuples(st.just("at"), st.floats(0, 5)),
    ),
    max_size=12,
)


def test_one_begins_at_moderate_and_the_limit_is_that_of_the_engine():
    assert (Chosen("dark").severity, MODERATE, MOST) == (3.0, 3.0, MOST_COMBINED)


@given(steps=STEPS)
def test_whatever_is_chosen_the_engine_takes_it_and_nothing_stands_twice(steps):
    chosen = Chosen("dark")
    for act, value in steps:
        chosen = getattr(chosen, act)(value)
        recipe_of(chosen.corruption, chosen.severity, 1, chosen.under)
        assert len(set(chosen.names)) == len(chosen.names) <= MOST


def test_the_chosen_one_lies_under_the_next_and_comes_back_out_of_there():
    chosen = Chosen("dark", 5.0).on_top("jpeg")
    assert chosen == Chosen("jpeg", MODERATE, (("dark", 5.0),))
    assert chosen.turned_to("dark") == Chosen("dark", MODERATE)
    assert chosen.without(0) == Chosen("jpeg")
    assert chosen.without(7) == chosen.on_top("dark") == chosen
