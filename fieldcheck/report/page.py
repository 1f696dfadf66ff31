"""The page that every printer prints: the same sentences, tables and drawings in the same order, whether HTML or PDF."""

from __future__ import annotations

from fieldcheck.report import evidence_page, form
from fieldcheck.report.blocks import ReportPage
from fieldcheck.report.report import Report
from fieldcheck.report.sections import SECTIONS
from fieldcheck.report.summary_page import opening
from fieldcheck.words.language import text


def assemble(report: Report) -> ReportPage:
    """Texts and drawings in reading order, in the language that is set."""
    site = report.site or report.project
    return ReportPage(
        language=report.language,
        title=text("Field report: {site}").format(site=site),
        contents=text("In this report"),
        opening=opening(report),
        evidence=evidence_page.section(report),
        sections=form.appendix(report, SECTIONS),
        foot=" · ".join(["Fieldcheck", site, *([f"{report.model.name}, SHA-256 {report.model.sha256[:12]}"] if report.model else [])]),
        number=text("Page {page} of {pages}"),
    )
