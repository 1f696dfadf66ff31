"""Label review in words: the score before and after, and how many labels were wrong."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.words.figures import interval, percent, rate_limits
from fieldcheck.words.language import plural, text


def to_look_at(n: int, n_looked: int, n_left: int) -> str:
    """How far label reviews are, or why there are none yet."""
    if n_left:
        said = plural("{n} picked frame has no label yet.", "{n} picked frames have no label yet.", n_left)
        return said.format(n=n_left)
    if not n:
        return text("No disagreements to review.")
    return plural("{done} of {n} disagreement reviewed.", "{done} of {n} disagreements reviewed.", n).format(done=n_looked, n=n)


def before_line(on: str, score: Estimate) -> str:
    """The score by the labels as they were first said, or filed."""
    if not score.measured:
        return text("No score yet.")
    said = text("With original labels: {score}") if on == "field" else text("With benchmark labels: {score}")
    return said.format(score=figures(score))


def after_line(on: str, score: Estimate, n: int) -> str:
    """Score after label review; empty before the first."""
    if not n or not score.measured:
        return ""
    return text("After label review, {n} reviewed: {score}").format(n=n, score=figures(score))


def share_line(wrong: int, n: int, share: Estimate) -> str:
    """How many of those that were looked at were the label's fault."""
    if not n:
        return ""
    said = plural("{wrong} of {n} reviewed label wrong", "{wrong} of {n} reviewed labels wrong", n)
    return said.format(wrong=wrong, n=n) + (f" ({rate_limits(share)})" if share.measured else "")


def figures(score: Estimate) -> str:
    """A score with its range and how many frames it rests on."""
    return f"{percent(score.value)} ({interval(score)}, n = {score.n})"
