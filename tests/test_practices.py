"""The table of docs/practices.md is true: what it names exists, and it counts itself rightly."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from fieldcheck.cli.main import list_commands
from tests.source import nodes

CHECKOUT = Path(__file__).parent.parent
PAGE = (CHECKOUT / "docs" / "practices.md").read_text(encoding="utf-8")
RAIL = ("Project", "Capture", "Pick", "Label", "Explore", "Stress", "Latency", "Monitor", "Report")
COLUMNS = ("#", "practice", "number", "screen", "command", "test", "state")
STATES = ("served", "in part", "not yet")
# Commands of the outside contract that later rounds build; one that is built must leave this list.
TO_COME = set[str]()


def rows():
    found = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in PAGE.splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    return [dict(zip(COLUMNS, cells, strict=True)) for cells in found]


ROWS = rows()


@cache
def functions_in(file):
    every = nodes(CHECKOUT / "tests" / file)
    return {node.name for node in every if isinstance(node, ast.FunctionDef)}


def named(cell):
    """The name of a cell, and whether it is there today."""
    later = re.fullmatch(r"not yet \((.+)\)", cell)
    return (later[1] if later else cell).strip("`"), later is None


def test_the_rows_are_numbered_and_counted():
    assert [int(row["#"]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    states = Counter(row["state"] for row in ROWS)
    said = (
        f"{len(ROWS)} lines: {states['served']} served, {states['in part']} in part, "
        f"{states['not yet']} not yet."
    )
    assert said in PAGE
    assert len({row["practice"] for row in ROWS}) == len(ROWS)


def test_the_article_is_gone_through_whole():
    """Sixty to a hundred practices at the least, and the whole closing checklist."""
    assert len(ROWS) >= 60
    assert sum(row["practice"].startswith("Checklist: ") for row in ROWS) >= 6
    for number in (
        "200 to 500", "1,000", "0.6", "6 weeks", "20 points", "10 minutes", "2 standard deviations",
        "60 to 70 %",
    ):  # fmt: skip
        assert any(number in row["number"] for row in ROWS), number


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["#"])
def test_a_row_names_only_what_there_is(row):
    screen, _ = named(row["screen"])
    command, command_is_there = named(row["command"])
    test, test_is_there = row["test"].strip("`"), row["test"] != "not yet"
    assert screen in RAIL
    assert row["state"] in STATES
    assert row["number"]
    assert (
        command in list_commands()
        if command_is_there
        else command in TO_COME | set(list_commands())
    )
    if test_is_there:
        file, _, function = test.partition("::")
        assert function in functions_in(file), test
    if row["state"] == "served":
        assert command_is_there
        assert test_is_there
    if row["state"] == "not yet":
        assert not command_is_there
        assert not test_is_there


def test_a_command_that_was_built_is_no_longer_to_come():
    assert not TO_COME & set(list_commands())
