"""Shared classes on the page: what only one side labels, and the scores without and with it."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.shared_classes import NamedCount
from fieldcheck.domain.shared_classes import SharedClasses as SharedClasses
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Pairs, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.formatting import format_names
from fieldcheck.words.language import tr

MOST_NAMES = 12


def list_shared_class_warnings(report: Report) -> list[str]:
    """A line of the first page where a class is labelled on one side only."""
    found = (report.facts or {}).get("shared_classes")
    if not isinstance(found, SharedClasses) or not found.has_differences:
        return []
    lines = []
    if found.benchmark_only:
        lines.append(tr("Labelled in the benchmark only: {classes}.").format(classes=_format_class_counts(found.benchmark_only)))
    if found.field_only:
        lines.append(tr("Labelled in the field only: {classes}.").format(classes=_format_class_counts(found.field_only)))
    if found.shared:
        said = tr("The gap covers the classes labelled on both sides. Over all classes: {gap}.")
        lines.append(said.format(gap=_format_gap(found.gap_all)))
    return [" ".join(lines)]


def build_shared_class_section(report: Report) -> Section:
    """Both scores and the gap over shared classes and over all, and which classes a side or the model lacks."""
    title = tr("Shared classes")
    found = (report.facts or {}).get("shared_classes")
    if not isinstance(found, SharedClasses):
        said = tr("Not measured. Requires a benchmark run and labelled frames of a sample.")
        return Section("shared_classes", title, title, (Paragraph(said, quiet=True),))
    sentence, few = (_describe_shared_classes(found, most) for most in (len(found.shared), MOST_NAMES))
    blocks: list[Block] = [Paragraph(sentence, short=few)]
    blocks += [Pairs(rows)] if (rows := _list_missing_classes(found)) else []
    heads = (Cell(tr("Score"), head=True), Cell(tr("Shared classes"), figure=True), Cell(tr("All classes"), figure=True))
    rows_of = (
        (
            tr("Benchmark"),
            number_format.format_benchmark_estimate(found.benchmark),
            number_format.format_benchmark_estimate(found.benchmark_all),
        ),
        (tr("Field, this footage"), number_format.format_estimate(found.field), number_format.format_estimate(found.field_all)),
        (tr("Gap"), _format_gap(found.gap), _format_gap(found.gap_all)),
    )
    body = [(Cell(name, head=True), Cell(shared, figure=True), Cell(every, figure=True)) for name, shared, every in rows_of]
    for name, recall in (
        (tr("Recall, benchmark, all objects"), found.benchmark_recall_all),
        (tr("Recall, field, all objects"), found.field_recall_all),
    ):
        if recall is not None:
            body.append((Cell(name, head=True), Cell("–", figure=True), Cell(number_format.format_estimate(recall), figure=True)))
    return Section("shared_classes", title, title, (*blocks, Table(tr("Same metric on both sides"), heads, tuple(body))))


def _describe_shared_classes(found: SharedClasses, most: int) -> str:
    """The classes that the headline is over, the first `most` of them."""
    if not found.shared:
        return tr("No gap: benchmark and field have no labelled class in common.")
    if not found.has_differences:
        return tr("All labelled classes occur on both sides.")
    return tr(
        "The main result covers the classes labelled on both sides: {classes}. Predictions of other classes "
        "count as wrong; over all classes, classes unknown to the model count as missed."
    ).format(classes=format_names(found.shared, most))


def _list_missing_classes(found: SharedClasses) -> tuple[tuple[str, str], ...]:
    rows = (
        (tr("In the benchmark only"), found.benchmark_only),
        (tr("In the field only"), found.field_only),
        (tr("Unknown to the model"), found.unknown_to_model),
    )
    return tuple((name, _format_class_counts(classes)) for name, classes in rows if classes)


def _format_class_counts(classes: Sequence[NamedCount]) -> str:
    """`burr (12), wood (3)`: with the number of labels."""
    return ", ".join(f"{one.name} ({one.n})" for one in classes)


def _format_gap(estimate: Estimate) -> str:
    return number_format.format_gap_with_range(estimate) if estimate.measured else tr("not measured")
