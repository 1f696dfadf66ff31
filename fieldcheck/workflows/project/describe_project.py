"""Description of the project as a whole, by a person: the site and its light, and the limits that the verdict is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.condition import CONDITIONS
from fieldcheck.plain_name import clean_name, clean_note
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.scoring.verdict import DEFAULT_GAP_LIMIT


@dataclass(frozen=True, slots=True)
class Site:
    """`line` is the line or place on the site, `who` the person who was there; `conditions` are codes of `domain/condition.py`."""

    site: str = ""
    line: str = ""
    who: str = ""
    conditions: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class GapLimits:
    """`tolerance`: the largest gap that is accepted, a fraction; `decided_by`: who said so."""

    tolerance: float = DEFAULT_GAP_LIMIT
    decided_by: str = ""


def get_site(project: Project) -> Site:
    """Site as it stands so far."""
    told = project.read(settings_table.list_settings)
    conditions = told.get("conditions", ())
    known = tuple(name for name in CONDITIONS if isinstance(conditions, list) and name in conditions)
    site, line, who, note = (str(told.get(key, "")) for key in ("site", "line", "who", "note"))
    return Site(site, line, who, known, note)


def get_gap_limits(project: Project) -> GapLimits:
    """Limits as they stand so far; three points where nobody has decided."""
    told = project.read(settings_table.list_settings)
    return GapLimits(float(str(told.get("tolerance", DEFAULT_GAP_LIMIT))), str(told.get("tolerance_by", "")))


def set_site(project: Project, said: Site) -> Changes:
    """Site and light from now on, as one undoable act. ValueError for a condition that is not known."""
    unknown = set(said.conditions) - set(CONDITIONS)
    if unknown:
        raise ValueError(f"unknown conditions: {sorted(unknown)}")
    conditions = [name for name in CONDITIONS if name in said.conditions]
    return _set_values(
        project, "site.set", {"site": said.site, "line": said.line, "who": said.who, "conditions": conditions, "note": said.note}
    )


def set_limits(project: Project, limits: GapLimits) -> Changes:
    """The limits from now on, as one undoable act. ValueError where the tolerance is no share between 0 and 1."""
    if not 0 <= limits.tolerance <= 1:
        raise ValueError(f"a tolerance is a share between 0 and 1: {limits.tolerance}")
    return _set_values(project, "limits.set", {"tolerance": limits.tolerance, "tolerance_by": limits.decided_by})


def _set_values(project: Project, act: str, values: Mapping[str, Any]) -> Changes:
    """What is said stands; what is left empty is not set at all, as before anybody said it."""
    form = {"note": clean_note}
    said = {key: form.get(key, clean_name)(value) if isinstance(value, str) else value for key, value in values.items()}
    puts = [settings_table.make_setting_row(key, value) for key, value in said.items() if value not in ("", [])]
    deletes = [settings_table.make_setting_key(key) for key, value in said.items() if value in ("", [])]
    return project.edit(act, puts=puts, deletes=deletes)
