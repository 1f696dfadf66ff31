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
        said = text("Reference score {claim}. Measured here on a spot check of {n} benchmark images: {score} ({range}).").format(**figures)
    else:
        said = plural(
            "Reference score {claim}. Measured here on {n} benchmark image: {score} ({range}).",
            "Reference score {claim}. Measured here on {n} benchmark images: {score} ({range}).",
            score.n,
        ).format(**figures)
    return (said, met(score.n) if reproduced else missed(score.n), *((guessed(*guess),) if guess else ()))


def guessed(change: Mapping[str, Any], score: Estimate) -> str:
    """The likeliest other way to feed the model."""
    said = text("Most likely preprocessing: {change}. With it, the labelled benchmark images give {score} ({range}, n = {n}).")
    return said.format(change=changes(change), score=percent(score.value), range=interval(score), n=score.n)


def none_better(n: int) -> str:
    """The search after a missed claim that came to nothing."""
    return plural(
        "Other preprocessing was tested on {n} labelled image: no gain demonstrated.",
        "Other preprocessing was tested on {n} labelled images: no gain demonstrated.",
        n,
    ).format(n=n)


def met(n: int) -> str:
    """The claim may well be true: pictures can contradict it, and cannot prove it."""
    return plural(
        "Reference score not contradicted by {n} image.",
        "Reference score not contradicted by {n} images.",
        n,
    ).format(n=n)


def missed(n: int) -> str:
    """The claim did not come out here, and what that does to the verdict."""
    return plural(
        "Reference score contradicted by {n} image: preprocessing may differ from where the score was "
        "measured. No verdict on the gap until this is resolved.",
        "Reference score contradicted by {n} images: preprocessing may differ from where the score was "
        "measured. No verdict on the gap until this is resolved.",
        n,
    ).format(n=n)
