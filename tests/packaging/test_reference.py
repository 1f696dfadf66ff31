import importlib.util
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

import fieldcheck
from fieldcheck.cli.main import list_commands
from fieldcheck.corruptions.catalogue import CATALOG
from tests.programs import run_program, run_python

ENGLISH = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "100"}
CHECKOUT = Path(__file__).parents[2]


def loaded():
    path = CHECKOUT / "packaging" / "reference.py"
    spec = importlib.util.spec_from_file_location("reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.long
def test_the_reference_is_what_the_code_says():
    """`PYTHONPATH=. .venv/bin/python packaging/reference.py` makes it anew."""
    made = loaded().pages()
    place = CHECKOUT / "docs" / "reference"
    kept = {path.name: path.read_text("utf-8") for path in place.iterdir() if path.is_file()}
    assert kept == made
    assert all(f"\n### {name}\n" in made["commands.md"] for name in list_commands())


@pytest.mark.long
def test_the_python_reference_has_every_public_name_with_its_signature():
    page = loaded().pages()["python.md"]
    methods = [name for name in vars(fieldcheck.Project) if not name.startswith("_")]
    assert all(f"\n### `Project.{name}`\n\n```python\n{name}" in page for name in methods)
    assert all(name in page for name in (set(fieldcheck.__dir__()) & {"Box", "Point", "sentence"}))
    assert "\n\n\n" not in page, "something public has no docstring"


@pytest.mark.long
def test_every_corruption_stands_on_its_page_with_a_picture_of_four():
    page = loaded().pages()["corruptions.md"]
    for name in CATALOG:
        assert f"](corruptions/{name}.webp)" in page
        with Image.open(CHECKOUT / "docs" / "reference" / "corruptions" / f"{name}.webp") as image:
            width, height = image.size
            assert width > 4 * height
    kept = {path.stem for path in (CHECKOUT / "docs" / "reference" / "corruptions").iterdir()}
    assert kept == set(CATALOG)


@pytest.mark.long
def test_the_manual_page_names_every_command_and_option_and_is_sound():
    page = loaded().pages()["fieldcheck.1"]
    assert all(f"\\fBfieldcheck {name}\\fR" in page for name in list_commands())
    assert "\\-\\-false\\-reject\\-rate" in page
    if shutil.which("man"):
        ran = run_program(["man", "--warnings", "-l", "-"], input=page, env=ENGLISH)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "EXIT STATUS" in ran.stdout


@pytest.mark.long
@pytest.mark.skipif(shutil.which("bash") is None, reason="completion of bash")
@pytest.mark.parametrize(
    ("typed", "offered"), [("mon", "monitor"), ("label ex", "export"), ("pick --de", "--design")]
)
def test_a_shell_is_offered_commands_and_options_also_where_there_is_a_display(typed, offered):
    words = f"fieldcheck {typed}"
    asked = {
        **os.environ, "DISPLAY": ":77", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1),
        "_FIELDCHECK_COMPLETE": "bash_complete",
    }  # fmt: skip
    code = "import sys; sys.argv = ['fieldcheck']; from fieldcheck.__main__ import main; main()"
    ran = run_python("-c", code, env=asked, cwd=CHECKOUT)
    assert f"plain,{offered}" in ran.stdout.split()


DIFFERENCES = (
    "differences[]", "differences[].kind", "differences[].what", "differences[].stored",
    "differences[].now",
)  # fmt: skip


def test_keys_are_followed_through_names_functions_and_parts():
    found = loaded().KeyReader().documents()
    expected = ["project", "run_id", "model", "on", "same", "n", "n_different", *DIFFERENCES]
    assert found["replay"] == expected
    assert found["undo"] == found["label_set"]
    assert "runs[].score" in found["run"]
    # fields of dataclasses, and what is moved
    assert {"total.p99_ms", "memory.peak_mb", "variants[].total.p99_ms"} < set(found["bench"])
    assert "peak_mb" not in found["bench"]
    assert "escape_rate" in found["limits"]
    assert {"receipt.losses{}", "receipt.orphans[]"} < set(found["label_import"])
    assert not any("…" in key for keys in found.values() for key in keys)
    assert len(found) >= len(list_commands()) - 1
