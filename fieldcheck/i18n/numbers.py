"""Figures as a person reads them in the language that is spoken. Halves are rounded up, as on
paper."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import isfinite
from typing import TYPE_CHECKING

from fieldcheck.i18n.language import get_language, separate_thousands, tr, tr_points

if TYPE_CHECKING:
    from fieldcheck.domain.estimate import Estimate

# Of limits that fewer digits would print alike, and of a share that is neither all nor none.
_MOST_DIGITS = 2
_ENOUGH_WITHOUT_COUNT = 20  # labels from which a share stands without saying how many they are
_EXACT = 1e-9  # a share this close to none or all is one of them, but for its arithmetic


def format_percent(value: float, digits: int = 0) -> str:
    """A share in per cent: 0.971 with one digit → `97.1%`, in German `97,1 %`. Only none and all
    print as 0 and 100: 0.996 → `99.6%`, 0.99999 → `99.99%`. ValueError for what is not finite:
    that is "not measured" and has words of its own."""
    return _format_share(value, digits) + _get_percent_sign()


def format_percent_range(lo: float, hi: float, digits: int = 0) -> str:
    """A range of shares in per cent: 0.51, 0.70 → `51–70%`, in German `51–70 %`; limits that are
    neither none nor all do not print so: 0.98, 0.9988 → `98–99.9%`."""
    digits = get_range_digits(lo, hi, digits)
    return _join_limits(_format_share(lo, digits), _format_share(hi, digits)) + _get_percent_sign()


def format_interval(estimate: Estimate, digits: int = 0) -> str:
    """The 95 % interval of a share: `51–70%`; a census has none, and says so, as does a resampled
    score without spread."""
    return _describe_missing_interval(estimate) or format_percent_range(
        estimate.lo, estimate.hi, digits
    )


def format_spread(estimate: Estimate, digits: int = 0) -> str:
    """What stands in brackets behind a share: its interval, and its n where it rests on fewer than
    twenty labels: `51–70%`, `52–95%, n = 12`."""
    interval = format_interval(estimate, digits)
    if estimate.n >= _ENOUGH_WITHOUT_COUNT:
        return interval
    return tr("{range}, n = {n}", range=interval, n=estimate.n)


def format_share(estimate: Estimate, digits: int = 0) -> str:
    """A share with its interval in brackets, and with its n where that is small."""
    return f"{format_percent(estimate.value, digits)} ({format_spread(estimate, digits)})"


def format_share_with_count(estimate: Estimate, digits: int = 0) -> str:
    """A share without its interval: `61%`, and where it rests on fewer than twenty labels
    `83% (n = 12)`."""
    share = format_percent(estimate.value, digits)
    if estimate.n >= _ENOUGH_WITHOUT_COUNT:
        return share
    return tr("{share} (n = {n})", share=share, n=estimate.n)


def has_no_events(rate: Estimate) -> bool:
    """Whether a rate of events was measured and not one of them was seen: what is known of it is
    its upper limit alone."""
    return rate.measured and rate.value == 0 and rate.hi > rate.lo


def format_rate(estimate: Estimate, digits: int = 0) -> str:
    """A rate of events: `12%`; where none was seen the count, `0 of 105`, for a limit is no
    figure."""
    return (
        tr("{hits} of {n}", hits=0, n=format_number(estimate.n))
        if has_no_events(estimate)
        else format_percent(estimate.value, digits)
    )


def format_rate_limits(estimate: Estimate, digits: int = 0) -> str:
    """Limits of a rate, in brackets behind it or behind a count of events: its interval, `upper
    limit 3.6%` where none was seen."""
    return (
        tr("upper limit {limit}", limit=_format_upper_limit(estimate.hi))
        if has_no_events(estimate)
        else format_interval(estimate, digits)
    )


def _format_upper_limit(share: float) -> str:
    """An upper limit, rounded up, so that no rounding makes it stronger: one decimal below 10 %."""
    exact = _to_decimal(share) * 100
    return (
        _localize(str(exact.quantize(Decimal("0.1") if exact < 10 else Decimal(1), ROUND_CEILING)))
        + _get_percent_sign()
    )


def get_range_digits(lo: float, hi: float, digits: int) -> int:
    """Digits that tell two limits apart, at most two, no fewer than `digits`: 99.8 to 100 is no
    "100–100"."""
    while (
        lo != hi
        and digits < _MOST_DIGITS
        and _format_hundredths(lo, digits) == _format_hundredths(hi, digits)
    ):
        digits += 1
    return digits


def format_points_interval(estimate: Estimate, digits: int = 0) -> str:
    """The 95 % interval of a difference in points, as `format_interval` says it."""
    return _describe_missing_interval(estimate) or format_points_range(
        estimate.lo, estimate.hi, digits
    )


def _describe_missing_interval(estimate: Estimate) -> str:
    if estimate.lo != estimate.hi:
        return ""
    return tr("census") if estimate.census else tr("no CI")


def format_points(value: float, digits: int = 0) -> str:
    """A difference of shares in percentage points, without the word: 0.36 → `36`, -0.02 → `−2`."""
    return _format_hundredths(value, digits)


def format_points_with_unit(value: float, digits: int = 0) -> str:
    """A difference of shares with its unit: `36 pp`, in German `36 Prozentpunkte`."""
    points = format_points(value, digits)
    return tr_points("{points} pp", points).format(points=points)


def format_points_range(lo: float, hi: float, digits: int = 0) -> str:
    """0.27, 0.46 → `27–46`; with a negative limit `−5 to 12`, since a dash beside a minus is
    misread."""
    return _format_span(lo, hi, digits)


def is_printed_difference(
    first: tuple[float, int], second: tuple[float, int], difference: float, digits: int
) -> bool:
    """Whether a printed difference is that of two printed shares, each with its digits: 96% and 83%
    differ by 13 and not by 14 points. What was not measured is printed as nothing."""
    if not all(isfinite(value) for value in (first[0], second[0], difference)):
        return True
    shown = [_round_hundredths(value, index) for value, index in (first, second)]
    apart = (shown[0] - shown[1]).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return apart == _round_hundredths(difference, digits)


def format_limit(value: float) -> str:
    """A limit that somebody set, with as many digits as they gave: 0.03 → `3`, 0.025 → `2.5`."""
    return _localize(f"{(_to_decimal(value) * 100).normalize():f}")


def format_percent_limit(value: float) -> str:
    """A limit of a share as `format_limit` prints it, with its sign: 0.025 → `2.5%`."""
    return f"{format_limit(value)}{_get_percent_sign()}"


def format_number(value: float, digits: int = 0) -> str:
    """A plain figure: 1.55 with one digit → `1.6`."""
    rounded = _to_decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return _group_digits(abs(rounded) if rounded.is_zero() else rounded)


def format_approximate(value: float) -> str:
    """A figure of any size with two digits that count: 1234 → `1,200`, in German `1.200`; 0.0346 →
    `0.035`."""
    return _round_to_two_digits(value, ROUND_HALF_UP)


def format_approximate_range(lo: float, hi: float) -> str:
    """Limits as `format_approximate` prints them, but rounded outwards, so that no rounding makes
    them stronger: 121, 384 → `120–390`."""
    return f"{_round_to_two_digits(lo, ROUND_FLOOR)}–{_round_to_two_digits(hi, ROUND_CEILING)}"


def format_approximate_upper(value: float) -> str:
    """An upper limit of any size as `format_approximate` prints it, rounded up: 384 → `390`."""
    return _round_to_two_digits(value, ROUND_CEILING)


def format_as_entered(value: float) -> str:
    """A figure that somebody entered, with the digits they gave: 8000.0 → `8,000`, 2.5 → `2.5`."""
    return _group_digits(_to_decimal(value).normalize())


def _round_to_two_digits(value: float, rounding: str) -> str:
    exact = _to_decimal(value)
    return (
        _group_digits(exact.quantize(Decimal(1).scaleb(exact.adjusted() - 1), rounding).normalize())
        if exact
        else "0"
    )


def _group_digits(value: Decimal) -> str:
    return separate_thousands(Decimal(f"{value:f}")).replace("-", "−")


def format_minutes(seconds: float) -> str:
    """Minutes and whole seconds that have passed: 252.9 → `4:12`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _get_percent_sign() -> str:
    return " %" if get_language() == "de" else "%"


def _format_span(lo: float, hi: float, digits: int) -> str:
    digits = get_range_digits(lo, hi, digits)
    return _join_limits(_format_hundredths(lo, digits), _format_hundredths(hi, digits))


def _join_limits(low: str, high: str) -> str:
    if low.startswith("−"):
        return tr("{lo} to {hi}", lo=low, hi=high)
    return f"{low}–{high}"


def _format_share(value: float, digits: int) -> str:
    """A share without its sign, with as many digits as keep it from none and all, two at most."""
    if min(abs(value), abs(value - 1)) <= _EXACT:
        return _format_hundredths(value, digits)
    for more in range(digits, max(digits, _MOST_DIGITS) + 1):
        text = _format_hundredths(value, more)
        if text not in (_format_hundredths(0.0, more), _format_hundredths(1.0, more)):
            return text
    return _format_hundredths(0.0001 if value < 0.5 else 0.9999, _MOST_DIGITS)


def _format_hundredths(value: float, digits: int) -> str:
    rounded = _round_hundredths(value, digits)
    return _localize(str(abs(rounded) if rounded.is_zero() else rounded))


def _round_hundredths(value: float, digits: int) -> Decimal:
    return (_to_decimal(value) * 100).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _to_decimal(value: float) -> Decimal:
    """The decimal figure that a float is printed as, so that 0.145 is rounded as 0.145 and not as
    the binary number below it."""
    if not isfinite(value):
        raise ValueError(f"no figure: {value}")
    return Decimal(repr(float(value)))


def _localize(figure: str) -> str:
    text = figure.replace("-", "−")
    return text.replace(".", ",") if get_language() == "de" else text
