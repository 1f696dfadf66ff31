"""The page that every printer prints: the same sentences, tables and drawings in the same order, whether HTML or PDF."""

from __future__ import annotations

from fieldcheck.report import background, failures
from fieldcheck.report import confidence as knowing
from fieldcheck.report import evaluation_sets as tested_on
from fieldcheck.report import quantised as lighter
from fieldcheck.report import robustness as breaking
from fieldcheck.report import training_info as trained
from fieldcheck.report.blocks import ReportPage
from fieldcheck.report.report import Report
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
        sections=(
            failures.where(report),
            failures.worst(report),
            tested_on.section(report),
            breaking.section(report),
            knowing.section(report),
            background.benchmark(report),
            trained.section(report),
            lighter.section(report),
            background.ready(report),
            background.made(report),
            background.appendix(report),
        ),
        foot=" · ".join(["Fieldcheck", site, *([f"{report.model.name}, SHA-256 {report.model.sha256[:12]}"] if report.model else [])]),
        number=text("Page {page} of {pages}"),
    )
