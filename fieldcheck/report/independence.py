"""Independence of the test on the page: leaks between training, benchmark and field, worn-out labels, and scores by source."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.independence import MOST_LEAKED, LeakCount
from fieldcheck.domain.independence import Independence as Independence
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.figures import format_percent
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.near_duplicates import format_pair, get_leak_name
from fieldcheck.words.remedies import format_report_remedy

MOST_SHOWN_PAIRS = 8  # pairs of each kind


def list_independence_warnings(report: Report) -> list[str]:
    """Lines of the first page: more than 2 % leaked, a sample looked at too often, labels that training has seen."""
    found = (report.facts or {}).get("independence")
    if not isinstance(found, Independence):
        return []
    leaks = [row for row in found.leaks or () if row.share > MOST_LEAKED]
    return [*(_format_leak_count(row) for row in leaks), *_describe_label_reuse(found), *_describe_exported_labels(found)]


def list_missing_search_notes(report: Report) -> list[str]:
    """Line for whoever sees the first page alone, where warnings of leaks may be missing: no search, or one before a change."""
    found = (report.facts or {}).get("independence")
    if not isinstance(found, Independence) or report.benchmark is None:
        return []
    return [_describe_missing_search(found)] if found.leaks is None or found.outdated else []


def build_independence_section(report: Report) -> Section:
    """All of it."""
    title = tr("Independence and data leakage")
    found = (report.facts or {}).get("independence")
    if not isinstance(found, Independence):
        said = tr("Not measured. Requires a model and either a benchmark run or labelled frames.")
        return Section("independence", title, title, (Paragraph(said, quiet=True),))
    blocks: list[Block] = [*_build_leak_blocks(found)]
    blocks += [Paragraph(line) for line in (*_describe_label_reuse(found), *_describe_exported_labels(found))]
    if not found.is_worn_out and found.looks:
        said = tr_plural(
            "{n} model was scored on these labels.", "{n} models or model cards were scored on these labels.", len(found.looks)
        )
        blocks.append(Paragraph(said.format(n=len(found.looks)), quiet=True))
    if found.sources:
        rows = tuple((one.source or tr("no name"), one.score) for one in found.sources)
        blocks.append(_build_score_table(tr("Benchmark score by source (folder, or start of the file name)"), rows))
    return Section("independence", title, title, tuple(blocks))


def _build_leak_blocks(found: Independence) -> list[Block]:
    if found.leaks is None:
        return [Paragraph(_describe_missing_search(found), quiet=True)]
    blocks: list[Block] = [Paragraph(_describe_missing_search(found))] if found.outdated else []
    blocks += [Paragraph(line, quiet=True) for line in _describe_training_leaks(found)]
    heads = (Cell(tr("Near-duplicates"), head=True), *(Cell(said, figure=True) for said in ("n", tr("of"), tr("share"))))
    rows = []
    for row in found.leaks:
        figures = (str(row.n), str(row.of), format_percent(row.share, 1))
        rows.append((Cell(get_leak_name(row.between), head=True), *(Cell(said, figure=True) for said in figures)))
    blocks.append(Table(tr("The same image re-encoded, resized, or taken a moment later"), heads, tuple(rows)))
    for row in found.leaks:
        if row.pairs:
            said = ", ".join(format_pair(one.picture, one.twin) for one in row.pairs[:MOST_SHOWN_PAIRS])
            blocks.append(Paragraph(f"{get_leak_name(row.between)}: {said}{' …' if row.n > MOST_SHOWN_PAIRS else ''}", quiet=True))
    if found.leaked.n:
        parts = (
            (tr("All images"), found.with_leaks),
            (tr("Without near-duplicates in field and training"), found.without_leaks),
            (tr("Near-duplicates alone"), found.leaked),
        )
        blocks.append(_build_score_table(tr("Benchmark score with and without near-duplicates"), parts))
    return blocks


def _describe_missing_search(found: Independence) -> str:
    if found.leaks is None:
        return tr("Near-duplicates not searched yet{remedy}.").format(remedy=format_report_remedy("report"))
    return tr("Benchmark or footage changed since the last near-duplicate search{remedy}.").format(remedy=format_report_remedy("report"))


def _describe_training_leaks(found: Independence) -> list[str]:
    if found.training is None:
        return [tr("No training folder given: overlap between training data and benchmark is unknown.")]
    if found.training == 0:
        return [tr("The training folder is missing or contains no images.")]
    if not found.unreadable:
        return []
    said = tr_plural(
        "{n} file in the training folder is not an image.", "{n} files in the training folder are not images.", found.unreadable
    )
    return [said.format(n=found.unreadable)]


def _build_score_table(caption: str, rows: tuple[tuple[str, Estimate], ...]) -> Table:
    heads = (Cell(caption, head=True), Cell(tr("accuracy"), figure=True))
    return Table(
        caption,
        heads,
        tuple((Cell(name, head=True), Cell(number_format.format_benchmark_estimate(score), figure=True)) for name, score in rows),
    )


def _format_leak_count(row: LeakCount) -> str:
    said = tr("{pair}: {n} of {of} ({share}) are near-duplicates; the score may be too high.")
    return said.format(pair=get_leak_name(row.between), n=row.n, of=row.of, share=format_percent(row.share, 1))


def _describe_label_reuse(found: Independence) -> list[str]:
    if not found.is_worn_out:
        return []
    said = tr(
        "{n} models or model cards were scored on the same labels ({names}). Selecting among them biases the score; pick a new sample."
    )
    return [said.format(n=len(found.looks), names=", ".join(found.looks))]


def _describe_exported_labels(found: Independence) -> list[str]:
    if not found.exported:
        return []
    said = tr_plural(
        "{n} of {of} labelled frames was exported for training; it is no longer a valid test for models trained since.",
        "{n} of {of} labelled frames were exported for training; they are no longer a valid test for models trained since.",
        found.exported,
    )
    return [said.format(n=found.exported, of=found.labelled)]
