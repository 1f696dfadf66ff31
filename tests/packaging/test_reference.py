import importlib.util
from pathlib import Path

from fieldcheck.cli.main import list_commands

CHECKOUT = Path(__file__).parents[2]


def loaded():
    path = CHECKOUT / "packaging" / "reference.py"
    spec = importlib.util.spec_from_file_location("reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_code_says():
    """`PYTHONPATH=. .venv/bin/python packaging/reference.py` makes it anew."""
    made = loaded().pages()
    place = CHECKOUT / "docs" / "reference"
    assert {path.name: path.read_text(encoding="utf-8") for path in place.iterdir()} == made
    assert all(f"\n## {name}\n" in made["commands.md"] for name in list_commands())


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
