"""Failure modes on the page: share of the errors, pictures in stock, and how many are still to be collected before any retraining."""

from __future__ import annotations

from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.failure_modes import GOOD, LEAST, MODES, FailureMode
from fieldcheck.words.language import tr

FACTS = tuple[FailureMode, ...]


def build_failure_mode_section(report: Report) -> Section:
    """One row a mode, the largest share of the errors first."""
    title = tr("Failure modes")
    found = (report.facts or {}).get("failure_modes")
    if not isinstance(found, tuple):
        said = tr("No labelled frame has a prediction yet.")
        return Section("failure_modes", title, title, (Paragraph(said, quiet=True),))
    if not found:
        return Section("failure_modes", title, title, (Paragraph(tr("The model was correct on every labelled frame of the sample.")),))
    rule = tr("Collect at least {least} distinct images per failure mode ({good} recommended): at most 10 per clip, no near-duplicates.")
    heads = (
        Cell(tr("Failure mode"), head=True),
        Cell(tr("wrong frames"), figure=True),
        Cell(tr("share of errors"), figure=True),
        Cell(tr("collected"), figure=True),
        Cell(tr("still to collect"), figure=True),
    )
    table = Table(tr("Errors by failure mode, weighted; 95% CI for these cameras"), heads, tuple(_build_mode_row(row) for row in found))
    blocks: list[Block] = [Paragraph(rule.format(least=LEAST, good=GOOD), quiet=True), table]
    if any(not row.mode for row in found):
        said = tr("Tag wrong frames by failure mode in Explore, for example {tags}; any other tag creates a new failure mode.")
        blocks.append(Paragraph(said.format(tags=", ".join(MODES))))
    return Section("failure_modes", title, title, tuple(blocks))


def get_failure_mode_name(mode: str) -> str:
    """A mode in words; a tag of the site's own stands for itself."""
    return {
        "": tr("unassigned"),
        "blur": tr("blur"),
        "dark": tr("dark"),
        "glare": tr("glare"),
        "occlusion": tr("occlusion"),
        "unseen object": tr("unseen object"),
        "label doubtful": tr("label doubtful"),
        "other": tr("other"),
    }.get(mode, mode)


def _build_mode_row(row: FailureMode) -> tuple[Cell, ...]:
    stock = (str(row.stock), str(row.to_collect)) if row.mode else ("–", "–")
    share = number_format.format_rate_with_range(row.share)
    figures = (str(row.n), share, *stock)
    return (Cell(get_failure_mode_name(row.mode), head=True), *(Cell(figure, figure=True) for figure in figures))
