"""Prior shift (label shift): class mix of benchmark and field, and the accuracy had only the class
mix changed, with the report section."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.calibration import FEWEST_FITTED, MOST_FITTED
from fieldcheck.analyses.temperature_scaling import (
    compute_logits,
    fit_temperature,
    scale_by_temperature,
)
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.run import StoredModel
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_number,
    format_percent,
    format_points,
    format_points_interval,
)
from fieldcheck.models.evaluate import ClassJudgement, filter_known_items
from fieldcheck.models.near_duplicates import get_known_near_duplicates
from fieldcheck.models.scored_sides import (
    BOOTSTRAP_SEED,
    FieldSide,
    compute_class_shares,
    load_benchmark_side,
    load_field_classes,
    stack_probabilities,
)
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.cluster import estimate_change_or_frames
from fieldcheck.stats.decision_thresholds import Floats, JudgedClasses, decide_class
from fieldcheck.stats.weighted_field_score import estimate_by_clips_or_frames

FloatArray = NDArray[np.float64]
MOST_FRAMES = 20_000  # frames that the mix is estimated on, drawn where there are more
STEPS, DONE = 10_000, 1e-10
# looked at in all: a table of a thousand classes takes fewer steps, so that it takes no minute
MOST_FIGURES = 10_000_000_000
NOT_CONVERGED = "not_converged"  # note of figures whose mix still changed at the last step


@dataclass(frozen=True, slots=True)
class PriorShift:
    """What-if. `classes`; `benchmark`: their shares there; `field`: as the answers to `n_frames`
    frames, 20,000 at most, have them; `labelled`: as the labels have them, weighted, NaN without
    one; `training`: as the folders of the training pictures have them, empty where they are not
    known. `temperature`: of the confidences, fitted on the benchmark; NaN where they stand as they
    are. `collapsed`: a class fell to the floor, which soft confidences do by themselves. `before`,
    `after`: accuracy of the answers as they are and adjusted, both by the rule of the card;
    `change`, after − before on the same frames, with the note `NOT_CONVERGED` where the mix is not
    final."""

    classes: tuple[str, ...]
    benchmark: tuple[float, ...]
    field: tuple[float, ...]
    labelled: tuple[float, ...]
    n_frames: int
    temperature: float
    collapsed: bool
    before: Estimate
    after: Estimate
    change: Estimate
    training: tuple[float, ...] = ()


def estimate_field_prior(p: FloatArray, prior: FloatArray) -> tuple[FloatArray, bool]:
    """(N, K) probabilities of a model whose classes had shares (K,) `prior` → (K,) shares that fit
    the N frames best (EM), and whether the last step left them as they were.

    Needs calibrated probabilities; soft ones let classes die out. Source: Saerens, Latinne &
    Decaestecker 2002.
    """
    result = prior.copy()
    ratio = np.divide(p, prior, out=np.zeros_like(p), where=prior > 0)
    ratio = ratio[ratio.sum(axis=1) > 0]
    has_converged = False
    for _ in range(min(STEPS, MOST_FIGURES // max(1, ratio.size)) if len(ratio) else 0):
        # the mean of the adjusted probabilities, in two products
        new = result * (ratio.T @ (1 / (ratio @ result))) / len(ratio)
        has_converged = bool(np.abs(new - result).max() < DONE)
        result = new
        if has_converged:
            break
    return result, has_converged


def adjust_to_prior(
    p: FloatArray, prior: FloatArray, field: FloatArray, temperature: float = 1.0
) -> FloatArray:
    """(N, K) probabilities under (K,) `prior` → the same under the shares (K,) `field`, each row
    summing to one. Of a model that needs a `temperature` they stay as uncalibrated as they are, so
    that the thresholds of its card still fit: p^(1/T) times the ratio is p times its T-th power."""
    ratio = np.divide(field, prior, out=np.zeros_like(field), where=prior > 0)
    q = p * ratio**temperature
    total = q.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(q, total, out=p.copy(), where=total > 0))


def clip_prior_from_below(field: FloatArray, prior: FloatArray, n: int) -> tuple[FloatArray, bool]:
    """(K,) shares, none below 1/(2n) or its (K,) `prior` where that is less, summing to one; and
    whether one fell that far from a prior above 1/(2n) (methods 10)."""
    least = 1 / (2 * n)
    lifted = np.maximum(field, np.minimum(prior, least))
    return lifted / lifted.sum(), bool(((field < least) & (prior > least)).any())


# Prior shift on the page: the class mix of benchmark and field, and accuracy had only that changed;
# never a default.

MOST_ROWS = 20
SMALLEST_SHARE = 0.0005  # what prints as 0.0% on every side is no row


def build_prior_shift_section(result: PriorShift | None) -> Section:
    """The what-if in a sentence, and the three mixes."""
    title = tr("Class prior shift")
    if result is None:
        sentence = tr(
            "Not measured. Requires labels, a benchmark with the same classes, and class "
            "probabilities as model output."
        )
        return Section("prior_shift", title, title, (Paragraph(sentence, quiet=True),))
    if result.before.n < FEW_FRAMES:
        what_if = Paragraph(describe_what_if(result), quiet=True)
        return Section("prior_shift", title, title, (what_if,))
    trained = [result.training] * bool(result.training)
    heads = (
        Cell(tr("Class"), head=True),
        *(Cell(tr("training, by its folders"), figure=True) for _ in trained),
        Cell(tr("benchmark"), figure=True),
        Cell(tr("field, from predictions"), figure=True),
        Cell(tr("field, from labels"), figure=True),
    )
    mixes = (*trained, result.benchmark, result.field, result.labelled)
    order = sorted(
        (k for k in range(len(result.classes)) if any(mix[k] >= SMALLEST_SHARE for mix in mixes)),
        key=lambda k: -abs(result.field[k] - result.benchmark[k]),
    )
    rows = tuple(
        (
            Cell(result.classes[k], head=True),
            *(Cell(format_percent(mix[k], 1), figure=True) for mix in mixes),
        )
        for k in order[:MOST_ROWS]
    )
    lines = [describe_what_if(result), *_list_weaknesses(result)]
    blocks: list[Block] = [Paragraph(line) for line in lines]
    quiet = tr("Assumes calibrated confidences and the benchmark's class shares as training prior.")
    if isfinite(result.temperature):
        sentence = tr(
            "Confidences at temperature {t}, fitted to the benchmark; benchmark class shares "
            "stand in for training shares."
        )
        quiet = sentence.format(t=format_number(result.temperature, 2))
    return Section(
        "prior_shift",
        title,
        title,
        (*blocks, Table(tr("Class shares"), heads, rows), Paragraph(quiet, quiet=True)),
    )


def _list_weaknesses(result: PriorShift) -> list[str]:
    lines = []
    if result.collapsed:
        lines.append(
            tr(
                "Weak result: the predictions suggest that one class has vanished, which soft "
                "confidences can cause."
            )
        )
    if NOT_CONVERGED in result.change.note.split("+"):
        lines.append(tr("Weak result: the estimate of the class shares did not converge."))
    return lines


def describe_what_if(prior_shift: PriorShift) -> str:
    """Accuracy with the answers adjusted to the field's mix, beside that of the answers as they
    are."""
    if prior_shift.before.n < FEW_FRAMES:
        few = tr_plural(
            "Insufficient data: {n} labelled frame is too few to estimate the field's class mix.",
            "Insufficient data: {n} labelled frames are too few to estimate the field's class mix.",
            prior_shift.before.n,
        )
        return few.format(n=prior_shift.before.n)
    change = prior_shift.change
    words = {"change": format_points(change.value), "range": format_points_interval(change)}
    sentence = tr_points(
        "Predictions adjusted to the field's class mix: accuracy {after} instead of {before}, "
        "{change} pp ({range}).",
        words["change"],
    )
    return sentence.format(
        after=names_and_numbers.format_estimate(prior_shift.after),
        before=names_and_numbers.format_estimate(prior_shift.before),
        **words,
    )


# Class mix of the field as the newest model's answers have it, and accuracy had only the mix
# changed: a what-if.

IN_FOLDERS = 0.95
SUM_TOLERANCE = 0.01  # by which the probabilities of a frame may miss a sum of one


def compute_prior_shift(project: Project) -> PriorShift | None:
    """None without labels, without a benchmark that names the classes, and for answers that are no
    probabilities of one class or carry no confidence."""
    model, benchmark = (
        project.read(models_table.get_newest_model),
        project.read(models_table.get_benchmark),
    )
    field_classes = load_field_classes(project, model) if model else None
    if model is None or benchmark is None or field_classes is None:
        return None
    card = get_card(model)
    if not card.has_confidence:
        return None
    side, field = field_classes
    index = {name: k for k, name in reversed(list(enumerate(card.classes)))}
    shown = np.array(
        [index[item.class_name] for item in filter_known_items(benchmark.items, card)], np.int64
    )
    every = stack_probabilities(card, _draw_answers(side))
    finite = every[every.sum(axis=1) > 0]
    if not shown.size or not finite.size or np.abs(finite.sum(axis=1) - 1).max() > SUM_TOLERANCE:
        return None
    prior = compute_class_shares(shown, np.ones(shown.size), card)
    temperature = _fit_temperature(project, model)
    if np.isfinite(temperature):
        finite = scale_by_temperature(compute_logits(finite), temperature)
    found_so = _compute_what_if(
        field,
        finite,
        prior,
        compute_class_shares(field.truth, field.weight, card),
        card,
        temperature,
    )
    footage = side.scores.footage
    if footage.n == found_so.before.n and not side.scores.camera.measured:
        found_so = replace(found_so, before=footage)  # one quantity has one interval
    return replace(found_so, training=_get_training_shares(project, card.classes))


def _draw_answers(side: FieldSide) -> list[Prediction]:
    """The answers to the listed frames, at most `MOST_FRAMES` of them, drawn."""
    names = [line.frame.frame_id for line in side.listing if line.frame.frame_id in side.answers]
    if len(names) > MOST_FRAMES:
        rng = np.random.default_rng(BOOTSTRAP_SEED)
        drawn = rng.choice(len(names), MOST_FRAMES, replace=False)
        names = [names[k] for k in np.sort(drawn).tolist()]
    return [side.answers[name] for name in names]


def _get_training_shares(project: Project, classes: tuple[str, ...]) -> tuple[float, ...]:
    """Shares of the classes among the training pictures, as the folders of their names hold them;
    empty where no training folder was gone through, or where fewer than nineteen pictures in twenty
    lie in a folder of a class."""
    near_duplicates = get_known_near_duplicates(project)
    if near_duplicates is None or not near_duplicates.n_training:
        return ()
    counts = np.array(
        [near_duplicates.training_folders.get(name, 0) for name in classes], np.float64
    )
    return (
        tuple((counts / counts.sum()).tolist())
        if counts.sum() >= IN_FOLDERS * near_duplicates.n_training
        else ()
    )


def _fit_temperature(project: Project, model: StoredModel) -> float:
    """Temperature that fits the benchmark's pictures; NaN where too few were run, or none fits."""
    side = load_benchmark_side(project, model)
    if side is None or not isinstance(side.judgement, ClassJudgement):
        return nan
    p = stack_probabilities(get_card(model), (side.answers[item.path] for item in side.items))
    chosen = np.random.default_rng(BOOTSTRAP_SEED).permutation(len(p))[:MOST_FITTED]
    fit = (
        fit_temperature(compute_logits(p[chosen]), side.judgement.truth[chosen])
        if len(p) >= FEWEST_FITTED
        else None
    )
    return fit.value if fit else nan


def _compute_what_if(
    field: JudgedClasses,
    every: Floats,
    prior: Floats,
    labelled: Floats,
    card: Card,
    temperature: float,
) -> PriorShift:
    shares, has_converged = estimate_field_prior(every, prior)
    mix, collapsed = clip_prior_from_below(shares, prior, len(every))
    adjusted = adjust_to_prior(field.p, prior, mix, temperature if isfinite(temperature) else 1.0)
    after = np.array([decide_class(row, card.class_thresholds) for row in adjusted], np.int64)
    right = [field.predicted == field.truth, (after == field.truth) & (field.predicted >= 0)]
    estimates = [estimate_by_clips_or_frames(hit, field.weight, field.clip) for hit in right]
    moved = right[1].astype(np.int64) - right[0].astype(np.int64)
    change = estimate_change_or_frames(moved, field.weight, field.clip)
    for note in ["collapsed"] * collapsed + [NOT_CONVERGED] * (not has_converged):
        estimates[1], change = estimates[1].with_weak_status(note), change.with_weak_status(note)
    mixes = [tuple(mix_.tolist()) for mix_ in (prior, mix, labelled)]
    return PriorShift(
        card.classes,
        mixes[0],
        mixes[1],
        mixes[2],
        len(every),
        temperature,
        collapsed,
        estimates[0],
        estimates[1],
        change,
    )


ANALYSIS: Analysis[PriorShift] = Analysis(
    key="prior_shift",
    result=PriorShift,
    compute=compute_prior_shift,
    section=build_prior_shift_section,
)
