"""Label quality on the page: the labels that the model doubts most, to be looked at before anybody blames the model."""

from __future__ import annotations

from fieldcheck.domain.suspected_labels import SuspectedLabels
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.remedies import format_report_remedy

SUSPECT_FACTS = tuple[SuspectedLabels, ...]
SHOWN = 12  # of each side


def build_suspect_section(report: Report) -> Section:
    """Counts and the first suspects of each side."""
    title = tr("Suspected label errors")
    told = (report.facts or {}).get("suspected_labels")
    found = [one for one in told if isinstance(one, SuspectedLabels)] if isinstance(told, tuple) else []
    if not found:
        said = tr("Not measured. Requires class or box labels and predictions for them.")
        return Section("suspected_labels", title, title, (Paragraph(said, quiet=True),))
    blocks: list[Block] = []
    for one in found:
        blocks.append(Paragraph(_describe_suspect_count(one)))
        if one.flagged and one.labels:
            blocks.append(_build_suspect_table(one))
    return Section("suspected_labels", title, title, tuple(blocks))


def _describe_suspect_count(found: SuspectedLabels) -> str:
    said = tr_plural(
        "Benchmark: {n} of {of} labels is suspect. Either the label or the model may be wrong: review{remedy}.",
        "Benchmark: {n} of {of} labels are suspect. Either the label or the model may be wrong: review{remedy}.",
        found.flagged,
    )
    if found.on == "field":
        said = tr_plural(
            "Field: {n} of {of} labels is suspect. Either the label or the model may be wrong: review{remedy}.",
            "Field: {n} of {of} labels are suspect. Either the label or the model may be wrong: review{remedy}.",
            found.flagged,
        )
    return said.format(n=found.flagged, of=found.n, remedy=format_report_remedy("look"))


def _build_suspect_table(found: SuspectedLabels) -> Table:
    heads = (
        Cell(tr("Image"), head=True),
        Cell(tr("Assigned label")),
        Cell(tr("Prediction")),
        Cell(tr("label confidence"), figure=True),
    )
    rows = tuple(
        (Cell(one.item, head=True), Cell(one.label), Cell(one.instead), Cell(number_format.format_confidence(one.confidence), figure=True))
        for one in found.labels[:SHOWN]
    )
    return Table(tr("Lowest label confidence first"), heads, rows)
