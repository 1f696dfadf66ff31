"""Where the model fails: scores of kinds of frames, slices and classes; what was taken for what; the surest wrong answers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.verdict import Flag
from fieldcheck.report import charts, printed
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import Block, Cell, Gallery, Heading, Paragraph, PictureBlock, Section, Table
from fieldcheck.report.report import Confusion, Report, SliceRow, WorstFrame
from fieldcheck.report.summary_page import ticks
from fieldcheck.words.footage import stratum_name
from fieldcheck.words.language import plural, text

MOST_CLASSES = 15  # a table of more cells cannot be read on paper
MOST_PICTURES = 12
MOST_BYTES = 3_000_000  # of the whole page, where a picture stands as base64: four characters for three bytes
_SIGNS: dict[Flag, str] = {"blind_spot": "▲", "suspect": "△", "ok": "", "too_few": ""}


def where(report: Report) -> Section:
    """Dots with ranges, worst first, and the table of confusions."""
    blocks: list[Block] = []
    overall = report.field.footage
    tables = [*_strata(report), *_slices(report), *_classes(report)]
    if tables:
        blocks += [Paragraph(_how_to_read(overall), quiet=True), *tables, *_told(report)]
    else:
        blocks.append(Paragraph(text("No labelled frame was compared with the model yet.")))
    if report.confusion is not None and any(map(any, report.confusion.counts)):
        blocks += _confusions(report.confusion)
    return Section("where", text("Where it fails"), text("Where it fails"), tuple(blocks))


def worst(report: Report) -> Section:
    """The pictures of the surest wrong answers."""
    title = text("Most confident errors")
    if not report.worst:
        return Section("worst", title, title, (Paragraph(_why_no_pictures(report)),))
    note = text("Most confident errors, one per scene. Frames marked “person” are never shown.")
    return Section("worst", title, title, (Paragraph(note, quiet=True), Gallery(_pictures(report.worst))))


def _why_no_pictures(report: Report) -> str:
    if not report.field.footage.measured:
        return text("No labelled frame was compared with the model yet.")
    if any(row.right < row.labelled for row in report.field.strata):
        return text("Of the frames that were answered wrongly none may or can be shown.")
    return text("No labelled frame was answered wrongly.")


def _how_to_read(overall: Estimate) -> str:
    said = text("Accuracy (share of frames classified correctly) with its 95% range, worst first. A hollow ring: fewer than 10 frames.")
    if overall.measured:
        said += " " + text("Dashes: all frames, {value}.").format(value=printed.value(overall))
    return said


def _strata(report: Report) -> list[Table]:
    rows = [(row.name, row.score) for row in report.field.strata if row.labelled]
    return (
        [_ranges(text("By kind of frame"), [("", stratum_name(name), score) for name, score in rows], report.field.footage)] if rows else []
    )


def _slices(report: Report) -> list[Table]:
    found = sorted((row for row in report.slices or () if on_the_page(row)), key=_key)
    tables = []
    for key, group in groupby(found, key=_key):
        rows = [(_SIGNS[row.flag], named.slice_value(row.key, row.value, report.clip_names), row.estimate) for row in group]
        tables.append(_ranges(named.slice_key(key), rows, report.field.footage))
    return tables


def on_the_page(row: SliceRow) -> bool:
    """Classes have a table of their own; of clips, which are many, only those that say something."""
    return row.key != "class" and (row.key != "clip" or row.flag in ("blind_spot", "suspect"))


def _told(report: Report) -> list[Block]:
    """What the triangles mean, for each slice that has one."""
    said = []
    for row in sorted(report.slices or (), key=lambda row: row.flag):
        name = f"{named.slice_value(row.key, row.value, report.clip_names)} ({named.slice_key(row.key)})"
        if row.flag == "blind_spot":
            line = text("▲ {name}: {points} pp below the rest, demonstrated (n = {n}, {clips}). This is association, not cause.")
            clips = plural("{n} clip", "{n} clips", row.clips).format(n=row.clips)
            said.append(line.format(name=name, points=round(100 * (row.behind or 0.0)), n=row.n, clips=clips))
        elif row.flag == "suspect" and row.within:
            other = named.slice_value(*row.within, report.clip_names)
            said.append(text("△ {name}: below the rest, but only where its frames are also “{other}”.").format(name=name, other=other))
        elif row.flag == "suspect":
            suspected = text("△ {name}: 20 pp or more below the rest, suspected, not demonstrated.").format(name=name)
            said.append(f"{suspected} {_may_tell(row)}")
    return [Paragraph(one, quiet=True) for one in said]


def _may_tell(row: SliceRow) -> str:
    """What would settle a suspicion: labels where frames of it are left, else clips."""
    if row.p is None:  # not tested: three clips inside and outside are the least
        few = plural(
            "It comes from {n} clip: record more clips with and without it.",
            "It comes from {n} clips: record more clips with and without it.",
            row.clips,
        )
        return few.format(n=row.clips)
    if row.left is not None and row.left < row.more:
        short = plural(
            "It takes {n} more labelled frame of it, and {left} are left: record more clips of it.",
            "It takes {n} more labelled frames of it, and {left} are left: record more clips of it.",
            row.more,
        )
        return short.format(n=row.more, left=row.left)
    return plural("{n} more labelled frame of it may tell.", "{n} more labelled frames of it may tell.", row.more).format(n=row.more)


def _key(row: SliceRow) -> str:
    return row.key


def _classes(report: Report) -> list[Table]:
    rows = [("", row.name, row.recall) for row in report.per_class if row.n]
    return [_ranges(text("By class"), rows, report.field.footage)] if rows else []


def _ranges(caption: str, rows: Sequence[tuple[str, str, Estimate]], overall: Estimate) -> Table:
    heads = (Cell(caption, head=True), Cell("n", figure=True), Cell(text("score"), figure=True), Cell("", drawing=charts.axis(ticks())))
    line = overall.value if overall.measured else None
    ordered = sorted(rows, key=_enough_and_worst_first)
    return Table(caption, heads, tuple(_range_row(sign, name, estimate, line) for sign, name, estimate in ordered), kind="ranges")


def _enough_and_worst_first(row: tuple[str, str, Estimate]) -> tuple[bool, bool, float]:
    estimate = row[2]
    return (not estimate.measured, estimate.n < FEW_FRAMES, estimate.value if estimate.measured else 0.0)


def _range_row(sign: str, name: str, estimate: Estimate, overall: float | None) -> tuple[Cell, ...]:
    figure = f"{printed.value(estimate)} ({printed.span(estimate)})" if estimate.measured else printed.value(estimate)
    return (
        Cell(name, head=True, sign=sign),
        Cell(str(estimate.n), figure=True),
        Cell(figure, figure=True),
        Cell("", drawing=charts.row(estimate, overall)),
    )


def _confusions(confusion: Confusion) -> list[Block]:
    """Counts, not weights: what a person can count on the pictures. Empty cells carry no colour."""
    chosen = _occurring(confusion)
    largest = max(max(row) for row in confusion.counts)
    heads = (Cell(text("Label ↓, prediction →"), head=True), *(Cell(confusion.classes[column], figure=True) for column in chosen))
    rows = tuple(
        (Cell(confusion.classes[row], head=True), *(_count(confusion.counts[row][column], largest) for column in chosen)) for row in chosen
    )
    blocks: list[Block] = [
        Heading(text("Confusion matrix")),
        Table(text("Rows: label. Columns: prediction. Counted in frames."), heads, rows, "counts", len(chosen) > 4),
    ]
    if len(chosen) < sum(_occurs(confusion, k) for k in range(len(confusion.classes))):
        blocks.append(Paragraph(text("Only the most frequent classes are shown; all of them stand in summary.json."), quiet=True))
    return blocks


def _occurring(confusion: Confusion) -> list[int]:
    found = [k for k in range(len(confusion.classes)) if _occurs(confusion, k)]
    frequent = sorted(found, key=lambda k: -(sum(confusion.counts[k]) + sum(row[k] for row in confusion.counts)))
    return sorted(frequent[:MOST_CLASSES])


def _occurs(confusion: Confusion, k: int) -> bool:
    return any(confusion.counts[k]) or any(row[k] for row in confusion.counts)


def _count(n: int, largest: int) -> Cell:
    return Cell(str(n), figure=True, colours=charts.shade(n / largest) if n else None)


def _pictures(frames: Sequence[WorstFrame]) -> tuple[PictureBlock, ...]:
    """As many pictures as the page has room for."""
    pictures, room = [], MOST_BYTES
    for frame in frames[:MOST_PICTURES]:
        room -= 4 * -(-len(frame.jpeg) // 3)
        if room < 0:
            break
        pictures.append(_picture(frame))
    return tuple(pictures)


def _picture(frame: WorstFrame) -> PictureBlock:
    said, answered = _names(frame.truth), _names(frame.prediction)
    sure = (
        text("confidence {share}").format(share=printed.confidence(frame.confidence))
        if frame.confidence == frame.confidence
        else text("no answer")
    )
    small = " · ".join([sure, *(named.condition(code) for code in frame.conditions), *([frame.camera] if frame.camera else [])])
    alt = text("Frame {frame}: label {truth}, prediction {answer}.").format(frame=frame.frame_id, truth=said, answer=answered)
    return PictureBlock(frame.jpeg, alt, ((text("Label given"), said), (text("Prediction"), answered)), small)


def _names(names: Sequence[str]) -> str:
    """`crack`, or `crack ×2, burr`, or that there is nothing."""
    if not names:
        return text("nothing here")
    counted = {name: names.count(name) for name in dict.fromkeys(names)}
    return ", ".join(name if n == 1 else f"{name} ×{n}" for name, n in counted.items())
