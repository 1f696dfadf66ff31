"""The words for the report's codes: verdict, metrics, conditions, rules. A code that is not known stands for itself."""

from __future__ import annotations

from collections.abc import Mapping

from fieldcheck.domain.verdict import CheckState, Readiness
from fieldcheck.words.conditions import condition as condition
from fieldcheck.words.facets import facet_value
from fieldcheck.words.gap import readiness as readiness
from fieldcheck.words.language import text


def sign_of(code: Readiness) -> str:
    """The shape that stands before that word."""
    signs = {"not_ready": "octagon", "not_shown": "triangle", "supervised_trial": "tick", "not_enough": "ring", "not_comparable": "unequal"}
    return signs[code]


def metric(code: str) -> str:
    """A score's name in a table."""
    return {
        "accuracy": text("Accuracy"),
        "frame_score": text("Frames without a miss or a false alarm"),
        "point_score": text("Frames with every point covered by a mask"),
        "points_hit": text("Share of points that a mask covers"),
        "false_area": text("False-positive area per frame"),
        "balanced_accuracy": text("Balanced accuracy (every class counts equally)"),
        "macro_f1": text("Mean F1 over the classes that occur"),
        "map": text("Mean average precision (COCO, IoU 0.50 to 0.95)"),
        "map50": text("Mean average precision (IoU 0.50)"),
        "precision": text("Precision: share of detections that are correct"),
        "recall": text("Recall: share of objects that are found"),
    }.get(code, code)


def slice_key(key: str) -> str:
    """Name of what a group of slices was cut by."""
    return {
        "location": text("By location"),
        "camera": text("By camera"),
        "condition": text("By condition"),
        "clip": text("By clip"),
        "class": text("By class"),
        "light": text("By light"),
        "blur": text("By blur"),
        "noise": text("By noise"),
        "hour": text("By hour"),
        "operator": text("By annotator"),
        "tag": text("By tag"),
        "occluded": text("Occlusion"),
        "slice": text("By saved slice"),
    }.get(key, key)


def slice_kind(key: str) -> str:
    """Kind of slice: the metadata or image statistic it was cut by, in brackets behind its name."""
    return {
        "location": text("location"),
        "camera": text("camera"),
        "condition": text("condition"),
        "clip": text("clip"),
        "class": text("class"),
        "light": text("light"),
        "blur": text("blur"),
        "noise": text("noise"),
        "hour": text("hour"),
        "operator": text("annotator"),
        "tag": text("tag"),
        "occluded": text("occluded"),
        "slice": text("saved slice"),
    }.get(key, key)


def design(code: str) -> str:
    """How the frames were chosen."""
    return {
        "balanced": text("balanced: 40% from the hardest 20% of frames, 60% from the rest, drawn at random"),
        "even": text("even in time: stratified random sample, one frame per equal interval"),
        "light": text("worst light: 40% from the 20% with the lowest image quality, 60% from the rest, drawn at random"),
        "hard": text("hard only: the hardest frames, not random; not representative of the footage"),
    }[code]


def method(code: str) -> str:
    """How an interval was made."""
    return {
        "wilson": text("Wilson interval"),
        "stratified_wilson": text("Wilson intervals per sampling stratum, combined by square-and-add"),
        "hajek_wilson": text("Wilson interval with the frames' weights"),
        "cluster_wilson": text("Wilson interval with effective sample size by clip and Student's t"),
        "beta_binomial_clips": text("beta-binomial over clips, with the measured within-clip correlation"),
        "cluster_t": text("Student's t over the clips"),
        "bootstrap_frames": text("bootstrap over the frames"),
        "bootstrap_clips": text("bootstrap over the clips"),
        "exact": text("exact limits: all frames have the same result"),
    }.get(code, code)


def check_state(state: CheckState) -> tuple[str, str]:
    """Shape and word of a checklist line."""
    return {
        "pass": ("✓", text("met")),
        "fail": ("✗", text("not met")),
        "too_few": ("◔", text("too few")),
        "not_measured": ("–", text("not measured")),
    }[state]


def slice_value(key: str, value: str, clip_names: Mapping[str, str] | None = None) -> str:
    """Name of what the frames of a slice share: a condition's word, a clip by source and time, or the place, camera or class as it was
    given."""
    return facet_value(key, value, clip_names)
