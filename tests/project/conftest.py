"""A project to try things on, and places that are full or cannot be written."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fieldcheck.project.folder import create_project
from fieldcheck.project.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A new project, open for writing."""
    with create_project(tmp_path / "line.fieldcheck") as made:
        yield made


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB, mounted for this test; needs the rights to mount one."""
    place = tmp_path / "small"
    place.mkdir()
    if not _mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)):
        pytest.skip("mounting a file system needs rights that this user or container does not have")
    yield place
    _run("umount", str(place))


@pytest.fixture
def unwritable() -> Callable[[Path], None]:
    """Makes a mounted `small_disk` read-only."""
    return lambda place: _run("mount", "-o", "remount,ro", str(place))


def _mount(*arguments: str) -> bool:
    return (
        os.name != "nt"
        and os.geteuid() == 0
        and subprocess.run(["mount", *arguments], capture_output=True).returncode == 0
    )


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
