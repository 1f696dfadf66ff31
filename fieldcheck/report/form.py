"""Form on the page: notes of whoever made the report, and the name of every section that was left out on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from fieldcheck.domain.plot import Plot
from fieldcheck.domain.report_form import ReportForm
from fieldcheck.report.blocks import LinkLine, Panels, Paragraph, Section
from fieldcheck.report.curve_plots import curve_plots
from fieldcheck.report.panels import panel
from fieldcheck.report.plain import number
from fieldcheck.report.plots import confidence_plots
from fieldcheck.report.report import Report
from fieldcheck.report.report_section import ReportSection
from fieldcheck.words import language
from fieldcheck.words.language import text

FACTS = ReportForm
IN_A_ROW = 3  # of small charts, whose figures are then as large as small text


def form_of(report: Report) -> ReportForm:
    """The form that was chosen, every section and no notes where nobody chose."""
    found = (report.facts or {}).get("form")
    return found if isinstance(found, ReportForm) else ReportForm()


def section(report: Report) -> Section:
    """The notes, a paragraph for each of theirs."""
    title = text("Notes")
    paragraphs = [line.strip() for line in form_of(report).notes.splitlines() if line.strip()]
    return Section("notes", title, title, tuple(Paragraph(line) for line in paragraphs))


def to_notes(report: Report) -> list[LinkLine]:
    """Line of the first page that leads to the notes, where there are any."""
    return [LinkLine(text("Notes by the author of this report are in the appendix."), "notes")] if form_of(report).notes.strip() else []


def appendix(report: Report, sections: Iterable[ReportSection]) -> tuple[Section, ...]:
    """Sections of the appendix in their order. One that was left out keeps its heading and says so, so that nobody takes it for one that
    was never measured, and every link still leads somewhere."""
    left_out, found, plots = form_of(report).left_out, [], all_plots(report)
    for one in sections:
        made = None if one.blocks is None else one.blocks(report)
        if made is not None and (made.blocks or one.key != "form"):
            found.append(_named(made) if one.key in left_out else _with_charts(made, plots))
    return tuple(found)


def all_plots(report: Report) -> tuple[Plot, ...]:
    """Every chart of the report, described once for page, paper and window."""
    return (*confidence_plots(report), *curve_plots(report))


def charts_told(report: Report) -> dict[str, Any]:
    """Charts as `summary.json` has them: in words in the report's language, and their marks in the units of their axes."""
    with language.spoken(report.language):
        plots = all_plots(report)
    return {
        "charts": [
            {
                "section": plot.section,
                "title": plot.title,
                "said": plot.said,
                "figures": list(plot.figures),
                "marks": [{"x": m.x, "y": m.y, "lo": number(m.lo), "hi": number(m.hi)} for m in plot.marks],
            }
            for plot in plots
        ]
    }


def _with_charts(made: Section, plots: Iterable[Plot]) -> Section:
    """The section with its charts at its end, three beside each other, with what each says in words below."""
    own = [plot for plot in plots if plot.section == made.anchor]
    rows = tuple(
        Panels(tuple(map(panel, row)), _told_once(row), IN_A_ROW)
        for row in (own[at : at + IN_A_ROW] for at in range(0, len(own), IN_A_ROW))
    )
    return replace(made, blocks=(*made.blocks, *rows))


def _told_once(row: Sequence[Plot]) -> str:
    """What each chart says; how charts of a kind are read is told before the first of them."""
    shared = dict.fromkeys(one.how for one in row if one.how)
    return " ".join([*shared, *(f"{one.title}: {one.said.removeprefix(one.how).strip()}" for one in row)])


def names(report: Report, sections: Iterable[ReportSection]) -> dict[str, str]:
    """Short names by key of the sections that a report may be without."""
    return {one.key: one.blocks(report).short for one in sections if one.blocks is not None and one.key != "form"}


def left_out_said(report: Report, sections: Iterable[ReportSection]) -> list[str]:
    """Sentence of the first page that names every section left out."""
    left_out = form_of(report).left_out
    if not left_out:
        return []
    named = names(report, [one for one in sections if one.key in left_out])
    return [text("Excluded by choice; values may exist: {names}.").format(names=", ".join(named.values()))]


def _named(made: Section) -> Section:
    said = text("Excluded from this report by choice; the measured values are in summary.json.")
    return Section(made.anchor, made.short, made.title, (Paragraph(said),))
