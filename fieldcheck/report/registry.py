"""The sections of the report in order, from which page, `summary.json` and CSV files follow, and
the project's choice of sections and notes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.registry import ANALYSES
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.report import MOST_NOTES, ReportChange, ReportForm
from fieldcheck.project.project import Project
from fieldcheck.project.tables import values as settings_table
from fieldcheck.report import background, findings, report_change, section
from fieldcheck.report.section import FORM
from fieldcheck.safe_text import clean_note

# Form of a project's reports: sections left out and notes, kept in the project as one undoable
# setting.

KEY = "report_form"


def load_report_form(project: Project) -> ReportForm:
    """The form that was chosen; at first every section, and no notes. Keys that this version does
    not know are dropped."""
    told = project.read(settings_table.list_settings).get(KEY)
    known = told if isinstance(told, dict) else {}
    left_out, notes = known.get("left_out"), known.get("notes")
    return ReportForm(
        _sort_keys(left_out if isinstance(left_out, list) else ()),
        notes[:MOST_NOTES] if isinstance(notes, str) else "",
    )


def set_report_form(project: Project, form: ReportForm) -> Changes:
    """This form from now on, as one undoable act. ValueError for a key of no section that can be
    left out, or notes beyond `MOST_NOTES`."""
    unknown = [key for key in form.left_out if key not in OPTIONAL]
    if unknown or len(form.notes) > MOST_NOTES:
        raise ValueError(
            f"no form of a report: {unknown} left out, {len(form.notes)} characters of notes"
        )
    value = {"left_out": list(_sort_keys(form.left_out)), "notes": clean_note(form.notes)}
    return project.edit("report.form", puts=[settings_table.make_setting_row(KEY, value)])


def _sort_keys(keys: Iterable[object]) -> tuple[str, ...]:
    given = list(keys)
    return tuple(key for key in OPTIONAL if key in given)


# The report's own sections and the analysis that each follows.

FOLLOWING: dict[str, tuple[Analysis[Any], ...]] = {
    "unlikeness": (
        Analysis(key="charts", summary=section.export_charts),
        Analysis(
            key=FORM,
            result=ReportForm,
            compute=load_report_form,
            report_section=section.build_notes_section,
        ),
    ),
    "domain": (
        Analysis(
            key="benchmark",
            report_section=background.build_benchmark_section,
            summary=background.export_benchmark,
        ),
    ),
    "monitor": (
        Analysis(
            key="change", result=ReportChange, report_section=report_change.build_change_section
        ),
    ),
}

SECTIONS: tuple[Analysis[Any], ...] = (
    Analysis(key="actions", summary=findings.build_action_summary),
    *(one for analysis in ANALYSES for one in (analysis, *FOLLOWING.get(analysis.key, ()))),
    Analysis(
        key="ready",
        report_section=background.build_readiness_section,
        summary=background.export_checklist,
    ),
    Analysis(key="made", report_section=background.build_methods_section),
    Analysis(key="appendix", report_section=background.build_appendix_section),
)
"""In reading order: page, `summary.json` and CSV files follow from it."""

OPTIONAL = tuple(one.key for one in SECTIONS if one.has_section and one.key != FORM)
"""Keys of the sections that a report may be without: all of the appendix. The first two pages
always stand."""
