"""The table of docs/practices.md is true: what it names exists, and it counts itself rightly; and the
twenty statements of docs/ux.md name tests that there are."""

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
RAIL = (
    "Project",
    "Capture",
    "Pick",
    "Label",
    "Explore",
    "Stress",
    "Latency",
    "Monitor",
    "Report",
    "Evidence",
)
COLUMNS = ("#", "practice", "number", "screen", "command", "test", "state")
STATES = ("served", "in part")


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


def test_the_rows_are_numbered_and_counted():
    assert [int(row["#"]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    states = Counter(row["state"] for row in ROWS)
    said = f"{len(ROWS)} lines: {states['served']} served, {states['in part']} in part."
    assert said in PAGE
    assert "not yet" not in PAGE, "every practice is served, or in part and says what it lacks"
    lacking = PAGE.partition("## What the lines in part lack")[2]
    for row in ROWS:
        assert row["state"] == "served" or f"- **{row['#']}**: " in lacking
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


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["#"])
def test_a_row_names_only_what_there_is(row):
    file, _, function = row["test"].strip("`").partition("::")
    assert row["screen"] in RAIL
    assert row["state"] in STATES
    assert row["number"]
    assert row["command"].strip("`") in list_commands()
    assert function in functions_in(file), row["test"]


def test_each_of_the_twenty_statements_of_the_window_names_tests_that_there_are():
    page = (CHECKOUT / "docs" / "ux.md").read_text(encoding="utf-8")
    held = dict(re.findall(r"^\| (A\d+) \| .+? \| (`.+?) \| [^|]+ \|$", page, re.MULTILINE))
    assert list(held) == [f"A{number}" for number in range(1, 21)]
    for statement, cell in held.items():
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", cell)
        assert named, statement
        for file, function in named:
            assert function in functions_in(file), (statement, function)
