"""Key figures of the first page: four tiles with interval, n and limit, by what the model answers and whether a class is OK."""

from __future__ import annotations

from dataclasses import replace

from fieldcheck.domain.calibration import Calibration
from fieldcheck.domain.decision import CONFIDENT, Decision
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.inspection import EscapeRates
from fieldcheck.report import number_format
from fieldcheck.report.blocks import KeyFigure, KeyFigures
from fieldcheck.report.report import Report
from fieldcheck.words.figures import limit, none_seen, number, percent, points, rate_limits
from fieldcheck.words.language import text
from fieldcheck.words.plant import cost_said, ppm_said
from fieldcheck.words.projects import limit_owner

Judged = tuple[str, str]  # mark and word
NO_LIMIT: Judged = ("", "")


def tiles(report: Report) -> KeyFigures:
    """Accuracy, then what a mistake costs: escapes and false rejects, or the objects of a detector, or the worst class."""
    decision = decision_of(report)
    rates = (report.facts or {}).get("inspection")
    if decision is not None and decision.missed_objects is not None:
        return KeyFigures(_of_detector(report, decision))
    sure = _sure(report, decision)
    if isinstance(rates, EscapeRates):
        passed, thrown = (rates.escape, rates.escape_cameras), (rates.false_reject, rates.false_reject_cameras)
        escape = _rate(decision, "escape_rate", text("Escape rate"), text("defects passed as OK"), *passed, rates.escaped, rates.defects)
        name, meaning = text("False-reject rate"), text("good parts rejected")
        rejected = _rate(decision, "false_reject_rate", name, meaning, *thrown, rates.rejected, rates.good)
        by_plant = replace(escape, under=(*escape.under[:-1], *_by_the_plant(rates), escape.under[-1]))
        return KeyFigures((_accuracy(report), by_plant, rejected, sure))
    return KeyFigures((_accuracy(report), _worst_class(report), sure, _calibration(report)))


def decision_of(report: Report) -> Decision | None:
    """The facts of the first page, None where nothing was compared yet."""
    found = (report.facts or {}).get("decision")
    return found if isinstance(found, Decision) else None


def limit_said(report: Report) -> str:
    """The limit of the gap and whose it is: `limit 3 pp (program default)`."""
    who = limit_owner(report.gap.tolerance, report.gap.tolerance_by)
    return text("limit {points} pp ({who})").format(points=limit(report.gap.tolerance), who=who)


def _accuracy(report: Report) -> KeyFigure:
    field, part, gap = report.field, report.benchmark, report.gap
    shown = field.camera if gap.basis == "camera" and field.camera is not None and field.camera.measured else field.footage
    under = [text("n = {n}").format(n=shown.n)] if shown.measured else []
    if part is not None and part.score.measured:
        under.append(text("benchmark {value}").format(value=number_format.benchmark_whole(part.score)))
    if part is not None and part.claimed is not None:
        under.append(text("reference {value}").format(value=percent(part.claimed, 1)))
    under.append(text("gap: {limit}").format(limit=limit_said(report)))
    words: dict[str, Judged] = {"pass": ("✓", text("met")), "fail": ("✗", text("not met")), "not_enough": ("◔", text("inconclusive"))}
    word = words.get(gap.verdict or "", ("–", text("not measured")))
    return _tile(text("Accuracy, field"), shown, tuple(under), word)


def _rate(
    decision: Decision | None, code: str, name: str, meaning: str, rate: Estimate, cameras: Estimate, hits: int, of: int
) -> KeyFigure:  # fmt: skip
    said, judged = _limited(decision, code, rate)
    return _rate_tile(name, rate, (meaning, text("{hits} of {n}").format(hits=hits, n=of), *_elsewhere(cameras), said), judged)


def _by_the_plant(rates: EscapeRates) -> tuple[str, ...]:
    """Escapes of a million parts and their cost a day, where the plant entered its own figures."""
    if rates.plant is None:
        return ()
    ppm, cost = rates.plant.escaped_ppm, rates.plant.escape_cost
    said = (ppm_said(ppm) if ppm else "", cost_said(cost, rates.plant.figures.currency) if cost else "")
    return tuple(one for one in said if one)


def _limited(decision: Decision | None, code: str, rate: Estimate) -> tuple[str, Judged]:
    """The limit of a rate and what its interval says of it; by the interval, never by the value."""
    found = next((one for one in decision.limits if one.rate == code), None) if decision else None
    if found is None:
        return text("no limit set"), NO_LIMIT
    who = f" ({found.by})" if found.by else ""
    said = text("limit {value}").format(value=percent(found.limit, 1)) + who
    if not rate.measured:
        return said, ("–", text("not measured"))
    if rate.hi <= found.limit:
        return said, ("✓", text("met"))
    return said, (("✗", text("not met")) if rate.lo > found.limit else ("◔", text("inconclusive")))


def _sure(report: Report, decision: Decision | None) -> KeyFigure:
    name = text("Confident errors")
    if decision is None:
        return _tile(name, Estimate.na("no_labels"), (), NO_LIMIT)
    rate = decision.confident_errors
    meaning = text("wrong at confidence {from_} or more").format(from_=number(CONFIDENT, 1))
    said, judged = _limited(decision, "confident_errors", rate)
    under = (
        (meaning, text("n = {n}").format(n=rate.n), *_elsewhere(decision.confident_errors_cameras), said) if rate.measured else (meaning,)
    )
    return _rate_tile(name, rate, under, judged)


def _elsewhere(cameras: Estimate) -> tuple[str, ...]:
    """The interval for other clips of the cameras, where there are three clips or more."""
    return (text("other clips: {range}").format(range=rate_limits(cameras)),) if cameras.measured else ()


def _worst_class(report: Report) -> KeyFigure:
    enough = [row for row in report.per_class if row.recall.measured and row.recall.n >= FEW_FRAMES]
    name = text("Worst class, recall")
    if not enough:
        return _tile(name, Estimate.na("too_few"), (text("no class with ten labels"),), NO_LIMIT)
    worst = min(enough, key=lambda row: row.recall.value)
    return _tile(name, worst.recall, (worst.name, text("n = {n}").format(n=worst.recall.n), text("no limit set")), NO_LIMIT)


def _calibration(report: Report) -> KeyFigure:
    name, found = text("Calibration error"), (report.facts or {}).get("calibration")
    side = found.side("field") if isinstance(found, Calibration) else None
    if side is None or side.n < FEW_FRAMES:
        return KeyFigure(name, text("not measured"), "", (), *NO_LIMIT)
    chance = text("up to {points} pp by chance").format(points=points(side.ece.null_p95))
    value = text("{points} pp").format(points=points(side.ece.value))
    return KeyFigure(name, value, "", (chance, text("n = {n}").format(n=side.n), text("no limit set")), *NO_LIMIT)


def _of_detector(report: Report, decision: Decision) -> tuple[KeyFigure, ...]:
    found = {one.name: one.estimate for one in report.field.metrics}
    missing = Estimate.na("not_measured")
    under = (text("at the deployed threshold"), text("n = {n}").format(n=report.field.n_labelled))
    shares = [
        _tile(name, found.get(code, missing), under, NO_LIMIT)
        for code, name in (("recall", text("Recall")), ("precision", text("Precision")))
    ]
    counts = [
        _per_frame(name, rate)
        for name, rate in ((text("Missed objects"), decision.missed_objects), (text("False alarms"), decision.false_alarms))
    ]
    return (*shares, *counts)


def _per_frame(name: str, rate: Estimate | None) -> KeyFigure:
    if rate is None or not rate.measured:
        return KeyFigure(name, text("not measured"), "", (), *NO_LIMIT)
    value, span, n = number(rate.value, 2), f"{number(rate.lo, 2)}–{number(rate.hi, 2)}", text("n = {n}").format(n=rate.n)
    if rate.n < FEW_FRAMES:
        return KeyFigure(name, text("too few"), "", (text("per frame"), n, text("no limit set")), *NO_LIMIT)
    if none_seen(rate):
        value, span = text("at most {limit}").format(limit=number(rate.hi, 2)), text("upper limit, none observed")
    return KeyFigure(name, value, span, (text("per frame"), n, text("no limit set")), *NO_LIMIT)


def _tile(name: str, estimate: Estimate, under: tuple[str, ...], judged: Judged) -> KeyFigure:
    return KeyFigure(name, number_format.value(estimate), number_format.span(estimate), under, *judged)


def _rate_tile(name: str, rate: Estimate, under: tuple[str, ...], judged: Judged) -> KeyFigure:
    return KeyFigure(name, number_format.rate_value(rate), number_format.rate_span(rate), under, *judged)
