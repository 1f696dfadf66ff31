"""Classes on both sides on the page: recall and precision on benchmark and field, and the change in points with its interval."""

from __future__ import annotations

from collections.abc import Iterator

from fieldcheck.domain.answer_kind import get_answer_kind
from fieldcheck.domain.class_sides import ClassSides
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Heading, Paragraph, Table
from fieldcheck.report.report import Report
from fieldcheck.words.figures import format_points, format_points_interval
from fieldcheck.words.language import tr

FACTS = tuple[ClassSides, ...]


def build_class_side_blocks(report: Report) -> Iterator[Block]:
    """Two tables, recall and precision; nothing where one side was not measured."""
    rows = [row for row in (report.facts or {}).get("class_sides") or () if isinstance(row, ClassSides)]  # type: ignore[attr-defined]
    if not rows:
        return
    yield Heading(tr("Per-class results, benchmark and field"))
    yield _build_class_table(
        tr("Recall"), [(r.name, (r.n_benchmark, r.n_field), r.recall_benchmark, r.recall_field, r.recall_change) for r in rows]
    )
    found = [(r, (r.precision_benchmark.n, r.precision_field.n)) for r in rows]
    labels = get_answer_kind(report.model.task).labels if report.model is not None else ""
    if labels != "points":
        yield _build_class_table(
            tr("Precision"), [(r.name, n, r.precision_benchmark, r.precision_field, r.precision_change) for r, n in found]
        )
    said = {
        "boxes": tr("n: labelled objects; for precision, boxes of that class above the deployed threshold. 95% CI by whole frames."),
        "points": tr(
            "n: labelled points; recall is the share of points covered, precision is not defined for points. 95% CI by whole frames."
        ),
    }.get(labels, tr("n: labelled frames of the class; for precision, frames predicted as that class."))
    change = tr("Field weighted as in the main result; change: field minus benchmark.")
    yield Paragraph(f"{said} {change}", quiet=True)


def _build_class_table(name: str, rows: list[tuple[str, tuple[int, int], Estimate, Estimate, Estimate]]) -> Table:
    heads = (name, tr("n, benchmark / field"), tr("Benchmark"), tr("Field"), tr("change, pp"))
    body = tuple(
        (
            Cell(class_name, head=True),
            *(
                Cell(said, figure=True)
                for said in (
                    f"{n[0]} / {n[1]}",
                    number_format.format_value_with_range(there),
                    number_format.format_value_with_range(here),
                    _format_change(change),
                )
            ),
        )
        for class_name, n, there, here, change in rows
    )
    return Table(name, tuple(Cell(head, head=at == 0, figure=at > 0) for at, head in enumerate(heads)), body)


def _format_change(change: Estimate) -> str:
    if not change.measured or change.status == "weak":
        return "–"
    return f"{format_points(change.value)} ({format_points_interval(change)})"
