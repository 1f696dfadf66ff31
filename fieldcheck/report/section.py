"""The sections of the report in order, from which page, `summary.json` and CSV files follow; the
author's choice of them, notes, and charts below their sections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Lines, LinkLine, ListLine, Panels, Paragraph, Section
from fieldcheck.analyses.registry import ANALYSES
from fieldcheck.analyses.report_data import Report
from fieldcheck.csv_json_xml import to_json_number
from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.report import MOST_NOTES, Plot, ReportChange, ReportForm
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr
from fieldcheck.project.project import Project
from fieldcheck.project.tables import values as settings_table
from fieldcheck.report import background, findings, report_change
from fieldcheck.report.confidence_plots import list_confidence_plots
from fieldcheck.report.curve_plots import list_curve_plots
from fieldcheck.report.plot_svg import build_panel
from fieldcheck.safe_text import clean_note

# Form on the page: the author's notes, and the names of sections that were left out.

FORM = "form"  # the key of the report's form among its results
IN_A_ROW = 3  # of small charts, whose figures are then as large as small text


def get_report_form(report: Report) -> ReportForm:
    """The form that was chosen, every section and no notes where nobody chose."""
    form = report.results.get(FORM)
    return form if isinstance(form, ReportForm) else ReportForm()


def build_notes_section(report: Report) -> Section:
    """The notes, a paragraph for each of theirs."""
    title = tr("Notes")
    paragraphs = [
        line.strip() for line in get_report_form(report).notes.splitlines() if line.strip()
    ]
    return Section("notes", title, title, tuple(Paragraph(line) for line in paragraphs))


def link_to_notes(report: Report) -> list[LinkLine]:
    """Line of the first page that leads to the notes, where there are any."""
    return (
        [LinkLine(tr("Notes by the author of this report are in the appendix."), "notes")]
        if get_report_form(report).notes.strip()
        else []
    )


def build_appendix_sections(
    report: Report, sections: Iterable[Analysis[Any]]
) -> tuple[Section, ...]:
    """Sections of the appendix in their order. One that was left out keeps its heading and says so,
    so that nobody takes it for one that was never measured, and every link still leads somewhere.
    """
    left_out, built, plots = get_report_form(report).left_out, [], list_all_plots(report)
    missing: list[Section] = []
    for analysis in sections:
        section = analysis.build_section(report)
        if section is None or (not section.blocks and analysis.key == FORM):
            continue
        if analysis.key in left_out:
            built.append(_build_left_out_section(section))
        elif not analysis.is_measured(report) and not any(
            plot.section == section.anchor for plot in plots
        ):
            missing.append(section)
        else:
            built.append(_append_charts(section, plots))
    before = next(
        (index for index, section in enumerate(built) if section.anchor == "checklist"), len(built)
    )
    return (*built[:before], *_fold_unmeasured(missing), *built[before:])


def list_unmeasured_names(report: Report, sections: Iterable[Analysis[Any]]) -> list[str]:
    """Short names of the sections that nothing was measured for, without those that were left
    out."""
    left_out = get_report_form(report).left_out
    built = (
        section.build_section(report)
        for section in sections
        if section.key not in (*left_out, FORM) and not section.is_measured(report)
    )
    return [section.short for section in built if section is not None]


def _fold_unmeasured(sections: Sequence[Section]) -> tuple[Section, ...]:
    """One section of a line for each analysis that was not measured: what it would require."""
    if not sections:
        return ()
    title = tr("Not measured")
    lines = tuple(
        ListLine(
            "–",
            section.short,
            " ".join(block.text for block in section.blocks if isinstance(block, Paragraph)),
        )
        for section in sections
    )
    return (Section("not_measured", title, title, (Lines(lines),)),)


def list_all_plots(report: Report) -> tuple[Plot, ...]:
    """Every chart of the report, described once for page, paper and window."""
    return (*list_confidence_plots(report), *list_curve_plots(report))


def export_charts(report: Report) -> dict[str, Any]:
    """Charts as `summary.json` has them: in words in the report's language, and their marks in the
    units of their axes."""
    with language.use_language(report.language):
        plots = list_all_plots(report)
    return {
        "charts": [
            {
                "section": plot.section,
                "title": plot.title,
                "said": plot.alt_text,
                "figures": list(plot.figures),
                "marks": [
                    {"x": m.x, "y": m.y, "lo": to_json_number(m.lo), "hi": to_json_number(m.hi)}
                    for m in plot.marks
                ],
            }
            for plot in plots
        ]
    }


def _append_charts(section: Section, plots: Iterable[Plot]) -> Section:
    """The section with its charts at its end, three beside each other, with what each says in words
    below."""
    own = [plot for plot in plots if plot.section == section.anchor]
    rows = tuple(
        Panels(tuple(map(build_panel, row)), _describe_plots(row), IN_A_ROW)
        for row in (own[index : index + IN_A_ROW] for index in range(0, len(own), IN_A_ROW))
    )
    return replace(section, blocks=(*section.blocks, *rows))


def _describe_plots(row: Sequence[Plot]) -> str:
    """What each chart says; how charts of a kind are read is told before the first of them."""
    shared = dict.fromkeys(plot.how for plot in row if plot.how)
    return " ".join(
        [
            *shared,
            *(f"{plot.title}: {plot.alt_text.removeprefix(plot.how).strip()}" for plot in row),
        ]
    )


def get_section_names(report: Report, sections: Iterable[Analysis[Any]]) -> dict[str, str]:
    """Short names by key of the sections that a report may be without."""
    built = {
        section.key: section.build_section(report) for section in sections if section.key != FORM
    }
    return {key: section.short for key, section in built.items() if section is not None}


def describe_left_out_sections(report: Report, sections: Iterable[Analysis[Any]]) -> list[str]:
    """Sentence of the first page that names every section left out."""
    left_out = get_report_form(report).left_out
    if not left_out:
        return []
    named = get_section_names(report, [section for section in sections if section.key in left_out])
    return [tr("Excluded by choice; values may exist: {names}.", names=", ".join(named.values()))]


def _build_left_out_section(section: Section) -> Section:
    sentence = tr("Excluded from this report by choice; the measured values are in summary.json.")
    return Section(section.anchor, section.short, section.title, (Paragraph(sentence),))


# The sections of the report in order, from which page, `summary.json` and CSV files follow, and the
# project's choice of sections and notes.

# Form of a project's reports: sections left out and notes, kept in the project as one undoable
# setting.

KEY = "report_form"


def load_report_form(project: Project) -> ReportForm:
    """The form that was chosen; at first every section, and no notes. Keys that this version does
    not know are dropped."""
    stored = project.read(settings_table.list_settings).get(KEY)
    values = stored if isinstance(stored, dict) else {}
    left_out, notes = values.get("left_out"), values.get("notes")
    return ReportForm(
        _sort_keys(left_out if isinstance(left_out, list) else ()),
        notes[:MOST_NOTES] if isinstance(notes, str) else "",
        values.get("everything") is True,
        values.get("one_page") is True,
    )


def set_report_form(project: Project, form: ReportForm) -> Changes:
    """This form from now on, as one undoable act. ValueError for a key of no section that can be
    left out, or notes beyond `MOST_NOTES`."""
    unknown = [key for key in form.left_out if key not in OPTIONAL]
    if unknown or len(form.notes) > MOST_NOTES:
        raise ValueError(
            f"no form of a report: {unknown} left out, {len(form.notes)} characters of notes"
        )
    value: dict[str, Any] = {
        "left_out": list(_sort_keys(form.left_out)),
        "notes": clean_note(form.notes),
    }
    value |= {key: True for key in ("everything", "one_page") if getattr(form, key)}
    return project.edit("report.form", puts=[settings_table.make_setting_row(KEY, value)])


def _sort_keys(keys: Iterable[object]) -> tuple[str, ...]:
    wanted_keys = list(keys)
    return tuple(key for key in OPTIONAL if key in wanted_keys)


# The report's own sections and the analysis that each follows.

FOLLOWING: dict[str, tuple[Analysis[Any], ...]] = {
    "unlikeness": (
        Analysis(key="charts", summary=export_charts),
        Analysis(
            key=FORM,
            result=ReportForm,
            compute=load_report_form,
            report_section=build_notes_section,
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
    *(member for analysis in ANALYSES for member in (analysis, *FOLLOWING.get(analysis.key, ()))),
    Analysis(
        key="ready",
        report_section=background.build_readiness_section,
        summary=background.export_checklist,
    ),
    Analysis(key="made", report_section=background.build_methods_section),
    Analysis(key="appendix", report_section=background.build_appendix_section),
)
"""In reading order: page, `summary.json` and CSV files follow from it."""

OPTIONAL = tuple(section.key for section in SECTIONS if section.has_section and section.key != FORM)
"""Keys of the sections that a report may be without: all of the appendix. The first two pages
always stand."""
