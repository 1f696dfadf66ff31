"""A journey goes through a door, as a user does: it reaches neither behind a screen nor into what
the doors call."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOMS = (
    "analyses", "corruptions", "evidence", "footage", "labels", "latency", "models", "monitoring",
    "project", "report", "sampling",
)  # fmt: skip
BEHIND = (
    *(f"fieldcheck.{room}" for room in ROOMS), "fieldcheck.api.demo", "fieldcheck.parallel",
    "fieldcheck.ui.screens",
)  # fmt: skip
# reads the file that a camera's recording is kept in
FILES = "fieldcheck.footage.recording_container."


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.name)
def test_a_journey_imports_neither_presenters_nor_what_the_doors_call(path):
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    assert [
        name
        for name in names
        if (name.startswith(BEHIND) and not name.startswith(FILES)) or "presenter" in name
    ] == []
