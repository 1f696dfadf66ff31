"""Key figures of the first page: four tiles with interval, n and limit, by what the model answers
and whether a class is OK."""

from __future__ import annotations

from dataclasses import replace

from fieldcheck.analyses import (
    calibration,
    decision,
    escape_rate,
    limits,
    names_and_numbers,
    shared_classes,
)
from fieldcheck.analyses.blocks import KeyFigure, KeyFigures
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.report_data import Report, get_compared_scores
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.report import CONFIDENT, Decision, EscapeRates
from fieldcheck.i18n.language import tr, tr_points
from fieldcheck.i18n.numbers import (
    format_number,
    format_percent,
    format_points,
    format_rate_limits,
    has_no_events,
)
from fieldcheck.project.messages import format_daily_cost, format_ppm

Judged = tuple[str, str]  # mark and word
NO_LIMIT: Judged = ("", "")


def build_key_figures(report: Report) -> KeyFigures:
    """Accuracy, then what a mistake costs: escapes and false rejects, or the objects of a detector,
    or the worst class."""
    decision = get_decision(report)
    rates = escape_rate.ANALYSIS.get_result(report)
    if decision is not None and decision.missed_objects is not None:
        return KeyFigures(_build_detector_figures(report, decision))
    sure = _build_confident_error_figure(report, decision)
    if rates is not None:
        passed, thrown = (
            (rates.escape, rates.escape_cameras),
            (rates.false_reject, rates.false_reject_cameras),
        )
        escape = _build_rate_figure(
            report,
            "escape_rate",
            tr("Escape rate"),
            tr("parts with a defect passed as OK")
            if rates.parts
            else tr("frames with a defect passed as OK"),
            *passed,
            rates.escaped,
            rates.defects,
        )
        name = tr("False-reject rate")
        meaning = tr("good parts rejected") if rates.parts else tr("frames of good parts rejected")
        rejected = _build_rate_figure(
            report, "false_reject_rate", name, meaning, *thrown, rates.rejected, rates.good
        )
        by_plant = replace(
            escape, under=(*escape.under[:-1], *_list_plant_lines(rates), escape.under[-1])
        )
        return KeyFigures((_build_accuracy_figure(report), by_plant, rejected, sure))
    return KeyFigures(
        (
            _build_accuracy_figure(report),
            _build_worst_class_figure(report),
            sure,
            _build_calibration_figure(report),
        )
    )


def get_decision(report: Report) -> Decision | None:
    """The facts of the first page, None where nothing was compared yet."""
    return decision.ANALYSIS.get_result(report)


def _build_accuracy_figure(report: Report) -> KeyFigure:
    part, gap = report.benchmark, report.gap
    footage, camera = get_compared_scores(report.field, gap)
    shown = camera if gap.basis == "camera" and camera is not None else footage
    under = [tr("n = {n}", n=shown.n)] if shown.measured else []
    if part is not None and part.claim_score.measured:
        under.append(
            tr(
                "benchmark {value}",
                value=names_and_numbers.format_benchmark_estimate(part.claim_score),
            )
        )
    if part is not None and part.claimed is not None:
        under.append(tr("reference {value}", value=format_percent(part.claimed, 1)))
    limit, word = _describe_limit(report, "gap")
    under.append(tr("gap: {limit}", limit=limit))
    name = names_and_numbers.get_metric_name(gap.metric or "accuracy")
    return _make_figure(tr("{metric}, field", metric=name), shown, tuple(under), word)


def _build_rate_figure(
    report: Report, code: str, name: str, meaning: str, rate: Estimate,
    cameras: Estimate, hits: int, n_all: int
) -> KeyFigure:  # fmt: skip
    limit_text, judged = _describe_limit(report, code)
    return _make_rate_figure(
        name,
        rate,
        (
            meaning,
            *_format_count(rate, tr("{hits} of {n}", hits=hits, n=n_all)),
            *_format_camera_interval(cameras),
            limit_text,
        ),
        judged,
        cameras,
    )


def _list_plant_lines(rates: EscapeRates) -> tuple[str, ...]:
    """Escapes of a million parts and their cost a day, where the plant entered its own figures."""
    if rates.plant is None:
        return ()
    ppm, cost = rates.plant.escaped_ppm, rates.plant.escape_cost
    sentence = (
        format_ppm(ppm) if ppm else "",
        format_daily_cost(cost, rates.plant.figures.currency) if cost else "",
    )
    return tuple(line for line in sentence if line)


def _describe_limit(report: Report, code: str) -> tuple[str, Judged]:
    """The limit with its owner, and what the interval for other clips says of it; never by the
    value or by this footage alone."""
    limit = limits.find_judged_limit(report, code)
    if limit is None:
        return tr("no limit set"), NO_LIMIT
    return limits.describe_limit(limit), limits.get_limit_mark(limit)


def _build_confident_error_figure(report: Report, decision: Decision | None) -> KeyFigure:
    name = tr("Confident errors")
    if decision is None:
        return _make_figure(name, Estimate.not_measured("no_labels"), (), NO_LIMIT)
    rate = decision.confident_errors
    meaning = tr("wrong at confidence {from_} or more", from_=format_number(CONFIDENT, 1))
    cameras = decision.confident_errors_cameras
    limit_text, judged = _describe_limit(report, "confident_errors")
    under = (
        (
            meaning,
            *_format_count(rate, tr("n = {n}", n=rate.n)),
            *_format_camera_interval(cameras),
            limit_text,
        )
        if rate.measured
        else (meaning,)
    )
    return _make_rate_figure(name, rate, under, judged, cameras)


def _format_count(rate: Estimate, count: str) -> tuple[str, ...]:
    """The count below a rate; nothing where the rate itself is shown as a count (0 of 480)."""
    return () if has_no_events(rate) else (count,)


def _format_camera_interval(cameras: Estimate) -> tuple[str, ...]:
    """The interval for other clips of the cameras, where there are three clips or more."""
    return (
        (tr("other clips: {range}", range=format_rate_limits(cameras)),) if cameras.measured else ()
    )


def _build_worst_class_figure(report: Report) -> KeyFigure:
    enough = [
        row for row in _list_class_recalls(report) if row[1].measured and row[2] >= FEW_FRAMES
    ]
    name = tr("Worst class, recall")
    if not enough:
        return _make_figure(
            name, Estimate.not_measured("too_few"), (tr("no class with ten labels"),), NO_LIMIT
        )
    worst, recall, n = min(enough, key=lambda row: row[1].value)
    under = (worst, tr("n = {n}", n=n), tr("no limit set"))
    return _make_figure(name, recall, under, NO_LIMIT)


def _list_class_recalls(report: Report) -> list[tuple[str, Estimate, int]]:
    """Name, recall and labels of each class in the field; of masks the share of its points that are
    covered."""
    rows = [(row.name, row.recall, row.recall.n) for row in get_failures(report).per_class]
    sides = shared_classes.CLASS_SIDES.get_result(report) or ()
    return rows or [(row.name, row.recall_field, row.n_field) for row in sides]


def _build_calibration_figure(report: Report) -> KeyFigure:
    name, result = tr("Calibration error"), calibration.ANALYSIS.get_result(report)
    side = result.get_side("field") if result is not None else None
    if side is None or side.n < FEW_FRAMES:
        return KeyFigure(name, tr("not measured"), "", (), *NO_LIMIT)
    error, null = format_points(side.ece.value), format_points(side.ece.null_p95)
    chance = tr_points("up to {points} pp by chance", null).format(points=null)
    value = tr_points("{points} pp", error).format(points=error)
    return KeyFigure(
        name, value, "", (chance, tr("n = {n}", n=side.n), tr("no limit set")), *NO_LIMIT
    )


def _build_detector_figures(report: Report, decision: Decision) -> tuple[KeyFigure, ...]:
    metrics = report.field.metrics
    missing = Estimate.not_measured("not_measured")
    under = (tr("at the deployed threshold"), tr("n = {n}", n=report.field.n_labelled))
    shares = [
        _make_figure(name, metrics.get(code, missing), under, NO_LIMIT)
        for code, name in (("recall", tr("Recall")), ("precision", tr("Precision")))
    ]
    counts = [
        _build_per_frame_figure(name, rate)
        for name, rate in (
            (tr("Missed objects"), decision.missed_objects),
            (tr("False alarms"), decision.false_alarms),
        )
    ]
    return (*shares, *counts)


def _build_per_frame_figure(name: str, rate: Estimate | None) -> KeyFigure:
    if rate is None or not rate.measured:
        return KeyFigure(name, tr("not measured"), "", (), *NO_LIMIT)
    value, span, n = (
        format_number(rate.value, 2),
        f"{format_number(rate.lo, 2)}–{format_number(rate.hi, 2)}",
        tr("n = {n}", n=rate.n),
    )
    if rate.n < FEW_FRAMES:
        return KeyFigure(
            name, tr("too few"), "", (tr("per frame"), n, tr("no limit set")), *NO_LIMIT
        )
    if has_no_events(rate):
        value, span = (
            tr("none observed"),
            tr("upper limit {limit}", limit=format_number(rate.hi, 2)),
        )
    return KeyFigure(name, value, span, (tr("per frame"), n, tr("no limit set")), *NO_LIMIT)


def _make_figure(
    name: str, estimate: Estimate, under: tuple[str, ...], judged: Judged
) -> KeyFigure:
    return KeyFigure(
        name,
        names_and_numbers.format_value(estimate),
        names_and_numbers.format_range(estimate),
        under,
        *judged,
    )


def _make_rate_figure(
    name: str, rate: Estimate, under: tuple[str, ...], judged: Judged, cameras: Estimate
) -> KeyFigure:
    """A rate and its range on this footage; where none was seen, the bound for other clips stands
    alone, since frames of one clip are too alike for a second, lower one (methods 1.2b)."""
    span = names_and_numbers.format_rate_range(rate)
    if has_no_events(rate) and cameras.measured:
        span = ""
    return KeyFigure(name, names_and_numbers.format_rate(rate), span, under, *judged)
