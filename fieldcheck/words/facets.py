"""Names of what frames can be filtered, sorted and sliced by, and of its values, in words."""

from __future__ import annotations

from collections.abc import Mapping

from fieldcheck.words.conditions import get_condition_name
from fieldcheck.words.footage import get_stratum_name
from fieldcheck.words.language import tr


def get_facet_name(facet: str) -> str:
    """Name of a facet, such as camera or condition."""
    return {
        "set": tr("Dataset"),
        "class": tr("Labelled as"),
        "prediction": tr("Prediction"),
        "right": tr("Correct or wrong"),
        "condition": tr("Condition"),
        "camera": tr("Camera"),
        "location": tr("Location"),
        "clip": tr("Clip"),
        "light": tr("Light in the image"),
        "blur": tr("Blur"),
        "noise": tr("Noise"),
        "hour": tr("Hour"),
        "operator": tr("Labelled by"),
        "occluded": tr("Occluded"),
        "tag": tr("Tag"),
        "stratum": tr("Sampling stratum"),
        "state": tr("Label status"),
        "second_look": tr("Label review"),
    }[facet]


def get_figure_name(figure: str) -> str:
    """Name of a figure that frames are sorted or filtered by."""
    return {
        "confidence": tr("Model confidence"),
        "label_confidence": tr("Label confidence"),
        "time": tr("Time"),
        "brightness": tr("Brightness"),
        "sharpness": tr("Sharpness"),
        "noise_level": tr("Noise level"),
        "box_side": tr("Smallest box, pixels"),
        "box_cells": tr("Smallest box (model cells)"),
    }[figure]


def get_facet_value_name(facet: str, value: str, clip_names: Mapping[str, str] | None = None) -> str:
    """One value in words; a name that somebody gave stands for itself. `clip_names`: what clips are called, by their ids."""
    if facet == "clip":
        return (clip_names or {}).get(value, value)
    if facet == "condition":
        return get_condition_name(value)
    if facet == "hour":
        return f"{value}:00–{value}:59"
    if facet == "stratum":
        return get_stratum_name(value)
    return _get_value_names().get((facet, value), value)


def _get_value_names() -> dict[tuple[str, str], str]:
    return {
        ("set", "field"): tr("picked frames"),
        ("set", "footage"): tr("other frames"),
        ("set", "benchmark"): tr("benchmark"),
        ("right", "right"): tr("correct"),
        ("right", "wrong"): tr("wrong"),
        ("light", "dark"): tr("dark"),
        ("light", "bright"): tr("bright"),
        ("light", "backlit"): tr("backlit"),
        ("light", "low_contrast"): tr("little contrast"),
        ("light", "normal"): tr("normal light"),
        ("blur", "low"): tr("sharpest third"),
        ("blur", "middle"): tr("middle third, blur"),
        ("blur", "high"): tr("most blurred third"),
        ("noise", "low"): tr("least noise"),
        ("noise", "middle"): tr("middle third, noise"),
        ("noise", "high"): tr("most noise"),
        ("state", "done"): tr("labelled"),
        ("state", "unsure"): tr("unsure"),
        ("state", "skipped"): tr("skipped"),
        ("state", "waiting"): tr("unlabelled"),
        ("occluded", "yes"): tr("occluded"),
        ("occluded", "no"): tr("not occluded"),
        ("second_look", "model_wrong"): tr("model wrong"),
        ("second_look", "label_wrong"): tr("label wrong"),
        ("second_look", "cannot_tell"): tr("can't tell"),
    }
