"""The table of faults names what there is, says what was found, and nothing was lost."""

import ast
from pathlib import Path

import pytest

from tests.faults.points import POINTS
from tests.faults.table import CHECKOUT, FAULTS, KILLED, figures, page, totals
from tests.source import tree


def test_the_page_is_the_one_that_the_figures_give():
    said = "run python -m tests.faults > docs/faults.md"
    assert (CHECKOUT / "docs" / "faults.md").read_text("utf-8") == page(), said


def test_nothing_that_was_acknowledged_was_lost_in_five_hundred_kills():
    killed, lost = totals()
    assert killed >= 500
    assert lost == 0
    assert not [
        one.name
        for one in FAULTS
        if (figures(one) or {}).get("unopenable", 0) or (figures(one) or {}).get("crashes", 0)
    ]


def is_there(test):
    file, _, function = test.partition("::")
    steps = ast.walk(tree(Path("tests", file).absolute()))
    return function in {node.name for node in steps if isinstance(node, ast.FunctionDef)}


@pytest.mark.long
def test_each_of_the_80_points_names_tests_that_are_there():
    assert len(POINTS) == 80
    assert [test for point in POINTS for test in point.tests if not is_there(test)] == []


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_a_fault_names_its_test_and_its_figures(fault):
    assert is_there(fault.test)
    kept = figures(fault)
    assert (
        kept is None
        or {one for one in (fault.times, fault.lost, *fault.says) if one} <= kept.keys()
    )
    assert fault.evidence or fault.group != KILLED
