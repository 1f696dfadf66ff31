"""A journey goes through a door, as a user does: it reaches neither behind a screen nor into a workflow."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BEHIND = ("fieldcheck.workflows", "fieldcheck.project", "fieldcheck.ui.screens")


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.name)
def test_a_journey_imports_neither_presenters_nor_workflows(path):
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    assert [name for name in names if name.startswith(BEHIND) or "presenter" in name] == []
