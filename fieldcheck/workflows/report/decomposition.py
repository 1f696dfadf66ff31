"""Where the gap of a project comes from: its parts, from both sides, the corruption that its field looks like, and the sweep."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.decomposition import Decomposition, NotEstimated
from fieldcheck.domain.field_match import CandidateCorruption
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.run import StoredModel
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.decomposition import BenchmarkAnswers, FieldAnswers, decompose_gap
from fieldcheck.workflows.models.judge_answers import ClassJudgement, evaluate_classes
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report.shared_classes import load_compared_sides
from fieldcheck.workflows.report.two_sides import BOOTSTRAP_SEED, BenchmarkSide, FieldSide
from fieldcheck.workflows.stress.match_field import get_match
from fieldcheck.workflows.stress.sweep_scores import get_newest_seed, list_swept_severities, load_cell


def compute_decomposition(project: Project) -> Decomposition | None:
    """None where there is no gap, or a model does not name one class a frame."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return None
    card, sides = get_card(model), load_compared_sides(project, model)
    benchmark, field = sides.benchmark, sides.field_all
    drawn = field.scores.weight[field.at] > 0
    if benchmark is None or not benchmark.score.measured or not isinstance(benchmark.judgement, ClassJudgement) or not drawn.any():
        return None
    frames = _build_field_answers(field, sides.benchmark_counts.keys() if sides.benchmark_counts else card.classes, card, drawn)
    if not frames.shared.any():
        return None
    found = get_match(project)
    named = found.named if found else None
    drop = _compute_drops(project, model, card, benchmark, named) if named else None
    reason: NotEstimated = "not_compared" if found is None else "no_match" if named is None else "not_swept" if drop is None else ""
    judged = benchmark.judgement
    pictures = BenchmarkAnswers(judged.truth, judged.right, np.full(judged.truth.size, np.nan) if drop is None else drop)
    said = (named.corruption, named.severity) if named else ("", 0.0)
    return decompose_gap(pictures, frames, card.classes, reason, *said, BOOTSTRAP_SEED)


def _build_field_answers(side: FieldSide, known: Collection[str], card: Card, drawn: NDArray[np.bool_]) -> FieldAnswers:
    assert isinstance(side.judgement, ClassJudgement), "both sides are judged alike"
    clip = np.array([side.lines[k].clip.clip_id for k in side.at.tolist()], np.str_)
    there = np.array([name in known for name in card.classes], np.bool_)
    truth = side.judgement.truth[drawn]
    return FieldAnswers(truth, side.judgement.right[drawn], side.scores.weight[side.at][drawn], clip[drawn], there[truth])


def _compute_drops(
    project: Project, model: StoredModel, card: Card, side: BenchmarkSide, named: CandidateCorruption
) -> NDArray[np.float64] | None:
    """(n,) what the corruption takes from each picture at the field's severity, between the two that were swept about it; NaN for pictures
    that the sweep did not draw, None where it was not swept so far."""
    seed = get_newest_seed(project, model)
    severities = [] if seed is None else list_swept_severities(project, model, "benchmark", named.corruption, seed)
    above = next((severity for severity in severities if severity >= named.severity), None)
    if seed is None or above is None:
        return None
    below = max((severity for severity in severities if severity < named.severity), default=0.0)
    part = (named.severity - below) / (above - below)
    lost = _compute_lost_answers(project, model, card, side, (named.corruption, above), seed) * part
    return lost + _compute_lost_answers(project, model, card, side, (named.corruption, below), seed) * (1 - part) if below else lost


def _compute_lost_answers(
    project: Project, model: StoredModel, card: Card, side: BenchmarkSide, cell: tuple[str, float], seed: int
) -> NDArray[np.float64]:  # fmt: skip
    """(n,) right − right under one cell of the sweep, NaN where it has no answer."""
    stored, drop = load_cell(project, model, "benchmark", cell, seed), np.full(len(side.items), np.nan)
    there = [at for at, item in enumerate(side.items) if item.path in stored]
    given = [stored[side.items[at].path] for at in there]
    again = evaluate_classes(card.classes, [side.items[at].class_name for at in there], given).right
    drop[there] = side.judgement.right[there].astype(np.float64) - again
    return drop
