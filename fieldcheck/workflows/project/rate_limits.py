"""Rate limits of a project: the largest escape rate, false-reject rate and share of confident errors that somebody accepts."""

from __future__ import annotations

from collections.abc import Mapping

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.decision import RateLimit
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import settings as settings_table

RATES = ("escape_rate", "false_reject_rate", "confident_errors")


def get_rate_limits(project: Project) -> tuple[RateLimit, ...]:
    """Those that were set; there is no default, since only the plant knows its own."""
    told = project.read(settings_table.list_settings).get("rate_limits")
    known = told if isinstance(told, dict) else {}
    return tuple(RateLimit(rate, float(known[rate][0]), str(known[rate][1])) for rate in RATES if rate in known)


def set_rate_limits(project: Project, limits: Mapping[str, float], by: str) -> Changes:
    """These limits from now on, as one undoable act; others stay. ValueError for one that is no share between 0 and 1."""
    if any(rate not in RATES or not 0 <= limit <= 1 for rate, limit in limits.items()):
        raise ValueError(f"limits are shares between 0 and 1 of {RATES}: {dict(limits)}")
    stand = {one.rate: [one.limit, one.by] for one in get_rate_limits(project)}
    value = stand | {rate: [limit, by.strip()] for rate, limit in limits.items()}
    return project.edit("limits.set", puts=[settings_table.make_setting_row("rate_limits", value)])
