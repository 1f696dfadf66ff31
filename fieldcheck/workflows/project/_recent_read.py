"""A project folder opened for reading and closed again, for one line in a list."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path

from fieldcheck.domain.project_status import Recent
from fieldcheck.plain_json import parse
from fieldcheck.project.folder import Project, open_project
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.project.tables import reports as reports_table
from fieldcheck.project.tables.project_status import project_status


def read_recent(path: Path, changed: datetime) -> Recent:
    """Opens the project for reading, looks and closes it. Raises whatever `open_project` raises."""
    with open_project(path, write=False) as project:
        gap, readiness = _newest_report(project)
        return Recent(path, changed, project.read(project_status), _thumbnail(project), gap, readiness)


def _thumbnail(project: Project) -> bytes:
    picked = [one.frame_id for one in project.read(picks_table.all) if not one.taken_out]
    found = project.cache.thumbnails(picked[:1])
    return found.get(picked[0], b"") if picked else b""


def _newest_report(project: Project) -> tuple[float | None, str]:
    """Gap and readiness of the report that was written last; a summary that cannot be read counts as none."""
    reports = project.read(reports_table.all)
    try:
        summary = parse(reports[-1].summary) if reports else None
        value, readiness = (summary["gap"]["value"], str(summary["readiness"])) if summary else (None, "")
    except (ValueError, KeyError, TypeError):
        return None, ""
    return (float(value) if isinstance(value, int | float) and math.isfinite(value) else None), readiness
