"""Failure analysis: scores of slices and classes, confusion and confusion matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import escape_rate, names_and_numbers, score_charts
from fieldcheck.analyses import report_data as paper
from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.analyses.item_columns import load_items
from fieldcheck.analyses.report_data import Confusion, Report
from fieldcheck.analyses.shared_classes import load_compared_sides
from fieldcheck.analyses.slices import Group, LabelledDraw, Slice, compute_slices
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.estimate import Estimate, Flag
from fieldcheck.domain.items import Items, SavedSlice, find_matching_rows, find_rows_with_value
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.recording import format_clip_names
from fieldcheck.domain.report import ScoreRow
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.models.evaluate import ClassJudgement
from fieldcheck.models.scored_sides import FieldSide, find_judged_objects, select_scored_picks
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as draws_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import values as slices_table
from fieldcheck.sampling.messages import get_stratum_name
from fieldcheck.stats.confusion_matrix import ClassScore, count_confusion, score_classes

# The kinds of frames that a project's footage falls into, and the score of each: the same for
# report, window and gate.

OF_FOOTAGE = ("condition", "light", "location", "camera", "hour", "blur", "noise", "clip")
"""Facets known of every sampled frame, so that the share of each stratum in a slice is known too.
"""
OF_LABELS = ("class", "operator", "tag", "occluded")
# the frames with an object: a model that fails on objects fails there, and nothing is hidden on
# empty frames
NO_KIND = ("occluded", "no")
SAVED = "slice"


def list_saved_slices(project: Project) -> tuple[SavedSlice, ...]:
    """Every saved slice by name."""
    return project.read(slices_table.list_saved_slices)


def score_slices(project: Project, side: FieldSide, items: Items) -> tuple[Slice, ...]:
    """Every kind of frame with its score, over the labelled frames of the draw; none where nothing
    was compared yet."""
    families = build_slice_families(project, side, items)
    return tuple(
        slice_row
        for family in families
        for slice_row in compute_slices(*family, families=len(families))
    )


Family = tuple[LabelledDraw, tuple[Group, ...]]


def build_slice_families(project: Project, side: FieldSide, items: Items) -> tuple[Family, ...]:
    """The labelled frames of the draw with the kinds that they fall into, and, of a model that
    finds objects, the objects with their classes; none where nothing was compared yet. The report's
    error budget is shared among them."""
    labelled_groups = build_labelled_groups(project, side, items)
    if labelled_groups is None:
        return ()
    objects = _build_object_family(project, side)
    return (labelled_groups,) if objects is None else (labelled_groups, objects)


def _build_object_family(project: Project, side: FieldSide) -> Family | None:
    """Classes are compared object by object, by recall: a frame without an object has none to
    miss, and is never held against one with."""
    judged_objects = find_judged_objects(project, side)
    if judged_objects is None:
        return None
    counted = side.scores.weight[side.labelled] > 0
    kept = counted[judged_objects.frame]
    frame, category = judged_objects.frame[kept], judged_objects.category[kept]
    indices = side.labelled[frame]
    draw = LabelledDraw(
        judged_objects.right[kept],
        side.scores.weight[indices],
        np.array([side.picks[k].stratum for k in indices.tolist()], np.str_),
        np.array([side.lines[k].clip.clip_id for k in indices.tolist()], np.str_),
        (np.cumsum(counted) - 1)[frame],
        side.scores.footage.census,
    )
    groups = (
        Group("class", judged_objects.names[k], category == k) for k in np.unique(category).tolist()
    )
    return draw, tuple(groups)


def load_slices(project: Project, side: FieldSide) -> tuple[Slice, ...]:
    """Scores every slice of the footage."""
    return score_slices(project, side, load_items(project)[0])


def build_labelled_groups(
    project: Project, side: FieldSide, items: Items
) -> tuple[LabelledDraw, tuple[Group, ...]] | None:
    """The labelled frames of the draw, in the order of `side.labelled`, and their kinds of error;
    None where nothing was compared yet."""
    counted = side.scores.weight[side.labelled] > 0
    indices = side.labelled[counted]
    if side.judgement is None or not indices.size:
        return None
    row = {subject: position for position, subject in enumerate(items.subjects)}
    rows = np.array([row[side.picks[k].frame_id] for k in indices.tolist()], np.int64)
    frames = LabelledDraw(
        np.asarray(side.judgement.right[counted], np.bool_),
        side.scores.weight[indices],
        np.array([side.picks[k].stratum for k in indices.tolist()], np.str_),
        np.array([side.lines[k].clip.clip_id for k in indices.tolist()], np.str_),
        census=side.scores.footage.census,
    )
    return frames, tuple(_list_groups(project, side, items, rows))


def get_own_slices(project: Project) -> dict[tuple[str, str], frozenset[str]]:
    """Tags and saved slices as (key, value) → the frames in them now; a slice cut by what a model
    said is none to judge a model by."""
    items, _ = load_items(project)
    result = {
        ("tag", name): find_rows_with_value(items, "tag", (name,))
        for name in items.facets["tag"].names
    }
    result |= {
        (SAVED, saved.name): inside
        for saved in list_saved_slices(project)
        if (inside := find_members(items, saved)) is not None
    }
    return {
        key: frozenset(items.subjects[row] for row in np.flatnonzero(inside).tolist())
        for key, inside in result.items()
    }


def find_members(items: Items, saved: SavedSlice) -> NDArray[np.bool_] | None:
    """(n,) bool: who is in a saved slice; None for one that is cut by what the model said, which
    cannot be scored."""
    return None if saved.wanted.uses_predictions else find_matching_rows(items, saved.wanted)


def _list_groups(
    project: Project, side: FieldSide, items: Items, rows: NDArray[np.int64]
) -> Iterator[Group]:
    strata = _get_strata(project, side, items)
    by_label = [
        facet
        for facet in OF_LABELS
        if facet != "class" or isinstance(side.judgement, ClassJudgement)
    ]
    for facet in (*OF_FOOTAGE, *by_label):
        for name in (
            value_name for value_name in items.facets[facet].names if (facet, value_name) != NO_KIND
        ):
            inside = find_rows_with_value(items, facet, (name,))
            yield Group(
                facet,
                name,
                inside[rows],
                _count_listed(strata, inside) if facet in OF_FOOTAGE else None,
            )
    for saved in list_saved_slices(project):
        members = find_members(items, saved)
        if members is not None:
            by_footage = not (
                saved.wanted.subjects or any(facet in OF_LABELS for facet, _ in saved.wanted.chosen)
            )
            yield Group(
                SAVED,
                saved.name,
                members[rows],
                _count_listed(strata, members) if by_footage else None,
            )


def _get_strata(project: Project, side: FieldSide, items: Items) -> NDArray[np.str_]:
    """(n,) the stratum of every listed frame, empty for what no draw looked at."""
    result = {
        member.frame_id: member.stratum
        for draw in side.draws
        for member in project.read(partial(draws_table.list_members, draw_id=draw.draw_id))
    }
    return np.array([result.get(subject, "") for subject in items.subjects], np.str_)


def _count_listed(strata: NDArray[np.str_], inside: NDArray[np.bool_]) -> dict[str, int]:
    return dict(Counter(strata[inside].tolist()))


MOST_CLASSES = 15  # a table of more cells cannot be read on paper
SIGNS: dict[Flag, str] = {"blind_spot": "▲", "ok": "", "too_few": ""}


def build_failure_section(report: Report) -> Section:
    """Dots with ranges, worst first, and the table of confusions."""
    blocks: list[Block] = []
    tables = [
        *_build_stratum_tables(report),
        *_build_slice_tables(report),
        *_build_class_tables(report),
    ]
    if tables:
        blocks += [
            Paragraph(_describe_range_chart(report), quiet=True),
            *tables,
            *_list_slice_notes(report),
        ]
    else:
        blocks.append(Paragraph(tr("No frame has both a definite label and a prediction yet.")))
    confusion, counts = get_failures(report).confusion, build_confusion_counts(report)
    if confusion is not None and counts is not None:
        blocks += _build_confusion_blocks(confusion, counts)
    return Section("where", tr("Error analysis"), tr("Error analysis"), tuple(blocks))


def _describe_range_chart(report: Report) -> str:
    overall = report.field.footage
    sentence = tr(
        "{metric}, 95% CI, worst first. Hollow marker: fewer than 10 frames.",
        metric=names_and_numbers.get_metric_name(report.own_metric),
    )
    if overall.measured:
        sentence += " " + tr(
            "Dashed: all frames, {value}.", value=names_and_numbers.format_value_with_count(overall)
        )
    return sentence


def _build_stratum_tables(report: Report) -> list[Table]:
    rows = [(row.name, row.score) for row in report.field.strata if row.labelled]
    return (
        [
            build_range_table(
                tr("By sampling stratum"),
                [("", get_stratum_name(name), score) for name, score in rows],
                report.field.footage,
            )
        ]
        if rows
        else []
    )


def _build_slice_tables(report: Report) -> list[Table]:
    result = sorted(
        (row for row in get_failures(report).slices or () if is_on_page(row)), key=_get_key_name
    )
    tables = []
    for key, group in groupby(result, key=_get_key_name):
        rows = [
            (
                SIGNS[row.flag],
                names_and_numbers.get_slice_value_name(row.key, row.value, report.clip_names),
                row.estimate,
            )
            for row in group
        ]
        tables.append(
            build_range_table(names_and_numbers.get_slice_key_name(key), rows, report.field.footage)
        )
    return tables


def is_on_page(row: Slice) -> bool:
    """Classes have a table of their own; of clips, which are many, only those that say
    something."""
    return row.key != "class" and (row.key != "clip" or row.flag == "blind_spot")


def _list_slice_notes(report: Report) -> list[Block]:
    """What the triangles mean, for each slice that has one."""
    lines = []
    for row in sorted(get_failures(report).slices or (), key=lambda row: row.flag):
        value = names_and_numbers.get_slice_value_name(row.key, row.value, report.clip_names)
        name = f"{value} ({names_and_numbers.get_slice_key_name(row.key)})"
        if row.flag == "blind_spot":
            points = round(100 * row.behind)
            line = tr_points(
                "▲ {name}: below the rest, demonstrated; estimated {points} pp (n = {n}, "
                "{clips}). Association, not cause.",
                str(points),
            )
            clips = tr_plural("{n} clip", "{n} clips", row.clips, n=row.clips)
            lines.append(line.format(name=name, points=points, n=row.n, clips=clips))
    return [Paragraph(item, quiet=True) for item in lines]


def _get_key_name(row: Slice) -> str:
    return row.key


def _build_class_tables(report: Report) -> list[Table]:
    rows = list_class_score_rows(report)
    return [score_charts.build_score_table(tr("By class"), rows)] if rows else []


def list_class_score_rows(report: Report) -> tuple[ScoreRow, ...]:
    """Recall of each class that was labelled: enough frames and worst first."""
    rows = build_score_rows(
        [("", row.name, row.recall) for row in get_failures(report).per_class if row.n],
        report.field.footage,
    )
    return tuple(sorted(rows, key=_sort_key))


def build_range_table(
    caption: str, rows: Sequence[tuple[str, str, Estimate]], overall: Estimate
) -> Table:
    """Scores on one scale, the worst first. `rows`: sign, name, score."""
    return score_charts.build_score_table(
        caption, sorted(build_score_rows(rows, overall), key=_sort_key)
    )


def build_score_rows(
    rows: Sequence[tuple[str, str, Estimate]], overall: Estimate
) -> tuple[ScoreRow, ...]:
    """Sign, name and score as they are printed and drawn; dashes stand at the score of all
    frames."""
    line = overall.value if overall.measured else None
    return tuple(
        ScoreRow(name, score.n, names_and_numbers.format_counted_value(score), score, line, sign)
        for sign, name, score in rows
    )


def _sort_key(row: ScoreRow) -> tuple[bool, bool, float]:
    score = row.estimate
    return (not score.measured, row.has_few_frames, score.value if score.measured else 0.0)


def _build_confusion_blocks(confusion: Confusion, counts: ConfusionCounts) -> list[Block]:
    """Counts, not weights: what a person can count on the images."""
    blocks: list[Block] = [Heading(tr("Confusion matrix")), build_confusion_matrix_table(counts)]
    occurring = sum(_is_occurring(confusion, k) for k in range(len(confusion.classes)))
    if len(counts.names) < occurring:
        blocks.append(
            Paragraph(tr("Most frequent classes only; summary.json lists all classes."), quiet=True)
        )
    return blocks


@dataclass(frozen=True, slots=True)
class ConfusionCounts:
    """The confusion matrix as page and window show it: the most frequent classes, OK classes first.

    Attributes:
        names: The classes, of rows and columns alike.
        captions: The same as they are printed: OK classes are marked.
        cells: Counts by row, shaded by their share of the row; empty ones carry no colour.
    """

    names: tuple[str, ...]
    captions: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]


def build_confusion_counts(report: Report) -> ConfusionCounts | None:
    """Builds the matrix; None where nothing was counted."""
    confusion = get_failures(report).confusion
    if confusion is None or not any(map(any, confusion.counts)):
        return None
    rates = escape_rate.ANALYSIS.get_result(report)
    ok = () if rates is None else rates.ok_classes
    shown = sorted(_list_occurring_classes(confusion), key=lambda k: confusion.classes[k] not in ok)
    names = tuple(confusion.classes[k] for k in shown)
    return ConfusionCounts(
        names,
        tuple(f"OK: {name}" if name in ok else name for name in names),
        tuple(
            tuple(_build_count_cell(counts[k], sum(counts)) for k in shown)
            for counts in (confusion.counts[row] for row in shown)
        ),
    )


def build_confusion_matrix_table(counts: ConfusionCounts) -> Table:
    """Builds the table of the matrix."""
    heads = (
        Cell(tr("Label ↓, prediction →"), head=True),
        *(Cell(caption, figure=True) for caption in counts.captions),
    )
    rows = tuple(
        (Cell(caption, head=True), *cells)
        for caption, cells in zip(counts.captions, counts.cells, strict=True)
    )
    caption = tr(
        "Rows: label. Columns: prediction. Counts are frames, unweighted; shading is the share of "
        "the row."
    )
    return Table(caption, heads, rows, "counts", len(counts.names) > 4)


def _list_occurring_classes(confusion: Confusion) -> list[int]:
    occurring = [k for k in range(len(confusion.classes)) if _is_occurring(confusion, k)]
    frequent = sorted(
        occurring,
        key=lambda k: -(sum(confusion.counts[k]) + sum(row[k] for row in confusion.counts)),
    )
    return sorted(frequent[:MOST_CLASSES])


def _is_occurring(confusion: Confusion, k: int) -> bool:
    return any(confusion.counts[k]) or any(row[k] for row in confusion.counts)


def _build_count_cell(n: int, n_all: int) -> Cell:
    return Cell(str(n), figure=True, colours=score_charts.compute_shade(n / n_all) if n else None)


# Failure analysis of a report: per-class recall and precision, confusion matrix and slices.


@dataclass(frozen=True, slots=True)
class Failures:
    """Scores of classes and slices, and the confusion matrix.

    Attributes:
        per_class: The classes that occur.
        confusion: None where answers are no classes, or nothing is labelled.
        slices: None without a model.
    """

    per_class: tuple[ClassScore, ...] = ()
    confusion: Confusion | None = None
    slices: tuple[Slice, ...] | None = None


def compute_failures(project: Project) -> Failures:
    """Computes classes, confusion matrix and slices of the newest model."""
    model = project.read(models_table.get_newest_model)
    card = get_card(model) if model else None
    side = load_compared_sides(project, model).field_all
    slices = load_slices(project, side) if model else None
    return Failures(compute_class_scores(side, card), compute_confusion(side, card), slices)


def get_failures(report: Report) -> Failures:
    """Returns the failure analysis that the report holds."""
    return FAILURES.get_result(report) or Failures()


def compute_class_scores(side: FieldSide, card: Card | None) -> tuple[ClassScore, ...]:
    """Recall, precision and F1 of each class that occurs, weighed as the field score is."""
    if not isinstance(side.judgement, ClassJudgement) or card is None:
        return ()
    scored, weight = select_scored_picks(side), side.scores.weight[side.labelled]
    truth, predicted = side.judgement.truth[scored], side.judgement.predicted[scored]
    scores = [
        score for score in score_classes(truth, predicted, card.classes, weight[scored]) if score.n
    ]
    if not side.scores.footage.census:
        return tuple(scores)
    return tuple(
        replace(
            score, recall=score.recall.count_in_full(), precision=score.precision.count_in_full()
        )
        for score in scores
    )


def compute_confusion(side: FieldSide, card: Card | None) -> paper.Confusion | None:
    """Confusion matrix, counted and weighted, over the classes that occur, so that a table of a
    thousand classes stays readable."""
    if not isinstance(side.judgement, ClassJudgement) or card is None:
        return None
    scored = select_scored_picks(side)
    truth, predicted = side.judgement.truth[scored], side.judgement.predicted[scored]
    present = sorted({k for k in (*truth.tolist(), *predicted.tolist()) if k >= 0})
    grid = np.ix_(present, present)
    counts = count_confusion(truth, predicted, len(card.classes))[grid]
    weighted = count_confusion(
        truth, predicted, len(card.classes), side.scores.weight[side.labelled][scored]
    )[grid]
    return paper.Confusion(
        tuple(card.classes[k] for k in present),
        tuple(tuple(int(cell) for cell in row) for row in counts.tolist()),
        tuple(tuple(row) for row in weighted.tolist()),
    )


def get_clip_names(project: Project) -> dict[str, str]:
    """Names of the clips as people know them, by clip id."""
    return format_clip_names(
        project.read(recordings_table.list_recordings), project.read(recordings_table.list_clips)
    )


# Published parts of `summary.json`.


def export_failures(report: Report) -> dict[str, Any]:
    """Returns classes, confusion matrix and, where something cuts the footage, the slices."""
    failures = get_failures(report)
    document = {
        "per_class": to_json_value(failures.per_class),
        "confusion": to_json_value(failures.confusion),
    }
    if failures.slices is not None:
        document["slices"] = to_json_value(failures.slices)
    return document


def check_blind_spots(report: Report) -> CheckResult:
    """Judges the slices that were tested: ten frames or more, three clips inside and outside."""
    tested = [row for row in get_failures(report).slices or () if row.p is not None]
    if not tested:
        return NOT_MEASURED
    n = sum(row.flag == "blind_spot" for row in tested)
    return "fail" if n else "pass", float(n)


FAILURES: Analysis[Failures] = Analysis(
    key="where",
    compute=compute_failures,
    report_section=build_failure_section,
    summary=export_failures,
    checklist=(
        ChecklistRule(
            "blind_spots",
            7,
            lambda: tr("No blind spot of 20 pp or more demonstrated in any slice"),
            lambda: tr("Label ten frames from three clips per slice."),
            check_blind_spots,
            by_predictions=True,
        ),
    ),
)
