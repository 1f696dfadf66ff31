import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.safe_text import escape_formula, unescape_formula

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=8), st.text("'=+-@\ta", max_size=6)))
def test_no_cell_is_a_formula_and_each_reads_back_as_it_was(text):
    assert not escape_formula(text).startswith(FORMULA)
    assert unescape_formula(escape_formula(text)) == text


@pytest.mark.parametrize("text", ["red", "'quoted'", "it's", "", "Öl = 3"])
def test_other_texts_stand_as_they_are(text):
    assert (escape_formula(text), unescape_formula(text)) == (text, text)
