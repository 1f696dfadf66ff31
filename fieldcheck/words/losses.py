"""What labelled objects lose on their way into the model, in a sentence."""

from __future__ import annotations

from math import isnan

from fieldcheck.words.figures import percent
from fieldcheck.words.language import plural, text


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
    cut = text("the crop cuts none") if not n_cut else plural("the crop cuts {n}", "the crop cuts {n}", n_cut).format(n=n_cut)
    said.append(cut)
    said.append(text("{share} of the pixels survive").format(share=percent(surviving)))
    if stride is not None:
        thin = plural("{n} is thinner than one cell of {stride} pixels", "{n} are thinner than one cell of {stride} pixels", n_thin)
        said.append(thin.format(n=n_thin, stride=stride))
    return text("{objects}: {facts}.").format(objects=said[0], facts="; ".join(said[1:]))
