"""The expected outputs in the checkout: one text file for each document."""

import difflib
import platform
import re
import shutil
from collections.abc import Mapping
from math import isclose
from pathlib import Path

EXPECTED = Path(__file__).parent / "expected"
PROCESSOR = "processor.txt"  # a file of each project: where its outputs were made
NUMBER = re.compile(r"(-?\d+\.\d+(?:e[-+]?\d+)?)")
APART, NO_MORE = 1e-4, 1e-6  # of a number; of one near zero
DRAWN = 0.5  # points in a drawing, which is scaled up
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


def processor() -> str:
    """The kind of processor, on which the last digits of a sum depend."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text("utf-8").partition("\n\n")[0].splitlines() if path.is_file() else []
    facts = {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)
    }
    flags = facts.get("flags", "").split()
    vectors = [flag for flag in flags if flag.startswith(("avx", "fma", "sse4"))]
    return (
        " ".join(
            [
                platform.machine(),
                *(facts.get(key, "") for key in ("vendor_id", "cpu family", "model")),
                *vectors,
            ]
        )
        + "\n"
    )


def compared(expected: Mapping[str, str], outputs: Mapping[str, str], here: str) -> str:
    """`difference` to the byte where the expected ones were made on such a processor as `here`;
    else a number may be a little apart, as sums and corrupted pixels follow the vector units."""
    before, now = (
        {name: text for name, text in side.items() if name != PROCESSOR}
        for side in (expected, outputs)
    )
    if expected.get(PROCESSOR) != here:
        now = {
            name: with_near_numbers(name, before.get(name, text), text)
            for name, text in now.items()
        }
    return difference(before, now)


def with_near_numbers(name: str, expected: str, found: str) -> str:
    """The text found, with the expected number in place of each that is as good as the same."""
    before, now = NUMBER.split(expected), NUMBER.split(found)
    if len(before) != len(now):
        return found
    apart = DRAWN if name.endswith(".html") else NO_MORE
    pairs = zip(before[1::2], now[1::2], strict=True)
    near = [isclose(float(a), float(b), rel_tol=APART, abs_tol=apart) for a, b in pairs]
    now[1::2] = [a if same else b for a, b, same in zip(before[1::2], now[1::2], near, strict=True)]
    return "".join(now)


def difference(expected: Mapping[str, str], outputs: Mapping[str, str]) -> str:
    """What a reader needs to see of two sets of files: nothing where they are the same."""
    lines = [f"missing: {name}" for name in expected if name not in outputs]
    lines += [f"not expected: {name}" for name in outputs if name not in expected]
    for name in expected:
        if name in outputs and outputs[name] != expected[name]:
            lines += changed_lines(name, expected[name], outputs[name])
    return "\n".join(lines)


def changed_lines(name: str, expected: str, found: str) -> list[str]:
    """The unified difference of one file, cut where it is long."""
    before, after = expected.splitlines(keepends=True), found.splitlines(keepends=True)
    diff = difflib.unified_diff(before, after, f"expected/{name}", f"now/{name}", n=1)
    lines = [line.rstrip("\n") for line in diff]
    return (
        lines
        if len(lines) <= MOST_LINES
        else [*lines[:MOST_LINES], f"… {len(lines) - MOST_LINES} more lines in {name}"]
    )
