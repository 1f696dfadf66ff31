"""Scores of a run on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.answer_kind import ALL_ANSWER_KINDS
from fieldcheck.domain.estimate import Estimate
from fieldcheck.words.figures import format_interval, format_percent
from fieldcheck.words.formatting import format_names
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.remedies import format_remedy

FURTHER = frozenset(name for kind in ALL_ANSWER_KINDS for name in kind.further)  # metrics that are no share of right frames


def describe_embedding_run(model: str, on: str, n_done: int, tensor: str) -> str:
    """One pass that made vectors: over what, how many, and what they come from."""
    set_name = {"footage": tr("footage"), "benchmark": tr("benchmark")}[on]
    said = tr_plural("{where}: {n} embedding", "{where}: {n} embeddings", n_done).format(where=set_name, n=n_done)
    if tensor:
        return said + "; " + tr("from inside {model} ({tensor}).").format(model=model, tensor=tensor)
    return said + "; " + tr("from image statistics: {model} has no suitable tensor.").format(model=model)


def get_metric_name(code: str) -> str:
    """A metric inside a sentence."""
    return {
        "accuracy": tr("accuracy"),
        "frame_score": tr("frames without errors"),
        "point_score": tr("frames whose points are all covered"),
        "balanced_accuracy": tr("balanced accuracy"),
        "map": tr("mAP (COCO, IoU 0.50 to 0.95)"),
        "map50": tr("mAP at IoU 0.50"),
        "recall": tr("object recall"),
    }.get(code, code)


def describe_run(model: str, on: str, n_done: int, metric: str, score: Estimate | None) -> str:
    """One run: over what, how many answers, and the score where there is one."""
    set_name = {"field": tr("picked frames"), "footage": tr("footage"), "benchmark": tr("benchmark")}[on]
    said = tr_plural("{model} on {where}: {n} prediction", "{model} on {where}: {n} predictions", n_done).format(
        model=model, where=set_name, n=n_done
    )
    if score is None or not score.measured:
        return said + "; " + tr("no score: no labels.")
    return (
        said
        + "; "
        + tr("{metric} {value} ({range}, n = {n}).").format(
            metric=get_metric_name(metric), value=format_percent(score.value), range=format_interval(score), n=score.n
        )
    )


def describe_missing_interval(name: str, score: Estimate) -> str:
    """That a resampled score has no interval, and why. `name`: what it is called where it is printed."""
    said = tr_plural(
        "{name}: the bootstrap over {n} frame shows no spread, so the interval is unknown.",
        "{name}: all {n} frames have the same result, so the bootstrap shows no spread and the interval is unknown.",
        score.n,
    )
    return said.format(name=name, n=score.n)


def list_left_out_frames(frames: Sequence[str]) -> str:
    """Picked frames whose saved picture is not what was stored."""
    return tr_plural(
        "The saved image of {n} picked frame was modified later; the frame was skipped: {names}.",
        "The saved images of {n} picked frames were modified later; the frames were skipped: {names}.",
        len(frames),
    ).format(n=len(frames), names=format_names(frames))


def list_not_renewed_images(names: Sequence[str]) -> str:
    """Pictures of the benchmark that changed after they were answered, and of which the model was not asked again."""
    return tr_plural(
        "{n} benchmark image changed since it was last run: benchmark score and gap refer to the old image. "
        "Run the model on the benchmark again: {names}.",
        "{n} benchmark images changed since they were last run: benchmark score and gap refer to the old "
        "images. Run the model on the benchmark again: {names}.",
        len(names),
    ).format(n=len(names), names=format_names(names))


def list_renewed_images(names: Sequence[str]) -> str:
    """Pictures of the benchmark that changed after they were answered."""
    return tr_plural(
        "{n} benchmark image changed since it was last run; the model was run on it again: {names}.",
        "{n} benchmark images changed since they were last run; the model was run on them again: {names}.",
        len(names),
    ).format(n=len(names), names=format_names(names))


def list_unreadable_images(names: Sequence[str]) -> str:
    """Pictures that a job in the window left out because they cannot be read."""
    return tr_plural(
        "{n} unreadable image skipped: {names}. Copy it again and repeat the run.",
        "{n} unreadable images skipped: {names}. Copy them again and repeat the run.",
        len(names),
    ).format(n=len(names), names=format_names(names))


def describe_excluded_people(n: int, asked: str = "people") -> str:
    """Frames that an export left out because a person is marked on them. `asked`: the remedy by which they come along."""
    return tr_plural(
        "{n} frame with a marked person was left out{remedy}.", "{n} frames with a marked person were left out{remedy}.", n
    ).format(n=n, remedy=format_remedy(asked))
