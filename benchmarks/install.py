"""Installed size: the product with all that it needs, against an environment that holds
FiftyOne."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from benchmarks.peers import CHECKOUT, FIFTYONE, python_of
from benchmarks.row import Row, row
from packaging.requirements import Requirement

BAR = 1.0
MB = 1_000_000


def rows(smoke: bool) -> list[Row]:
    """The row `install`: megabytes of files, without byte code; small, the product is held against
    itself."""
    ours = megabytes(installed_files("fieldcheck"))
    if smoke:
        return [row("install", ours, ours, "nothing (small run)", BAR, "<=", 1)]
    environment = python_of("fiftyone", FIFTYONE).parent.parent
    return [
        row(
            "install", ours, megabytes(environment.rglob("*")),
            f"MB of an environment with {', '.join(FIFTYONE)}", BAR, "<=", 1,
        ),
    ]  # fmt: skip


def installed_files(name: str) -> Iterator[Path]:
    """Files of a package and of whatever it needs on this machine; those of the product itself from
    the checkout."""
    for part in ("fieldcheck", "resources"):
        yield from (CHECKOUT / part).rglob("*")
    for installed in needed(name).values():
        yield from (Path(str(installed.locate_file(file))) for file in installed.files or ())


def needed(name: str) -> dict[str, Distribution]:
    """What a package needs, and what that needs, by name; without what extras add."""
    by_name: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        for requirement_text in distribution(waiting.pop()).requires or ():
            requirement = Requirement(requirement_text)
            applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if applies and requirement.name not in by_name:
                by_name[requirement.name] = distribution(requirement.name)
                waiting.append(requirement.name)
    return by_name


def megabytes(files: Iterable[Path]) -> float:
    """Size of these files that are no byte code, each once."""
    files_once = {
        file.resolve()
        for file in files
        if file.suffix != ".pyc" and file.is_file() and not file.is_symlink()
    }
    return sum(file.stat().st_size for file in files_once) / MB
