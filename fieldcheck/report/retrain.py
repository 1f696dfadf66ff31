"""Retrain advice on the page: which of the article's rules is broken, by what evidence, and what to do first. Nothing is ever retrained."""

from __future__ import annotations

from fieldcheck.report import number_format
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.failure_modes import get_failure_mode_name
from fieldcheck.report.report import Report
from fieldcheck.scoring.failure_modes import LEAST
from fieldcheck.scoring.retrain import RetrainAdvice, RetrainAlert
from fieldcheck.words.figures import format_number, format_points, format_points_interval
from fieldcheck.words.language import tr

FACTS = RetrainAdvice


def build_retrain_section(report: Report) -> Section:
    """The advice, and every rule with its evidence."""
    title = tr("Retraining criteria")
    found = (report.facts or {}).get("retrain")
    if not isinstance(found, RetrainAdvice):
        said = tr("No labelled frame has a prediction yet.")
        return Section("retrain", title, title, (Paragraph(said, quiet=True),))
    heads = (Cell(tr("Rule"), head=True), Cell(tr("of")), Cell(tr("data")), Cell(tr("Status")))
    rows = tuple(_build_alert_row(one) for one in found.alerts)
    table = (Table(tr("Alerts and supporting data"), heads, rows),) if rows else ()
    lines = [_describe_advice(found), *([] if found.flagged else [_describe_no_flag()])]
    return Section("retrain", title, title, (*(Paragraph(line) for line in lines), *table))


def _describe_advice(found: RetrainAdvice) -> str:
    return {
        "none": tr("No retraining rule demonstrably violated."),
        "look": tr("A retraining rule may be violated. Review the frames and label more before retraining."),
        "collect": tr("A retraining rule is violated. First check camera and light, then collect images: too few to retrain."),
        "retrain_candidate": tr(
            "A retraining rule is violated and images of every failure mode are available. First check camera and"
            " light; retraining is an option, the decision stays with you."
        ),
    }[found.advice]


def _describe_no_flag() -> str:
    return tr("No class flagged. To flag one, tag a wrong frame or mark the model wrong in label review.")


def _build_alert_row(one: RetrainAlert) -> tuple[Cell, ...]:
    rule = {
        "drop": tr("held-out accuracy falls by more than 3 pp"),
        "class_confidence": tr("median confidence of a flagged class below 0.60"),
        "failure_mode": tr("200 to 500 distinct images per failure mode"),
    }[one.rule]
    subject = get_failure_mode_name(one.subject) if one.rule == "failure_mode" else one.subject
    return (Cell(rule, head=True), Cell(subject), Cell(_describe_evidence(one)), Cell(_get_state_name(one)))


def _describe_evidence(one: RetrainAlert) -> str:
    figure = one.figure
    if one.rule == "failure_mode":
        said = tr("{stock} of {least} collected, {share} of errors")
        return said.format(stock=one.stock, least=LEAST, share=number_format.format_value_with_range(figure))
    if not figure.measured:
        return tr("not measured")
    if one.rule == "drop":
        said = tr("{points} pp ({range}, n = {n})")
        return said.format(points=format_points(figure.value), range=format_points_interval(figure), n=figure.n)
    said = tr("{value} ({lo}–{hi}, n = {n})")
    return said.format(value=format_number(figure.value, 2), lo=format_number(figure.lo, 2), hi=format_number(figure.hi, 2), n=figure.n)


def _get_state_name(one: RetrainAlert) -> str:
    if one.rule == "failure_mode":
        return tr("enough to train on") if one.state == "alert" else tr("collect first")
    return {
        "alert": tr("▲ alert"),
        "watch": tr("△ suspected, not demonstrated"),
        "quiet": tr("not violated"),
        "too_few": tr("too few"),
    }[one.state]
