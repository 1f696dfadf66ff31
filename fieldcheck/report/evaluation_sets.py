"""Evaluation sets of a model, side by side: clean, corrupted, and failures that somebody collected."""

from __future__ import annotations

from fieldcheck.domain.benchmark import EvaluationSet
from fieldcheck.report import charts, number_format
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.report.scale import ticks
from fieldcheck.words.language import text


def section(report: Report) -> Section:
    """One row a set, also for a set that is missing: that it is missing is what a reader must know."""
    title = text("Evaluation sets")
    if not report.sets:
        return Section("sets", title, title, (Paragraph(text("The project has no model yet.")),))
    heads = (Cell(text("Set"), head=True), Cell("n", figure=True), Cell(text("score"), figure=True), Cell("", drawing=charts.axis(ticks())))
    rows = tuple(
        (
            Cell(name(one), head=True),
            Cell(str(one.n), figure=True),
            Cell(figure(one), figure=True),
            Cell("", drawing=charts.row(one.score, None)),
        )
        for one in report.sets
    )
    note = text("Clean pictures alone are the easiest of the three tests.")
    return Section("sets", title, title, (Paragraph(note, quiet=True), Table(text("Accuracy"), heads, rows, kind="ranges")))


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
        "gone": text("missing or changed"),
        "not_run": text("not run yet"),
    }.get(one.score.note, text("not measured"))


def figure(one: EvaluationSet) -> str:
    """Its score with the range, or why there is none."""
    if not one.score.measured:
        return missing(one)
    return number_format.figure(one.score)
