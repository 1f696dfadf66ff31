"""Label quality on the page: the labels that the model doubts most, to be looked at before anybody blames the model."""

from __future__ import annotations

from fieldcheck.domain.suspected_labels import SuspectedLabels
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.language import plural, text
from fieldcheck.words.remedies import on_paper

FACTS = tuple[SuspectedLabels, ...]
SHOWN = 12  # of each side


def section(report: Report) -> Section:
    """Counts and the first suspects of each side."""
    title = text("Suspected label errors")
    told = (report.facts or {}).get("suspected_labels")
    found = [one for one in told if isinstance(one, SuspectedLabels)] if isinstance(told, tuple) else []
    if not found:
        said = text("Not measured. Requires class or box labels and predictions for them.")
        return Section("suspected_labels", title, title, (Paragraph(said, quiet=True),))
    blocks: list[Block] = []
    for one in found:
        blocks.append(Paragraph(_counted(one)))
        if one.flagged and one.labels:
            blocks.append(_table(one))
    return Section("suspected_labels", title, title, tuple(blocks))


def _counted(found: SuspectedLabels) -> str:
    said = plural(
        "Benchmark: {n} of {of} labels is suspect. Either the label or the model may be wrong: review{remedy}.",
        "Benchmark: {n} of {of} labels are suspect. Either the label or the model may be wrong: review{remedy}.",
        found.flagged,
    )
    if found.on == "field":
        said = plural(
            "Field: {n} of {of} labels is suspect. Either the label or the model may be wrong: review{remedy}.",
            "Field: {n} of {of} labels are suspect. Either the label or the model may be wrong: review{remedy}.",
            found.flagged,
        )
    return said.format(n=found.flagged, of=found.n, remedy=on_paper("look"))


def _table(found: SuspectedLabels) -> Table:
    heads = (
        Cell(text("Image"), head=True),
        Cell(text("Assigned label")),
        Cell(text("Prediction")),
        Cell(text("label confidence"), figure=True),
    )
    rows = tuple(
        (Cell(one.item, head=True), Cell(one.label), Cell(one.instead), Cell(number_format.confidence(one.confidence), figure=True))
        for one in found.labels[:SHOWN]
    )
    return Table(text("Lowest label confidence first"), heads, rows)
