"""Independence of the test on the page: leaks between training, benchmark and field, worn-out labels, and scores by source."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.independence import MOST_LEAKED, LeakCount
from fieldcheck.domain.independence import Independence as Independence
from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.figures import percent
from fieldcheck.words.language import plural, text
from fieldcheck.words.near_duplicates import leak_name, pair
from fieldcheck.words.remedies import on_paper

SHOWN = 8  # pairs of each kind


def warning(report: Report) -> list[str]:
    """Lines of the first page: more than 2 % leaked, a sample looked at too often, labels that training has seen."""
    found = (report.facts or {}).get("independence")
    if not isinstance(found, Independence):
        return []
    leaks = [row for row in found.leaks or () if row.share > MOST_LEAKED]
    return [*(_leaked(row) for row in leaks), *_looks(found), *_exported(found)]


def not_searched(report: Report) -> list[str]:
    """Line for whoever sees the first page alone, where warnings of leaks may be missing: no search, or one before a change."""
    found = (report.facts or {}).get("independence")
    if not isinstance(found, Independence) or report.benchmark is None:
        return []
    return [_not_searched(found)] if found.leaks is None or found.outdated else []


def section(report: Report) -> Section:
    """All of it."""
    title = text("Independence and data leakage")
    found = (report.facts or {}).get("independence")
    if not isinstance(found, Independence):
        said = text("Not measured. Requires a model and either a benchmark run or labelled frames.")
        return Section("independence", title, title, (Paragraph(said, quiet=True),))
    blocks: list[Block] = [*_searched(found)]
    blocks += [Paragraph(line) for line in (*_looks(found), *_exported(found))]
    if not found.worn_out and found.looks:
        said = plural("{n} model was scored on these labels.", "{n} models or model cards were scored on these labels.", len(found.looks))
        blocks.append(Paragraph(said.format(n=len(found.looks)), quiet=True))
    if found.sources:
        rows = tuple((one.source or text("no name"), one.score) for one in found.sources)
        blocks.append(_scores(text("Benchmark score by source (folder, or start of the file name)"), rows))
    return Section("independence", title, title, tuple(blocks))


def _searched(found: Independence) -> list[Block]:
    if found.leaks is None:
        return [Paragraph(_not_searched(found), quiet=True)]
    blocks: list[Block] = [Paragraph(_not_searched(found))] if found.outdated else []
    blocks += [Paragraph(line, quiet=True) for line in _training(found)]
    heads = (Cell(text("Near-duplicates"), head=True), *(Cell(said, figure=True) for said in ("n", text("of"), text("share"))))
    rows = []
    for row in found.leaks:
        figures = (str(row.n), str(row.of), percent(row.share, 1))
        rows.append((Cell(leak_name(row.between), head=True), *(Cell(said, figure=True) for said in figures)))
    blocks.append(Table(text("The same image re-encoded, resized, or taken a moment later"), heads, tuple(rows)))
    for row in found.leaks:
        if row.pairs:
            said = ", ".join(pair(one.picture, one.twin) for one in row.pairs[:SHOWN])
            blocks.append(Paragraph(f"{leak_name(row.between)}: {said}{' …' if row.n > SHOWN else ''}", quiet=True))
    if found.leaked.n:
        parts = (
            (text("All images"), found.with_leaks),
            (text("Without near-duplicates in field and training"), found.without_leaks),
            (text("Near-duplicates alone"), found.leaked),
        )
        blocks.append(_scores(text("Benchmark score with and without near-duplicates"), parts))
    return blocks


def _not_searched(found: Independence) -> str:
    if found.leaks is None:
        return text("Near-duplicates not searched yet{remedy}.").format(remedy=on_paper("report"))
    return text("Benchmark or footage changed since the last near-duplicate search{remedy}.").format(remedy=on_paper("report"))


def _training(found: Independence) -> list[str]:
    if found.training is None:
        return [text("No training folder given: overlap between training data and benchmark is unknown.")]
    if found.training == 0:
        return [text("The training folder is missing or contains no images.")]
    if not found.unreadable:
        return []
    said = plural("{n} file in the training folder is not an image.", "{n} files in the training folder are not images.", found.unreadable)
    return [said.format(n=found.unreadable)]


def _scores(caption: str, rows: tuple[tuple[str, Estimate], ...]) -> Table:
    heads = (Cell(caption, head=True), Cell(text("accuracy"), figure=True))
    return Table(
        caption, heads, tuple((Cell(name, head=True), Cell(number_format.benchmark_whole(score), figure=True)) for name, score in rows)
    )


def _leaked(row: LeakCount) -> str:
    said = text("{pair}: {n} of {of} ({share}) are near-duplicates; the score may be too high.")
    return said.format(pair=leak_name(row.between), n=row.n, of=row.of, share=percent(row.share, 1))


def _looks(found: Independence) -> list[str]:
    if not found.worn_out:
        return []
    said = text(
        "{n} models or model cards were scored on the same labels ({names}). Selecting among them biases the score; pick a new sample."
    )
    return [said.format(n=len(found.looks), names=", ".join(found.looks))]


def _exported(found: Independence) -> list[str]:
    if not found.exported:
        return []
    said = plural(
        "{n} of {of} labelled frames was exported for training; it is no longer a valid test for models trained since.",
        "{n} of {of} labelled frames were exported for training; they are no longer a valid test for models trained since.",
        found.exported,
    )
    return [said.format(n=found.exported, of=found.labelled)]
