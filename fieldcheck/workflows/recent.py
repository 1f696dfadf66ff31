"""A project folder seen from outside, for a list of recent ones: how far it is and what its newest report came to."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fieldcheck.errors import PathMissing
from fieldcheck.project.folder import Project, open_project
from fieldcheck.project.project import DATABASE
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import reports as reports_table
from fieldcheck.project.tables.standing import Standing, standing


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


def look_at_recent(path: Path) -> Recent:
    """Opens the project for reading, looks and closes it. Raises PathMissing and whatever `open_project` raises."""
    database = path / DATABASE
    if not database.exists():
        raise PathMissing(path)
    changed = _changed(database)
    with open_project(path, write=False) as project:
        gap, readiness = _newest_report(project)
        return Recent(path, changed, project.read(standing), _thumbnail(project), gap, readiness)


def _changed(database: Path) -> datetime:
    """When the database or what waits beside it to be folded in was written last."""
    waiting = database.with_name(database.name + "-wal")
    written = [file.stat().st_mtime for file in (database, waiting) if file.exists()]
    return datetime.fromtimestamp(max(written))


def _thumbnail(project: Project) -> bytes:
    picked = [one.frame_id for one in project.read(picks_table.all) if not one.taken_out]
    found = project.cache.thumbnails(picked[:1])
    return found.get(picked[0], b"") if picked else b""


def _newest_report(project: Project) -> tuple[float | None, str]:
    """Gap and readiness of the report that was written last; a summary that cannot be read counts as none."""
    reports = project.read(reports_table.all)
    try:
        summary = json.loads(reports[-1].summary) if reports else None
        value, readiness = (summary["gap"]["value"], str(summary["readiness"])) if summary else (None, "")
    except (ValueError, KeyError, TypeError):
        return None, ""
    return (float(value) if isinstance(value, int | float) and math.isfinite(value) else None), readiness
