"""Names of what frames can be filtered, sorted and sliced by, and of its values, in words."""

from __future__ import annotations

from collections.abc import Mapping

from fieldcheck.words.conditions import condition
from fieldcheck.words.footage import stratum_name
from fieldcheck.words.language import text


def facet_name(facet: str) -> str:
    """Name of a facet, such as camera or condition."""
    return {
        "set": text("Dataset"),
        "class": text("Labelled as"),
        "prediction": text("Prediction"),
        "right": text("Correct or wrong"),
        "condition": text("Condition"),
        "camera": text("Camera"),
        "location": text("Location"),
        "clip": text("Clip"),
        "light": text("Light in the image"),
        "blur": text("Blur"),
        "noise": text("Noise"),
        "hour": text("Hour"),
        "operator": text("Labelled by"),
        "occluded": text("Occluded"),
        "tag": text("Tag"),
        "stratum": text("Sampling stratum"),
        "state": text("Label status"),
        "second_look": text("Label review"),
    }[facet]


def figure_name(figure: str) -> str:
    """Name of a figure that frames are sorted or filtered by."""
    return {
        "confidence": text("Model confidence"),
        "label_confidence": text("Label confidence"),
        "time": text("Time"),
        "brightness": text("Brightness"),
        "sharpness": text("Sharpness"),
        "noise_level": text("Noise level"),
        "box_side": text("Smallest box, pixels"),
        "box_cells": text("Smallest box (model cells)"),
    }[figure]


def facet_value(facet: str, value: str, clip_names: Mapping[str, str] | None = None) -> str:
    """One value in words; a name that somebody gave stands for itself. `clip_names`: what clips are called, by their ids."""
    if facet == "clip":
        return (clip_names or {}).get(value, value)
    if facet == "condition":
        return condition(value)
    if facet == "hour":
        return f"{value}:00–{value}:59"
    if facet == "stratum":
        return stratum_name(value)
    return _words().get((facet, value), value)


def _words() -> dict[tuple[str, str], str]:
    return {
        ("set", "field"): text("picked frames"),
        ("set", "footage"): text("other frames"),
        ("set", "benchmark"): text("benchmark"),
        ("right", "right"): text("correct"),
        ("right", "wrong"): text("wrong"),
        ("light", "dark"): text("dark"),
        ("light", "bright"): text("bright"),
        ("light", "backlit"): text("backlit"),
        ("light", "low_contrast"): text("little contrast"),
        ("light", "normal"): text("normal light"),
        ("blur", "low"): text("sharpest third"),
        ("blur", "middle"): text("middle third, blur"),
        ("blur", "high"): text("most blurred third"),
        ("noise", "low"): text("least noise"),
        ("noise", "middle"): text("middle third, noise"),
        ("noise", "high"): text("most noise"),
        ("state", "done"): text("labelled"),
        ("state", "unsure"): text("unsure"),
        ("state", "skipped"): text("skipped"),
        ("state", "waiting"): text("unlabelled"),
        ("occluded", "yes"): text("occluded"),
        ("occluded", "no"): text("not occluded"),
        ("second_look", "model_wrong"): text("model wrong"),
        ("second_look", "label_wrong"): text("label wrong"),
        ("second_look", "cannot_tell"): text("can't tell"),
    }
