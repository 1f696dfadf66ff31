"""Evaluation sets of a model, side by side: clean, corrupted, and failures that somebody collected."""

from __future__ import annotations

from fieldcheck.domain.benchmark import EvaluationSet
from fieldcheck.domain.plot import ScoreRow
from fieldcheck.report import charts, number_format
from fieldcheck.report.blocks import Paragraph, Section
from fieldcheck.report.report import Report
from fieldcheck.words.language import text


def section(report: Report) -> Section:
    """One row a set, also for a set that is missing: that it is missing is what a reader must know."""
    title = text("Evaluation sets")
    if not report.sets:
        return Section("sets", title, title, (Paragraph(text("No model in this project yet.")),))
    rows = [ScoreRow(name(one), one.n, figure(one), one.score) for one in report.sets]
    note = text("Clean images alone are the easiest of the three evaluation sets.")
    return Section("sets", title, title, (Paragraph(note, quiet=True), charts.score_table(text("Accuracy"), rows)))


def name(one: EvaluationSet) -> str:
    """A set in words."""
    return {
        "clean": text("Clean: the benchmark"),
        "damaged": text("Corrupted: the benchmark under every moderate corruption"),
        "collected": text("Collected failures: {name}").format(name=one.name) if one.name else text("Collected failures"),
    }[one.kind]


def missing(one: EvaluationSet) -> str:
    """Why a set has no score."""
    return {
        "no_set": text("none yet"),
        "gone": text("missing or modified"),
        "not_run": text("not run yet"),
    }.get(one.score.note, text("not measured"))


def figure(one: EvaluationSet) -> str:
    """Its score with the range, or why there is none."""
    if not one.score.measured:
        return missing(one)
    return number_format.figure(one.score)
