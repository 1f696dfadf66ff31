"""Comparison of two models on the same frames."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.words.figures import number, points, points_range
from fieldcheck.words.language import plural, text

CHANCE = 0.05


def compared(a: str, b: str, counts: tuple[int, int, int, int], p: float, change: Estimate) -> tuple[str, ...]:
    """`counts`: frames both get right, only a, only b, neither; `change`: b − a."""
    both, only_a, only_b, neither = counts
    n = sum(counts)
    return (
        plural("{a} and {b} on the same {n} labelled frame:", "{a} and {b} on the same {n} labelled frames:", n).format(a=a, b=b, n=n),
        text("right in both {both}, only in {a} {only_a}, only in {b} {only_b}, in neither {neither}").format(
            both=both, a=a, only_a=only_a, b=b, only_b=only_b, neither=neither
        ),
        changed(change),
        verdict(a, b, p, change),
    )


def exported(n: int, of: int) -> str:
    """That some of the frames compared on were given to training."""
    said = plural(
        "No test of a model trained since: {n} of these {of} frames was exported for training.",
        "No test of a model trained since: {n} of these {of} frames were exported for training.",
        n,
    )
    return said.format(n=n, of=of)


def changed(change: Estimate) -> str:
    """A change of a score with its interval, in points."""
    if not change.measured:
        return text("Change: cannot be told yet.")
    return text("Change: {value} pp ({range}).").format(value=points(change.value, 1), range=points_range(change.lo, change.hi, 1))


def verdict(a: str, b: str, p: float, change: Estimate) -> str:
    """Whether the difference is more than chance. Silence about the direction where it is not."""
    said_p = text("below 0.001") if p < 0.001 else number(p, 3)
    if p > CHANCE or change.value == 0:
        return text("These frames do not show that one is better (exact McNemar, p = {p}).").format(p=said_p)
    better = b if change.value > 0 else a
    return text("{better} is better, statistically significant (exact McNemar test, p = {p}).").format(better=better, p=said_p)
