"""Reference score against measurement, once the model was run on the benchmark here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldcheck.domain.estimate import Estimate
from fieldcheck.words.doctor import changes
from fieldcheck.words.figures import interval, percent
from fieldcheck.words.language import plural, text
from fieldcheck.words.scores import FURTHER, metric_name


def claim_lines(
    claimed: float | None,
    score: Estimate | None,
    spot: bool,
    reproduced: bool | None,
    guess: tuple[Mapping[str, Any], Estimate] | None = None,
    metric: str = "",
) -> tuple[str, ...]:
    """Claim and measurement side by side, and what follows; empty where nothing was claimed or nothing measured. `guess`: a change of the
    card, and its score on labelled pictures. `metric`: what the score is stated in, where it is not the share of right pictures."""
    if claimed is None or score is None or not score.measured or reproduced is None:
        return ()
    claim = percent(claimed, 1) + (f" ({metric_name(metric)})" if metric in FURTHER else "")
    figures = {"claim": claim, "score": percent(score.value, 1), "range": interval(score, 1), "n": score.n}
    if spot:
        said = text("Reference score {claim}. A spot check of {n} benchmark pictures gives {score} ({range}) here.").format(**figures)
    else:
        said = plural(
            "Reference score {claim}. The {n} benchmark picture gives {score} ({range}) here.",
            "Reference score {claim}. The {n} benchmark pictures give {score} ({range}) here.",
            score.n,
        ).format(**figures)
    return (said, met(score.n) if reproduced else missed(score.n), *((guessed(*guess),) if guess else ()))


def guessed(change: Mapping[str, Any], score: Estimate) -> str:
    """The likeliest other way to feed the model."""
    said = text("Best guess: {change}. Fed like that, the labelled benchmark pictures give {score} ({range}, n = {n}).")
    return said.format(change=changes(change), score=percent(score.value), range=interval(score), n=score.n)


def none_better(n: int) -> str:
    """The search after a missed claim that came to nothing."""
    return plural(
        "Other ways to feed the model were tried on {n} labelled image: none is better by more than chance.",
        "Other ways to feed the model were tried on {n} labelled images: none is better by more than chance.",
        n,
    ).format(n=n)


def met(n: int) -> str:
    """The claim may well be true: pictures can contradict it, and cannot prove it."""
    return plural(
        "Not contradicted: {n} picture agrees with the reference score.",
        "Not contradicted: {n} pictures agree with the reference score.",
        n,
    ).format(n=n)


def missed(n: int) -> str:
    """The claim did not come out here, and what that does to the verdict."""
    return plural(
        "Contradicted by {n} picture: the model may be fed differently than where the score was stated. The gap has no verdict until "
        "that is settled.",
        "Contradicted by {n} pictures: the model may be fed differently than where the score was stated. The gap has no verdict until "
        "that is settled.",
        n,
    ).format(n=n)
