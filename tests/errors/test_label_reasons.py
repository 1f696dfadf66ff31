"""Every refusal of a label file has its reason."""

import ast
from pathlib import Path

import pytest

import fieldcheck
from fieldcheck.errors.label_messages import REASONS, get_refusal_reason


def codes_given():
    """The codes that readers give, from their text: the third argument of `make_refusal`."""
    for file in (Path(fieldcheck.__file__).parent / "labels" / "formats").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "make_refusal"
            ):
                assert isinstance(node.args[2], ast.Constant), (file.name, node.lineno)
                yield node.args[2].value


def test_every_reason_that_a_reader_gives_has_a_sentence_and_every_sentence_a_reader():
    assert set(codes_given()) == set(REASONS)


@pytest.mark.parametrize("code", [*REASONS, "one of tomorrow"])
def test_a_reason_is_a_clause_and_an_action(code):
    clause, action = get_refusal_reason(code)
    assert clause[0].islower() or clause[:2].isupper() or clause.startswith("kpt_shape")
    assert not clause.endswith(".")
    assert action[0].isupper()
    assert action.endswith(".")
    assert "." not in action[:-1].replace("classes.txt", "")
