"""Reference score against measurement, once the model was run on the benchmark here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fieldcheck.domain.estimate import Estimate
from fieldcheck.words.doctor import format_card_changes
from fieldcheck.words.figures import format_interval, format_percent
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.scores import FURTHER, get_metric_name


def list_claim_lines(
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
    claim = format_percent(claimed, 1) + (f" ({get_metric_name(metric)})" if metric in FURTHER else "")
    figures = {"claim": claim, "score": format_percent(score.value, 1), "range": format_interval(score, 1), "n": score.n}
    if spot:
        said = tr("Reference score {claim}. Measured here on a spot check of {n} benchmark images: {score} ({range}).").format(**figures)
    else:
        said = tr_plural(
            "Reference score {claim}. Measured here on {n} benchmark image: {score} ({range}).",
            "Reference score {claim}. Measured here on {n} benchmark images: {score} ({range}).",
            score.n,
        ).format(**figures)
    return (
        said,
        describe_met_claim(score.n) if reproduced else describe_missed_claim(score.n),
        *((describe_guess(*guess),) if guess else ()),
    )


def describe_guess(change: Mapping[str, Any], score: Estimate) -> str:
    """The likeliest other way to feed the model."""
    said = tr("Most likely preprocessing: {change}. With it, the labelled benchmark images give {score} ({range}, n = {n}).")
    return said.format(change=format_card_changes(change), score=format_percent(score.value), range=format_interval(score), n=score.n)


def describe_no_better_guess(n: int) -> str:
    """The search after a missed claim that came to nothing."""
    return tr_plural(
        "Other preprocessing was tested on {n} labelled image: no gain demonstrated.",
        "Other preprocessing was tested on {n} labelled images: no gain demonstrated.",
        n,
    ).format(n=n)


def describe_met_claim(n: int) -> str:
    """The claim may well be true: pictures can contradict it, and cannot prove it."""
    return tr_plural(
        "Reference score not contradicted by {n} image.",
        "Reference score not contradicted by {n} images.",
        n,
    ).format(n=n)


def describe_missed_claim(n: int) -> str:
    """The claim did not come out here, and what that does to the verdict."""
    return tr_plural(
        "Reference score contradicted by {n} image: preprocessing may differ from where the score was "
        "measured. No verdict on the gap until this is resolved.",
        "Reference score contradicted by {n} images: preprocessing may differ from where the score was "
        "measured. No verdict on the gap until this is resolved.",
        n,
    ).format(n=n)
