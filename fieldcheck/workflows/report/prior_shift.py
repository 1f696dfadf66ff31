"""Class mix of the field as the newest model's answers have it, and accuracy had only the mix changed: a what-if."""

from __future__ import annotations

from dataclasses import replace
from math import nan

import numpy as np

from fieldcheck.domain.run import StoredModel
from fieldcheck.measure.cluster import estimate_change_by_clip
from fieldcheck.measure.interval import estimate_bonett_price
from fieldcheck.measure.weighted import estimate_by_clips_or_frames
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.scoring.calibration import compute_logits, fit_temperature, scale_by_temperature
from fieldcheck.scoring.decision_thresholds import Floats, JudgedClasses
from fieldcheck.scoring.prior_shift import PriorShift, adjust_to_prior, clip_prior_from_below, estimate_field_prior
from fieldcheck.workflows.models.judge_answers import ClassJudgement, filter_known_items
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.models.near_duplicates import get_known_near_duplicates
from fieldcheck.workflows.report.calibration import FEWEST_FITTED, MOST_FITTED
from fieldcheck.workflows.report.labelled_probabilities import compute_class_shares, load_field_classes, stack_probabilities
from fieldcheck.workflows.report.two_sides import BOOTSTRAP_SEED, load_benchmark_side

IN_FOLDERS = 0.95
ONE = 0.01  # by which the probabilities of a frame may miss a sum of one


def compute_prior_shift(project: Project) -> PriorShift | None:
    """None without labels, without a benchmark that names the classes, and for answers that are no probabilities of one class."""
    model, benchmark = project.read(models_table.get_newest_model), project.read(benchmarks_table.get_benchmark)
    found = load_field_classes(project, model) if model else None
    if model is None or benchmark is None or found is None:
        return None
    card = get_card(model)
    side, field = found
    index = {name: k for k, name in reversed(list(enumerate(card.classes)))}
    shown = np.array([index[item.class_name] for item in filter_known_items(benchmark.items, card)], np.int64)
    every = stack_probabilities(card, (side.answers[line.frame.frame_id] for line in side.listing if line.frame.frame_id in side.answers))
    finite = every[every.sum(axis=1) > 0]
    if not shown.size or not finite.size or np.abs(finite.sum(axis=1) - 1).max() > ONE:
        return None
    prior = compute_class_shares(shown, np.ones(shown.size), card)
    temperature = _fit_temperature(project, model)
    if np.isfinite(temperature):
        finite = scale_by_temperature(compute_logits(finite), temperature)
        field = replace(field, p=scale_by_temperature(compute_logits(field.p), temperature))
    found_so = _compute_what_if(field, finite, prior, compute_class_shares(field.truth, field.weight, card), card.classes, temperature)
    return replace(found_so, training=_get_training_shares(project, card.classes))


def _get_training_shares(project: Project, classes: tuple[str, ...]) -> tuple[float, ...]:
    """Shares of the classes among the training pictures, as the folders of their names hold them; empty where no training folder was gone
    through, or where fewer than nineteen pictures in twenty lie in a folder of a class."""
    known = get_known_near_duplicates(project)
    if known is None or not known.n_training:
        return ()
    counts = np.array([known.training_folders.get(name, 0) for name in classes], np.float64)
    return tuple((counts / counts.sum()).tolist()) if counts.sum() >= IN_FOLDERS * known.n_training else ()


def _fit_temperature(project: Project, model: StoredModel) -> float:
    """Temperature that fits the benchmark's pictures; NaN where too few were run, or none fits."""
    side = load_benchmark_side(project, model)
    if side is None or not isinstance(side.judgement, ClassJudgement):
        return nan
    p = stack_probabilities(get_card(model), (side.answers[item.path] for item in side.items))
    chosen = np.random.default_rng(BOOTSTRAP_SEED).permutation(len(p))[:MOST_FITTED]
    fit = fit_temperature(compute_logits(p[chosen]), side.judgement.truth[chosen]) if len(p) >= FEWEST_FITTED else None
    return fit.value if fit else nan


def _compute_what_if(
    field: JudgedClasses, every: Floats, prior: Floats, labelled: Floats, names: tuple[str, ...], temperature: float
) -> PriorShift:
    lifted, collapsed = clip_prior_from_below(estimate_field_prior(every, prior), len(every))
    mix = np.where(prior > 0, lifted, 0.0)
    mix /= mix.sum()
    after = adjust_to_prior(field.p, prior, mix).argmax(axis=1)
    right = [field.predicted == field.truth, (after == field.truth) & (field.predicted >= 0)]
    estimates = [estimate_by_clips_or_frames(hit, field.weight, field.clip) for hit in right]
    moved = right[1].astype(np.int64) - right[0].astype(np.int64)
    change = estimate_change_by_clip(moved, field.weight, field.clip)
    if not change.measured:
        change = estimate_bonett_price(int((moved > 0).sum()), int((moved < 0).sum()), moved.size)
    if collapsed:
        estimates[1], change = estimates[1].with_weak_status("collapsed"), change.with_weak_status("collapsed")
    mixes = [tuple(mix_.tolist()) for mix_ in (prior, mix, labelled)]
    return PriorShift(names, mixes[0], mixes[1], mixes[2], len(every), temperature, collapsed, estimates[0], estimates[1], change)
