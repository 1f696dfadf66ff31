"""Terms of the acceptance as a project stores them, and labels of reference parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from fieldcheck.domain.acceptance import (
    NUMBERS,
    AcceptanceTerms,
    is_number_of_parts,
    parse_acceptance_terms,
)
from fieldcheck.domain.project_state import Changes
from fieldcheck.project.project import Project
from fieldcheck.project.tables import values as settings_table
from fieldcheck.safe_text import clean_name

ACT = "acceptance.set"
KEY = "acceptance"
REFERENCE_KEY = "reference_parts"


def get_acceptance_terms(project: Project) -> AcceptanceTerms:
    """Those that were entered; empty ones at first."""
    return parse_acceptance_terms(project.read(settings_table.list_settings).get(KEY))


def set_acceptance_terms(project: Project, changes: Mapping[str, Any], by: str) -> Changes:
    """These terms from now on, as one undoable act; others stay. An empty text, or None, takes one
    away. ValueError for a number that is none."""
    for name in NUMBERS:
        if changes.get(name) is not None and not is_number_of_parts(changes[name]):
            raise ValueError(f"no number of parts: {name} = {changes[name]!r}")
    terms = replace(get_acceptance_terms(project), **changes, by=clean_name(by))
    stored = {name: value for name, value in asdict(terms).items() if value not in ("", None)}
    if not set(stored) - {"by"}:
        return project.edit(ACT, deletes=[settings_table.make_setting_key(KEY)])
    return project.edit(ACT, puts=[settings_table.make_setting_row(KEY, stored)])


def get_reference_parts(project: Project) -> dict[str, str]:
    """Class of each reference part, whose true state is known; none at first."""
    stored = project.read(settings_table.list_settings).get(REFERENCE_KEY)
    if not isinstance(stored, dict):
        return {}
    return {
        clean_name(part): clean_name(name) for part, name in stored.items() if isinstance(name, str)
    }


def set_reference_parts(project: Project, classes: Mapping[str, str]) -> Changes:
    """These parts are the reference from now on, as one undoable act; none takes them away."""
    if not classes:
        return project.edit(ACT, deletes=[settings_table.make_setting_key(REFERENCE_KEY)])
    return project.edit(ACT, puts=[settings_table.make_setting_row(REFERENCE_KEY, dict(classes))])
