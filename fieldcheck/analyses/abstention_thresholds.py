"""Per-class thresholds and abstention for the newest model: computed on the labelled field frames,
their report sections, and the card that carries the thresholds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.corruptions.export import ExportResult, write_folder_atomically
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import BOXES, ONE_CLASS
from fieldcheck.domain.report import LOWEST_PRECISION, REVIEWED_SHARE
from fieldcheck.errors.labels import NothingLabelled
from fieldcheck.errors.message_format import format_names, format_report_remedy
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import (
    format_number,
    format_percent,
    format_points,
    format_points_interval,
    format_rate,
    format_rate_limits,
)
from fieldcheck.models.evaluate import BoxJudgement
from fieldcheck.models.scored_sides import (
    FieldSide,
    load_benchmark_classes,
    load_field_classes,
    load_field_side,
)
from fieldcheck.models.store import CARD_ENDING, find_model, get_card, get_ok_classes, write_card
from fieldcheck.project.limits import get_rate_limits
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.decision_thresholds import (
    LEAST_POSITIVES,
    Abstention,
    BinaryScores,
    ClassThreshold,
    RiskPoint,
    Thresholds,
    find_box_thresholds,
    find_thresholds,
    judge_threshold,
    measure_abstention,
    split_clips_in_halves,
)
from fieldcheck.stats.mean_average_precision import DetectedBoxes, LabelledBoxes, list_judged_boxes

MOST_ROWS = 20


def build_threshold_section(result: Thresholds | None) -> Section:
    """One row a class with enough labels; the others by name."""
    title = tr("Per-class thresholds")
    if result is None:
        sentence = tr(
            "Not measured: no labelled frame of the sample has a class or box prediction."
        )
        return Section("thresholds", title, title, (Paragraph(sentence, quiet=True),))
    rule = tr(
        "Highest recall at a precision of at least {precision}, at the field's class mix. "
        "Selected on one "
        "half of the clips, tested on the other."
    )
    blocks: list[Block] = [
        Paragraph(rule.format(precision=format_percent(result.precision)), quiet=True)
    ]
    if result.classes:
        blocks += _build_threshold_tables(result)
        blocks += _build_effect_table(result)
        blocks.append(Paragraph(_describe_gain(result)))
    if result.too_few:
        few = tr(
            "Insufficient data: fewer than {n} labelled frames on either side, or too few "
            "clips, for {classes}."
        )
        whole, short = (
            few.format(n=LEAST_POSITIVES, classes=format_names(result.too_few, most))
            for most in (len(result.too_few), MOST_ROWS)
        )
        blocks.append(Paragraph(whole, short=short))
    return Section("thresholds", title, title, tuple(blocks))


def _build_threshold_tables(thresholds: Thresholds) -> tuple[Table, Table]:
    """Recall, which is what is gained, and precision, which is what it costs: nine columns in one
    table fit no page."""
    recall = (
        Cell(tr("Class"), head=True),
        Cell(tr("selected and tested on")),
        Cell("n", figure=True),
        Cell(tr("threshold"), figure=True),
        Cell(tr("recall before"), figure=True),
        Cell(tr("after"), figure=True),
        Cell(tr("change, pp"), figure=True),
    )
    precision = (
        Cell(tr("Class"), head=True),
        Cell(tr("precision before"), figure=True),
        Cell(tr("after"), figure=True),
    )
    shown = thresholds.classes[:MOST_ROWS]
    caption = tr("One-vs-rest per class, weighted by the field's class mix")
    return (
        Table(caption, recall, tuple(_build_recall_row(class_row) for class_row in shown)),
        Table(
            tr("Cost: precision on the same frames"),
            precision,
            tuple(_build_precision_row(class_row) for class_row in shown),
        ),
    )


def _build_effect_table(thresholds: Thresholds) -> tuple[Table, ...]:
    """Escapes and false rejects before and after each proposal, and which is refused."""
    rows = tuple(
        (
            Cell(class_row.class_name, head=True),
            Cell(_format_error_rate(class_row.effect.escape_before), figure=True),
            Cell(_format_error_rate(class_row.effect.escape_after), figure=True),
            Cell(_format_error_rate(class_row.effect.reject_before), figure=True),
            Cell(_format_error_rate(class_row.effect.reject_after), figure=True),
            Cell(_describe_refusal(class_row)),
        )
        for class_row in thresholds.classes[:MOST_ROWS]
        if class_row.effect is not None
    )
    heads = (
        Cell(tr("Class"), head=True),
        Cell(tr("escapes before"), figure=True),
        Cell(tr("after"), figure=True),
        Cell(tr("false rejects before"), figure=True),
        Cell(tr("after"), figure=True),
        Cell(tr("proposal")),
    )
    caption = tr("Effect on escapes and false rejects, other clips of these cameras")
    return (Table(caption, heads, rows),) if rows else ()


def _describe_refusal(class_threshold: ClassThreshold) -> str:
    return {
        "ok_class": tr("refused: more frames would be called good"),
        "escape_rate": tr("refused: breaks the limit of the escape rate"),
        "false_reject_rate": tr("refused: breaks the limit of the false-reject rate"),
        "most_rejected": tr("refused: rejects more than half of the good frames"),
    }.get(class_threshold.refused, tr("allowed"))


def _build_recall_row(class_threshold: ClassThreshold) -> tuple[Cell, ...]:
    set_name = {"field": tr("field"), "benchmark": tr("benchmark, reweighted")}[class_threshold.on]
    change = class_threshold.change
    change_text = (
        f"{format_points(change.value)} ({format_points_interval(change)})"
        if change.measured
        else "–"
    )
    level = (
        format_number(class_threshold.threshold, 2)
        if class_threshold.threshold is not None
        else "–"
    )
    figures = (
        str(class_threshold.n),
        level,
        _format_share(class_threshold.recall_before),
        _format_share(class_threshold.recall_after),
        change_text,
    )
    return (
        Cell(class_threshold.class_name, head=True),
        Cell(set_name),
        *(Cell(figure, figure=True) for figure in figures),
    )


def _build_precision_row(class_threshold: ClassThreshold) -> tuple[Cell, ...]:
    return (
        Cell(class_threshold.class_name, head=True),
        *(
            Cell(_format_share(side), figure=True)
            for side in (class_threshold.precision_before, class_threshold.precision_after)
        ),
    )


def _format_share(estimate: Estimate) -> str:
    return names_and_numbers.format_value_with_range(estimate) if estimate.measured else "–"


def _describe_gain(thresholds: Thresholds) -> str:
    names = [class_row.class_name for class_row in thresholds.classes if class_row.has_gain]
    if not names:
        return tr("No demonstrated gain in recall for any class: keep the current thresholds.")
    sentence = tr(
        "Gain in recall demonstrated for {classes}. With one class per frame, the thresholds "
        "can be exported as a model card{remedy}."
    )
    return sentence.format(classes=", ".join(names), remedy=format_report_remedy("thresholds"))


# Per-class thresholds of a project's newest model under the field's class mix.


def compute_thresholds(project: Project, precision: float = LOWEST_PRECISION) -> Thresholds | None:
    """None where no labelled frame of the draw was answered with one class, or boxes. `precision`:
    the least a class shall have."""
    model = project.read(models_table.get_newest_model)
    if model is None or not get_card(model).has_confidence:
        return None
    if get_card(model).answers is BOXES:
        card = get_card(model)
        by_box = _compute_box_thresholds(card, load_field_side(project, model), precision)
        ok_names = get_ok_classes(project)[0]
        return by_box and _refuse_lower(by_box, card.output.threshold, ok_names)
    field_classes = load_field_classes(project, model)
    if field_classes is None:
        return None
    field, names = field_classes[1], get_card(model).classes
    thresholds = find_thresholds(
        names, field, load_benchmark_classes(project, model, field), precision
    )
    ok = np.array([names.index(name) for name in get_ok_classes(project)[0] if name in names])
    if field is None or not ok.size:
        return thresholds
    limits = {rate.rate: rate.limit for rate in get_rate_limits(project)}
    judged = tuple(
        judge_threshold(field, names.index(class_row.class_name), class_row, precision, ok, limits)
        for class_row in thresholds.classes
    )
    return replace(thresholds, classes=judged)


def _refuse_lower(thresholds: Thresholds, level: float, ok: tuple[str, ...]) -> Thresholds:
    """A detector's thresholds, without one that is lower for a class that means a good part."""
    classes = tuple(
        replace(class_row, refused="ok_class")
        if class_row.class_name in ok
        and class_row.threshold is not None
        and class_row.threshold < level
        else class_row
        for class_row in thresholds.classes
    )
    return replace(thresholds, classes=classes)


def _compute_box_thresholds(card: Card, side: FieldSide, precision: float) -> Thresholds | None:
    weight, judged = side.scores.weight[side.labelled], side.judgement
    if not isinstance(judged, BoxJudgement) or not (weight > 0).any():
        return None
    clip = np.asarray(side.sample.clip[side.labelled], np.str_)
    counted = weight > 0
    first = np.zeros(weight.size, np.bool_)
    half = split_clips_in_halves(clip[counted])
    if half is not None:
        first[counted] = half
    named = []
    for k, name in enumerate(card.classes):
        image, score, positive = _build_candidates(judged, k, weight.size)
        kept = weight[image] > 0
        image, score, positive = image[kept], score[kept], positive[kept]
        called = score >= card.output.threshold
        named.append(
            (
                name,
                BinaryScores(
                    score,
                    positive,
                    called,
                    weight[image],
                    clip[image],
                    first[image] if half is not None else None,
                ),
            )
        )
    return find_box_thresholds(named, precision)


def _build_candidates(
    judged: BoxJudgement, k: int, n: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """Every box of class `k` and every object of it that none found: frame, score, and whether an
    object is there."""
    wanted, predicted = judged.truths.category == k, judged.answers.category == k
    real, answers = judged.truths, judged.answers
    truths = LabelledBoxes(
        real.image[wanted],
        np.zeros(int(wanted.sum()), np.int64),
        real.box[wanted],
        real.crowd[wanted],
    )
    boxes = DetectedBoxes(
        answers.image[predicted],
        np.zeros(int(predicted.sum()), np.int64),
        answers.box[predicted],
        answers.score[predicted],
    )
    judged_boxes = list_judged_boxes(truths, boxes, n, 1, 0.0)
    n_missed = np.bincount(truths.image[~truths.crowd], minlength=n) - np.bincount(
        judged_boxes.image[judged_boxes.right], minlength=n
    )
    missed = np.repeat(np.arange(n), n_missed)
    return (
        np.concatenate([judged_boxes.image, missed]),
        np.concatenate([judged_boxes.score, np.full(missed.size, -np.inf)]),
        np.concatenate([judged_boxes.right, np.ones(missed.size, np.bool_)]),
    )


# Abstention on the page: send the least sure frames to a person, and what the errors of the others
# are then.


def build_abstention_section(result: Abstention | None) -> Section:
    """The sentence, and the curve of risk and coverage as it was tested."""
    title = tr("Manual review (abstention)")
    if result is None:
        sentence = tr(
            "Insufficient data. Requires one class per frame and at least four clips that "
            "split into two halves of 20 labelled frames each."
        )
        return Section("abstention", title, title, (Paragraph(sentence, quiet=True),))
    heads = (
        Cell(tr("Routed to manual review"), head=True),
        Cell(tr("errors on remaining frames"), figure=True),
        Cell(tr("error reduction, pp"), figure=True),
    )
    table = Table(
        tr("Risk-coverage curve (cross-validated by clip)"),
        heads,
        tuple(map(_build_risk_row, result.curve)),
    )
    return Section("abstention", title, title, (Paragraph(describe_abstention(result)), table))


def describe_abstention(abstention: Abstention) -> str:
    """Send so many to a person: errors fall from, to; or that no fall was shown."""
    point = abstention.at
    if not point.error.measured:
        return tr(
            "Insufficient data: routing that many frames to manual review leaves no "
            "predictions to score."
        )
    words = {
        "share": format_percent(point.share.value),
        "before": format_percent(abstention.error.value),
        "after": format_rate(point.error),
        "range": format_rate_limits(point.error),
        "threshold": format_number(abstention.threshold, 2),
        "n": abstention.error.n,
    }
    if point.fall.measured and point.fall.lo > 0:
        sentence = tr(
            "Route {share} of frames (confidence below {threshold}) to manual review: the "
            "error rate falls from "
            "{before} to {after} ({range}, n = {n})."
        )
    else:
        sentence = tr(
            "No benefit demonstrated from routing {share} of frames (confidence below "
            "{threshold}) to manual "
            "review: error rate {before} before, {after} after ({range}, n = {n})."
        )
    return sentence.format(**words)


def _build_risk_row(point: RiskPoint) -> tuple[Cell, ...]:
    fall = point.fall
    lower = (
        f"{format_points(fall.value)} ({format_points_interval(fall)})" if fall.measured else "–"
    )
    return (
        Cell(format_percent(point.share.value), head=True),
        Cell(_format_error_rate(point.error), figure=True),
        Cell(lower, figure=True),
    )


def _format_error_rate(estimate: Estimate) -> str:
    return names_and_numbers.format_rate_with_range(estimate) if estimate.measured else "–"


# Abstention of a project's newest model: which share of the frames goes to a person, and what the
# errors of the others are then.


def compute_abstention(project: Project, share: float = REVIEWED_SHARE) -> Abstention | None:
    """None where no one class a frame is named, and where the clips make no two halves of twenty
    labelled frames."""
    model = project.read(models_table.get_newest_model)
    scored = model is not None and get_card(model).has_confidence
    field_classes = load_field_classes(project, model) if model and scored else None
    if field_classes is None:
        return None
    field = field_classes[1]
    own = np.take_along_axis(field.p, np.maximum(field.predicted, 0)[:, None], axis=1)[:, 0]
    confidence = np.where(field.predicted >= 0, own, np.nan)
    return measure_abstention(
        confidence, field.predicted != field.truth, field.weight, field.clip, share
    )


# Card of the newest model with the thresholds that the field's labels suggest: to try, to export,
# and to compare as a model of its
# own.


def build_threshold_card(
    project: Project, precision: float = LOWEST_PRECISION, share: float = REVIEWED_SHARE
) -> Card:
    """The model's card with the thresholds of the classes whose recall was shown to rise, and the
    confidence below which `share` of the frames goes to a person. Raises NoModel, and
    NothingLabelled where the labels suggest neither."""
    card = get_card(find_model(project))
    thresholds, sent = compute_thresholds(project, precision), compute_abstention(project, share)
    helping = (
        [class_row for class_row in thresholds.classes if class_row.has_gain]
        if thresholds and card.answers is ONE_CLASS
        else []
    )
    levels = [
        (class_row.class_name, class_row.threshold)
        for class_row in helping
        if class_row.threshold is not None
    ]
    if not levels and sent is None:
        raise NothingLabelled(project.path, "thresholds")
    return replace(
        card,
        output=replace(
            card.output, thresholds=tuple(sorted(levels)), abstain=sent.threshold if sent else None
        ),
    )


def export_thresholds(project: Project, out: Path, precision: float, share: float) -> ExportResult:
    """Writes that card as `MODEL.card.json`. Raises what `build_threshold_card` raises;
    PathOccupied where `out` holds something already."""
    card, name = (
        build_threshold_card(project, precision, share),
        f"{find_model(project).name}{CARD_ENDING}",
    )
    with write_folder_atomically(out) as into:
        write_card(into / name, card)
    return ExportResult(out, "thresholds", len(card.output.thresholds), (name,))


THRESHOLDS: Analysis[Thresholds] = Analysis(
    key="thresholds", result=Thresholds, compute=compute_thresholds, section=build_threshold_section
)


ABSTENTION: Analysis[Abstention] = Analysis(
    key="abstention",
    result=Abstention,
    compute=compute_abstention,
    section=build_abstention_section,
)
