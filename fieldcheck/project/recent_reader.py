"""A project folder opened for reading and closed again, for one line in a list."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path
from typing import Any

from fieldcheck.domain.project_state import RecentProject
from fieldcheck.project.folder import open_project
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as picks_table
from fieldcheck.project.tables import project_state as reports_table
from fieldcheck.project.tables.project_state import read_project_status
from fieldcheck.safe_json_yaml import parse_json


def read_recent(path: Path, changed: datetime) -> RecentProject:
    """Open the project for reading, read its summary and close it. Raises whatever `open_project`
    raises."""
    with open_project(path, write=False) as project:
        gap, readiness, verdict = _read_newest_report(project)
        return RecentProject(
            path,
            changed,
            project.read(read_project_status),
            _read_thumbnail(project),
            gap,
            readiness,
            verdict,
        )


def _read_thumbnail(project: Project) -> bytes:
    picked = [pick.frame_id for pick in project.read(picks_table.list_picks) if not pick.taken_out]
    thumbnails = project.cache.get_thumbnails(picked[:1])
    return thumbnails.get(picked[0], b"") if picked else b""


def _read_newest_report(project: Project) -> tuple[float | None, str, str]:
    """Gap, readiness and the sentence of its verdict, of the report that was written last; a
    summary that cannot be read counts as none."""
    reports = project.read(reports_table.list_reports)
    try:
        summary = parse_json(reports[-1].summary) if reports else None
        value, readiness, verdict = (
            (summary["gap"]["value"], str(summary["readiness"]), _join_verdict(summary))
            if summary
            else (None, "", "")
        )
    except (ValueError, KeyError, TypeError):
        return None, "", ""
    gap = float(value) if isinstance(value, int | float) and math.isfinite(value) else None
    return gap, readiness, verdict


def _join_verdict(summary: dict[str, Any]) -> str:
    """The word with its reason in the report's language; empty for a report without a reason."""
    words, reason = summary.get("readiness_words"), summary.get("readiness_reason")
    return f"{words}, {reason}" if words and reason else ""
