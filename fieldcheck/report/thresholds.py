"""Per-class thresholds on the page: recall and precision before and after, as tested on clips where they were not chosen."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.decision_thresholds import LEAST_POSITIVES, ClassThreshold, Thresholds
from fieldcheck.words.figures import format_number, format_percent, format_points, format_points_interval
from fieldcheck.words.formatting import format_names
from fieldcheck.words.language import tr
from fieldcheck.words.remedies import format_report_remedy

MOST_ROWS = 20
FACTS = Thresholds


def build_threshold_section(report: Report) -> Section:
    """One row a class with enough labels; the others by name."""
    title = tr("Per-class thresholds")
    found = (report.facts or {}).get("thresholds")
    if not isinstance(found, Thresholds):
        said = tr("Not measured: no labelled frame of the sample has a class or box prediction.")
        return Section("thresholds", title, title, (Paragraph(said, quiet=True),))
    rule = tr(
        "Highest recall at a precision of at least {precision}, at the field's class mix. Selected on one "
        "half of the clips, tested on the other."
    )
    blocks: list[Block] = [Paragraph(rule.format(precision=format_percent(found.precision)), quiet=True)]
    if found.classes:
        blocks += _build_threshold_tables(found)
        blocks.append(Paragraph(_describe_gain(found)))
    if found.too_few:
        few = tr("Insufficient data: fewer than {n} labelled frames on either side, or too few clips, for {classes}.")
        whole, short = (
            few.format(n=LEAST_POSITIVES, classes=format_names(found.too_few, most)) for most in (len(found.too_few), MOST_ROWS)
        )
        blocks.append(Paragraph(whole, short=short))
    return Section("thresholds", title, title, tuple(blocks))


def _build_threshold_tables(found: Thresholds) -> tuple[Table, Table]:
    """Recall, which is what is gained, and precision, which is what it costs: nine columns in one table fit no page."""
    recall = (
        Cell(tr("Class"), head=True),
        Cell(tr("selected and tested on")),
        Cell("n", figure=True),
        Cell(tr("threshold"), figure=True),
        Cell(tr("recall before"), figure=True),
        Cell(tr("after"), figure=True),
        Cell(tr("change, pp"), figure=True),
    )
    precision = (Cell(tr("Class"), head=True), Cell(tr("precision before"), figure=True), Cell(tr("after"), figure=True))
    shown = found.classes[:MOST_ROWS]
    caption = tr("One-vs-rest per class, weighted by the field's class mix")
    return (
        Table(caption, recall, tuple(_build_recall_row(one) for one in shown)),
        Table(tr("Cost: precision on the same frames"), precision, tuple(_build_precision_row(one) for one in shown)),
    )


def _build_recall_row(one: ClassThreshold) -> tuple[Cell, ...]:
    on = {"field": tr("field"), "benchmark": tr("benchmark, reweighted")}[one.on]
    change = f"{format_points(one.change.value)} ({format_points_interval(one.change)})" if one.change.measured else "–"
    level = format_number(one.threshold, 2) if one.threshold is not None else "–"
    figures = (str(one.n), level, _format_share(one.recall_before), _format_share(one.recall_after), change)
    return (Cell(one.class_name, head=True), Cell(on), *(Cell(figure, figure=True) for figure in figures))


def _build_precision_row(one: ClassThreshold) -> tuple[Cell, ...]:
    return (
        Cell(one.class_name, head=True),
        *(Cell(_format_share(side), figure=True) for side in (one.precision_before, one.precision_after)),
    )


def _format_share(estimate: Estimate) -> str:
    return number_format.format_value_with_range(estimate) if estimate.measured else "–"


def _describe_gain(found: Thresholds) -> str:
    names = [one.class_name for one in found.classes if one.has_gain]
    if not names:
        return tr("No demonstrated gain in recall for any class: keep the current thresholds.")
    said = tr(
        "Gain in recall demonstrated for {classes}. With one class per frame, the thresholds can be exported as a model card{remedy}."
    )
    return said.format(classes=", ".join(names), remedy=format_report_remedy("thresholds"))
