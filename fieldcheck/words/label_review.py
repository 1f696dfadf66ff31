"""Label review in words: the score before and after, and how many labels were wrong."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.words.figures import format_interval, format_percent, format_rate_limits
from fieldcheck.words.language import tr, tr_plural


def describe_review_progress(n: int, n_looked: int, n_left: int) -> str:
    """How far label reviews are, or why there are none yet."""
    if n_left:
        said = tr_plural("{n} picked frame has no label yet.", "{n} picked frames have no label yet.", n_left)
        return said.format(n=n_left)
    if not n:
        return tr("No disagreements to review.")
    return tr_plural("{done} of {n} disagreement reviewed.", "{done} of {n} disagreements reviewed.", n).format(done=n_looked, n=n)


def describe_score_before(on: str, score: Estimate) -> str:
    """The score by the labels as they were first said, or filed."""
    if not score.measured:
        return tr("No score yet.")
    said = tr("With original labels: {score}") if on == "field" else tr("With benchmark labels: {score}")
    return said.format(score=format_score(score))


def describe_score_after(on: str, score: Estimate, n: int) -> str:
    """Score after label review; empty before the first."""
    if not n or not score.measured:
        return ""
    return tr("After label review, {n} reviewed: {score}").format(n=n, score=format_score(score))


def describe_wrong_share(wrong: int, n: int, share: Estimate) -> str:
    """How many of those that were looked at were the label's fault."""
    if not n:
        return ""
    said = tr_plural("{wrong} of {n} reviewed label wrong", "{wrong} of {n} reviewed labels wrong", n)
    return said.format(wrong=wrong, n=n) + (f" ({format_rate_limits(share)})" if share.measured else "")


def format_score(score: Estimate) -> str:
    """A score with its range and how many frames it rests on."""
    return f"{format_percent(score.value)} ({format_interval(score)}, n = {score.n})"
