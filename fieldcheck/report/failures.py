"""Where the model fails: scores of kinds of frames, slices and classes; what was taken for what; the surest wrong answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.inspection import EscapeRates
from fieldcheck.domain.plot import ScoreRow
from fieldcheck.domain.verdict import Flag
from fieldcheck.report import charts, number_format
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import Block, Cell, Gallery, Heading, Paragraph, Section, Table
from fieldcheck.report.gallery import how_marked, pictures
from fieldcheck.report.report import Confusion, Report, SliceRow
from fieldcheck.words.footage import stratum_name
from fieldcheck.words.language import plural, text

MOST_CLASSES = 15  # a table of more cells cannot be read on paper
MOST_PICTURES, ON_THE_SECOND_PAGE = 12, 6
SIGNS: dict[Flag, str] = {"blind_spot": "▲", "suspect": "△", "ok": "", "too_few": ""}


def where(report: Report) -> Section:
    """Dots with ranges, worst first, and the table of confusions."""
    blocks: list[Block] = []
    overall = report.field.footage
    tables = [*_strata(report), *_slices(report), *_classes(report)]
    if tables:
        blocks += [Paragraph(_how_to_read(overall), quiet=True), *tables, *_told(report)]
    else:
        blocks.append(Paragraph(text("No labelled frame has a prediction yet.")))
    if report.confusion is not None and any(map(any, report.confusion.counts)):
        blocks += _confusions(report, report.confusion)
    return Section("where", text("Error analysis"), text("Error analysis"), tuple(blocks))


def rest_of_worst(report: Report) -> Section:
    """The pictures that the evidence page has no room for."""
    found = worst(report)
    if not report.worst:
        return found
    rest = pictures(report, MOST_PICTURES)[ON_THE_SECOND_PAGE:]
    note = text("The most confident errors are on the Evidence page, one per burst. Frames marked “person” are never shown.")
    return replace(found, blocks=(Paragraph(note, quiet=True), *(how_marked(report) if rest else ()), *([Gallery(rest)] if rest else [])))


def worst(report: Report) -> Section:
    """The pictures of the surest wrong answers."""
    title = text("Most confident errors")
    if not report.worst:
        return Section("worst", title, title, (Paragraph(_why_no_pictures(report)),))
    note = text("Most confident errors, one per burst. Frames marked “person” are never shown.")
    return Section("worst", title, title, (Paragraph(note, quiet=True), Gallery(pictures(report, MOST_PICTURES))))


def _why_no_pictures(report: Report) -> str:
    if not report.field.footage.measured:
        return text("No labelled frame has a prediction yet.")
    if any(row.right < row.labelled for row in report.field.strata):
        return text("None of the wrongly predicted frames may be shown.")
    return text("No wrong predictions on labelled frames.")


def _how_to_read(overall: Estimate) -> str:
    said = text("Accuracy with 95% CI, worst first. Hollow marker: fewer than 10 frames.")
    if overall.measured:
        said += " " + text("Dashed: all frames, {value}.").format(value=number_format.value(overall))
    return said


def _strata(report: Report) -> list[Table]:
    rows = [(row.name, row.score) for row in report.field.strata if row.labelled]
    return (
        [ranges(text("By sampling stratum"), [("", stratum_name(name), score) for name, score in rows], report.field.footage)]
        if rows
        else []
    )


def _slices(report: Report) -> list[Table]:
    found = sorted((row for row in report.slices or () if on_the_page(row)), key=_key)
    tables = []
    for key, group in groupby(found, key=_key):
        rows = [(SIGNS[row.flag], named.slice_value(row.key, row.value, report.clip_names), row.estimate) for row in group]
        tables.append(ranges(named.slice_key(key), rows, report.field.footage))
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
            line = text("▲ {name}: {points} pp below the rest, demonstrated (n = {n}, {clips}). Association, not cause.")
            clips = plural("{n} clip", "{n} clips", row.clips).format(n=row.clips)
            said.append(line.format(name=name, points=round(100 * (row.behind or 0.0)), n=row.n, clips=clips))
        elif row.flag == "suspect" and row.within:
            other = named.slice_value(*row.within, report.clip_names)
            said.append(text("△ {name}: below the rest, but only in frames that are also “{other}”.").format(name=name, other=other))
        elif row.flag == "suspect":
            suspected = text("△ {name}: 20 pp or more below the rest, suspected, not demonstrated.").format(name=name)
            said.append(f"{suspected} {_may_tell(row)}")
    return [Paragraph(one, quiet=True) for one in said]


def _may_tell(row: SliceRow) -> str:
    """What would settle a suspicion: labels where frames of it are left, else clips."""
    if row.p is None:  # not tested: three clips inside and outside are the least
        few = plural(
            "Based on {n} clip: record more clips with and without this condition.",
            "Based on {n} clips: record more clips with and without this condition.",
            row.clips,
        )
        return few.format(n=row.clips)
    if row.left is not None and row.left < row.more:
        short = plural(
            "Requires {n} more labelled frame of this slice; {left} are available: record more clips.",
            "Requires {n} more labelled frames of this slice; {left} are available: record more clips.",
            row.more,
        )
        return short.format(n=row.more, left=row.left)
    return plural(
        "{n} more labelled frame of this slice may decide.", "{n} more labelled frames of this slice may decide.", row.more
    ).format(n=row.more)


def _key(row: SliceRow) -> str:
    return row.key


def _classes(report: Report) -> list[Table]:
    rows = class_rows(report)
    return [charts.score_table(text("By class"), rows)] if rows else []


def class_rows(report: Report) -> tuple[ScoreRow, ...]:
    """Recall of each class that was labelled: enough frames and worst first."""
    rows = score_rows([("", row.name, row.recall) for row in report.per_class if row.n], report.field.footage)
    return tuple(sorted(rows, key=_enough_and_worst_first))


def ranges(caption: str, rows: Sequence[tuple[str, str, Estimate]], overall: Estimate) -> Table:
    """Scores on one scale, the worst first. `rows`: sign, name, score."""
    return charts.score_table(caption, sorted(score_rows(rows, overall), key=_enough_and_worst_first))


def score_rows(rows: Sequence[tuple[str, str, Estimate]], overall: Estimate) -> tuple[ScoreRow, ...]:
    """Sign, name and score as they are printed and drawn; dashes stand at the score of all frames."""
    line = overall.value if overall.measured else None
    return tuple(ScoreRow(name, score.n, number_format.figure(score), score, line, sign) for sign, name, score in rows)


def _enough_and_worst_first(row: ScoreRow) -> tuple[bool, bool, float]:
    score = row.estimate
    return (not score.measured, row.few, score.value if score.measured else 0.0)


def _confusions(report: Report, confusion: Confusion) -> list[Block]:
    """Counts, not weights: what a person can count on the pictures."""
    blocks: list[Block] = [Heading(text("Confusion matrix")), matrix(report, confusion)]
    if len(_occurring(confusion)) < sum(_occurs(confusion, k) for k in range(len(confusion.classes))):
        blocks.append(Paragraph(text("Most frequent classes only; summary.json lists all classes."), quiet=True))
    return blocks


def matrix(report: Report, confusion: Confusion) -> Table:
    """Confusion matrix: counts, shaded by their share of the row; OK classes first and marked. Empty cells carry no colour."""
    found = (report.facts or {}).get("inspection")
    ok = found.ok_classes if isinstance(found, EscapeRates) else ()
    chosen = sorted(_occurring(confusion), key=lambda k: confusion.classes[k] not in ok)
    names = [f"OK: {name}" if name in ok else name for name in (confusion.classes[k] for k in chosen)]
    heads = (Cell(text("Label ↓, prediction →"), head=True), *(Cell(name, figure=True) for name in names))
    rows = tuple(
        (Cell(name, head=True), *(_count(confusion.counts[row][column], sum(confusion.counts[row])) for column in chosen))
        for row, name in zip(chosen, names, strict=True)
    )
    caption = text("Rows: label. Columns: prediction. Counts are frames, unweighted; shading is the share of the row.")
    return Table(caption, heads, rows, "counts", len(chosen) > 4)


def _occurring(confusion: Confusion) -> list[int]:
    found = [k for k in range(len(confusion.classes)) if _occurs(confusion, k)]
    frequent = sorted(found, key=lambda k: -(sum(confusion.counts[k]) + sum(row[k] for row in confusion.counts)))
    return sorted(frequent[:MOST_CLASSES])


def _occurs(confusion: Confusion, k: int) -> bool:
    return any(confusion.counts[k]) or any(row[k] for row in confusion.counts)


def _count(n: int, of: int) -> Cell:
    return Cell(str(n), figure=True, colours=charts.shade(n / of) if n else None)
