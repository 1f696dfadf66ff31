"""Words and numbers of the report: names for verdicts, metrics, conditions, rules and columns;
estimates with as many digits as n justifies."""

from __future__ import annotations

from collections.abc import Mapping

from fieldcheck.domain.estimate import FEW_FRAMES, CheckState, Estimate, Readiness
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n import numbers
from fieldcheck.i18n.language import get_language, tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import (
    format_interval,
    format_number,
    format_percent,
    format_points,
    format_points_interval,
    format_rate_limits,
    format_share_with_count,
    get_range_digits,
    has_no_events,
)
from fieldcheck.sampling.messages import get_stratum_name
from fieldcheck.timestamp import parse_local_time

# Names of what frames can be filtered, sorted and sliced by, and of its values, in words.


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


def get_facet_value_name(
    facet: str, value: str, clip_names: Mapping[str, str] | None = None
) -> str:
    """One value in words; a name that somebody gave stands for itself. `clip_names`: what clips are
    called, by their ids."""
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


def get_readiness_sign(code: Readiness) -> str:
    """The shape that stands before that word."""
    signs = {
        "not_ready": "octagon",
        "supervised_trial": "tick",
        "not_enough": "ring",
        "not_comparable": "unequal",
        "not_judgeable": "triangle",
        "no_verdict": "ring",
    }
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
        "balanced": tr(
            "balanced: 40% from the hardest 20% of frames, 60% from the rest, drawn at random"
        ),
        "even": tr("even in time: stratified random sample, one frame per equal interval"),
        "light": tr(
            "worst conditions: 40% from the 20% with the lowest image quality, 60% from the rest, "
            "drawn at random"
        ),
        "hard": tr("hard only: the hardest frames, not random; not representative of the footage"),
    }[code]


def get_interval_method_name(code: str) -> str:
    """How an interval was made."""
    return {
        "wilson": tr("Wilson interval"),
        "stratified_wilson": tr(
            "Wilson intervals per sampling stratum, combined by square-and-add"
        ),
        "hajek_wilson": tr("Wilson interval with the frames' weights"),
        "cluster_wilson": tr("Wilson interval with effective sample size by clip and Student's t"),
        "beta_binomial_clips": tr(
            "beta-binomial over clips, with the measured within-clip correlation"
        ),
        "cluster_t": tr("Student's t over the clips"),
        "bootstrap_frames": tr("bootstrap over the frames"),
        "bootstrap_clips": tr("bootstrap over the clips"),
        "exact": tr("exact interval: all frames have the same result"),
        "census": tr("census: every sampled frame is counted"),
    }.get(code, code)


def get_check_state_label(state: CheckState) -> tuple[str, str]:
    """Shape and word of a checklist line."""
    return {
        "pass": ("✓", tr("met")),
        "fail": ("✗", tr("not met")),
        "too_few": ("◔", tr("too few")),
        "not_measured": ("–", tr("not measured")),
        "not_applicable": ("·", tr("does not apply")),
    }[state]


def get_slice_value_name(key: str, value: str, clip_names: Mapping[str, str] | None = None) -> str:
    """Name of what the frames of a slice share: a condition's word, a clip by source and time, or
    the place, camera or class as it was given."""
    return get_facet_value_name(key, value, clip_names)


# Estimates and other figures as the page prints them: no more digits than the number of frames
# justifies (ux 5.2).

_ENOUGH_FOR_A_DECIMAL = 500
_ENOUGH_ON_A_BENCHMARK = 1000


def format_value(estimate: Estimate, enough: int = _ENOUGH_FOR_A_DECIMAL) -> str:
    """The score alone; below ten frames the words "too few" stand for it, unless these are all that
    there are."""
    if not estimate.measured:
        return tr("not measured")
    if estimate.n < FEW_FRAMES and not estimate.census:
        return tr("too few")
    return format_percent(estimate.value, _get_digits(estimate, enough))


def format_range(estimate: Estimate, enough: int = _ENOUGH_FOR_A_DECIMAL) -> str:
    """The range alone, empty where nothing was measured; a census has none, and says so."""
    return format_interval(estimate, _get_digits(estimate, enough)) if estimate.measured else ""


def format_value_with_count(estimate: Estimate) -> str:
    """The score alone, with its n where that is small."""
    if not estimate.measured or estimate.n < FEW_FRAMES:
        return format_value(estimate)
    return format_share_with_count(estimate, _get_digits(estimate, _ENOUGH_FOR_A_DECIMAL))


def format_spread(estimate: Estimate) -> str:
    """The range, with the n where that is small; empty where nothing was measured."""
    if not estimate.measured:
        return ""
    return numbers.format_spread(estimate, _get_digits(estimate, _ENOUGH_FOR_A_DECIMAL))


def format_value_with_range(estimate: Estimate) -> str:
    """A score with its range in a cell, and with its n where that is small: `54% (45–63%)`,
    `83% (52–95%, n = 12)`, `54% (census)`, `not measured`."""
    if not estimate.measured:
        return format_value(estimate)
    return f"{format_value(estimate)} ({format_spread(estimate)})"


def format_counted_value(estimate: Estimate) -> str:
    """A score with its range where its n stands beside."""
    if not estimate.measured:
        return format_value(estimate)
    return f"{format_value(estimate)} ({format_range(estimate)})"


def format_rate(rate: Estimate) -> str:
    """A rate of events alone: `0 of 105` where none was seen, else as `format_value`."""
    if has_no_events(rate) and rate.n >= FEW_FRAMES:
        return numbers.format_rate(rate)
    return format_value(rate)


def format_rate_range(rate: Estimate) -> str:
    """Range of a rate, in brackets behind `format_rate`."""
    if has_no_events(rate) and rate.n >= FEW_FRAMES:
        return format_rate_limits(rate)
    return format_range(rate)


def format_rate_with_range(rate: Estimate) -> str:
    """A rate of events with its range in a cell, and with its n where that is small: `12% (5–24%)`,
    `0 of 105 (upper limit 3.6%)`."""
    if has_no_events(rate) and rate.n >= FEW_FRAMES:
        return f"{format_rate(rate)} ({format_rate_range(rate)})"
    return format_value_with_range(rate)


def format_counted_rate(rate: Estimate) -> str:
    """A rate of events with its range where its n stands beside."""
    if not rate.measured:
        return format_value(rate)
    return f"{format_rate(rate)} ({format_rate_range(rate)})"


def format_estimate(estimate: Estimate, enough: int = _ENOUGH_FOR_A_DECIMAL) -> str:
    """A score that can stand alone: with its range and its n, or the words for what is missing."""
    if not estimate.measured:
        return tr("not measured")
    return tr(
        "{value} ({range}, n = {n})",
        value=format_value(estimate, enough),
        range=format_range(estimate, enough),
        n=estimate.n,
    )


def format_benchmark_value(estimate: Estimate) -> str:
    """The benchmark's score: one decimal from a thousand pictures on."""
    return format_value(estimate, _ENOUGH_ON_A_BENCHMARK)


def format_benchmark_estimate(estimate: Estimate) -> str:
    """Estimate as in `format_estimate`, with the benchmark's digits."""
    return format_estimate(estimate, _ENOUGH_ON_A_BENCHMARK)


def format_gap(estimate: Estimate) -> str:
    """A difference in points."""
    points = format_points(estimate.value)
    return tr_points("gap {points} pp", points).format(points=points)


def format_gap_with_range(estimate: Estimate) -> str:
    """A difference in points with its range."""
    points = format_points(estimate.value)
    return tr_points("gap {points} pp ({range})", points).format(
        points=points, range=format_points_interval(estimate)
    )


def format_timestamp(iso: str) -> str:
    """`2026-11-25T00:31:00Z` → `2026-11-25 00:31 UTC`, `…T08:31:00.125+01:00` → `2026-11-25 08:31
    UTC+01:00`, in every language."""
    if len(iso) < 16:
        return iso
    offset = iso[-6:] if iso[-6] in "+-" else ""
    return f"{iso[:10]} {iso[11:16]} UTC{'' if offset == '+00:00' else offset}"


def format_site_time(iso: str, ahead_s: int | None) -> str:
    """A moment of footage as `format_timestamp` prints it, on the clock of the site: `ahead_s`
    seconds ahead of UTC, None for that of this computer."""
    return format_timestamp(parse_local_time(iso, ahead_s).isoformat())


def format_duration(seconds: float) -> str:
    """Minutes and seconds."""
    whole_seconds = round(seconds)
    return tr("{minutes} min {seconds} s", minutes=whole_seconds // 60, seconds=whole_seconds % 60)


def format_decimal(figure: float, digits: int) -> str:
    """A plain number with the language's decimal sign."""
    sentence = f"{figure:.{digits}f}"
    return sentence.replace(".", ",") if get_language() == "de" else sentence


def format_frame_count(n: int) -> str:
    """A number of frames."""
    return tr_plural("{n} frame", "{n} frames", n, n=format_number(n))


def _get_digits(estimate: Estimate, enough: int) -> int:
    # of the value too, which lies between
    return get_range_digits(estimate.lo, estimate.hi, 1 if estimate.n >= enough else 0)


def format_confidence(value: float) -> str:
    """How sure the model was of one answer."""
    return format_number(value, 2)
