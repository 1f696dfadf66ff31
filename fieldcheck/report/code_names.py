"""The words for the report's codes: verdict, metrics, conditions, rules. A code that is not known stands for itself."""

from __future__ import annotations

from collections.abc import Mapping

from fieldcheck.domain.verdict import CheckState, Readiness
from fieldcheck.words.facets import get_facet_value_name
from fieldcheck.words.language import tr


def get_readiness_sign(code: Readiness) -> str:
    """The shape that stands before that word."""
    signs = {"not_ready": "octagon", "not_shown": "triangle", "supervised_trial": "tick", "not_enough": "ring", "not_comparable": "unequal"}
    return signs[code]


def get_metric_name(code: str) -> str:
    """A score's name in a table."""
    return {
        "accuracy": tr("Accuracy"),
        "frame_score": tr("Frames without a miss or a false alarm"),
        "point_score": tr("Frames with every point covered by a mask"),
        "points_hit": tr("Share of points that a mask covers"),
        "false_area": tr("False-positive area per frame"),
        "balanced_accuracy": tr("Balanced accuracy (every class counts equally)"),
        "macro_f1": tr("Mean F1 over the classes that occur"),
        "map": tr("Mean average precision (COCO, IoU 0.50 to 0.95)"),
        "map50": tr("Mean average precision (IoU 0.50)"),
        "precision": tr("Precision: share of detections that are correct"),
        "recall": tr("Recall: share of objects that are found"),
    }.get(code, code)


def get_slice_key_name(key: str) -> str:
    """Name of what a group of slices was cut by."""
    return {
        "location": tr("By location"),
        "camera": tr("By camera"),
        "condition": tr("By condition"),
        "clip": tr("By clip"),
        "class": tr("By class"),
        "light": tr("By light"),
        "blur": tr("By blur"),
        "noise": tr("By noise"),
        "hour": tr("By hour"),
        "operator": tr("By annotator"),
        "tag": tr("By tag"),
        "occluded": tr("Occlusion"),
        "slice": tr("By saved slice"),
    }.get(key, key)


def get_slice_kind_name(key: str) -> str:
    """Kind of slice: the metadata or image statistic it was cut by, in brackets behind its name."""
    return {
        "location": tr("location"),
        "camera": tr("camera"),
        "condition": tr("condition"),
        "clip": tr("clip"),
        "class": tr("class"),
        "light": tr("light"),
        "blur": tr("blur"),
        "noise": tr("noise"),
        "hour": tr("hour"),
        "operator": tr("annotator"),
        "tag": tr("tag"),
        "occluded": tr("occluded"),
        "slice": tr("saved slice"),
    }.get(key, key)


def get_design_name(code: str) -> str:
    """How the frames were chosen."""
    return {
        "balanced": tr("balanced: 40% from the hardest 20% of frames, 60% from the rest, drawn at random"),
        "even": tr("even in time: stratified random sample, one frame per equal interval"),
        "light": tr("worst light: 40% from the 20% with the lowest image quality, 60% from the rest, drawn at random"),
        "hard": tr("hard only: the hardest frames, not random; not representative of the footage"),
    }[code]


def get_interval_method_name(code: str) -> str:
    """How an interval was made."""
    return {
        "wilson": tr("Wilson interval"),
        "stratified_wilson": tr("Wilson intervals per sampling stratum, combined by square-and-add"),
        "hajek_wilson": tr("Wilson interval with the frames' weights"),
        "cluster_wilson": tr("Wilson interval with effective sample size by clip and Student's t"),
        "beta_binomial_clips": tr("beta-binomial over clips, with the measured within-clip correlation"),
        "cluster_t": tr("Student's t over the clips"),
        "bootstrap_frames": tr("bootstrap over the frames"),
        "bootstrap_clips": tr("bootstrap over the clips"),
        "exact": tr("exact limits: all frames have the same result"),
    }.get(code, code)


def get_check_state_label(state: CheckState) -> tuple[str, str]:
    """Shape and word of a checklist line."""
    return {
        "pass": ("✓", tr("met")),
        "fail": ("✗", tr("not met")),
        "too_few": ("◔", tr("too few")),
        "not_measured": ("–", tr("not measured")),
    }[state]


def get_slice_value_name(key: str, value: str, clip_names: Mapping[str, str] | None = None) -> str:
    """Name of what the frames of a slice share: a condition's word, a clip by source and time, or the place, camera or class as it was
    given."""
    return get_facet_value_name(key, value, clip_names)
