"""Evaluation sets of a model, side by side: clean, corrupted, and failures that somebody collected."""

from __future__ import annotations

from fieldcheck.domain.benchmark import EvaluationSet
from fieldcheck.domain.plot import ScoreRow
from fieldcheck.report import charts, number_format
from fieldcheck.report.blocks import Paragraph, Section
from fieldcheck.report.report import Report
from fieldcheck.words.language import tr


def build_evaluation_section(report: Report) -> Section:
    """One row a set, also for a set that is missing: that it is missing is what a reader must know."""
    title = tr("Evaluation sets")
    if not report.sets:
        return Section("sets", title, title, (Paragraph(tr("No model in this project yet.")),))
    rows = [ScoreRow(get_evaluation_set_name(one), one.n, format_set_score(one), one.score) for one in report.sets]
    note = tr("Clean images alone are the easiest of the three evaluation sets.")
    return Section("sets", title, title, (Paragraph(note, quiet=True), charts.build_score_table(tr("Accuracy"), rows)))


def get_evaluation_set_name(one: EvaluationSet) -> str:
    """A set in words."""
    return {
        "clean": tr("Clean: the benchmark"),
        "damaged": tr("Corrupted: the benchmark under every moderate corruption"),
        "collected": tr("Collected failures: {name}").format(name=one.name) if one.name else tr("Collected failures"),
    }[one.kind]


def describe_missing_score(one: EvaluationSet) -> str:
    """Why a set has no score."""
    return {
        "no_set": tr("none yet"),
        "gone": tr("missing or modified"),
        "not_run": tr("not run yet"),
    }.get(one.score.note, tr("not measured"))


def format_set_score(one: EvaluationSet) -> str:
    """Its score with the range, or why there is none."""
    if not one.score.measured:
        return describe_missing_score(one)
    return number_format.format_value_with_range(one.score)
