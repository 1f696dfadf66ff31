import ast
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fieldcheck
from fieldcheck.csv_and_xml import format_xml
from fieldcheck.safe_text import replace_xml_controls

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
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("tostring", "tostringlist", "toxml", "toprettyxml", "XMLGenerator")
    }
    assert writes == {"csv_and_xml.py", "analyses/score_charts.py"}
