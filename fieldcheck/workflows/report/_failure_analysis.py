"""Failure analysis of a report: per-class recall and precision, confusion matrix, slices and label noise."""

from __future__ import annotations

from math import isnan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card
from fieldcheck.domain.recording import format_clip_names
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import clips as clips_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.report import report as paper
from fieldcheck.scoring.classes import count_confusion, score_classes
from fieldcheck.workflows.explore.items import load_items
from fieldcheck.workflows.label.label_review import SIDES, list_label_reviews
from fieldcheck.workflows.models.judge_answers import ClassJudgement
from fieldcheck.workflows.report.slicing import score_slices
from fieldcheck.workflows.report.two_sides import FieldSide


def select_scored_picks(side: FieldSide) -> NDArray[np.bool_]:
    """Which labelled picks the tables of classes count: those of the draw, or where nothing was drawn those that were chosen by hand."""
    drawn = side.scores.weight[side.at] > 0
    return drawn if drawn.any() else np.ones(side.at.size, np.bool_)


def compute_class_rows(side: FieldSide, card: Card | None) -> tuple[paper.ClassRow, ...]:
    """Recall, precision and F1 of each class that occurs, weighed as the field score is."""
    if not isinstance(side.judgement, ClassJudgement) or card is None:
        return ()
    scored, weight = select_scored_picks(side), side.scores.weight[side.at]
    found = score_classes(side.judgement.truth[scored], side.judgement.predicted[scored], len(card.classes), weight[scored])
    return tuple(
        paper.ClassRow(name, score.n, score.recall, score.precision, None if isnan(score.f1) else score.f1)
        for name, score in zip(card.classes, found, strict=True)
        if score.n
    )


def compute_confusion(side: FieldSide, card: Card | None) -> paper.Confusion | None:
    """Confusion matrix, counted and weighted, over the classes that occur, so that a table of a thousand classes stays readable."""
    if not isinstance(side.judgement, ClassJudgement) or card is None:
        return None
    scored = select_scored_picks(side)
    truth, predicted = side.judgement.truth[scored], side.judgement.predicted[scored]
    present = sorted({k for k in (*truth.tolist(), *predicted.tolist()) if k >= 0})
    grid = np.ix_(present, present)
    counts = count_confusion(truth, predicted, len(card.classes))[grid]
    weighted = count_confusion(truth, predicted, len(card.classes), side.scores.weight[side.at][scored])[grid]
    return paper.Confusion(
        tuple(card.classes[k] for k in present),
        tuple(tuple(int(cell) for cell in row) for row in counts.tolist()),
        tuple(tuple(row) for row in weighted.tolist()),
    )


def compute_slices(project: Project, side: FieldSide) -> tuple[paper.SliceResult, ...]:
    """Every slice with its score, in the order that `score_slices` gives."""
    found = score_slices(project, side, load_items(project)[0])
    return tuple(
        paper.SliceResult(
            one.key, one.value, one.n, one.estimate, one.flag, one.p, one.q, one.behind, one.more, one.clips, one.within, one.left
        )
        for one in found
    )


def compute_label_noise(project: Project) -> tuple[paper.LabelReviewResult, ...]:
    """Share of wrong labels after a label review, of both sides, where anything disagrees."""
    rows = []
    for on in SIDES:
        found = list_label_reviews(project, on)
        if found.rows:
            counts = found.counts
            rows.append(
                paper.LabelReviewResult(
                    on, len(found.rows), found.n_looked, counts["model_wrong"], counts["label_wrong"], counts["cannot_tell"], found.before,
                    found.after, found.share,
                )
            )  # fmt: skip
    return tuple(rows)


def get_clip_names(project: Project) -> dict[str, str]:
    """Names of the clips as people know them, by clip id."""
    return format_clip_names(project.read(recordings_table.list_recordings), project.read(clips_table.list_clips))
