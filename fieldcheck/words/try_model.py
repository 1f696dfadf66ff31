"""Trial of a model in words: its answer to one picture."""

from __future__ import annotations

from math import isnan

from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import plural, text

Rectangle = tuple[float, float, float, float]


def goes_in(model: str, steps: tuple[str, ...]) -> str:
    """Preprocessing in words: what becomes of every picture before the model sees it."""
    return text("{model} input: {steps}.").format(model=model, steps="; ".join(steps))


def part_seen(size: tuple[int, int], crop: Rectangle) -> str:
    """How much of a picture of `size` (height, width) is in the model's input."""
    height, width = size
    x1, y1, x2, y2 = crop
    share = (x2 - x1) * (y2 - y1) / (height * width)
    if round(share * 100) >= 100:
        return text("{width} × {height}, fully visible to the model").format(width=width, height=height)
    said = text("{width} × {height}, {share} visible to the model: {x1}, {y1} to {x2}, {y2}")
    return said.format(width=width, height=height, share=percent(share), x1=round(x1), y1=round(y1), x2=round(x2), y2=round(y2))


def answered(name: str, score: float, box: Rectangle | None) -> str:
    """One class, or one box with its place."""
    if box is None:
        return text("{name} {share}").format(name=name, share=number(score, 2))
    x1, y1, x2, y2 = (round(side) for side in box)
    return text("{name} {share} at {x1}, {y1} to {x2}, {y2}").format(name=name, share=number(score, 2), x1=x1, y1=y1, x2=x2, y2=y2)


def nothing_answered(of_boxes: bool, nan: bool) -> str:
    """Why there is no answer to show."""
    if nan:
        return text("no prediction: the model returned NaN or an infinite value")
    return text("nothing detected above the threshold") if of_boxes else text("no prediction")


def more_boxes(n: int) -> str:
    """Boxes that are not listed one by one."""
    return plural("and {n} more", "and {n} more", n).format(n=n)


def part_said(share: float) -> str:
    """How much of a frame the model sees."""
    if round(share * 100) >= 100:
        return text("The model sees the whole frame.")
    return text("The model sees {share} of the frame.").format(share=percent(share))


def losses_said(n: int, n_cut: int, n_thin: int, stride: int | None, surviving: float) -> str:
    """Of `n` labelled objects: how many are cut by the crop, how many of their pixels survive, how many fit into one cell."""
    if not n or isnan(surviving):
        return ""
    said = [plural("Of {n} labelled object", "Of {n} labelled objects", n).format(n=n)]
    cut = text("none cut by the crop") if not n_cut else plural("{n} cut by the crop", "{n} cut by the crop", n_cut).format(n=n_cut)
    said.append(cut)
    said.append(text("{share} of the pixels remain").format(share=percent(surviving)))
    if stride is not None:
        thin = plural("{n} is thinner than one cell of {stride} pixels", "{n} are thinner than one cell of {stride} pixels", n_thin)
        said.append(thin.format(n=n_thin, stride=stride))
    return text("{objects}: {facts}.").format(objects=said[0], facts="; ".join(said[1:]))
