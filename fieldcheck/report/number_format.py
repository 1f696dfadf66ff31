"""Estimates and other figures as the page prints them: no more digits than the number of frames justifies (ux 5.2)."""

from __future__ import annotations

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.words.figures import (
    format_interval,
    format_number,
    format_percent,
    format_points,
    format_points_interval,
    format_rate_interval,
    get_range_digits,
    has_no_events,
)
from fieldcheck.words.figures import format_rate as rate_said
from fieldcheck.words.language import get_language, tr, tr_plural

_ENOUGH_FOR_A_DECIMAL = 500
_ENOUGH_ON_A_BENCHMARK = 1000


def format_value(estimate: Estimate, enough: int = _ENOUGH_FOR_A_DECIMAL) -> str:
    """The score alone; below ten frames the words "too few" stand for it, unless these are all that there are."""
    if not estimate.measured:
        return tr("not measured")
    if estimate.n < FEW_FRAMES and not estimate.census:
        return tr("too few")
    return format_percent(estimate.value, _get_digits(estimate, enough))


def format_range(estimate: Estimate, enough: int = _ENOUGH_FOR_A_DECIMAL) -> str:
    """The range alone, empty where nothing was measured; a census has none, and says so."""
    return format_interval(estimate, _get_digits(estimate, enough)) if estimate.measured else ""


def format_value_with_range(estimate: Estimate) -> str:
    """A score with its range in a cell: `54% (45–63%)`, `54% (census)`, `not measured`."""
    return f"{format_value(estimate)} ({format_range(estimate)})" if estimate.measured else format_value(estimate)


def format_rate(rate: Estimate) -> str:
    """A rate of events alone: `at most 3.6%` where none was seen, which is an upper limit and no estimate; else as `value`."""
    return rate_said(rate) if has_no_events(rate) and rate.n >= FEW_FRAMES else format_value(rate)


def format_rate_range(rate: Estimate) -> str:
    """Range of a rate, in brackets behind `format_rate`."""
    return format_rate_interval(rate) if has_no_events(rate) and rate.n >= FEW_FRAMES else format_range(rate)


def format_rate_with_range(rate: Estimate) -> str:
    """A rate of events with its range in a cell: `12% (5–24%)`, `at most 3.6% (upper limit, none seen)`."""
    return f"{format_rate(rate)} ({format_rate_range(rate)})" if rate.measured else format_value(rate)


def format_estimate(estimate: Estimate, enough: int = _ENOUGH_FOR_A_DECIMAL) -> str:
    """A score that can stand alone: with its range and its n, or the words for what is missing."""
    if not estimate.measured:
        return tr("not measured")
    return tr("{value} ({range}, n = {n})").format(value=format_value(estimate, enough), range=format_range(estimate, enough), n=estimate.n)


def format_benchmark_value(estimate: Estimate) -> str:
    """The benchmark's score: one decimal from a thousand pictures on."""
    return format_value(estimate, _ENOUGH_ON_A_BENCHMARK)


def format_benchmark_estimate(estimate: Estimate) -> str:
    """Estimate as in `format_estimate`, with the benchmark's digits."""
    return format_estimate(estimate, _ENOUGH_ON_A_BENCHMARK)


def format_gap(estimate: Estimate) -> str:
    """A difference in points."""
    return tr("gap {points} pp").format(points=format_points(estimate.value))


def format_gap_with_range(estimate: Estimate) -> str:
    """A difference in points with its range."""
    return tr("gap {points} pp ({range})").format(points=format_points(estimate.value), range=format_points_interval(estimate))


def format_timestamp(iso: str) -> str:
    """`2026-11-25T00:31:00Z` → `2026-11-25 00:31 UTC`, `…T08:31:00.125+01:00` → `2026-11-25 08:31 UTC+01:00`, in every language."""
    if len(iso) < 16:
        return iso
    offset = iso[-6:] if iso[-6] in "+-" else ""
    return f"{iso[:10]} {iso[11:16]} UTC{'' if offset == '+00:00' else offset}"


def format_duration(seconds: float) -> str:
    """Minutes and seconds."""
    whole_seconds = round(seconds)
    return tr("{minutes} min {seconds} s").format(minutes=whole_seconds // 60, seconds=whole_seconds % 60)


def format_decimal(figure: float, digits: int) -> str:
    """A plain number with the language's decimal sign."""
    said = f"{figure:.{digits}f}"
    return said.replace(".", ",") if get_language() == "de" else said


def format_frame_count(n: int) -> str:
    """A number of frames."""
    return tr_plural("{n} frame", "{n} frames", n).format(n=n)


def _get_digits(estimate: Estimate, enough: int) -> int:
    return get_range_digits(estimate.lo, estimate.hi, 1 if estimate.n >= enough else 0)  # of the value too, which lies between


def format_confidence(value: float) -> str:
    """How sure the model was of one answer."""
    return format_number(value, 2)
