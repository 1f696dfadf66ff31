import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.safe_json import MOST_DEPTH, InvalidDocument, parse_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_what_the_program_writes_is_read(value):
    assert parse_json(json.dumps(value)) == value
    assert parse_json(b"\xef\xbb\xbf" + json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize("text", [
    "", "{", "[1,]", b"\xff", "NaN", "[Infinity]", "-Infinity", "1e999", "9" * 21,
    '{"a": -' + "1" * 400 + "}", "9" * 5000, "[" * 100_000, "[" * 65 + "]" * 65,
    '{"a":' * 70 + "1" + "}" * 70,
])  # fmt: skip
def test_everything_else_is_refused_and_nothing_worse_happens(text):
    with pytest.raises(InvalidDocument):
        parse_json(text)


def test_brackets_in_texts_do_not_count():
    assert parse_json(json.dumps(["[{" * 200, '\\"[[' * 90])) == ["[{" * 200, '\\"[[' * 90]
    deep = "[" * MOST_DEPTH + "]" * MOST_DEPTH
    assert json.dumps(parse_json(deep)) == deep


def test_more_than_is_allowed_is_not_even_looked_at():
    with pytest.raises(InvalidDocument, match="9 bytes"):
        parse_json("[1, 2, 3]", most_bytes=8)


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_any_text_is_read_or_refused(text):
    try:
        parse_json(text)
    except InvalidDocument:
        return
