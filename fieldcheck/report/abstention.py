"""Abstention on the page: send the least sure frames to a person, and what the errors of the others are then."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.decision_thresholds import Abstention, RiskPoint
from fieldcheck.words.figures import number, percent, points, points_interval, rate, rate_interval
from fieldcheck.words.language import text

FACTS = Abstention


def section(report: Report) -> Section:
    """The sentence, and the curve of risk and coverage as it was tested."""
    title = text("Frames for a person")
    found = (report.facts or {}).get("abstention")
    if not isinstance(found, Abstention):
        said = text("Not enough: it takes one class a frame, and four clips or more that make two halves of twenty labelled frames.")
        return Section("abstention", title, title, (Paragraph(said, quiet=True),))
    heads = (
        Cell(text("Sent to a person"), head=True),
        Cell(text("errors of the others"), figure=True),
        Cell(text("errors fall by, pp"), figure=True),
    )
    table = Table(text("Risk and coverage, each tested on the clips where it was not chosen"), heads, tuple(map(_row, found.curve)))
    return Section("abstention", title, title, (Paragraph(abstention_said(found)), table))


def abstention_said(found: Abstention) -> str:
    """Send so many to a person: errors fall from, to; or that no fall was shown."""
    at = found.at
    if not at.error.measured:
        return text("Not enough: no answer is left when so many frames go to a person.")
    words = {
        "share": percent(at.share.value),
        "before": percent(found.error.value),
        "after": rate(at.error),
        "range": rate_interval(at.error),
        "threshold": number(found.threshold, 2),
        "n": found.error.n,
    }
    if at.fall.measured and at.fall.lo > 0:
        said = text(
            "Send {share} to a person, those with a confidence below {threshold}: errors fall from {before} to {after} ({range}, n = {n})."
        )
    else:
        said = text(
            "Sending {share} to a person, those with a confidence below {threshold}, was not shown to help: "
            "errors {before} before, {after} after ({range}, n = {n})."
        )
    return said.format(**words)


def _row(point: RiskPoint) -> tuple[Cell, ...]:
    fall = point.fall
    lower = f"{points(fall.value)} ({points_interval(fall)})" if fall.measured else "–"
    return (
        Cell(percent(point.share.value), head=True),
        Cell(_error(point.error), figure=True),
        Cell(lower, figure=True),
    )


def _error(estimate: Estimate) -> str:
    return f"{rate(estimate)} ({rate_interval(estimate)})" if estimate.measured else "–"
