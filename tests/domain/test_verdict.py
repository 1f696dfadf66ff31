"""Codes are declared once: a second list of the same ones is where the two would come apart."""

import ast
from collections import defaultdict
from pathlib import Path
from typing import get_args

from fieldcheck.domain import estimate
from tests.source import tree

PACKAGE = Path(__file__).parent.parent.parent / "fieldcheck"


def literal_codes():
    """Module and name of each alias of string literals, by its codes."""
    found = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in tree(path).body:
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Subscript):
                continue
            if ast.unparse(node.value.value) == "Literal" and isinstance(
                codes := ast.literal_eval(node.value.slice), tuple
            ):
                found[frozenset(codes)].append(
                    f"{path.relative_to(PACKAGE).as_posix()}: {node.targets[0].id}"
                )
    return found


def test_no_list_of_codes_is_declared_twice():
    assert [places for places in literal_codes().values() if len(places) > 1] == []


def test_what_cannot_be_judged_is_neither_passed_nor_failed():
    for codes in (estimate.Verdict, estimate.CheckState):
        assert {"pass", "fail"} < set(get_args(codes))
    assert not {"pass", "fail"} & set(get_args(estimate.Readiness))
