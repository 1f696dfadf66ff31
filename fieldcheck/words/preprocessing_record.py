"""How a frame becomes the model's input, in words: every step that has an effect, in its order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldcheck.words.figures import percent
from fieldcheck.words.language import current, text

DIGITS = 4


def preprocessing_lines(preprocessing_record: Mapping[str, Any]) -> tuple[str, ...]:
    """`receipt` as `inference.receipt` gives it → colour order, crop, resize, scaling, and the range of the figures."""
    steps = [_colour(preprocessing_record["colour"])]
    if preprocessing_record["crop"] != 1:
        steps.append(text("central {share} of the frame").format(share=percent(preprocessing_record["crop"])))
    steps.append(_resize(preprocessing_record))
    steps.append(_scaled(preprocessing_record))
    lows, highs = zip(*preprocessing_record["range"], strict=True)
    steps.append(text("value range {lo} to {hi}").format(lo=figure(min(lows)), hi=figure(max(highs))))
    return tuple(steps)


def figure(value: float) -> str:
    """At most four digits that count, as they are written in the language that is spoken."""
    said = f"{float(value):.{DIGITS}g}".replace("-", "−")
    return said.replace(".", ",") if current() == "de" else said


def _colour(colour: str) -> str:
    return {"RGB": text("channel order RGB"), "BGR": text("channel order BGR"), "GRAY": text("greyscale")}[colour]


def _resize(preprocessing_record: Mapping[str, Any]) -> str:
    height, width = preprocessing_record["size"]
    said = {
        "stretch": text("stretched to {width} × {height} ({how})"),
        "letterbox": text("letterboxed to {width} × {height} ({how})"),
        "centre_crop": text("resized, then centre crop {width} × {height} ({how})"),
        "short_side": text("shorter side resized to {width} × {height} ({how})"),
    }[preprocessing_record["resize"]]
    return said.format(width=width, height=height, how=preprocessing_record["interpolation"])


def _scaled(preprocessing_record: Mapping[str, Any]) -> str:
    by = (
        text("÷ 255")
        if abs(preprocessing_record["scale"] * 255 - 1) < 0.01
        else text("× {factor}").format(factor=figure(preprocessing_record["scale"]))
    )
    if set(preprocessing_record["mean"]) == {0.0} and set(preprocessing_record["std"]) == {1.0}:
        return by
    mean, std = (_each(preprocessing_record[key]) for key in ("mean", "std"))
    return text("{scaled}, minus {mean}, divided by {std}").format(scaled=by, mean=mean, std=std)


def _each(values: Sequence[float]) -> str:
    """A figure a channel, or the one that holds for all of them."""
    return ", ".join(figure(value) for value in (values if len(set(values)) > 1 else values[:1]))
