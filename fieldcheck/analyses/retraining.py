"""How the model was trained, as stated (frozen layers, learning curves, notes), and retrain advice:
the article's three rules checked against the evidence. Nothing is ever retrained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.analyses import failure_modes, names_and_numbers, releases_and_ranking
from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.analyses.failure_modes import LEAST, FailureMode, get_failure_mode_name
from fieldcheck.analyses.report_data import Report
from fieldcheck.corruptions.messages import get_corruption_name
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.estimate import CheckState, Estimate
from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.model_card import (
    LAST_BLOCKS,
    FieldRange,
    Training,
    find_stall,
    list_restless_columns,
)
from fieldcheck.domain.prediction import ONE_CLASS
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.message_format import format_report_remedy, to_one_line
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_number,
    format_percent,
    format_points,
    format_points_interval,
)
from fieldcheck.models.evaluate import get_confidence, get_named_classes
from fieldcheck.models.scored_sides import FieldSide, load_field_side
from fieldcheck.models.store import get_card
from fieldcheck.models.training_info import compute_field_ranges, get_training
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.decision_thresholds import Floats
from fieldcheck.stats.gap import LARGEST_GATE_DROP

MOST_CLASSES = 5
MOST_NAMES = 8
SHORT = 12  # letters of a hash


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What is known of the training, and the corruptions it covers beside the field's; `ranges` is
    None as long as no recipe was told, or there is nothing to measure the camera on."""

    training: Training
    ranges: tuple[FieldRange, ...] | None = None


def compute_training(project: Project, progress: Progress) -> TrainingResult | None:
    """Training of the newest model, None where nothing is known of it. Raises Cancelled."""
    training = get_training(project, project.read(models_table.get_newest_model))
    if training is None:
        return None
    return TrainingResult(training, compute_field_ranges(project, training, progress))


def list_training_lines(
    training: Training, ranges: Sequence[FieldRange] | None = None
) -> tuple[str, ...]:
    """Frozen layers, stall, restless classes and the trained range, one line each; empty where
    nothing of it is known.

    `ranges` None: what the field's camera shows was not measured.
    """
    return (
        *_list_origin_lines(training),
        *_list_layer_lines(training),
        *_list_curve_lines(training),
        *list_recipe_lines(training, ranges),
    )


def _list_origin_lines(training: Training) -> tuple[str, ...]:
    """The checkpoint that was exported, by name and hash, and the seed of its training."""
    seed = (
        () if training.seed is None else (tr("Training random seed: {seed}.", seed=training.seed),)
    )
    if not training.checkpoint:
        return seed
    sentence = tr(
        "Exported from {file} (SHA-256 {sha256}).",
        file=to_one_line(training.checkpoint),
        sha256=training.checkpoint_sha256[:SHORT],
    )
    return (sentence, *seed)


def list_recipe_lines(training: Training, ranges: Sequence[FieldRange] | None) -> tuple[str, ...]:
    """Which severities of the field lie outside of what the recipe trained, and what of the recipe
    says nothing."""
    if training.recipe is None:
        return ()
    lines = [_describe_field_ranges(training.recipe.file, ranges)]
    lines += [
        _describe_outside_range(field_range)
        for field_range in ranges or ()
        if any(field_range.outside)
    ]
    if training.recipe.unread:
        names = ", ".join(training.recipe.unread[:MOST_NAMES])
        lines.append(tr("Not comparable with the field: {names}.", names=names))
    return tuple(lines)


def _describe_field_ranges(file: str, ranges: Sequence[FieldRange] | None) -> str:
    if ranges is None:
        return tr(
            "Trained with {file}; this camera's corruptions are measured once footage and a "
            "benchmark exist.",
            file=file,
        )
    if not ranges:
        return tr(
            "Trained with {file}; this camera shows no more corruption than the benchmark.",
            file=file,
        )
    n = sum(any(field_range.outside) for field_range in ranges)
    if n == 0:
        return tr(
            "Trained with {file}: all corruptions of this camera lie inside the trained range.",
            file=file,
        )
    sentence = tr_plural(
        (
            "Trained with {file}: {n} of {all} corruptions of this camera lies outside the "
            "trained range."
        ),
        (
            "Trained with {file}: {n} of {all} corruptions of this camera lie outside the trained "
            "range."
        ),
        n,
    )
    return sentence.format(file=file, n=n, all=len(ranges))


def _describe_outside_range(field_range: FieldRange) -> str:
    """`JPEG (quality): here 60, 40 and 31 at mild, moderate and severe; trained down to 50.
    Outside: moderate, severe.`"""
    here = [format_parameter(field_range.parameter, stop) for stop in field_range.stops]
    names = ", ".join(
        name for name, out in zip(get_stop_names(), field_range.outside, strict=True) if out
    )
    corruption_name = get_corruption_name(field_range.corruption)
    if field_range.hardest is None:
        sentence = tr("{what}: here {mild}, {moderate} and {severe}; never trained.")
        return sentence.format(what=corruption_name, mild=here[0], moderate=here[1], severe=here[2])
    sentence = tr(
        "{what}: here {mild}, {moderate} and {severe}; trained up to {hardest}. Outside: {names}."
    )
    return sentence.format(
        what=corruption_name,
        mild=here[0],
        moderate=here[1],
        severe=here[2],
        hardest=format_parameter(field_range.parameter, field_range.hardest),
        names=names,
    )


def get_stop_names() -> tuple[str, str, str]:
    """The median, the 90th and the 99th percentile of a camera's frames."""
    return tr("mild"), tr("moderate"), tr("severe")


def format_parameter(parameter: str, value: float) -> str:
    """The parameter of a corruption with what it counts."""
    return {
        "quality": tr("quality {figure}", figure=format_number(value)),
        "sigma": tr("σ {figure}", figure=format_number(value, 1)),
        "exponent": tr("exponent {figure}", figure=format_number(value, 2)),
        "gain": tr("gain {figure}", figure=format_number(value, 2)),
    }.get(parameter, format_number(value, 2))


def _list_layer_lines(training: Training) -> tuple[str, ...]:
    if not training.layers:
        return ()
    sentence = tr_plural(
        "{same} of {n} layer is bit-identical to {base}.",
        "{same} of {n} layers are bit-identical to {base}.",
        len(training.layers),
        same=training.n_same,
        n=len(training.layers),
        base=training.base,
    )
    frozen = [layer for layer in training.last_blocks if layer.same]
    if not training.last_blocks:
        return (sentence,)
    if frozen:
        names = ", ".join(layer.name for layer in frozen)
        question = tr(
            "{frozen} of the last {n} convolutions never changed ({names}): unfreeze them and "
            "retrain."
        )
        return (
            sentence,
            question.format(
                n=min(LAST_BLOCKS, len(training.last_blocks)), frozen=len(frozen), names=names
            ),
        )
    return (sentence, tr("The last {n} convolutions were trained.", n=len(training.last_blocks)))


def _list_curve_lines(training: Training) -> tuple[str, ...]:
    if training.curves is None:
        return ()
    epochs = tr_plural(
        "The log has {n} epoch.",
        "The log has {n} epochs.",
        len(training.curves.epochs),
        n=len(training.curves.epochs),
    )
    still = find_stall(training.curves)
    lines = [epochs]
    if still is None:
        lines.append(
            tr(
                "No plateau: no three consecutive validation losses were flat and well above the "
                "training loss."
            )
        )
    else:
        sentence = tr(
            "Plateau at epoch {epoch}: variance of three validation losses {variance}, {gap} "
            "above the training "
            "loss. A flat curve does not mean that training is complete: stop, reset the "
            "head, and try other "
            "data."
        )
        lines.append(
            sentence.format(
                epoch=f"{still.epoch:g}",
                variance=format_number(still.variance, 5),
                gap=format_percent(still.gap, 0),
            )
        )
    for name, least, greatest in list_restless_columns(training.curves)[:MOST_CLASSES]:
        swung = tr("{name} still varied between {least} and {greatest} in the last epochs.")
        lines.append(
            swung.format(
                name=name, least=format_percent(least, 0), greatest=format_percent(greatest, 0)
            )
        )
    return tuple(lines)


# How the model was trained, where that was stated: frozen layers, curves, notes.


def build_training_section(report: Report) -> Section:
    """The section: training information, or how to provide it."""
    title = tr("Training information")
    result = ANALYSIS.get_result(report)
    if result is None:
        sentence = tr(
            "Training information: not provided (base model, log and recipe of the run, or "
            "notes){remedy}.",
            remedy=format_report_remedy("model"),
        )
        return Section("trained", title, title, (Paragraph(sentence, quiet=True),))
    blocks: list[Block] = [
        Paragraph(line) for line in list_training_lines(result.training, result.ranges)
    ]
    if result.ranges:
        blocks.append(_build_range_table(result.ranges))
    if result.training.notes:
        blocks += [
            Heading(tr("Training notes")),
            *(Paragraph(line) for line in result.training.notes.splitlines() if line.strip()),
        ]
    return Section("trained", title, title, tuple(blocks))


def _build_range_table(ranges: Sequence[FieldRange]) -> Table:
    """What the camera does to its pictures, at three severities, beside the worst that was
    trained."""
    names = (*get_stop_names(), tr("maximum in training"), tr("outside"))
    heads = (Cell(tr("This camera"), head=True), *(Cell(name, figure=True) for name in names))
    rows = tuple(
        (
            Cell(get_corruption_name(field_range.corruption), head=True),
            *(
                Cell(format_parameter(field_range.parameter, stop), figure=True)
                for stop in field_range.stops
            ),
            Cell(
                tr("never")
                if field_range.hardest is None
                else format_parameter(field_range.parameter, field_range.hardest),
                figure=True,
            ),
            Cell(tr("{n} of 3", n=sum(field_range.outside)), figure=True),
        )
        for field_range in ranges
    )
    return Table(tr("Field severities compared with the trained range"), heads, rows)


def export_training(report: Report) -> dict[str, Any]:
    """How the model was trained."""
    result = ANALYSIS.get_result(report)
    return {
        "training": None
        if result is None
        else _export_training_info(result.training, result.ranges)
    }


def _export_training_info(
    training: Training, ranges: Sequence[FieldRange] | None
) -> dict[str, Any]:
    still = None if training.curves is None else find_stall(training.curves)
    return {
        "base": training.base,
        "n_layers": len(training.layers),
        "n_same": training.n_same,
        "frozen_of_last": [layer.name for layer in training.last_blocks if layer.same],
        "n_epochs": 0 if training.curves is None else len(training.curves.epochs),
        "stall": None
        if still is None
        else {"epoch": still.epoch, "variance": still.variance, "gap": still.gap},
        "notes": training.notes,
        "checkpoint": training.checkpoint,
        "checkpoint_sha256": training.checkpoint_sha256,
        "seed": training.seed,
        "recipe": None if training.recipe is None else to_json_value(asdict(training.recipe)),
        "ranges": None
        if ranges is None
        else [to_json_value(asdict(field_range)) for field_range in ranges],
    }


def check_trained_blocks(report: Report) -> CheckResult:
    """Judges whether training changed each of the last blocks."""
    result = ANALYSIS.get_result(report)
    last = result.training.last_blocks if result else ()
    if not last:
        return NOT_MEASURED
    n = sum(not layer.same for layer in last)
    return "pass" if n == len(last) else "fail", float(n)


ANALYSIS: Analysis[TrainingResult] = Analysis(
    key="training",
    compute_with_progress=compute_training,
    report_section=build_training_section,
    summary=export_training,
    checklist=(
        ChecklistRule(
            "frozen_layers",
            16,
            lambda: tr("The last four blocks of the model were fine-tuned"),
            lambda: tr("Add the model together with the ONNX file of its base model."),
            check_trained_blocks,
        ),
    ),
)


Rule = Literal["drop", "class_confidence", "failure_mode"]
AlertState = Literal["alert", "watch", "quiet", "too_few"]
Advice = Literal["none", "look", "collect", "retrain_candidate"]

LEAST_MEDIAN = 0.6  # median confidence of a class that operators flagged: the article's
LEAST_ANSWERS = 20


@dataclass(frozen=True, slots=True)
class RetrainAlert:
    """One rule for one `subject`: a release, a class, a failure mode. `figure` is the drop, the
    median confidence, or the share of the errors; `state` is `alert` where the whole range breaks
    the rule, `watch` where its value alone does; `stock`: distinct pictures of a failure mode, 0
    for the other rules."""

    rule: Rule
    subject: str
    state: AlertState
    figure: Estimate
    stock: int = 0


@dataclass(frozen=True, slots=True)
class RetrainAdvice:
    """`retrain_candidate`: a rule is broken and there is enough to train on; `collect`: a rule is
    broken and there is not; `look`: a rule may be broken; `none`. `flagged`: the classes that a
    person marked an error of."""

    advice: Advice
    alerts: tuple[RetrainAlert, ...]
    flagged: tuple[str, ...]


def make_retrain_advice(
    drop: tuple[str, Estimate, bool] | None,
    confidence: Sequence[tuple[str, NDArray[np.float64]]],
    modes: Sequence[FailureMode],
) -> RetrainAdvice:
    """`drop`: the newest release, its change of accuracy since the last, and whether that is judged
    for other clips; `confidence`: each flagged class with the (n,) confidences of the answers that
    name it; `modes`: as they were counted."""
    alerts = [make_drop_alert(*drop)] if drop else []
    alerts += [make_confidence_alert(name, values) for name, values in confidence]
    sorted_modes = [mode for mode in modes if mode.mode]
    alerts += [
        RetrainAlert(
            "failure_mode", m.mode, "alert" if m.stock >= LEAST else "watch", m.share, m.stock
        )
        for m in sorted_modes
    ]
    broken = [alert.state for alert in alerts if alert.rule != "failure_mode"]
    enough = (
        bool(sorted_modes)
        and len(sorted_modes) == len(modes)
        and all(mode.stock >= LEAST for mode in sorted_modes)
    )
    advice: Advice = "none"
    if "alert" in broken:
        advice = "retrain_candidate" if enough else "collect"
    elif "watch" in broken:
        advice = "look"
    return RetrainAdvice(advice, tuple(alerts), tuple(name for name, _ in confidence))


def make_drop_alert(release: str, change: Estimate, is_judged: bool) -> RetrainAlert:
    """More than three points less on the held-out frames than the release before. Where the change
    is not judged for other clips, its limits are of this footage: no more than a reason to look."""
    drop = Estimate(
        -change.value,
        -change.hi,
        -change.lo,
        change.n,
        change.n_eff,
        change.method,
        change.status,
        change.note,
    )
    state: AlertState = (
        "alert"
        if drop.lo > LARGEST_GATE_DROP and is_judged
        else "watch"
        if drop.value > LARGEST_GATE_DROP
        else "quiet"
    )
    return RetrainAlert(
        "drop",
        release,
        state if state != "quiet" or (drop.hi <= LARGEST_GATE_DROP and is_judged) else "too_few",
        drop,
    )


def make_confidence_alert(name: str, confidence: NDArray[np.float64]) -> RetrainAlert:
    """Median of (n,) confidences below 0.6; an alert from twenty answers on where the whole range
    is (methods 8.2)."""
    median = estimate_median(confidence)
    if not median.measured or median.n < LEAST_ANSWERS:
        return RetrainAlert("class_confidence", name, "too_few", median)
    state: AlertState = (
        "alert" if median.hi < LEAST_MEDIAN else "watch" if median.value < LEAST_MEDIAN else "quiet"
    )
    return RetrainAlert("class_confidence", name, state, median)


def estimate_median(values: NDArray[np.float64]) -> Estimate:
    """Median of (n,) values with the limits of the sign test: the order statistics that hold it
    with at least 95 %; below six values 0 and 1 stand for limits that there are none of. Values
    count as independent; those that are not finite are left out."""
    sorted_values = np.sort(values[np.isfinite(values)])
    n = sorted_values.size
    if not n:
        return Estimate.not_measured("no_answers")
    # most values of which no more than 2.5 % of samples have so few below the median
    below = int(scipy.stats.binom.ppf(0.025, n, 0.5))
    lo, hi = (
        (float(sorted_values[below - 1]), float(sorted_values[n - below])) if below else (0.0, 1.0)
    )
    return Estimate.from_limits(
        float(np.median(sorted_values)), lo, hi, n=n, n_eff=float(n), method="sign_test"
    )


# Retrain advice on the page: which of the article's rules is broken, by what evidence, and what to
# do first. Nothing is ever
# retrained.


def build_retrain_section(result: RetrainAdvice | None) -> Section:
    """The advice, and every rule with its evidence."""
    title = tr("Retraining criteria")
    if result is None:
        sentence = tr("No frame has both a definite label and a prediction yet.")
        return Section("retrain", title, title, (Paragraph(sentence, quiet=True),))
    heads = (Cell(tr("Rule"), head=True), Cell(tr("for")), Cell(tr("data")), Cell(tr("Status")))
    rows = tuple(_build_alert_row(alert) for alert in result.alerts)
    table = (Table(tr("Alerts and supporting data"), heads, rows),) if rows else ()
    lines = [_describe_advice(result), *([] if result.flagged else [_describe_no_flag()])]
    return Section("retrain", title, title, (*(Paragraph(line) for line in lines), *table))


def _describe_advice(retrain_advice: RetrainAdvice) -> str:
    return {
        "none": tr("No retraining rule demonstrably violated."),
        "look": tr(
            "A retraining rule may be violated. Review the frames and label more before retraining."
        ),
        "collect": tr(
            "A retraining rule is violated. First check camera and light, then collect "
            "images: too few to retrain."
        ),
        "retrain_candidate": tr(
            "A retraining rule is violated and images of every failure mode are available. "
            "First check camera and "
            "light; retraining is an option, the decision stays with you."
        ),
    }[retrain_advice.advice]


def _describe_no_flag() -> str:
    return tr(
        "No class flagged. To flag one, tag a wrong frame or mark the model wrong in label review."
    )


def _build_alert_row(retrain_alert: RetrainAlert) -> tuple[Cell, ...]:
    rule = {
        "drop": tr("held-out accuracy falls by more than 3 pp"),
        "class_confidence": tr("median confidence of a flagged class below 0.60"),
        "failure_mode": tr("200 to 500 distinct images per failure mode"),
    }[retrain_alert.rule]
    subject = (
        get_failure_mode_name(retrain_alert.subject)
        if retrain_alert.rule == "failure_mode"
        else retrain_alert.subject
    )
    return (
        Cell(rule, head=True),
        Cell(subject),
        Cell(_describe_evidence(retrain_alert)),
        Cell(_get_state_name(retrain_alert)),
    )


def _describe_evidence(retrain_alert: RetrainAlert) -> str:
    figure = retrain_alert.figure
    if retrain_alert.rule == "failure_mode":
        sentence = tr("{stock} of {least} collected, {share} of errors")
        return sentence.format(
            stock=retrain_alert.stock,
            least=LEAST,
            share=names_and_numbers.format_value_with_range(figure),
        )
    if not figure.measured:
        return tr("not measured")
    if retrain_alert.rule == "drop":
        points = format_points(figure.value)
        sentence = tr_points("{points} pp ({range}, n = {n})", points)
        return sentence.format(points=points, range=format_points_interval(figure), n=figure.n)
    sentence = tr("{value} ({lo}–{hi}, n = {n})")
    return sentence.format(
        value=format_number(figure.value, 2),
        lo=format_number(figure.lo, 2),
        hi=format_number(figure.hi, 2),
        n=figure.n,
    )


def _get_state_name(retrain_alert: RetrainAlert) -> str:
    if retrain_alert.rule == "failure_mode":
        return tr("enough to train on") if retrain_alert.state == "alert" else tr("collect first")
    return {
        "alert": tr("▲ alert"),
        "watch": tr("not demonstrated"),
        "quiet": tr("not violated"),
        "too_few": tr("too few"),
    }[retrain_alert.state]


# Retrain advice of a project: what its releases, the confidence of classes that operators flagged,
# and its failure modes say.


def compute_retrain_advice(project: Project) -> RetrainAdvice | None:
    """None where nothing of the draw was labelled and run."""
    model = project.read(models_table.get_newest_model)
    modes = failure_modes.compute_failure_modes(project)
    if model is None or modes is None:
        return None
    over_time = releases_and_ranking.compute_releases(project)
    step = over_time.steps[-1] if over_time else None
    drop = (step.after, step.change, step.is_judged) if step else None
    return make_retrain_advice(
        drop, _list_flagged_classes(project, model, load_field_side(project, model)), modes
    )


def _list_flagged_classes(
    project: Project, model: StoredModel, side: FieldSide
) -> list[tuple[str, Floats]]:
    """Classes of which a person flagged an error: its frame carries a tag, or a label review found
    the model wrong. Each with the confidences of the answers that name it, over all that was run;
    NaN of a model without."""
    card = get_card(model)
    if card.answers is not ONE_CLASS or side.judgement is None:
        return []
    wrong = {side.picks[k].frame_id for k in side.labelled[~side.judgement.right].tolist()}
    tags = set(project.read(labels_table.list_tags))
    tags |= {
        review.subject
        for review in project.read(labels_table.list_label_reviews).values()
        if review.answer == "model_wrong"
    }
    seen = [
        side.labels[name].class_name
        for name in sorted(wrong & tags)
        if not get_benchmark_path(name)
    ]
    names = [name for name in dict.fromkeys(seen) if name in card.classes]
    flagged = [
        side.answers[line.frame.frame_id].answer
        for line in side.listing
        if line.frame.frame_id in side.answers
    ]
    called = [(get_named_classes(answer, card), get_confidence(answer, card)) for answer in flagged]
    return [
        (name, np.array([sure for text, sure in called if name in text], np.float64))
        for name in names
    ]


def check_retrain_rules(report: Report) -> CheckResult:
    """Judges the advice; without a rule that could be checked nothing was measured."""
    result = RETRAIN_ADVICE.get_result(report)
    if result is None or not result.alerts:
        return NOT_MEASURED
    states: dict[Advice, CheckState] = {"none": "pass", "look": "too_few"}
    return states.get(result.advice, "fail"), None


RETRAIN_ADVICE: Analysis[RetrainAdvice] = Analysis(
    key="retrain",
    result=RetrainAdvice,
    compute=compute_retrain_advice,
    section=build_retrain_section,
    checklist=(
        ChecklistRule(
            "retrain_rules",
            21,
            lambda: tr("No retraining rule is violated"),
            lambda: tr("Flag errors in the label review and add the previous release as a model."),
            check_retrain_rules,
            phase="operation",
        ),
    ),
)
