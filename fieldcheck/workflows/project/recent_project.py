"""A project folder seen from outside, for a list of recent ones: how far it is and what its newest report came to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fieldcheck.errors import PathMissing
from fieldcheck.project.tables.standing import Standing
from fieldcheck.workflows.project.recent_kept import State, keep, known

DATABASE = "project.db"  # as `project.project` names it, which would load the library of the database


@dataclass(frozen=True, slots=True)
class Recent:
    """`changed`: local time of the last change; `thumbnail`: JPEG of a picked frame, empty where there is none; `gap`: a fraction of
    the newest report, None without one or without a gap in it; `readiness`: that report's code, empty without one."""

    path: Path
    changed: datetime
    standing: Standing
    thumbnail: bytes
    gap: float | None
    readiness: str


def look_at_recent(path: Path, kept_in: Path, listed: Collection[str] = ()) -> Recent:
    """What was kept in the folder `kept_in` where the project's files are as they were then; else opens the project for reading, looks,
    and keeps that and what is known of the `listed` ones. Raises PathMissing and whatever `open_project` raises."""
    database = path / DATABASE
    if not database.exists():
        raise PathMissing(path)
    changed, state = _state(database)
    fields = known(kept_in, path, state)
    if fields is not None:
        return Recent(path, **fields)
    from fieldcheck.workflows.project._recent_read import read_recent

    found = read_recent(path, changed)
    keep(kept_in, found, state, listed)
    return found


def _state(database: Path) -> tuple[datetime, State]:
    """When the database or what waits beside it to be folded in was written last, and how both stand. Nothing waits in an empty file:
    that is left by somebody who only read."""
    waiting = database.with_name(database.name + "-wal")
    stats = [file.stat() for file in (database, waiting) if file.exists()]
    stats = [stats[0], *(one for one in stats[1:] if one.st_size)]
    return datetime.fromtimestamp(max(one.st_mtime for one in stats)), [[one.st_mtime_ns, one.st_size] for one in stats]
