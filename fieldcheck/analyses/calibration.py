"""Calibration of the newest model on benchmark and field (methods 4): computation, temperature that
suits the benchmark, and report section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isclose, isnan, nan

import numpy as np
from numpy.typing import NDArray

from fieldcheck.analyses import names_and_numbers, score_charts
from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.analyses.temperature_scaling import (
    Binning,
    Calibration,
    ClassConfidence,
    ClassProbabilities,
    Floats,
    JudgedAnswers,
    SideCalibration,
    Temperature,
    compute_calibration_errors,
    compute_logits,
    fit_temperature,
    is_probability_table,
    measure_calibration,
    scale_by_temperature,
)
from fieldcheck.domain.estimate import FEW_FRAMES, ChangeVerdict, Estimate
from fieldcheck.domain.label import LabelledSet
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.report import ScoreRow
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_number,
    format_percent,
    format_points,
    format_points_interval,
    format_points_with_unit,
)
from fieldcheck.models.evaluate import BoxJudgement, ClassJudgement, Judgement, get_top_class
from fieldcheck.models.scored_sides import BOOTSTRAP_SEED, FieldSide, ScoredSides, load_scored_sides
from fieldcheck.project.project import Project
from fieldcheck.stats.camera_interval import estimate_camera_interval
from fieldcheck.stats.mean_average_precision import list_judged_boxes
from fieldcheck.stats.weighted_field_score import compute_weighted_mean, compute_weighted_median
from fieldcheck.stats.wilson_interval import estimate_difference

# Calibration of the newest model on benchmark and field, and the temperature that would suit the
# benchmark (methods 4).

MOST_FITTED = 2000  # benchmark pictures that a temperature is fitted on
FEWEST_FITTED = 30
# probabilities looked at in each step: a thousand classes take a thousand pictures
MOST_CELLS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class _SideAnswers:
    """One side: its answers, how many were left out, and the probabilities of all classes where
    answers are such."""

    answers: JudgedAnswers
    n_dropped: int
    classes: ClassProbabilities | None = None


def compute_calibration(project: Project) -> Calibration | None:
    """None without a model, where it gives no confidence (masks), or where neither side has
    labelled answers."""
    sides = load_scored_sides(project)
    if sides is None:
        return None
    result: dict[LabelledSet, _SideAnswers] = {}
    if sides.benchmark is not None:
        predictions = [sides.benchmark.answers[item.path] for item in sides.benchmark.items]
        alone = np.arange(len(predictions))
        _add_side(
            result,
            "benchmark",
            _build_side_answers(
                sides.card,
                sides.benchmark.judgement,
                predictions,
                np.ones(len(predictions)),
                alone,
                alone,
            ),
        )
    _add_side(result, "field", _get_field_answers(sides.card, sides.field))
    if not result:
        return None
    footage = sides.field.scores.footage
    calibrated = tuple(
        _take_field_score(_compute_side(set_name, answers), footage)
        for set_name, answers in result.items()
    )
    return Calibration(
        "box" if sides.card.answers.labels == "boxes" else "frame",
        calibrated,
        _fit_temperature(result),
        _compute_class_confidence(sides),
    )


def _add_side(
    result: dict[LabelledSet, _SideAnswers],
    set_name: LabelledSet,
    side_answers: _SideAnswers | None,
) -> None:
    if side_answers is not None and side_answers.answers.confidence.size:
        result[set_name] = side_answers


def _get_field_answers(card: Card, side: FieldSide) -> _SideAnswers | None:
    if side.judgement is None:
        return None
    clip = np.array([side.lines[k].clip.clip_id for k in side.labelled.tolist()], np.str_)
    predictions = [side.answers[side.picks[k].frame_id] for k in side.labelled.tolist()]
    return _build_side_answers(
        card,
        side.judgement,
        predictions,
        side.scores.weight[side.labelled],
        np.arange(side.labelled.size),
        clip,
    )


def _build_side_answers(
    card: Card, judgement: Judgement, predictions: Sequence[Prediction], weight: Floats,
    unit: NDArray[np.intp], clip: NDArray[np.generic]
) -> _SideAnswers | None:  # fmt: skip
    """`weight`, `unit` and `clip` are those of the frames, (n,)."""
    if not card.has_confidence:
        return None
    if isinstance(judgement, BoxJudgement):
        boxes = list_judged_boxes(
            judgement.truths,
            judgement.answers,
            len(predictions),
            len(card.classes),
            card.output.threshold,
        )
        kept = np.isfinite(boxes.score) & (weight[boxes.image] > 0)
        image = boxes.image[kept]
        return _SideAnswers(
            JudgedAnswers(
                boxes.score[kept], boxes.right[kept], weight[image], unit[image], clip[image]
            ),
            0,
        )
    if not isinstance(judgement, ClassJudgement):
        return None
    finite, drawn = np.isfinite(judgement.confidence), weight > 0
    kept = finite & drawn
    answers = JudgedAnswers(
        judgement.confidence[kept], judgement.right[kept], weight[kept], unit[kept], clip[kept]
    )
    rows = [predictions[index].answer for index in np.flatnonzero(kept).tolist()]
    probability = np.stack(rows) if rows else np.empty((0, len(card.classes)), np.float32)
    dropped = int((drawn & ~finite).sum())
    if not np.isfinite(probability).all() or not is_probability_table(probability):
        return _SideAnswers(answers, dropped)
    return _SideAnswers(answers, dropped, ClassProbabilities(probability, judgement.truth[kept]))


def _compute_side(set_name: LabelledSet, side_answers: _SideAnswers) -> SideCalibration:
    return measure_calibration(
        set_name, side_answers.answers, BOOTSTRAP_SEED, side_answers.n_dropped, side_answers.classes
    )


def _take_field_score(side: SideCalibration, footage: Estimate) -> SideCalibration:
    """The side with the field's score on this footage, where that is the accuracy of these very
    answers: one quantity has one interval."""
    if (
        side.on != "field"
        or footage.n != side.n
        or not isclose(footage.value, side.right.value, abs_tol=1e-9)
    ):
        return side
    signed = estimate_difference(side.says, footage)
    judged = side.signed_cameras or signed
    return replace(
        side, right=footage, signed=signed, over_confident=judged.measured and judged.lo > 0
    )


def _fit_temperature(result: Mapping[LabelledSet, _SideAnswers]) -> Temperature | None:
    """Fitted on the benchmark only, told for the field."""
    side, field = result.get("benchmark"), result.get("field")
    benchmark = side.classes if side else None
    if benchmark is None or benchmark.truth.size < FEWEST_FITTED:
        return None
    n = min(
        MOST_FITTED,
        benchmark.truth.size,
        max(FEWEST_FITTED, MOST_CELLS // benchmark.probability.shape[1]),
    )
    chosen = np.random.default_rng(BOOTSTRAP_SEED).permutation(benchmark.truth.size)[:n]
    fit = fit_temperature(compute_logits(benchmark.probability[chosen]), benchmark.truth[chosen])
    if fit is None:
        return None
    classes = field.classes if field else None
    figures = (
        (nan,) * 4
        if field is None or classes is None
        else (
            *_compute_field_errors(field, classes, 1.0),
            *_compute_field_errors(field, classes, fit.value),
        )
    )
    before, ece_before, after, ece_after = figures
    return Temperature(
        fit.value, n, fit.nll_before, fit.nll_after, before, after, ece_before, ece_after
    )


def _compute_field_errors(
    field: _SideAnswers, classes: ClassProbabilities, temperature: float
) -> tuple[float, float]:
    """Signed gap and calibration error of the field at a temperature, which changes no answer."""
    confidence = (
        scale_by_temperature(compute_logits(classes.probability), temperature)
        .max(axis=1)
        .astype(np.float64)
    )
    right, weight = field.answers.right, field.answers.weight
    return compute_weighted_mean(confidence - right, weight), compute_calibration_errors(
        confidence, right, weight, BOOTSTRAP_SEED
    )[0].value


def _compute_class_confidence(sides: ScoredSides) -> tuple[ClassConfidence, ...]:
    """Median confidence of each class that is named: over the footage where it was run, else over
    the picks by their weights; the limits of all classes that are judged hold at once."""
    card, side = sides.card, sides.field
    if card.answers.labels != "class":
        return ()
    names = [line.frame.frame_id for line in side.listing]
    if names and all(name in side.footage_answers for name in names):
        predictions, weight = [side.footage_answers[name] for name in names], np.ones(len(names))
        clip = np.array([line.clip.clip_id for line in side.listing])
    else:
        predictions = [side.answers[side.picks[k].frame_id] for k in side.labelled.tolist()]
        weight, clip = side.scores.weight[side.labelled], side.sample.clip[side.labelled]
    tops = [get_top_class(answer.answer) for answer in predictions]
    called, sure = (
        np.array([k for k, _ in tops], np.int64),
        np.array([c for _, c in tops], np.float64),
    )
    names_at, counts = np.unique(called[called >= 0], return_counts=True)
    together = max(1, int((counts >= FEWEST_OF_A_CLASS).sum()))
    rows = []
    for k, n in zip(names_at.tolist(), counts.tolist(), strict=True):
        own, high = called == k, sure >= LEAST_MEDIAN
        median = compute_weighted_median(sure[own], weight[own])
        share = estimate_camera_interval(high[own], weight[own], clip[own], together)
        rows.append(ClassConfidence(card.classes[k], n, median, share))
    return tuple(rows)


FEWEST_OF_A_CLASS = 20
LEAST_MEDIAN, HALF = 0.6, 0.5
MANY_DROPPED = 0.01


def build_calibration_section(result: Calibration | None) -> Section:
    """The headline of each side, both side by side, the reliability diagram of the field, and the
    temperature as a what-if."""
    title, short = tr("Confidence calibration"), tr("Confidence")
    if result is None:
        sentence = tr("Not measured: no labelled frame with a confidence value.")
        return Section("calibration", short, title, (Paragraph(sentence, quiet=True),))
    enough = tuple(side for side in result.sides if side.n >= FEW_FRAMES)
    blocks: list[Block] = [Paragraph(_describe_side(side)) for side in reversed(result.sides)]
    blocks += (
        [
            _build_side_table(replace(result, sides=enough)),
            *(_build_reliability_table(side) for side in reversed(enough)),
        ]
        if enough
        else []
    )
    blocks += [
        Paragraph(line, quiet=True)
        for line in (*_describe_temperature(result), *_describe_class_confidence(result))
    ]
    return Section("calibration", short, title, tuple(blocks))


def get_side_name(set_name: LabelledSet) -> str:
    """Benchmark or field."""
    return {"benchmark": tr("Benchmark"), "field": tr("Field")}[set_name]


def _describe_side(side: SideCalibration) -> str:
    """What it says and what it is, which direction is demonstrated, and the calibration error."""
    if side.n < FEW_FRAMES:
        few_answers = tr_plural(
            "{side}: {n} prediction is too few to judge calibration.",
            "{side}: {n} predictions are too few to judge calibration.",
            side.n,
        )
        return few_answers.format(side=get_side_name(side.on), n=side.n)
    sentence = tr(
        "{side}: mean confidence {says}, accuracy {right}. Confidence minus accuracy: {gap} "
        "(n = {n})."
    )
    rows = [
        sentence.format(
            side=get_side_name(side.on),
            says=_format_share(side.says),
            right=_format_share(side.right),
            gap=_format_points(side.signed),
            n=side.n,
        )
    ]
    if side.signed_cameras is not None:
        rows.append(
            tr("Other clips of these cameras: {gap}.", gap=_format_points(side.signed_cameras))
        )
    rows.append(_describe_calibration_error(side))
    if side.n_dropped:
        few = side.n_dropped <= MANY_DROPPED * (side.n + side.n_dropped)
        left_out = tr_plural(
            "{n} prediction without a finite confidence was left out.",
            "{n} predictions without a finite confidence were left out.",
            side.n_dropped,
        )
        rows.append(
            ("" if few else tr("The model returns NaN.") + " ") + left_out.format(n=side.n_dropped)
        )
    return " ".join(rows)


def _describe_calibration_error(side: SideCalibration) -> str:
    """The direction that the limits show, and the error beside that of a calibrated model."""
    error = {"error": format_points(side.ece.value), "null": format_points(side.ece.null_p95)}
    band = tr_points(
        "Calibration error {error} pp; a calibrated model shows up to {null} pp (95%).",
        error["error"],
    )
    return f"{_describe_confidence_direction(side)} {band.format(**error)}"


def _describe_confidence_direction(side: SideCalibration) -> str:
    """Too sure or not sure enough: for these cameras, or only for what was measured."""
    cameras, direction = side.signed_cameras, ChangeVerdict.from_limits(side.signed).direction
    if side.on == "benchmark":
        return {
            "better": tr("The model is overconfident on the benchmark."),
            "worse": tr("The model is underconfident on the benchmark."),
            "": tr("Neither over- nor underconfidence demonstrated."),
        }[direction]
    if side.over_confident:
        return tr("The model is overconfident for these cameras.")
    if cameras is not None and cameras.hi < 0:
        return tr("The model is underconfident for these cameras.")
    return {
        "better": tr("The model is overconfident on this footage only."),
        "worse": tr("The model is underconfident on this footage only."),
        "": tr("Neither over- nor underconfidence demonstrated."),
    }[direction]


def _build_side_table(calibration: Calibration) -> Table:
    heads = (
        Cell(tr("Calibration"), head=True),
        *(Cell(get_side_name(side.on), figure=True) for side in calibration.sides),
    )
    rows = (
        (tr("predictions"), [str(side.n) for side in calibration.sides]),
        (tr("mean confidence"), [_format_range(side.says) for side in calibration.sides]),
        (tr("correct"), [_format_range(side.right) for side in calibration.sides]),
        (
            tr("confidence minus accuracy"),
            [_format_points(side.signed) for side in calibration.sides],
        ),
        (
            tr("expected calibration error (ECE), equal-width bins"),
            [_format_calibration_error(side, "equal_width") for side in calibration.sides],
        ),
        (
            tr("expected calibration error (ECE), equal-mass bins"),
            [_format_calibration_error(side, "equal_mass") for side in calibration.sides],
        ),
        (
            tr("up to, by chance (95%)"),
            [format_points_with_unit(side.ece.null_p95, 1) for side in calibration.sides],
        ),
        (
            tr("maximum calibration error (MCE)"),
            [format_points_with_unit(side.ece.largest, 1) for side in calibration.sides],
        ),
        (
            tr("Brier score of the prediction (0 to 1)"),
            [_format_temperature(side.brier_top) for side in calibration.sides],
        ),
        (
            tr("Brier score of all classes (0 to 2)"),
            [_format_temperature(side.brier) for side in calibration.sides],
        ),
        (
            tr("negative log likelihood"),
            [_format_temperature(side.nll) for side in calibration.sides],
        ),
    )
    boxes = tr("Boxes at or above the threshold; correct = true positive at IoU 0.5")
    caption = (
        boxes
        if calibration.unit == "box"
        else tr("Benchmark and field side by side; field weighted as in the main result")
    )
    caption += ". " + tr("* used as the calibration error: equal-mass bins below 500 predictions")
    return Table(
        caption,
        heads,
        tuple(
            (Cell(name, head=True), *(Cell(text, figure=True) for text in cells))
            for name, cells in rows
        ),
    )


def _format_calibration_error(side: SideCalibration, binning: Binning) -> str:
    """With a star where it is the one that counts, which chance and the diagram are told of."""
    counts = side.ece.binning == binning
    ece = side.ece if counts else side.ece_other
    return format_points_with_unit(ece.value, 1) + ("*" if counts else "")


def _build_reliability_table(side: SideCalibration) -> Table:
    rows = [
        ScoreRow(
            format_percent(bin_row.confidence),
            bin_row.right.n,
            _format_range(bin_row.right),
            bin_row.right,
            bin_row.confidence,
        )
        for bin_row in side.bins
    ]
    caption = tr("{side}: confidence; dashes: calibrated model", side=get_side_name(side.on))
    return score_charts.build_score_table(caption, rows, tr("correct"))


def _describe_temperature(calibration: Calibration) -> list[str]:
    temperature = calibration.temperature
    if temperature is None or temperature.value == 1 or temperature.n < FEW_FRAMES:
        return []
    sentence = tr(
        "What if: temperature scaling, fitted on the benchmark only ({n} images), T = {t}, "
        "changes the "
        "benchmark's negative log likelihood from {before} to {after}."
    )
    text = sentence.format(
        n=temperature.n,
        t=format_number(temperature.value, 2),
        before=_format_temperature(temperature.nll_before),
        after=_format_temperature(temperature.nll_after),
    )
    field = calibration.get_side("field")
    enough = field is not None and field.n >= FEW_FRAMES and not isnan(temperature.field_ece_after)
    return [f"{text} {_describe_field_temperature(temperature)}" if enough else text]


def _describe_field_temperature(temperature: Temperature) -> str:
    ece_after = format_points(temperature.field_ece_after)
    sentence = tr_points(
        "Temperature scaling would change confidence minus accuracy in the field from "
        "{before} to {after} pp "
        "and the calibration error from {ece} to {ece_after} pp; predictions stay the same.",
        ece_after,
    )
    before, after = (
        format_points(temperature.field_signed_before),
        format_points(temperature.field_signed_after),
    )
    return sentence.format(
        before=before,
        after=after,
        ece=format_points(temperature.field_ece_before),
        ece_after=ece_after,
    )


def _describe_class_confidence(calibration: Calibration) -> list[str]:
    enough = [class_row for class_row in calibration.classes if class_row.n >= FEWEST_OF_A_CLASS]
    if not enough:
        return []
    least = min(enough, key=lambda class_row: class_row.median)
    sentence = tr(
        "Lowest median confidence among classes with 20 or more predictions: {name}, {median} "
        "(n = {n})."
    )
    return [sentence.format(name=least.name, median=format_number(least.median, 2), n=least.n)]


def _format_share(estimate: Estimate) -> str:
    return format_percent(estimate.value) if estimate.measured else tr("too few")


def _format_range(estimate: Estimate) -> str:
    return names_and_numbers.format_counted_value(estimate) if estimate.measured else tr("too few")


def _format_points(estimate: Estimate) -> str:
    if not estimate.measured:
        return tr("too few")
    points = format_points(estimate.value)
    return tr_points("{points} pp ({range})", points).format(
        points=points, range=format_points_interval(estimate)
    )


def _format_temperature(value: float) -> str:
    return "–" if isnan(value) else format_number(value, 3)


# What the checklist asks of calibration.

MOST_OVERCONFIDENT = 0.05


def check_overconfidence(report: Report) -> CheckResult:
    """Judges the limits of confidence minus accuracy on other clips of the cameras.

    One or two clips, which are this footage alone, leave the rule open.
    """
    result = ANALYSIS.get_result(report)
    side = None if result is None else result.get_side("field")
    signed = side.signed_cameras if side else None
    if side is None or signed is None:
        return ("too_few", side.signed.value) if side and side.signed.measured else NOT_MEASURED
    if signed.hi <= MOST_OVERCONFIDENT:
        return "pass", signed.value
    return "fail" if signed.lo > MOST_OVERCONFIDENT else "too_few", signed.value


def check_class_confidence(report: Report) -> CheckResult:
    """Judges every class that was predicted often enough by its share of confidences of 0.60 or
    more on other clips: met where all intervals lie above a half, not met where one lies below.

    One or two clips leave the rule open.
    """
    result = ANALYSIS.get_result(report)
    classes = () if result is None else result.classes
    often = [row for row in classes if row.n >= FEWEST_OF_A_CLASS]
    if not often:
        return ("too_few", None) if classes else NOT_MEASURED
    least = min(row.median for row in often)
    if any(row.sure.measured and row.sure.hi < HALF for row in often):
        return "fail", least
    met = all(row.sure.measured and row.sure.lo >= HALF for row in often)
    return "pass" if met else "too_few", least


ANALYSIS: Analysis[Calibration] = Analysis(
    key="calibration",
    result=Calibration,
    compute=compute_calibration,
    section=build_calibration_section,
    checklist=(
        ChecklistRule(
            "overconfidence",
            4,
            lambda: tr("Calibration was measured; the model is overconfident by at most 5 pp"),
            lambda: tr("Run a model that outputs a confidence, and label frames from more clips."),
            check_overconfidence,
            format_figure=format_points_with_unit,
            by_labels=True,
            by_predictions=True,
        ),
        ChecklistRule(
            "class_confidence",
            5,
            lambda: tr("The median confidence of every class is 0.60 or more"),
            lambda: tr(
                "Run the model on all footage and record more clips; requires 20 predictions per "
                "class."
            ),
            check_class_confidence,
            by_predictions=True,
        ),
    ),
)
