"""Estimates and other figures as the page prints them: no more digits than the number of frames justifies (ux 5.2)."""

from __future__ import annotations

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.words.figures import interval, none_seen, number, percent, points, points_interval, range_digits, rate_interval
from fieldcheck.words.figures import rate as rate_said
from fieldcheck.words.language import current, plural, text

_ENOUGH_FOR_A_DECIMAL = 500
_ENOUGH_ON_A_BENCHMARK = 1000


def value(estimate: Estimate, enough: int = _ENOUGH_FOR_A_DECIMAL) -> str:
    """The score alone; below ten frames the words "too few" stand for it, unless these are all that there are."""
    if not estimate.measured:
        return text("not measured")
    if estimate.n < FEW_FRAMES and not estimate.census:
        return text("too few")
    return percent(estimate.value, _digits(estimate, enough))


def span(estimate: Estimate, enough: int = _ENOUGH_FOR_A_DECIMAL) -> str:
    """The range alone, empty where nothing was measured; a census has none, and says so."""
    return interval(estimate, _digits(estimate, enough)) if estimate.measured else ""


def figure(estimate: Estimate) -> str:
    """A score with its range in a cell: `54% (45–63%)`, `54% (census)`, `not measured`."""
    return f"{value(estimate)} ({span(estimate)})" if estimate.measured else value(estimate)


def rate_value(rate: Estimate) -> str:
    """A rate of events alone: `at most 3.6%` where none was seen, which is an upper limit and no estimate; else as `value`."""
    return rate_said(rate) if none_seen(rate) and rate.n >= FEW_FRAMES else value(rate)


def rate_span(rate: Estimate) -> str:
    """Range of a rate, in brackets behind `rate_value`."""
    return rate_interval(rate) if none_seen(rate) and rate.n >= FEW_FRAMES else span(rate)


def rate_figure(rate: Estimate) -> str:
    """A rate of events with its range in a cell: `12% (5–24%)`, `at most 3.6% (upper limit, none seen)`."""
    return f"{rate_value(rate)} ({rate_span(rate)})" if rate.measured else value(rate)


def whole(estimate: Estimate, enough: int = _ENOUGH_FOR_A_DECIMAL) -> str:
    """A score that can stand alone: with its range and its n, or the words for what is missing."""
    if not estimate.measured:
        return text("not measured")
    return text("{value} ({range}, n = {n})").format(value=value(estimate, enough), range=span(estimate, enough), n=estimate.n)


def benchmark_value(estimate: Estimate) -> str:
    """The benchmark's score: one decimal from a thousand pictures on."""
    return value(estimate, _ENOUGH_ON_A_BENCHMARK)


def benchmark_whole(estimate: Estimate) -> str:
    """Estimate as in `whole`, with the benchmark's digits."""
    return whole(estimate, _ENOUGH_ON_A_BENCHMARK)


def gap_value(estimate: Estimate) -> str:
    """A difference in points."""
    return text("gap {points} pp").format(points=points(estimate.value))


def gap_whole(estimate: Estimate) -> str:
    """A difference in points with its range."""
    return text("gap {points} pp ({range})").format(points=points(estimate.value), range=points_interval(estimate))


def moment(iso: str) -> str:
    """`2026-11-25T00:31:00Z` → `2026-11-25 00:31 UTC`, `…T08:31:00.125+01:00` → `2026-11-25 08:31 UTC+01:00`, in every language."""
    if len(iso) < 16:
        return iso
    offset = iso[-6:] if iso[-6] in "+-" else ""
    return f"{iso[:10]} {iso[11:16]} UTC{'' if offset == '+00:00' else offset}"


def duration(seconds: float) -> str:
    """Minutes and seconds."""
    whole_seconds = round(seconds)
    return text("{minutes} min {seconds} s").format(minutes=whole_seconds // 60, seconds=whole_seconds % 60)


def decimal(figure: float, digits: int) -> str:
    """A plain number with the language's decimal sign."""
    said = f"{figure:.{digits}f}"
    return said.replace(".", ",") if current() == "de" else said


def frames(n: int) -> str:
    """A number of frames."""
    return plural("{n} frame", "{n} frames", n).format(n=n)


def _digits(estimate: Estimate, enough: int) -> int:
    return range_digits(estimate.lo, estimate.hi, 1 if estimate.n >= enough else 0)  # of the value too, which lies between


def confidence(value: float) -> str:
    """How sure the model was of one answer."""
    return number(value, 2)
