"""Retrain advice: the article's three rules checked against the evidence, with the report section.
Nothing is ever retrained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from fieldcheck.analyses import failure_modes, names_and_numbers, releases
from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Cell, Paragraph, Section, Table
from fieldcheck.analyses.failure_modes import LEAST, FailureMode, get_failure_mode_name
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import CheckState, Estimate
from fieldcheck.domain.items import get_benchmark_path
from fieldcheck.domain.prediction import ONE_CLASS
from fieldcheck.domain.run import StoredModel
from fieldcheck.i18n.language import tr, tr_points
from fieldcheck.i18n.numbers import format_number, format_points, format_points_interval
from fieldcheck.models.evaluate import get_named_classes, get_top_class
from fieldcheck.models.scored_sides import FieldSide, load_field_side
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.decision_thresholds import Floats
from fieldcheck.stats.gap import LARGEST_GATE_DROP

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
    drop: tuple[str, Estimate] | None,
    confidence: Sequence[tuple[str, NDArray[np.float64]]],
    modes: Sequence[FailureMode],
) -> RetrainAdvice:
    """`drop`: the newest release and its change of accuracy since the last; `confidence`: each
    flagged class with the (n,) confidences of the answers that name it; `modes`: as they were
    counted."""
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


def make_drop_alert(release: str, change: Estimate) -> RetrainAlert:
    """More than three points less on the held-out frames than the release before."""
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
        if drop.lo > LARGEST_GATE_DROP
        else "watch"
        if drop.value > LARGEST_GATE_DROP
        else "quiet"
    )
    return RetrainAlert(
        "drop",
        release,
        state if state != "quiet" or drop.hi <= LARGEST_GATE_DROP else "too_few",
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
        sentence = tr("No labelled frame has a prediction yet.")
        return Section("retrain", title, title, (Paragraph(sentence, quiet=True),))
    heads = (Cell(tr("Rule"), head=True), Cell(tr("of")), Cell(tr("data")), Cell(tr("Status")))
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
            "First check camera and"
            " light; retraining is an option, the decision stays with you."
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
    over_time = releases.compute_releases(project)
    drop = (over_time.steps[-1].after, over_time.steps[-1].change) if over_time else None
    return make_retrain_advice(
        drop, _list_flagged_classes(project, model, load_field_side(project, model)), modes
    )


def _list_flagged_classes(
    project: Project, model: StoredModel, side: FieldSide
) -> list[tuple[str, Floats]]:
    """Classes of which a person flagged an error: its frame carries a tag, or a label review found
    the model wrong. Each with the confidences of the answers that name it, over all that was run.
    """
    card = get_card(model)
    if card.answers is not ONE_CLASS or side.judgement is None:
        return []
    wrong = {side.picks[k].frame_id for k in side.at[~side.judgement.right].tolist()}
    tags = set(project.read(labels_table.list_tags))
    tags |= {
        look.subject
        for look in project.read(labels_table.list_label_reviews).values()
        if look.answer == "model_wrong"
    }
    seen = [
        side.labels[name].class_name
        for name in sorted(wrong & tags)
        if not get_benchmark_path(name)
    ]
    names = [name for name in dict.fromkeys(seen) if name in card.classes]
    given = [
        side.answers[line.frame.frame_id].answer
        for line in side.listing
        if line.frame.frame_id in side.answers
    ]
    called = [(get_named_classes(answer, card), get_top_class(answer)[1]) for answer in given]
    return [
        (name, np.array([sure for text, sure in called if name in text], np.float64))
        for name in names
    ]


def check_retrain_rules(report: Report) -> CheckResult:
    """Judges the advice; without a rule that could be checked nothing was measured."""
    result = ANALYSIS.get_result(report)
    if result is None or not result.alerts:
        return NOT_MEASURED
    states: dict[Advice, CheckState] = {"none": "pass", "look": "too_few"}
    return states.get(result.advice, "fail"), None


ANALYSIS: Analysis[RetrainAdvice] = Analysis(
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
