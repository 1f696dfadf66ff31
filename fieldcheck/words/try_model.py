"""Trial of a model in words: its answer to one picture."""

from __future__ import annotations

from math import isnan

from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.language import tr, tr_plural

Rectangle = tuple[float, float, float, float]


def describe_model_input(model: str, steps: tuple[str, ...]) -> str:
    """Preprocessing in words: what becomes of every picture before the model sees it."""
    return tr("{model} input: {steps}.").format(model=model, steps="; ".join(steps))


def describe_visible_part(size: tuple[int, int], crop: Rectangle) -> str:
    """How much of a picture of `size` (height, width) is in the model's input."""
    height, width = size
    x1, y1, x2, y2 = crop
    share = (x2 - x1) * (y2 - y1) / (height * width)
    if round(share * 100) >= 100:
        return tr("{width} × {height}, fully visible to the model").format(width=width, height=height)
    said = tr("{width} × {height}, {share} visible to the model: {x1}, {y1} to {x2}, {y2}")
    return said.format(width=width, height=height, share=format_percent(share), x1=round(x1), y1=round(y1), x2=round(x2), y2=round(y2))


def format_answer(name: str, score: float, box: Rectangle | None) -> str:
    """One class, or one box with its place."""
    if box is None:
        return tr("{name} {share}").format(name=name, share=format_number(score, 2))
    x1, y1, x2, y2 = (round(side) for side in box)
    return tr("{name} {share} at {x1}, {y1} to {x2}, {y2}").format(name=name, share=format_number(score, 2), x1=x1, y1=y1, x2=x2, y2=y2)


def describe_no_answer(of_boxes: bool, nan: bool) -> str:
    """Why there is no answer to show."""
    if nan:
        return tr("no prediction: the model returned NaN or an infinite value")
    return tr("nothing detected above the threshold") if of_boxes else tr("no prediction")


def describe_more_boxes(n: int) -> str:
    """Boxes that are not listed one by one."""
    return tr_plural("and {n} more", "and {n} more", n).format(n=n)


def describe_visible_share(share: float) -> str:
    """How much of a frame the model sees."""
    if round(share * 100) >= 100:
        return tr("The model sees the whole frame.")
    return tr("The model sees {share} of the frame.").format(share=format_percent(share))


def describe_object_losses(n: int, n_cut: int, n_thin: int, stride: int | None, surviving: float) -> str:
    """Of `n` labelled objects: how many are cut by the crop, how many of their pixels survive, how many fit into one cell."""
    if not n or isnan(surviving):
        return ""
    said = [tr_plural("Of {n} labelled object", "Of {n} labelled objects", n).format(n=n)]
    cut = tr("none cut by the crop") if not n_cut else tr_plural("{n} cut by the crop", "{n} cut by the crop", n_cut).format(n=n_cut)
    said.append(cut)
    said.append(tr("{share} of the pixels remain").format(share=format_percent(surviving)))
    if stride is not None:
        thin = tr_plural("{n} is thinner than one cell of {stride} pixels", "{n} are thinner than one cell of {stride} pixels", n_thin)
        said.append(thin.format(n=n_thin, stride=stride))
    return tr("{objects}: {facts}.").format(objects=said[0], facts="; ".join(said[1:]))
