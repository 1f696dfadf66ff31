"""Counts that a build machine has no time for: run by `packaging/test.sh --full`, their figures
kept in docs/evidence/."""

import hashlib
import json
import os
import platform
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

CODE = ("fieldcheck", "resources", "sample", "tests")  # what a figure can depend on
LIBRARIES = (
    "numpy", "scipy", "opencv-python-headless", "onnxruntime", "albumentations", "sqlite-utils",
    "faster-coco-eval",
)  # fmt: skip

only_full = pytest.mark.full(ordinary=False)
"""Mark of a test, or of a row of one, that only the full share runs. It keeps no figures."""


def rows(ordinary: Iterable[Any], *, full: Iterable[Any]) -> list[Any]:
    """Rows of a parametrised test: those of every run, and those that only the full share runs."""
    marked = [
        pytest.param(*(row if isinstance(row, tuple) else (row,)), marks=only_full) for row in full
    ]
    return [*ordinary, *marked]


@dataclass
class Counts:
    """Tells a test how often to repeat, and remembers what it told."""

    full: bool
    told: list[int] = field(default_factory=list)

    def __call__(self, *, ci: int, full: int) -> int:
        """`ci` on a build machine, `full` under `--full`. None of it on a build machine: the test
        is skipped there."""
        count = full if self.full else ci
        if count == 0:
            pytest.skip("only in the full share: packaging/test.sh --full")
        self.told.append(count)
        return count


@dataclass
class Evidence:
    """The figures of one test in the making."""

    name: str
    counts: Counts
    figures: dict[str, Any] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def __call__(self, **figures: Any) -> None:
        """Note figures, as JSON values; a later one of the same name wins."""
        self.figures.update(figures)

    def write(self, checkout: Path) -> None:
        """Keep the figures in docs/evidence/NAME.json."""
        path = _path(checkout, self.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        record = {
            "name": self.name, "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "code": code_hash(checkout), "counts": self.counts.told,
            "seconds": round(time.monotonic() - self.began, 1), "figures": self.figures,
            "machine": machine(),
        }  # fmt: skip
        document = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
        path.write_text(document + "\n", "utf-8")


def is_current(checkout: Path, name: str) -> bool:
    """Whether figures of that name are kept for exactly the code that lies in the checkout now."""
    try:
        evidence = json.loads(_path(checkout, name).read_text("utf-8"))
    except FileNotFoundError:
        return False
    return bool(evidence["code"] == code_hash(checkout))


def code_hash(checkout: Path) -> str:
    """SHA-256 over names and contents of all a figure can depend on, committed or not."""
    digest = hashlib.sha256()
    for folder in CODE:
        for path in sorted(
            path
            for path in (checkout / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        ):
            digest.update(f"{path.relative_to(checkout).as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def machine() -> dict[str, Any]:
    """What the figures were made on: processor, memory, system and library versions, and nothing
    that names a place or a person."""
    return {
        "processor": _processor(), "cores": os.cpu_count(), "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}", "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }  # fmt: skip


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return platform.processor()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")),
        platform.processor(),
    )


def _memory_gb() -> float | None:
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return None
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


def _path(checkout: Path, name: str) -> Path:
    return checkout / "docs" / "evidence" / f"{name}.json"
