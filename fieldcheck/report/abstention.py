"""Abstention on the page: send the least sure frames to a person, and what the errors of the others are then."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.decision_thresholds import Abstention, RiskPoint
from fieldcheck.words.figures import format_number, format_percent, format_points, format_points_interval, format_rate, format_rate_interval
from fieldcheck.words.language import tr

FACTS = Abstention


def build_abstention_section(report: Report) -> Section:
    """The sentence, and the curve of risk and coverage as it was tested."""
    title = tr("Manual review (abstention)")
    found = (report.facts or {}).get("abstention")
    if not isinstance(found, Abstention):
        said = tr(
            "Insufficient data. Requires one class per frame and at least four clips that split into two halves of 20 labelled frames each."
        )
        return Section("abstention", title, title, (Paragraph(said, quiet=True),))
    heads = (
        Cell(tr("Routed to manual review"), head=True),
        Cell(tr("errors on remaining frames"), figure=True),
        Cell(tr("error reduction, pp"), figure=True),
    )
    table = Table(tr("Risk-coverage curve (cross-validated by clip)"), heads, tuple(map(_build_risk_row, found.curve)))
    return Section("abstention", title, title, (Paragraph(describe_abstention(found)), table))


def describe_abstention(found: Abstention) -> str:
    """Send so many to a person: errors fall from, to; or that no fall was shown."""
    at = found.at
    if not at.error.measured:
        return tr("Insufficient data: routing that many frames to manual review leaves no predictions to score.")
    words = {
        "share": format_percent(at.share.value),
        "before": format_percent(found.error.value),
        "after": format_rate(at.error),
        "range": format_rate_interval(at.error),
        "threshold": format_number(found.threshold, 2),
        "n": found.error.n,
    }
    if at.fall.measured and at.fall.lo > 0:
        said = tr(
            "Route {share} of frames (confidence below {threshold}) to manual review: the error rate falls from "
            "{before} to {after} ({range}, n = {n})."
        )
    else:
        said = tr(
            "No benefit demonstrated from routing {share} of frames (confidence below {threshold}) to manual "
            "review: error rate {before} before, {after} after ({range}, n = {n})."
        )
    return said.format(**words)


def _build_risk_row(point: RiskPoint) -> tuple[Cell, ...]:
    fall = point.fall
    lower = f"{format_points(fall.value)} ({format_points_interval(fall)})" if fall.measured else "–"
    return (
        Cell(format_percent(point.share.value), head=True),
        Cell(_format_error_rate(point.error), figure=True),
        Cell(lower, figure=True),
    )


def _format_error_rate(estimate: Estimate) -> str:
    return f"{format_rate(estimate)} ({format_rate_interval(estimate)})" if estimate.measured else "–"
