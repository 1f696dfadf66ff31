"""Classes on both sides on the page: recall and precision on benchmark and field, and the change in points with its interval."""

from __future__ import annotations

from collections.abc import Iterator

from fieldcheck.domain.answer_kind import answer_kind
from fieldcheck.domain.class_sides import ClassSides
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Heading, Paragraph, Table
from fieldcheck.report.report import Report
from fieldcheck.words.figures import points, points_interval
from fieldcheck.words.language import text

FACTS = tuple[ClassSides, ...]


def blocks(report: Report) -> Iterator[Block]:
    """Two tables, recall and precision; nothing where one side was not measured."""
    rows = [row for row in (report.facts or {}).get("class_sides") or () if isinstance(row, ClassSides)]  # type: ignore[attr-defined]
    if not rows:
        return
    yield Heading(text("Per-class results, benchmark and field"))
    yield _table(text("Recall"), [(r.name, (r.n_benchmark, r.n_field), r.recall_benchmark, r.recall_field, r.recall_change) for r in rows])
    found = [(r, (r.precision_benchmark.n, r.precision_field.n)) for r in rows]
    labels = answer_kind(report.model.task).labels if report.model is not None else ""
    if labels != "points":
        yield _table(text("Precision"), [(r.name, n, r.precision_benchmark, r.precision_field, r.precision_change) for r, n in found])
    said = {
        "boxes": text("n: labelled objects; for precision, boxes of that class above the deployed threshold. 95% CI by whole frames."),
        "points": text(
            "n: labelled points; recall is the share of points covered, precision is not defined for points. 95% CI by whole frames."
        ),
    }.get(labels, text("n: labelled frames of the class; for precision, frames predicted as that class."))
    change = text("Field weighted as in the main result; change: field minus benchmark.")
    yield Paragraph(f"{said} {change}", quiet=True)


def _table(name: str, rows: list[tuple[str, tuple[int, int], Estimate, Estimate, Estimate]]) -> Table:
    heads = (name, text("n, benchmark / field"), text("Benchmark"), text("Field"), text("change, pp"))
    body = tuple(
        (
            Cell(class_name, head=True),
            *(
                Cell(said, figure=True)
                for said in (f"{n[0]} / {n[1]}", number_format.figure(there), number_format.figure(here), _points(change))
            ),
        )
        for class_name, n, there, here, change in rows
    )
    return Table(name, tuple(Cell(head, head=at == 0, figure=at > 0) for at, head in enumerate(heads)), body)


def _points(change: Estimate) -> str:
    if not change.measured or change.status == "weak":
        return "–"
    return f"{points(change.value)} ({points_interval(change)})"
