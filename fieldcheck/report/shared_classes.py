"""Shared classes on the page: what only one side labels, and the scores without and with it."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.shared_classes import NamedCount
from fieldcheck.domain.shared_classes import SharedClasses as SharedClasses
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Pairs, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.formatting import listed
from fieldcheck.words.language import text

MOST_NAMES = 12


def warning(report: Report) -> list[str]:
    """A line of the first page where a class is labelled on one side only."""
    found = (report.facts or {}).get("shared_classes")
    if not isinstance(found, SharedClasses) or not found.differ:
        return []
    lines = []
    if found.benchmark_only:
        lines.append(text("Labelled in the benchmark only: {classes}.").format(classes=_named(found.benchmark_only)))
    if found.field_only:
        lines.append(text("Labelled in the field only: {classes}.").format(classes=_named(found.field_only)))
    if found.shared:
        said = text("The gap covers the classes labelled on both sides. Over all classes: {gap}.")
        lines.append(said.format(gap=_gap(found.gap_all)))
    return [" ".join(lines)]


def section(report: Report) -> Section:
    """Both scores and the gap over shared classes and over all, and which classes a side or the model lacks."""
    title = text("Shared classes")
    found = (report.facts or {}).get("shared_classes")
    if not isinstance(found, SharedClasses):
        said = text("Not measured. Requires a benchmark run and labelled frames of a sample.")
        return Section("shared_classes", title, title, (Paragraph(said, quiet=True),))
    sentence, few = (_sentence(found, most) for most in (len(found.shared), MOST_NAMES))
    blocks: list[Block] = [Paragraph(sentence, short=few)]
    blocks += [Pairs(rows)] if (rows := _lacking(found)) else []
    heads = (Cell(text("Score"), head=True), Cell(text("Shared classes"), figure=True), Cell(text("All classes"), figure=True))
    rows_of = (
        (text("Benchmark"), number_format.benchmark_whole(found.benchmark), number_format.benchmark_whole(found.benchmark_all)),
        (text("Field, this footage"), number_format.whole(found.field), number_format.whole(found.field_all)),
        (text("Gap"), _gap(found.gap), _gap(found.gap_all)),
    )
    body = [(Cell(name, head=True), Cell(shared, figure=True), Cell(every, figure=True)) for name, shared, every in rows_of]
    for name, recall in (
        (text("Recall, benchmark, all objects"), found.benchmark_recall_all),
        (text("Recall, field, all objects"), found.field_recall_all),
    ):
        if recall is not None:
            body.append((Cell(name, head=True), Cell("–", figure=True), Cell(number_format.whole(recall), figure=True)))
    return Section("shared_classes", title, title, (*blocks, Table(text("Same metric on both sides"), heads, tuple(body))))


def _sentence(found: SharedClasses, most: int) -> str:
    """The classes that the headline is over, the first `most` of them."""
    if not found.shared:
        return text("No gap: benchmark and field have no labelled class in common.")
    if not found.differ:
        return text("All labelled classes occur on both sides.")
    return text(
        "The main result covers the classes labelled on both sides: {classes}. Predictions of other classes "
        "count as wrong; over all classes, classes unknown to the model count as missed."
    ).format(classes=listed(found.shared, most))


def _lacking(found: SharedClasses) -> tuple[tuple[str, str], ...]:
    rows = (
        (text("In the benchmark only"), found.benchmark_only),
        (text("In the field only"), found.field_only),
        (text("Unknown to the model"), found.unknown_to_model),
    )
    return tuple((name, _named(classes)) for name, classes in rows if classes)


def _named(classes: Sequence[NamedCount]) -> str:
    """`burr (12), wood (3)`: with the number of labels."""
    return ", ".join(f"{one.name} ({one.n})" for one in classes)


def _gap(estimate: Estimate) -> str:
    return number_format.gap_whole(estimate) if estimate.measured else text("not measured")
