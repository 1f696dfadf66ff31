"""What is said of a run on the terminal."""

from __future__ import annotations

from fieldcheck.domain.estimate import Estimate
from fieldcheck.words.figures import percent, percent_range
from fieldcheck.words.language import plural, text


def ran(model: str, on: str, n_done: int, metric: str, score: Estimate | None) -> str:
    """One run: over what, how many answers, and the score where there is one."""
    set_name = {"field": text("picked frames"), "footage": text("footage"), "benchmark": text("benchmark")}[on]
    said = plural("{model} on {where}: {n} answer", "{model} on {where}: {n} answers", n_done).format(model=model, where=set_name, n=n_done)
    if score is None or not score.measured:
        return said + "; " + text("no score: nothing of it is labelled yet.")
    metric_name = {"accuracy": text("right answers"), "frame_score": text("frames without a fault")}.get(metric, metric)
    return (
        said
        + "; "
        + text("{metric} {value} ({range}, n = {n}).").format(
            metric=metric_name, value=percent(score.value), range=percent_range(score.lo, score.hi), n=score.n
        )
    )
