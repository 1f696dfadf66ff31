"""Failure modes on the page: share of the errors, pictures in stock, and how many are still to be collected before any retraining."""

from __future__ import annotations

from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.failure_modes import GOOD, LEAST, MODES, FailureMode
from fieldcheck.words.language import text

FACTS = tuple[FailureMode, ...]


def section(report: Report) -> Section:
    """One row a mode, the largest share of the errors first."""
    title = text("Failure modes")
    found = (report.facts or {}).get("failure_modes")
    if not isinstance(found, tuple):
        said = text("No labelled frame has a prediction yet.")
        return Section("failure_modes", title, title, (Paragraph(said, quiet=True),))
    if not found:
        return Section("failure_modes", title, title, (Paragraph(text("The model was correct on every labelled frame of the sample.")),))
    rule = text("Collect at least {least} distinct images per failure mode ({good} recommended): at most 10 per clip, no near-duplicates.")
    heads = (
        Cell(text("Failure mode"), head=True),
        Cell(text("wrong frames"), figure=True),
        Cell(text("share of errors"), figure=True),
        Cell(text("collected"), figure=True),
        Cell(text("still to collect"), figure=True),
    )
    table = Table(text("Errors by failure mode, weighted; 95% CI for these cameras"), heads, tuple(_row(row) for row in found))
    blocks: list[Block] = [Paragraph(rule.format(least=LEAST, good=GOOD), quiet=True), table]
    if any(not row.mode for row in found):
        said = text("Tag wrong frames by failure mode in Explore, for example {tags}; any other tag creates a new failure mode.")
        blocks.append(Paragraph(said.format(tags=", ".join(MODES))))
    return Section("failure_modes", title, title, tuple(blocks))


def mode_name(mode: str) -> str:
    """A mode in words; a tag of the site's own stands for itself."""
    return {
        "": text("unassigned"),
        "blur": text("blur"),
        "dark": text("dark"),
        "glare": text("glare"),
        "occlusion": text("occlusion"),
        "unseen object": text("unseen object"),
        "label doubtful": text("label doubtful"),
        "other": text("other"),
    }.get(mode, mode)


def _row(row: FailureMode) -> tuple[Cell, ...]:
    stock = (str(row.stock), str(row.to_collect)) if row.mode else ("–", "–")
    share = number_format.rate_figure(row.share)
    figures = (str(row.n), share, *stock)
    return (Cell(mode_name(row.mode), head=True), *(Cell(figure, figure=True) for figure in figures))
