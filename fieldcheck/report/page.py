"""The page that every printer prints: the same sentences, tables and drawings in the same order, whether HTML or PDF."""

from __future__ import annotations

from fieldcheck.report import evidence_page, form
from fieldcheck.report.blocks import ReportPage
from fieldcheck.report.report import Report
from fieldcheck.report.sections import SECTIONS
from fieldcheck.report.summary_page import build_first_page
from fieldcheck.words.language import tr


def build_page(report: Report) -> ReportPage:
    """Texts and drawings in reading order, in the language that is set."""
    site = report.site or report.project
    return ReportPage(
        language=report.language,
        title=tr("Field report: {site}").format(site=site),
        contents=tr("In this report"),
        opening=build_first_page(report),
        evidence=evidence_page.build_evidence_page(report),
        sections=form.build_appendix_sections(report, SECTIONS),
        foot=" · ".join(["Fieldcheck", site, *([f"{report.model.name}, SHA-256 {report.model.sha256[:12]}"] if report.model else [])]),
        number=tr("Page {page} of {pages}"),
    )
