import ast
import re
from pathlib import Path

import fieldcheck
from fieldcheck.domain.project_state import get_act_name, get_act_names
from tests.source import nodes

PACKAGE = Path(fieldcheck.__file__).parent
NAME = re.compile(r"[a-z_]+\.[a-z_]+")
KEEPERS = {"edit", "apply_edit", "_store_labels", "_store_marks", "_store_pairs"}


def kept_in_the_code():
    """The acts that the code gives to the history, as written out there; a name with a variable
    part counts by its first part."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in nodes(path):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", getattr(node.func, "id", "")) in KEEPERS
            ):
                for argument in node.args[:3]:
                    if (
                        isinstance(argument, ast.Constant)
                        and isinstance(argument.value, str)
                        and NAME.fullmatch(argument.value)
                    ):
                        yield argument.value
                    if isinstance(argument, ast.JoinedStr) and isinstance(
                        argument.values[0], ast.Constant
                    ):
                        yield str(argument.values[0].value)


def test_every_act_that_the_code_keeps_has_words():
    found = set(kept_in_the_code())
    assert {"label.set", "pick.propose", "draft."} <= found
    assert [
        act
        for act in found
        if not any(
            name == act or (act.endswith(".") and name.startswith(act)) for name in get_act_names()
        )
    ] == []


def test_strokes_are_acts():
    from fieldcheck.labels.store import STROKES

    assert {f"draft.{stroke}" for stroke in STROKES} <= set(get_act_names())


def test_an_act_of_a_later_version_keeps_its_name():
    assert get_act_name("label.set") == "label"
    assert get_act_name("new.thing") == "new.thing"
