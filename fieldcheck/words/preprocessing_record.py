"""How a frame becomes the model's input, in words: every step that has an effect, in its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldcheck.words.figures import format_percent
from fieldcheck.words.language import get_language, tr

DIGITS = 4


def list_preprocessing_lines(preprocessing_record: Mapping[str, Any]) -> tuple[str, ...]:
    """`receipt` as `inference.receipt` gives it → colour order, crop, resize, scaling, and the range of the figures."""
    steps = [_describe_colour(preprocessing_record["colour"])]
    if preprocessing_record["crop"] != 1:
        steps.append(tr("central {share} of the frame").format(share=format_percent(preprocessing_record["crop"])))
    steps.append(_describe_resize(preprocessing_record))
    steps.append(_describe_scaling(preprocessing_record))
    lows, highs = zip(*preprocessing_record["range"], strict=True)
    steps.append(tr("value range {lo} to {hi}").format(lo=format_figure(min(lows)), hi=format_figure(max(highs))))
    return tuple(steps)


def format_figure(value: float) -> str:
    """At most four digits that count, as they are written in the language that is spoken."""
    said = f"{float(value):.{DIGITS}g}".replace("-", "−")
    return said.replace(".", ",") if get_language() == "de" else said


def _describe_colour(colour: str) -> str:
    return {"RGB": tr("channel order RGB"), "BGR": tr("channel order BGR"), "GRAY": tr("greyscale")}[colour]


def _describe_resize(preprocessing_record: Mapping[str, Any]) -> str:
    height, width = preprocessing_record["size"]
    said = {
        "stretch": tr("stretched to {width} × {height} ({how})"),
        "letterbox": tr("letterboxed to {width} × {height} ({how})"),
        "centre_crop": tr("resized, then centre crop {width} × {height} ({how})"),
        "short_side": tr("shorter side resized to {width} × {height} ({how})"),
    }[preprocessing_record["resize"]]
    return said.format(width=width, height=height, how=preprocessing_record["interpolation"])


def _describe_scaling(preprocessing_record: Mapping[str, Any]) -> str:
    by = (
        tr("÷ 255")
        if abs(preprocessing_record["scale"] * 255 - 1) < 0.01
        else tr("× {factor}").format(factor=format_figure(preprocessing_record["scale"]))
    )
    if set(preprocessing_record["mean"]) == {0.0} and set(preprocessing_record["std"]) == {1.0}:
        return by
    mean, std = (_format_channels(preprocessing_record[key]) for key in ("mean", "std"))
    return tr("{scaled}, minus {mean}, divided by {std}").format(scaled=by, mean=mean, std=std)


def _format_channels(values: Sequence[float]) -> str:
    """A figure a channel, or the one that holds for all of them."""
    return ", ".join(format_figure(value) for value in (values if len(set(values)) > 1 else values[:1]))
