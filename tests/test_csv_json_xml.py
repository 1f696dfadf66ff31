import ast
from dataclasses import dataclass, field
from math import inf, nan
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fieldcheck
from fieldcheck.csv_json_xml import format_xml, published_as, to_json_number, to_json_value
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.folder import build_schema
from fieldcheck.safe_text import replace_xml_controls
from tests.source import nodes

FORBIDDEN = ["\0", "\x01", "\x0b", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff"]


@pytest.mark.parametrize("letter", FORBIDDEN, ids=lambda letter: f"U+{ord(letter):04X}")
def test_what_xml_cannot_hold_becomes_a_mark(letter):
    assert replace_xml_controls(f"a{letter}b") == "a\ufffdb"


@given(name=st.text(alphabet=st.characters(), max_size=30))
def test_every_text_makes_a_document_that_is_read_back(name):
    root = ElementTree.Element("a", {"name": name})
    root.text = name
    found = ElementTree.fromstring(format_xml(root, declared=True).encode("utf-8"))
    assert found.get("name").replace("\r", "\n") == replace_xml_controls(name).replace("\r", "\n")
    assert "".join(found.itertext()).split() == replace_xml_controls(name).split()


@pytest.mark.parametrize("text", ["", "Ω 检查 \U0001f600", "\t\n\r", "\ufdd0\U0001fffe"])
def test_what_xml_can_hold_stays(text):
    assert replace_xml_controls(text) == text


def test_no_other_module_writes_an_element_out_as_it_stands():
    """One that does marks what XML cannot hold, as the report does before it draws."""
    root = Path(fieldcheck.__file__).parent
    writes = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Attribute)
        and node.attr in ("tostring", "tostringlist", "toxml", "toprettyxml", "XMLGenerator")
    }
    assert writes == {"csv_json_xml.py", "analyses/score_charts.py"}


SCORE = Estimate.not_measured("no_labels")


@dataclass(frozen=True)
class Row:
    names: tuple[str, ...]
    share: float
    score: Estimate


@dataclass(frozen=True, slots=True)
class Published:
    name: str = field(metadata=published_as("class"))
    picture: bytes = field(default=b"", repr=False, metadata=published_as(None))
    n: int = 3


@pytest.mark.parametrize(
    ("value", "number"), [(0.5, 0.5), (1, 1.0), (nan, None), (inf, None), (None, None)]
)
def test_a_number_that_is_not_finite_is_null(value, number):
    assert to_json_number(value) == number


def test_a_dataclass_is_written_field_by_field():
    assert to_json_value(Row(("a",), nan, SCORE)) == {
        "names": ["a"],
        "share": None,
        "score": SCORE.to_json(),
    }
    assert to_json_value({1: (Row((), 0.5, SCORE),)})["1"][0]["share"] == 0.5
    assert to_json_value(None) is None


def test_a_field_carries_its_published_key_or_is_left_out():
    assert to_json_value(Published("crack")) == {"class": "crack", "n": 3}


def test_the_schema_names_the_published_keys():
    schema = build_schema(Published)
    assert schema["required"] == list(schema["properties"]) == ["class", "n"]
