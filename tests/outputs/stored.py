"""The expected outputs in the checkout: one text file for each document."""

from __future__ import annotations

import difflib
import shutil
from collections.abc import Mapping
from pathlib import Path

EXPECTED = Path(__file__).parent / "expected"
MOST_LINES = 60  # of a difference; the first lines say where to look


def read(folder: Path) -> dict[str, str]:
    """Text of each file below a folder, by its path."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in files}


def write(folder: Path, outputs: Mapping[str, str]) -> None:
    """These files and no others."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in outputs.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


def difference(expected: Mapping[str, str], outputs: Mapping[str, str]) -> str:
    """What a reader needs to see of two sets of files that should be the same: nothing where they are."""
    lines = [f"missing: {name}" for name in expected if name not in outputs]
    lines += [f"not expected: {name}" for name in outputs if name not in expected]
    for name in expected:
        if name in outputs and outputs[name] != expected[name]:
            lines += changed_lines(name, expected[name], outputs[name])
    return "\n".join(lines)


def changed_lines(name: str, expected: str, found: str) -> list[str]:
    """The unified difference of one file, cut where it is long."""
    before, after = expected.splitlines(keepends=True), found.splitlines(keepends=True)
    lines = [line.rstrip("\n") for line in difflib.unified_diff(before, after, f"expected/{name}", f"now/{name}", n=1)]
    return lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], f"… {len(lines) - MOST_LINES} more lines in {name}"]
