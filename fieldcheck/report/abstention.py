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
    title = text("Manual review (abstention)")
    found = (report.facts or {}).get("abstention")
    if not isinstance(found, Abstention):
        said = text(
            "Insufficient data. Requires one class per frame and at least four clips that split into two halves of 20 labelled frames each."
        )
        return Section("abstention", title, title, (Paragraph(said, quiet=True),))
    heads = (
        Cell(text("Routed to manual review"), head=True),
        Cell(text("errors on remaining frames"), figure=True),
        Cell(text("error reduction, pp"), figure=True),
    )
    table = Table(text("Risk-coverage curve (cross-validated by clip)"), heads, tuple(map(_row, found.curve)))
    return Section("abstention", title, title, (Paragraph(abstention_said(found)), table))


def abstention_said(found: Abstention) -> str:
    """Send so many to a person: errors fall from, to; or that no fall was shown."""
    at = found.at
    if not at.error.measured:
        return text("Insufficient data: routing that many frames to manual review leaves no predictions to score.")
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
            "Route {share} of frames (confidence below {threshold}) to manual review: the error rate falls from "
            "{before} to {after} ({range}, n = {n})."
        )
    else:
        said = text(
            "No benefit demonstrated from routing {share} of frames (confidence below {threshold}) to manual "
            "review: error rate {before} before, {after} after ({range}, n = {n})."
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
