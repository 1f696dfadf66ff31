"""Form of a project's reports: sections left out and notes, kept in the project as one undoable setting."""

from __future__ import annotations

from collections.abc import Iterable

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.report_form import MOST_NOTES, ReportForm
from fieldcheck.plain_name import clean_note
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.report.sections import OPTIONAL

KEY = "report_form"


def load_report_form(project: Project) -> ReportForm:
    """The form that was chosen; at first every section, and no notes. Keys that this version does not know are dropped."""
    told = project.read(settings_table.list_settings).get(KEY)
    known = told if isinstance(told, dict) else {}
    left_out, notes = known.get("left_out"), known.get("notes")
    return ReportForm(_sort_keys(left_out if isinstance(left_out, list) else ()), notes[:MOST_NOTES] if isinstance(notes, str) else "")


def set_report_form(project: Project, form: ReportForm) -> Changes:
    """This form from now on, as one undoable act. ValueError for a key of no section that can be left out, or notes beyond `MOST_NOTES`."""
    unknown = [key for key in form.left_out if key not in OPTIONAL]
    if unknown or len(form.notes) > MOST_NOTES:
        raise ValueError(f"no form of a report: {unknown} left out, {len(form.notes)} characters of notes")
    value = {"left_out": list(_sort_keys(form.left_out)), "notes": clean_note(form.notes)}
    return project.edit("report.form", puts=[settings_table.make_setting_row(KEY, value)])


def _sort_keys(keys: Iterable[object]) -> tuple[str, ...]:
    given = list(keys)
    return tuple(key for key in OPTIONAL if key in given)
