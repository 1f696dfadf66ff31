"""Decoder plug-ins for tests: a package by its metadata folder on the path, without pip."""

from pathlib import Path

import numpy as np
from onnx import helper

from tests import makers

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "fastestdet"
CLASSES = 3
GRID = 4
SIDE = 32


def install(place: Path, name: str, source: str, version: str = "1.0.0") -> None:
    """One plug-in `name` whose module holds `source`; a second time it is another version."""
    module = f"fieldcheck_{name}"
    (place / f"{module}.py").write_text(source)
    # As an installer does: what was compiled from a text of the same size within the same second
    # would pass for this one.
    for compiled in (place / "__pycache__").glob(f"{module}.*.pyc"):
        compiled.unlink()
    for old in place.glob(f"{module}-*.dist-info"):
        (old / "METADATA").unlink()
        (old / "entry_points.txt").unlink()
        old.rmdir()
    folder = place / f"{module}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: {version}\n")
    (folder / "entry_points.txt").write_text(f"[fieldcheck.decoders]\n{name} = {module}:decode\n")


def card(name: str) -> dict:
    """The card of a detector whose head the plug-in reads."""
    spec = {"size": [SIDE, SIDE], "resize": "stretch", "scale": 1 / 255}
    output = {"kind": f"plugin:{name}", "threshold": 0.3}
    return {"task": "detection", "input": spec, "output": output, "classes": ["a", "b", "c"]}


def fastestdet(path: Path, kind: str = "fastestdet") -> Path:
    """A model with FastestDet's head: one sure box of class `b` in the middle of the second cell of
    the first row, whatever is shown."""
    grid = np.zeros((1, 5 + CLASSES, GRID, GRID), np.float32)
    grid[0, 0, 0, 1], grid[0, 5 + 1, 0, 1] = 0.9, 0.8
    grid[0, 1:3, 0, 1] = np.arctanh(0.5)
    body = [
        helper.make_node("ReduceMean", ["x"], ["m"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Mul", ["m", "nothing"], ["z"]),
        helper.make_node("Add", ["z", "w"], ["y"]),
    ]
    makers.write_card(path.with_suffix(".card.json"), card(kind))
    weights = {"w": grid, "nothing": np.zeros(1, np.float32)}
    return makers.tiny_model(path, body=body, weights=weights, n_classes=CLASSES)
