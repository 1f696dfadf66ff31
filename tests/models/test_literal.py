import pytest

from fieldcheck.models.card import LONGEST, parse_literal


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{0: 'person', 1: 'bus'}", {0: "person", 1: "bus"}),
        ("[640, 640]", [640, 640]),
        ("(0.5, None)", (0.5, None)),
    ],
)
def test_a_literal_is_what_it_says(text, said):
    assert parse_literal(text) == said


@pytest.mark.parametrize(
    "text",
    [
        None, "", "person", "__import__('os').getcwd()", "[" * 5000, "{[]: 1}", "0x" + "F" * 6000,
        "[0x" + "F" * 6000 + "]", "'a'\0", "9" * 5000,
    ],
)  # fmt: skip
def test_anything_else_is_nothing(text):
    assert parse_literal(text) is None


def test_what_is_too_long_is_not_looked_at():
    assert parse_literal("'" + "x" * LONGEST + "'") is None
