"""Retrain advice on the page: which of the article's rules is broken, by what evidence, and what to do first. Nothing is ever retrained."""

from __future__ import annotations

from fieldcheck.report import number_format
from fieldcheck.report.blocks import Cell, Paragraph, Section, Table
from fieldcheck.report.failure_modes import mode_name
from fieldcheck.report.report import Report
from fieldcheck.scoring.failure_modes import LEAST
from fieldcheck.scoring.retrain import RetrainAdvice, RetrainAlert
from fieldcheck.words.figures import number, points, points_interval
from fieldcheck.words.language import text

FACTS = RetrainAdvice


def section(report: Report) -> Section:
    """The advice, and every rule with its evidence."""
    title = text("Retraining criteria")
    found = (report.facts or {}).get("retrain")
    if not isinstance(found, RetrainAdvice):
        said = text("No labelled frame has a prediction yet.")
        return Section("retrain", title, title, (Paragraph(said, quiet=True),))
    heads = (Cell(text("Rule"), head=True), Cell(text("of")), Cell(text("data")), Cell(text("Status")))
    rows = tuple(_row(one) for one in found.alerts)
    table = (Table(text("Alerts and supporting data"), heads, rows),) if rows else ()
    lines = [_advice(found), *([] if found.flagged else [_no_flag()])]
    return Section("retrain", title, title, (*(Paragraph(line) for line in lines), *table))


def _advice(found: RetrainAdvice) -> str:
    return {
        "none": text("No retraining rule demonstrably violated."),
        "look": text("A retraining rule may be violated. Review the frames and label more before retraining."),
        "collect": text("A retraining rule is violated. First check camera and light, then collect images: too few to retrain."),
        "retrain_candidate": text(
            "A retraining rule is violated and images of every failure mode are available. First check camera and"
            " light; retraining is an option, the decision stays with you."
        ),
    }[found.advice]


def _no_flag() -> str:
    return text("No class flagged. To flag one, tag a wrong frame or mark the model wrong in label review.")


def _row(one: RetrainAlert) -> tuple[Cell, ...]:
    rule = {
        "drop": text("held-out accuracy falls by more than 3 pp"),
        "class_confidence": text("median confidence of a flagged class below 0.60"),
        "failure_mode": text("200 to 500 distinct images per failure mode"),
    }[one.rule]
    subject = mode_name(one.subject) if one.rule == "failure_mode" else one.subject
    return (Cell(rule, head=True), Cell(subject), Cell(_evidence(one)), Cell(_state(one)))


def _evidence(one: RetrainAlert) -> str:
    figure = one.figure
    if one.rule == "failure_mode":
        said = text("{stock} of {least} collected, {share} of errors")
        return said.format(stock=one.stock, least=LEAST, share=number_format.figure(figure))
    if not figure.measured:
        return text("not measured")
    if one.rule == "drop":
        said = text("{points} pp ({range}, n = {n})")
        return said.format(points=points(figure.value), range=points_interval(figure), n=figure.n)
    said = text("{value} ({lo}–{hi}, n = {n})")
    return said.format(value=number(figure.value, 2), lo=number(figure.lo, 2), hi=number(figure.hi, 2), n=figure.n)


def _state(one: RetrainAlert) -> str:
    if one.rule == "failure_mode":
        return text("enough to train on") if one.state == "alert" else text("collect first")
    return {
        "alert": text("▲ alert"),
        "watch": text("△ suspected, not demonstrated"),
        "quiet": text("not violated"),
        "too_few": text("too few"),
    }[one.state]
