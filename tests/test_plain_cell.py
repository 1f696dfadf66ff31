import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.plain_cell import bare, guarded

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=8), st.text("'=+-@\ta", max_size=6)))
def test_no_cell_is_a_formula_and_each_reads_back_as_it_was(text):
    assert not guarded(text).startswith(FORMULA)
    assert bare(guarded(text)) == text


@pytest.mark.parametrize("text", ["red", "'quoted'", "it's", "", "Öl = 3"])
def test_other_texts_stand_as_they_are(text):
    assert (guarded(text), bare(text)) == (text, text)
