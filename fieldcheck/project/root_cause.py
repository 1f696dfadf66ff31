"""Causes that lie below whatever failed: an unplugged disk, a moved folder, values in the database that are none of ours. For both doors.

A stick that is pulled out fails in a hundred ways: SQLite tells of a damaged or full database, the system of files that are not there. A
row that no version of ours wrote fails wherever it is first counted with.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldcheck.errors import FieldcheckError, FolderGone, ProjectDamaged
from fieldcheck.files import GONE, sync_folder
from fieldcheck.progress import Cancelled
from fieldcheck.project import audit
from fieldcheck.project.layout import DATABASE
from fieldcheck.project.reader import Reader
from fieldcheck.project.tables import integrity


@contextmanager
def map_to_root_cause(project: Path | None) -> Iterator[None]:
    """For work in a project folder that was there when it began; None: there was none. Raises FolderGone or ProjectDamaged in place of
    what failed."""
    try:
        yield
    except Cancelled:
        raise
    except Exception as error:
        if project is not None and (cause := find_root_cause(error, project)) is not error:
            raise cause from error
        raise


def find_root_cause(error: Exception, project: Path) -> Exception:
    """Cause of an error of work in this project: FolderGone, ProjectDamaged, or the error itself."""
    if is_gone(project):
        return FolderGone(project)
    if isinstance(error, audit.TROUBLES) and not isinstance(error, FieldcheckError) and (said := _find_damage(project)):
        return ProjectDamaged(project, said)
    return error


def is_gone(project: Path) -> bool:
    """Whether the folder has no database, or its disk answers no more. Asks the disk itself: what the system remembers of it does not
    count."""
    try:
        if stat.S_ISREG((project / DATABASE).stat().st_mode):  # opening anything else may wait for ever
            with (project / DATABASE).open("rb"):
                sync_folder(project)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError as error:
        return error.errno in GONE
    return False


def _find_damage(project: Path) -> str:
    """The first value in its database that is none of ours, or what SQLite says of it; empty where that is in order."""
    reader = Reader(project / DATABASE)
    try:
        return next((said for _, said in reader.read(audit.find_faults)), "") or next(
            map(" ".join, reader.read(integrity.find_dangling_rows)), ""
        )
    except ProjectDamaged as error:
        return error.problem
    except FieldcheckError:
        return ""  # nobody can look now
    finally:
        reader.close()
