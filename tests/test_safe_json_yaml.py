import ast
import json
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import fieldcheck
from fieldcheck.safe_json_yaml import (
    LONGEST_FIGURE,
    MOST_DEPTH,
    MOST_NODES,
    MOST_YAML_LETTERS,
    InvalidDocument,
    parse_json,
    parse_yaml,
)
from tests.source import nodes

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)


@pytest.mark.long
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


PRODUCT = Path(fieldcheck.__file__).parent
YAML_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=5)
    ),
    max_leaves=20,
)
LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]\n" for at in range(1, 10)
)
MERGES = "a0: &a0 {x: 1}\n" + "".join(
    f"a{at}: &a{at} {{<<: [{', '.join([f'*a{at - 1}'] * 9)}]}}\n" for at in range(1, 10)
)
TRICKS = {
    "a megabyte of lists": "[" + "[]," * (MOST_YAML_LETTERS // 3 - 1) + "]",
    "a megabyte of numbers": "[" + "1," * (MOST_YAML_LETTERS // 2 - 1) + "]",
    "more than a megabyte": " " * (MOST_YAML_LETTERS + 1), "deep lists": "[" * 100_000,
    "lists one too deep": "[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1),
    "deep mappings": "{a: " * 5_000 + "1" + "}" * 5_000,
    "deep by indenting": "".join(" " * at + "a:\n" for at in range(500)),
    "a billion laughs": LAUGHS, "a billion merges": MERGES, "itself": "&a [*a]",
    "itself as its key": "&a {? *a : 1}", "nothing": "[*a]",
    "directives": "".join(f"%TAG !a{at}! x\n" for at in range(50_000)) + "--- 1\n",
    "a figure in base 60": "a: " + "1:" * 200_000 + "1",
    "a figure in base 60 with a point": "a: " + "1:" * 200_000 + "1.0",
    "a long figure": "a: " + "9" * (LONGEST_FIGURE + 1),
    "a long figure by its tag": "a: !!int '" + "1:" * 200_000 + "1'",
    "a long hexadecimal figure": "a: 0x" + "f" * 500_000,
    "Python": "!!python/object/apply:os.system ['true']", "a module": "!!python/module:os",
    "two values": "--- 1\n--- 2\n", "no value of its tag": "!!int x",
    "a date that is none": "2026-99-99", "a key that cannot be one": "{[1]: 2}",
    "control characters": "a: \x00", "half a character": "a: \ud800", "an open quote": "'a",
    "an open list": "[", "a tab": "a:\n\tb: 1",
}  # fmt: skip


@pytest.mark.long
@given(YAML_VALUES)
def test_what_is_read_is_what_pyyaml_reads(value):
    text = yaml.safe_dump(value, allow_unicode=True)
    assert parse_yaml(text) == yaml.safe_load(text)


@pytest.mark.long
@pytest.mark.parametrize("text", TRICKS.values(), ids=TRICKS.keys())
def test_a_trick_is_refused_before_it_takes_anything(text):
    began = time.process_time()
    with pytest.raises(InvalidDocument):
        parse_yaml(text)
    assert time.process_time() - began < 10  # a hang guard: a megabyte of lists took 40 s


@pytest.mark.long
def test_a_hundred_thousand_classes_with_their_numbers_are_read():
    read = parse_yaml("names:\n" + "".join(f" {at}: n{at}\n" for at in range(70_000)))
    assert len(read["names"]) == 70_000
    assert len(parse_yaml("{" + ",".join(f"{at}: a" for at in range(100_000)) + "}")) == 100_000
    assert MOST_NODES > 200_000


def test_aliases_and_merges_are_read_as_what_they_stand_for():
    expected = {"a": {"x": 1}, "b": {"x": 1, "y": 2}, "c": {"x": 1}}
    assert parse_yaml("a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: *a\n") == expected


def test_long_texts_are_no_figures():
    assert parse_yaml("'" + "1" * 500 + "'") == "1" * 500
    assert parse_yaml("a" + "1" * 500) == "a" + "1" * 500


@given(st.text(max_size=200))
def test_any_yaml_text_is_read_or_refused(text):
    try:
        parse_yaml(text)
    except InvalidDocument:
        return


def test_nothing_else_of_the_product_reads_yaml():
    readers = {
        (path.relative_to(PRODUCT).as_posix(), ast.unparse(node))
        for path in PRODUCT.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Attribute)
        and ast.unparse(node).startswith("yaml.")
        and "dump" not in node.attr
    }
    assert {path for path, _ in readers} == {"safe_json_yaml.py"}
