"""The notebook runs from its first cell to its last, in a process of its own."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.programs import run_program

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "visit.ipynb"
RUN_CELLS = """
import json, sys
known = {}
for number, cell in enumerate(json.load(open(sys.argv[1], encoding="utf-8"))["cells"]):
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), f"cell {number}", "exec"), known)
print(json.dumps({
    "gap": known["report"].gap.value,
    "figures": list(known["report"].figures),
    "change": known["compared"].change.value,
    "pack": known["pack"].is_file(),
}))
"""


@pytest.mark.long
def test_every_cell_runs_and_the_visit_has_its_figures(tmp_path):
    ran = run_program(
        [sys.executable, "-c", RUN_CELLS, str(NOTEBOOK)],
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert ran.returncode == 0, ran.stderr
    facts = json.loads(ran.stdout.splitlines()[-1])
    assert facts["gap"] > 0
    assert facts["change"] < 0
    assert facts["pack"]
    assert facts["figures"]


def test_the_notebook_is_kept_without_outputs():
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert document["nbformat"] == 4
    code = [cell for cell in document["cells"] if cell["cell_type"] == "code"]
    assert len(code) == 9
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
