import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

import fieldcheck
from fieldcheck.domain.project_state import (
    ACTS,
    Changes,
    EvidenceState,
    ProjectStatus,
    RowChange,
    SealRecord,
    SealState,
    get_act_name,
    get_act_names,
)
from fieldcheck.project.migrations import EDITED
from tests.source import nodes


def test_acts_stand_once_and_in_the_order_of_the_alphabet():
    names = [one.name for one in ACTS]
    assert names == sorted(set(names))


def test_an_act_writes_edit_tables_and_nothing_else():
    assert [one.name for one in ACTS if not one.tables or not set(one.tables) <= set(EDITED)] == []


def test_every_edit_table_is_written_by_an_act():
    assert {table for one in ACTS for table in one.tables} == set(EDITED)


def test_a_key_is_one_of_the_settings():
    assert [one.name for one in ACTS if bool(one.key) is not (one.tables == ("setting",))] == []


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


@pytest.mark.long
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


def test_an_act_that_changed_nothing_names_no_rows():
    assert Changes("label.set") == Changes("label.set", frozenset(), ())


def test_what_changed_is_told_by_kind_and_key():
    changes = Changes("label.set", frozenset({"label"}), ("r-000001",))
    assert "label" in changes.kinds
    assert changes.keys == ("r-000001",)


def test_the_rows_themselves_do_not_tell_two_changes_apart():
    actual = Changes("label.set", row_changes=(RowChange("label", "a", None, {"state": "done"}),))
    assert actual == Changes("label.set")


SEALED = SealState("2026-03-02T09:30:00+00:00", 0, (), None, (), 0, admin=False)


def test_a_seal_stands_that_came_first_and_from_which_nothing_departed():
    found = EvidenceState(SEALED, False, False, 0, 0, 0, 0)
    assert found.is_intact
    assert not replace(found, sealed=None).is_intact
    for other in (replace(SEALED, n_labels_before=1), replace(SEALED, n_redrawn=1)):
        assert not replace(found, sealed=other).is_intact


def test_picks_that_nobody_said_anything_about_are_left():
    assert ProjectStatus(n_picked=20, n_labelled=9, n_unsure=2, n_skipped=1).n_left == 8


def test_what_is_hashed_of_a_link_is_all_but_its_hash():
    expected = {"kind": "sealed", "at": "t", "body": {"a": 1}}
    assert SealRecord("sealed", "t", {"a": 1}, "00").link == expected
