"""Unplugged disk or moved folder: whatever fails in a project that cannot be reached any more is told as that, for both doors.

A stick that is pulled out fails in a hundred ways: SQLite tells of a damaged or full database, the system of files that are not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldcheck.errors import FolderGone
from fieldcheck.files import GONE, sync_folder
from fieldcheck.progress import Cancelled
from fieldcheck.project.layout import DATABASE


@contextmanager
def naming_the_gone(project: Path | None) -> Iterator[None]:
    """For work in a project folder that was there when it began; None: there was none. Raises FolderGone in place of what failed."""
    try:
        yield
    except Cancelled:
        raise
    except Exception as error:
        if project is not None and is_gone(project):
            raise FolderGone(project) from error
        raise


def is_gone(project: Path) -> bool:
    """Whether the folder has no database, or its disk answers no more. Asks the disk itself: what the system remembers of it does not
    count."""
    try:
        with (project / DATABASE).open("rb"):
            sync_folder(project)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        return error.errno in GONE
    return False
