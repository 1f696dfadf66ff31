"""Comparison of two models on the same frames."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.estimate import Estimate
from fieldcheck.words.figures import format_interval, format_number, format_percent, format_points, format_points_interval
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.scores import FURTHER, get_metric_name

CHANCE = 0.05


def list_comparison_lines(
    a: str, b: str, counts: tuple[int, int, int, int], p: float, change: Estimate, metric: str = "", scores: Sequence[Estimate] = ()
) -> tuple[str, ...]:
    """`counts`: frames both get right, only a, only b, neither; `change`: b − a by `metric`; `scores`: those of a and b by it, told where
    it is no share of right frames."""
    both, only_a, only_b, neither = counts
    n = sum(counts)
    by_metric = metric in FURTHER
    return (
        tr_plural("{a} and {b} on the same {n} labelled frame:", "{a} and {b} on the same {n} labelled frames:", n).format(a=a, b=b, n=n),
        tr("correct in both {both}, only in {a} {only_a}, only in {b} {only_b}, in neither {neither}").format(
            both=both, a=a, only_a=only_a, b=b, only_b=only_b, neither=neither
        ),
        *(_format_score(name, metric, score) for name, score in zip((a, b), scores, strict=bool(scores)) if by_metric),
        format_change(change),
        describe_interval_verdict(a, b, metric, change) if by_metric else describe_test_verdict(a, b, p, change),
    )


def _format_score(name: str, metric: str, score: Estimate) -> str:
    """One model's score."""
    if not score.measured:
        return tr("{name}: {metric} cannot be determined from these frames").format(name=name, metric=get_metric_name(metric))
    figures = {"value": format_percent(score.value, 1), "range": format_interval(score, 1), "n": score.n}
    return tr("{name}: {metric} {value} ({range}, n = {n})").format(name=name, metric=get_metric_name(metric), **figures)


def describe_recall_by_size(a: str, b: str, size: str, n: int, recalls: tuple[Estimate, Estimate], change: Estimate) -> str:
    """Recall of two detectors for the objects of one size, `n` of which were labelled."""
    small = tr_plural(
        "Recall, small objects (below 32 × 32 px), {n} object: {both}.", "Recall, small objects (below 32 × 32 px), {n} objects: {both}.", n
    )
    medium = tr_plural(
        "Recall, medium objects (32 × 32 to 96 × 96 px), {n} object: {both}.",
        "Recall, medium objects (32 × 32 to 96 × 96 px), {n} objects: {both}.",
        n,
    )
    large = tr_plural(
        "Recall, large objects (96 × 96 px or more), {n} object: {both}.",
        "Recall, large objects (96 × 96 px or more), {n} objects: {both}.",
        n,
    )
    said = {"small": small, "medium": medium, "large": large}[size]
    if not change.measured:
        return said.format(n=n, both=tr("cannot be determined from these frames"))
    both = ", ".join(
        f"{name} {format_percent(one.value, 1)} ({format_interval(one, 1)})" for name, one in zip((a, b), recalls, strict=True)
    )
    return said.format(n=n, both=both) + " " + format_change(change)


def describe_exported_frames(n: int, of: int) -> str:
    """That some of the frames compared on were given to training."""
    said = tr_plural(
        "Not a valid test for a model trained since: {n} of {of} frames was exported for training.",
        "Not a valid test for a model trained since: {n} of {of} frames were exported for training.",
        n,
    )
    return said.format(n=n, of=of)


def format_change(change: Estimate) -> str:
    """A change of a score with its interval, in points."""
    if not change.measured:
        return tr("Change: unknown.")
    return tr("Change: {value} pp ({range}).").format(value=format_points(change.value, 1), range=format_points_interval(change, 1))


def describe_test_verdict(a: str, b: str, p: float, change: Estimate) -> str:
    """Whether the difference is more than chance, by the test of the frames and by the interval that stands beside it. Silence about the
    direction where it is not."""
    said_p = tr("below 0.001") if p < 0.001 else format_number(p, 3)
    open_ = not change.measured or change.lo <= 0 <= change.hi
    if p <= CHANCE and open_:
        return tr("No difference demonstrated: the 95% CI of the change includes 0 (exact McNemar test, p = {p}).").format(p=said_p)
    if open_ or p > CHANCE:
        return tr("No difference demonstrated (exact McNemar test, p = {p}).").format(p=said_p)
    better = b if change.value > 0 else a
    return tr("{better} is better, statistically significant (exact McNemar test, p = {p}).").format(better=better, p=said_p)


def describe_interval_verdict(a: str, b: str, metric: str, change: Estimate) -> str:
    """Whether the difference is more than chance by the limits of the change, for a metric that no paired test of frames is made for."""
    name = get_metric_name(metric)
    if not change.measured:
        return tr("{metric} not comparable: too few objects on these frames.").format(metric=name)
    if change.lo <= 0 <= change.hi:
        return tr("No difference in {metric} demonstrated: the 95% CI of the change includes 0.").format(metric=name)
    better = b if change.value > 0 else a
    return tr("{better} is better in {metric}: the 95% CI of the change excludes 0.").format(better=better, metric=name)
