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
from fieldcheck.report.gallery import build_image_blocks, build_mark_legend
from fieldcheck.report.report import Confusion, Report, SliceResult
from fieldcheck.words.footage import get_stratum_name
from fieldcheck.words.language import tr, tr_plural

MOST_CLASSES = 15  # a table of more cells cannot be read on paper
MOST_PICTURES, ON_THE_SECOND_PAGE = 12, 6
SIGNS: dict[Flag, str] = {"blind_spot": "▲", "suspect": "△", "ok": "", "too_few": ""}


def build_failure_section(report: Report) -> Section:
    """Dots with ranges, worst first, and the table of confusions."""
    blocks: list[Block] = []
    overall = report.field.footage
    tables = [*_build_stratum_tables(report), *_build_slice_tables(report), *_build_class_tables(report)]
    if tables:
        blocks += [Paragraph(_describe_range_chart(overall), quiet=True), *tables, *_list_slice_notes(report)]
    else:
        blocks.append(Paragraph(tr("No labelled frame has a prediction yet.")))
    if report.confusion is not None and any(map(any, report.confusion.counts)):
        blocks += _build_confusion_blocks(report, report.confusion)
    return Section("where", tr("Error analysis"), tr("Error analysis"), tuple(blocks))


def build_remaining_error_section(report: Report) -> Section:
    """The pictures that the evidence page has no room for."""
    found = build_error_section(report)
    if not report.worst:
        return found
    rest = build_image_blocks(report, MOST_PICTURES)[ON_THE_SECOND_PAGE:]
    note = tr("The most confident errors are on the Evidence page, one per burst. Frames marked “person” are never shown.")
    return replace(
        found, blocks=(Paragraph(note, quiet=True), *(build_mark_legend(report) if rest else ()), *([Gallery(rest)] if rest else []))
    )


def build_error_section(report: Report) -> Section:
    """The pictures of the surest wrong answers."""
    title = tr("Most confident errors")
    if not report.worst:
        return Section("worst", title, title, (Paragraph(_describe_missing_pictures(report)),))
    note = tr("Most confident errors, one per burst. Frames marked “person” are never shown.")
    return Section("worst", title, title, (Paragraph(note, quiet=True), Gallery(build_image_blocks(report, MOST_PICTURES))))


def _describe_missing_pictures(report: Report) -> str:
    if not report.field.footage.measured:
        return tr("No labelled frame has a prediction yet.")
    if any(row.right < row.labelled for row in report.field.strata):
        return tr("None of the wrongly predicted frames may be shown.")
    return tr("No wrong predictions on labelled frames.")


def _describe_range_chart(overall: Estimate) -> str:
    said = tr("Accuracy with 95% CI, worst first. Hollow marker: fewer than 10 frames.")
    if overall.measured:
        said += " " + tr("Dashed: all frames, {value}.").format(value=number_format.format_value(overall))
    return said


def _build_stratum_tables(report: Report) -> list[Table]:
    rows = [(row.name, row.score) for row in report.field.strata if row.labelled]
    return (
        [build_range_table(tr("By sampling stratum"), [("", get_stratum_name(name), score) for name, score in rows], report.field.footage)]
        if rows
        else []
    )


def _build_slice_tables(report: Report) -> list[Table]:
    found = sorted((row for row in report.slices or () if is_on_page(row)), key=_get_key_name)
    tables = []
    for key, group in groupby(found, key=_get_key_name):
        rows = [(SIGNS[row.flag], named.get_slice_value_name(row.key, row.value, report.clip_names), row.estimate) for row in group]
        tables.append(build_range_table(named.get_slice_key_name(key), rows, report.field.footage))
    return tables


def is_on_page(row: SliceResult) -> bool:
    """Classes have a table of their own; of clips, which are many, only those that say something."""
    return row.key != "class" and (row.key != "clip" or row.flag in ("blind_spot", "suspect"))


def _list_slice_notes(report: Report) -> list[Block]:
    """What the triangles mean, for each slice that has one."""
    said = []
    for row in sorted(report.slices or (), key=lambda row: row.flag):
        name = f"{named.get_slice_value_name(row.key, row.value, report.clip_names)} ({named.get_slice_key_name(row.key)})"
        if row.flag == "blind_spot":
            line = tr("▲ {name}: {points} pp below the rest, demonstrated (n = {n}, {clips}). Association, not cause.")
            clips = tr_plural("{n} clip", "{n} clips", row.clips).format(n=row.clips)
            said.append(line.format(name=name, points=round(100 * (row.behind or 0.0)), n=row.n, clips=clips))
        elif row.flag == "suspect" and row.within:
            other = named.get_slice_value_name(*row.within, report.clip_names)
            said.append(tr("△ {name}: below the rest, but only in frames that are also “{other}”.").format(name=name, other=other))
        elif row.flag == "suspect":
            suspected = tr("△ {name}: 20 pp or more below the rest, suspected, not demonstrated.").format(name=name)
            said.append(f"{suspected} {_describe_needed_labels(row)}")
    return [Paragraph(one, quiet=True) for one in said]


def _describe_needed_labels(row: SliceResult) -> str:
    """What would settle a suspicion: labels where frames of it are left, else clips."""
    if row.p is None:  # not tested: three clips inside and outside are the least
        few = tr_plural(
            "Based on {n} clip: record more clips with and without this condition.",
            "Based on {n} clips: record more clips with and without this condition.",
            row.clips,
        )
        return few.format(n=row.clips)
    if row.left is not None and row.left < row.more:
        short = tr_plural(
            "Requires {n} more labelled frame of this slice; {left} are available: record more clips.",
            "Requires {n} more labelled frames of this slice; {left} are available: record more clips.",
            row.more,
        )
        return short.format(n=row.more, left=row.left)
    return tr_plural(
        "{n} more labelled frame of this slice may decide.", "{n} more labelled frames of this slice may decide.", row.more
    ).format(n=row.more)


def _get_key_name(row: SliceResult) -> str:
    return row.key


def _build_class_tables(report: Report) -> list[Table]:
    rows = list_class_score_rows(report)
    return [charts.build_score_table(tr("By class"), rows)] if rows else []


def list_class_score_rows(report: Report) -> tuple[ScoreRow, ...]:
    """Recall of each class that was labelled: enough frames and worst first."""
    rows = build_score_rows([("", row.name, row.recall) for row in report.per_class if row.n], report.field.footage)
    return tuple(sorted(rows, key=_sort_key))


def build_range_table(caption: str, rows: Sequence[tuple[str, str, Estimate]], overall: Estimate) -> Table:
    """Scores on one scale, the worst first. `rows`: sign, name, score."""
    return charts.build_score_table(caption, sorted(build_score_rows(rows, overall), key=_sort_key))


def build_score_rows(rows: Sequence[tuple[str, str, Estimate]], overall: Estimate) -> tuple[ScoreRow, ...]:
    """Sign, name and score as they are printed and drawn; dashes stand at the score of all frames."""
    line = overall.value if overall.measured else None
    return tuple(ScoreRow(name, score.n, number_format.format_value_with_range(score), score, line, sign) for sign, name, score in rows)


def _sort_key(row: ScoreRow) -> tuple[bool, bool, float]:
    score = row.estimate
    return (not score.measured, row.has_few_frames, score.value if score.measured else 0.0)


def _build_confusion_blocks(report: Report, confusion: Confusion) -> list[Block]:
    """Counts, not weights: what a person can count on the pictures."""
    blocks: list[Block] = [Heading(tr("Confusion matrix")), build_confusion_matrix_table(report, confusion)]
    if len(_list_occurring_classes(confusion)) < sum(_is_occurring(confusion, k) for k in range(len(confusion.classes))):
        blocks.append(Paragraph(tr("Most frequent classes only; summary.json lists all classes."), quiet=True))
    return blocks


def build_confusion_matrix_table(report: Report, confusion: Confusion) -> Table:
    """Confusion matrix: counts, shaded by their share of the row; OK classes first and marked. Empty cells carry no colour."""
    found = (report.facts or {}).get("inspection")
    ok = found.ok_classes if isinstance(found, EscapeRates) else ()
    chosen = sorted(_list_occurring_classes(confusion), key=lambda k: confusion.classes[k] not in ok)
    names = [f"OK: {name}" if name in ok else name for name in (confusion.classes[k] for k in chosen)]
    heads = (Cell(tr("Label ↓, prediction →"), head=True), *(Cell(name, figure=True) for name in names))
    rows = tuple(
        (Cell(name, head=True), *(_build_count_cell(confusion.counts[row][column], sum(confusion.counts[row])) for column in chosen))
        for row, name in zip(chosen, names, strict=True)
    )
    caption = tr("Rows: label. Columns: prediction. Counts are frames, unweighted; shading is the share of the row.")
    return Table(caption, heads, rows, "counts", len(chosen) > 4)


def _list_occurring_classes(confusion: Confusion) -> list[int]:
    found = [k for k in range(len(confusion.classes)) if _is_occurring(confusion, k)]
    frequent = sorted(found, key=lambda k: -(sum(confusion.counts[k]) + sum(row[k] for row in confusion.counts)))
    return sorted(frequent[:MOST_CLASSES])


def _is_occurring(confusion: Confusion, k: int) -> bool:
    return any(confusion.counts[k]) or any(row[k] for row in confusion.counts)


def _build_count_cell(n: int, of: int) -> Cell:
    return Cell(str(n), figure=True, colours=charts.compute_shade(n / of) if n else None)
