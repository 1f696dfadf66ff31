"""Texts about models: providers, comparisons, cards, runs, near-duplicates, INT8 models, trials,
and what a report of one comes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from fieldcheck.domain.estimate import ChangeVerdict
from fieldcheck.domain.prediction import ALL_ANSWER_KINDS, FUNCTION
from fieldcheck.errors.message_format import format_names, format_remedy, to_one_line
from fieldcheck.i18n.language import get_language, tr, tr_plural
from fieldcheck.i18n.numbers import (
    format_interval,
    format_number,
    format_percent,
    format_points,
    format_points_interval,
    format_share,
)

if TYPE_CHECKING:
    from fieldcheck.domain.estimate import Estimate
    from fieldcheck.domain.run import PairedChange, Parity, QuantisedModel
    from fieldcheck.models.mask_scores import MaskScores

_WHOLE = 1 - 1e-6  # share of a frame from which nothing is cut off but for its arithmetic

# Near-duplicates between training, benchmark and field, in sentences.


def get_leak_name(code: str) -> str:
    """Which two sets share pictures."""
    return {
        "benchmark_within": tr("Within the benchmark"),
        "benchmark_field": tr("Benchmark images in the footage"),
        "benchmark_training": tr("Benchmark images in the training folder"),
        "field_training": tr("Field frames in the training folder"),
    }[code]


def format_pair(a: str, b: str) -> str:
    """Two pictures that are nearly the same."""
    return f"{a} ≈ {b}"


def describe_search(
    n: int, within: int, field: int, training: int | None, n_training: int | None
) -> str:
    """Near-duplicates of a search in one line; `training` None where no folder is named."""
    text = tr_plural(
        "Near-duplicates among {n} benchmark image: {within} within, {field} in the footage.",
        "Near-duplicates among {n} benchmark images: {within} within, {field} in the footage.",
        n,
        n=n,
        within=within,
        field=field,
    )
    if training is None:
        return text
    more = tr_plural(
        "{training} of them is in the training folder ({images}).",
        "{training} of them are in the training folder ({images}).",
        training,
        training=training,
        images=tr_plural("{n} image", "{n} images", n_training or 0, n=n_training),
    )
    return f"{text} {more}"


# Execution providers in words: their names, and the result of checking one against the processor.


def get_provider_name(code: str) -> str:
    """Name of an execution provider, as its maker calls it."""
    from fieldcheck.domain.run import CPU

    return {
        CPU: tr("Processor (CPU)"),
        "cuda": "CUDA (NVIDIA)",
        "directml": "DirectML (Windows)",
        "coreml": "Core ML (Apple)",
        "openvino": "OpenVINO (Intel)",
    }.get(code, code)


def describe_parity(parity: Parity) -> str:
    """Whether it is used, and why not; what it leaves to the processor."""
    from fieldcheck.domain.run import MOST_MOVED

    name = get_provider_name(parity.provider)
    if parity.problem == "missing":
        return tr("{name} is selected but not installed. The CPU is used.", name=name)
    if parity.problem == "failed":
        text = tr("{name} cannot run this model ({seen}). The CPU is used.")
        return text.format(name=name, seen=to_one_line(parity.detail))
    if parity.problem == "differs":
        text = tr(
            "{name} differs from the CPU by up to {moved} on {n} frames (limit {most}). The "
            "CPU is used."
        )
        return text.format(
            name=name,
            n=parity.n,
            moved=format_number(parity.moved, 3),
            most=format_number(MOST_MOVED, 2),
        )
    text = tr("Execution provider {name}: predictions on {n} frames within {moved} of the CPU.")
    lines = [text.format(name=name, n=parity.n, moved=format_percent(parity.moved, 2))]
    if parity.lacks:
        lines.append(
            tr("Unsupported operators run on the CPU: {names}.", names=format_names(parity.lacks))
        )
    return " ".join(lines)


# Scores of a run on the terminal.

# metrics that are no share of right frames
FURTHER = frozenset(name for kind in ALL_ANSWER_KINDS for name in kind.further)


def describe_embedding_run(model: str, side: str, n_done: int, tensor: str) -> str:
    """One pass that made vectors: over what, how many, and what they come from."""
    set_name = {"footage": tr("footage"), "benchmark": tr("benchmark")}[side]
    text = tr_plural(
        "{where}: {n} embedding", "{where}: {n} embeddings", n_done, where=set_name, n=n_done
    )
    if tensor:
        return text + "; " + tr("from inside {model} ({tensor}).", model=model, tensor=tensor)
    return text + "; " + tr("from image statistics: {model} has no suitable tensor.", model=model)


def get_metric_name(code: str) -> str:
    """A metric inside a sentence."""
    return {
        "accuracy": tr("accuracy"),
        "frame_score": tr("frames without errors"),
        "point_score": tr("frames whose points are all covered"),
        "balanced_accuracy": tr("balanced accuracy"),
        "map": tr("mAP (COCO, IoU 0.50 to 0.95)"),
        "map50": tr("mAP at IoU 0.50"),
        "recall": tr("object recall"),
    }.get(code, code)


def describe_mask_scores(mask_scores: MaskScores) -> str:
    """Mean IoU and boundary F of the benchmark's masks, with their intervals."""
    return tr(
        "Masks on the benchmark: mean IoU {iou}, boundary F {edge}, n = {n}.",
        iou=_format_score_and_range(mask_scores.mean_iou),
        edge=_format_score_and_range(mask_scores.boundary_f),
        n=mask_scores.n,
    )


def _format_score_and_range(score: Estimate) -> str:
    if not score.measured:
        return tr("not measured")
    if score.without_spread:
        return format_percent(score.value)
    return f"{format_percent(score.value)} ({format_interval(score)})"


def describe_run(model: str, side: str, n_done: int, metric: str, score: Estimate | None) -> str:
    """One run: over what, how many answers, and the score where there is one."""
    set_name = {
        "field": tr("picked frames"),
        "footage": tr("footage"),
        "benchmark": tr("benchmark"),
    }[side]
    text = tr_plural(
        "{model} on {where}: {n} prediction",
        "{model} on {where}: {n} predictions",
        n_done,
        model=model,
        where=set_name,
        n=n_done,
    )
    if score is None or not score.measured:
        return text + "; " + tr("no score: no labels.")
    return (
        text
        + "; "
        + tr(
            "{metric} {value} ({range}, n = {n}).",
            metric=get_metric_name(metric),
            value=format_percent(score.value),
            range=format_interval(score),
            n=score.n,
        )
    )


def describe_missing_interval(name: str, score: Estimate) -> str:
    """That a resampled score has no interval, and why. `name`: what it is called where it is
    printed."""
    text = tr_plural(
        "{name}: the bootstrap over {n} frame shows no spread, so the interval is unknown.",
        (
            "{name}: all {n} frames have the same result, so the bootstrap shows no spread and "
            "the interval is unknown."
        ),
        score.n,
    )
    return text.format(name=name, n=score.n)


def list_left_out_frames(frames: Sequence[str]) -> str:
    """Picked frames whose saved picture is not what was stored."""
    return tr_plural(
        "The saved image of {n} picked frame was modified later; the frame was skipped: {names}.",
        (
            "The saved images of {n} picked frames were modified later; the frames were skipped: "
            "{names}."
        ),
        len(frames),
        n=len(frames),
        names=format_names(frames),
    )


def list_not_renewed_images(names: Sequence[str]) -> str:
    """Pictures of the benchmark that changed after they were answered, and of which the model was
    not asked again."""
    return tr_plural(
        "{n} benchmark image changed since it was last run: benchmark score and gap refer to "
        "the old image. "
        "Run the model on the benchmark again: {names}.",
        "{n} benchmark images changed since they were last run: benchmark score and gap refer "
        "to the old "
        "images. Run the model on the benchmark again: {names}.",
        len(names),
        n=len(names),
        names=format_names(names),
    )


def list_renewed_images(names: Sequence[str]) -> str:
    """Name the benchmark's images that changed after they were run and were run again."""
    return tr_plural(
        (
            "{n} benchmark image changed since it was last run; the model was run on it again: "
            "{names}."
        ),
        (
            "{n} benchmark images changed since they were last run; the model was run on them "
            "again: {names}."
        ),
        len(names),
        n=len(names),
        names=format_names(names),
    )


def list_unreadable_images(names: Sequence[str]) -> str:
    """Pictures that a job in the window left out because they cannot be read."""
    return tr_plural(
        "{n} unreadable image skipped: {names}. Copy it again and repeat the run.",
        "{n} unreadable images skipped: {names}. Copy them again and repeat the run.",
        len(names),
        n=len(names),
        names=format_names(names),
    )


def describe_excluded_people(n: int, option: str = "people") -> str:
    """Frames that an export left out because a person is marked on them. `option`: the remedy by
    which they come along."""
    return tr_plural(
        "{n} frame with a marked person was left out{remedy}.",
        "{n} frames with a marked person were left out{remedy}.",
        n,
        n=n,
        remedy=format_remedy(option),
    )


CHOSEN_BY_HAND = "chosen"  # note of frames that represent no others


def list_comparison_lines(
    a: str,
    b: str,
    counts: tuple[int, int, int, int],
    cameras: ChangeVerdict,
    change: Estimate,
    metric: str = "",
    scores: Sequence[Estimate] = (),
) -> tuple[str, ...]:
    """`counts`: frames both get right, only a, only b, neither; `change`: b − a by `metric` on
    these frames, `cameras` for other clips;
    `scores`: those of a and b by it, told where it is no share of right frames."""
    both, only_a, only_b, neither = counts
    n = sum(counts)
    by_metric = metric in FURTHER
    return (
        tr_plural(
            "{a} and {b} on the same {n} labelled frame:",
            "{a} and {b} on the same {n} labelled frames:",
            n,
            a=a,
            b=b,
            n=n,
        ),
        tr(
            "correct in both {both}, only in {a} {only_a}, only in {b} {only_b}, in neither "
            "{neither}",
            both=both,
            a=a,
            only_a=only_a,
            b=b,
            only_b=only_b,
            neither=neither,
        ),
        *(
            _format_score(name, metric, score)
            for name, score in zip((a, b), scores, strict=bool(scores))
            if by_metric
        ),
        format_change(change),
        *format_camera_change(cameras),
        describe_change_verdict(a, b, metric or "accuracy", cameras, change),
    )


def describe_left_frames(n: int, models: int = 2) -> str:
    """Describe how many unlabelled frames, `n`, a comparison of so many models waits for."""
    if models > 2:
        return tr_plural(
            "{n} picked frame without a label has different predictions. Label it to complete the "
            "ranking.",
            "{n} picked frames without a label have different predictions. Label these to complete "
            "the ranking.",
            n,
            n=n,
        )
    return tr_plural(
        "The two models differ on {n} picked frame without a label. Label it to complete the "
        "comparison.",
        "The two models differ on {n} picked frames without a label. Label these to complete the "
        "comparison.",
        n,
        n=n,
    )


def _format_score(name: str, metric: str, score: Estimate) -> str:
    """One model's score."""
    if not score.measured:
        return tr(
            "{name}: {metric} cannot be determined from these frames",
            name=name,
            metric=get_metric_name(metric),
        )
    figures = {
        "value": format_percent(score.value, 1),
        "range": format_interval(score, 1),
        "n": score.n,
    }
    return tr(
        "{name}: {metric} {value} ({range}, n = {n})",
        name=name,
        metric=get_metric_name(metric),
        **figures,
    )


def describe_recall_by_size(
    a: str, b: str, size: str, n: int, recalls: tuple[Estimate, Estimate], change: Estimate
) -> str:
    """Recall of two detectors for the objects of one size, `n` of which were labelled."""
    small = tr_plural(
        "Recall, small objects (below 32 × 32 px), {n} object: {both}.",
        "Recall, small objects (below 32 × 32 px), {n} objects: {both}.",
        n,
    )
    medium = tr_plural(
        "Recall, medium objects (32 × 32 to 96 × 96 px), {n} object: {both}.",
        "Recall, medium objects (32 × 32 to 96 × 96 px), {n} objects: {both}.",
        n,
    )
    large = tr_plural(
        "Recall, large objects (96 × 96 px or more), {n} object: {both}.",
        "Recall, large objects (96 × 96 px or more), {n} objects: {both}.",
        n,
    )
    text = {"small": small, "medium": medium, "large": large}[size]
    if not change.measured:
        return text.format(n=n, both=tr("cannot be determined from these frames"))
    both = ", ".join(
        f"{name} {format_share(recall, 1)}" for name, recall in zip((a, b), recalls, strict=True)
    )
    return text.format(n=n, both=both) + " " + format_change(change)


def describe_exported_frames(n: int, total: int) -> str:
    """That some of the frames compared on were given to training."""
    text = tr_plural(
        "Not a valid test for a model trained since: {n} of {of} frames was exported for training.",
        (
            "Not a valid test for a model trained since: {n} of {of} frames were exported for "
            "training."
        ),
        n,
    )
    return text.format(n=n, of=total)


def format_change(change: Estimate) -> str:
    """A change of a score with its interval, in points."""
    if not change.measured:
        return tr("Change: unknown.")
    return tr(
        "Change: {value} pp ({range}).",
        value=format_points(change.value, 1),
        range=format_points_interval(change, 1),
    )


def format_camera_change(cameras: ChangeVerdict) -> tuple[str, ...]:
    """The change for other clips with its interval, in points; nothing where there is none."""
    if not cameras.change.measured:
        return ()
    text = tr("Change for other clips of these cameras: {value} pp ({range}).")
    change = cameras.change
    figures = {"value": format_points(change.value, 1), "range": format_points_interval(change, 1)}
    return (text.format(**figures),)


def describe_change_verdict(
    a: str, b: str, metric: str, cameras: ChangeVerdict, change: Estimate
) -> str:
    """Which of two models is better by a metric, no stronger than the interval for these cameras;
    `change`: on these frames."""
    name = get_metric_name(metric)
    if not change.measured:
        return tr("{metric} not comparable: too few objects on these frames.", metric=name)
    if cameras.direction:
        better = b if cameras.direction == "better" else a
        if cameras.p is None:
            text = tr(
                "{better} is better in {metric} for these cameras: the 95% CI of the change "
                "excludes 0."
            )
            return text.format(better=better, metric=name)
        text = tr(
            "{better} is better in {metric} for these cameras (sign-flip test over whole "
            "clips, p = {p})."
        )
        return text.format(better=better, metric=name, p=_format_p(cameras.p))
    direction = ChangeVerdict.from_limits(change).direction
    if direction and CHOSEN_BY_HAND not in change.note.split("+"):
        text = tr(
            "{better} is better in {metric} on this footage only; for other clips of these cameras "
            "no difference is demonstrated."
        )
        return text.format(better=b if direction == "better" else a, metric=name)
    return tr("No difference in {metric} demonstrated.", metric=name)


def describe_image_verdict(a: str, b: str, change: Estimate) -> str:
    """Which of two models is more often right on the pictures of a benchmark."""
    direction = ChangeVerdict.from_limits(change).direction
    if not direction:
        return tr("No difference demonstrated on these images.")
    better = b if direction == "better" else a
    return tr("{better} is better on these images.", better=better)


def _format_p(p: float) -> str:
    return tr("below 0.001") if p < 0.001 else format_number(p, 3)


# INT8 quantised model in words: what it costs and what it buys.

MEGABYTE = 1_000_000


def list_quantised_lines(quantised_model: QuantisedModel) -> tuple[str, ...]:
    """Size, time and scores, one line each, and where the copy lies."""
    lines = [
        describe_quantisation(quantised_model),
        format_size_change(quantised_model),
        describe_speed_change(quantised_model),
    ]
    lines += (
        [describe_score_change(tr("Field"), quantised_model.model, quantised_model.field)]
        if quantised_model.field
        else [tr("Field: no labels yet.")]
    )
    lines += (
        [describe_score_change(tr("Benchmark"), quantised_model.model, quantised_model.benchmark)]
        if quantised_model.benchmark
        else []
    )
    return (*lines, tr("Quantised model: {file}", file=quantised_model.file))


def describe_quantisation(quantised_model: QuantisedModel) -> str:
    """How the copy came to be."""
    return tr_plural(
        "{model} in INT8, calibrated on {n} field frame.",
        "{model} in INT8, calibrated on {n} field frames.",
        quantised_model.n_calibrated,
        model=quantised_model.model,
        n=quantised_model.n_calibrated,
    )


def format_size_change(quantised_model: QuantisedModel) -> str:
    """Describe a model's size in megabytes before and after quantisation."""
    before, after = (
        format_number(size / MEGABYTE, 2)
        for size in (quantised_model.bytes_before, quantised_model.bytes_after)
    )
    share = format_percent(quantised_model.bytes_after / quantised_model.bytes_before, 0)
    return tr(
        "Size: {before} MB before, {after} MB after ({share}).",
        before=before,
        after=after,
        share=share,
    )


def describe_speed_change(quantised_model: QuantisedModel) -> str:
    """Time a picture before and after, and their ratio in pairs of runs. Where the two times do not
    stand in that ratio, something else took the computer's time now and then, and neither is to be
    trusted."""
    figures = {
        "before": format_number(quantised_model.ms_before, 2),
        "after": format_number(quantised_model.ms_after, 2),
        "ratio": format_number(quantised_model.time.value, 2),
    }
    spread = {
        "low": format_number(quantised_model.time.lo, 2),
        "high": format_number(quantised_model.time.hi, 2),
    }
    text = tr(
        "Time per image on one core: {before} ms before, {after} ms after, {ratio}× ({low} to "
        "{high})."
    )
    unsteady = (
        quantised_model.ms_before > 0
        and not quantised_model.time.lo
        <= quantised_model.ms_after / quantised_model.ms_before
        <= quantised_model.time.hi
    )
    again = (
        " " + tr("Background load on this computer: measure again when idle.") if unsteady else ""
    )
    return text.format(**figures, **spread) + again


def describe_score_change(where: str, model: str, change: PairedChange) -> str:
    """Right answers before and after on the same pictures, and whether the change is more than
    chance."""
    text = tr_plural(
        "{where}: {before} correct before, {after} after, on the same {n} image.",
        "{where}: {before} correct before, {after} after, on the same {n} images.",
        change.n,
    )
    figures = text.format(
        where=where,
        before=format_percent(change.before.value, 1),
        after=format_percent(change.after.value, 1),
        n=change.n,
    )
    return " ".join((figures, *list_paired_change(model, tr("INT8"), "accuracy", change)))


def list_paired_change(a: str, b: str, metric: str, change: PairedChange) -> tuple[str, ...]:
    """The change from a model to its quantised copy, or to a device, and which of them is
    better."""
    text = format_change(change.change)
    if change.cameras is None:
        return text, describe_image_verdict(a, b, change.change)
    verdict = describe_change_verdict(a, b, metric, change.cameras, change.change)
    return text, *format_camera_change(change.cameras), verdict


# Trial of a model in words: its answer to one picture.

# How a frame becomes the model's input, in words: every step that has an effect, in its order.

DIGITS = 4


def list_preprocessing_lines(preprocessing_record: Mapping[str, Any]) -> tuple[str, ...]:
    """Lines about the preprocessing, from a record of `make_preprocessing_record`: colour order,
    crop, resize, scaling, and value range."""
    if "size" not in preprocessing_record:
        if preprocessing_record["output"] == FUNCTION:
            return (tr("a Python function of a script"),)
        return (tr("predictions from a file; no inference here"),)
    steps = [_describe_colour(preprocessing_record["colour"])]
    if preprocessing_record["crop"] != 1:
        steps.append(
            tr("central {share} of the frame", share=format_percent(preprocessing_record["crop"]))
        )
    steps.append(_describe_resize(preprocessing_record))
    steps.append(_describe_scaling(preprocessing_record))
    lows, highs = zip(*preprocessing_record["range"], strict=True)
    steps.append(
        tr("value range {lo} to {hi}", lo=format_figure(min(lows)), hi=format_figure(max(highs)))
    )
    return tuple(steps)


def format_figure(value: float) -> str:
    """At most four digits that count, as they are written in the language that is spoken."""
    text = f"{float(value):.{DIGITS}g}".replace("-", "−")
    return text.replace(".", ",") if get_language() == "de" else text


def _describe_colour(colour: str) -> str:
    return {
        "RGB": tr("channel order RGB"),
        "BGR": tr("channel order BGR"),
        "GRAY": tr("greyscale"),
    }[colour]


def _describe_resize(preprocessing_record: Mapping[str, Any]) -> str:
    height, width = preprocessing_record["size"]
    text = {
        "stretch": tr("stretched to {width} × {height} ({how})"),
        "letterbox": tr("letterboxed to {width} × {height} ({how})"),
        "centre_crop": tr("resized, then centre crop {width} × {height} ({how})"),
        "short_side": tr("shorter side resized to {width} × {height} ({how})"),
    }[preprocessing_record["resize"]]
    return text.format(width=width, height=height, how=preprocessing_record["interpolation"])


def _describe_scaling(preprocessing_record: Mapping[str, Any]) -> str:
    scaling = (
        tr("÷ 255")
        if abs(preprocessing_record["scale"] * 255 - 1) < 0.01
        else tr("× {factor}", factor=format_figure(preprocessing_record["scale"]))
    )
    if set(preprocessing_record["mean"]) == {0.0} and set(preprocessing_record["std"]) == {1.0}:
        return scaling
    mean, std = (_format_channels(preprocessing_record[key]) for key in ("mean", "std"))
    return tr("{scaled}, minus {mean}, divided by {std}", scaled=scaling, mean=mean, std=std)


def _format_channels(values: Sequence[float]) -> str:
    """A figure a channel, or the one that holds for all of them."""
    return ", ".join(
        format_figure(value) for value in (values if len(set(values)) > 1 else values[:1])
    )


Rectangle = tuple[float, float, float, float]


def describe_model_input(model: str, steps: tuple[str, ...]) -> str:
    """Preprocessing in words: what becomes of every picture before the model sees it."""
    return tr("{model} input: {steps}.", model=model, steps="; ".join(steps))


def describe_visible_part(size: tuple[int, int], crop: Rectangle) -> str:
    """How much of a picture of `size` (height, width) is in the model's input."""
    height, width = size
    x1, y1, x2, y2 = crop
    share = (x2 - x1) * (y2 - y1) / (height * width)
    if share >= _WHOLE:
        return tr("{width} × {height}, fully visible to the model", width=width, height=height)
    text = tr("{width} × {height}, {share} visible to the model: {x1}, {y1} to {x2}, {y2}")
    return text.format(
        width=width,
        height=height,
        share=format_percent(share),
        x1=round(x1),
        y1=round(y1),
        x2=round(x2),
        y2=round(y2),
    )


def format_answer(name: str, score: float, box: Rectangle | None) -> str:
    """One class, or one box with its place."""
    if box is None:
        return tr("{name} {share}", name=name, share=format_number(score, 2))
    x1, y1, x2, y2 = (round(side) for side in box)
    return tr(
        "{name} {share} at {x1}, {y1} to {x2}, {y2}",
        name=name,
        share=format_number(score, 2),
        x1=x1,
        y1=y1,
        x2=x2,
        y2=y2,
    )


def describe_no_answer(of_boxes: bool, nan: bool) -> str:
    """Why there is no answer to show."""
    if nan:
        return tr("no prediction: the model returned NaN or an infinite value")
    return tr("nothing detected above the threshold") if of_boxes else tr("no prediction")


def describe_more_boxes(n: int) -> str:
    """Boxes that are not listed one by one."""
    return tr_plural("and {n} more", "and {n} more", n, n=n)


def describe_visible_share(share: float) -> str:
    """How much of a frame the model sees."""
    if share >= _WHOLE:
        return tr("The model sees the whole frame.")
    return tr("The model sees {share} of the frame.", share=format_percent(share))


def describe_object_losses(
    n: int, n_cut: int, n_thin: int, stride: int | None, surviving: float
) -> str:
    """Of `n` labelled objects: how many are cut by the crop, how many of their pixels survive, how
    many fit into one cell."""
    if not n or isnan(surviving):
        return ""
    parts = [tr_plural("Of {n} labelled object", "Of {n} labelled objects", n, n=n)]
    cut = (
        tr("none cut by the crop")
        if not n_cut
        else tr_plural("{n} cut by the crop", "{n} cut by the crop", n_cut, n=n_cut)
    )
    parts.append(cut)
    parts.append(tr("{share} of the pixels remain", share=format_percent(surviving)))
    if stride is not None:
        thin = tr_plural(
            "{n} is thinner than one cell of {stride} pixels",
            "{n} are thinner than one cell of {stride} pixels",
            n_thin,
        )
        parts.append(thin.format(n=n_thin, stride=stride))
    return tr("{objects}: {facts}.", objects=parts[0], facts="; ".join(parts[1:]))


def get_readiness_name(code: str) -> str:
    """Display name of a verdict, never "safe"; an unknown code is returned as it is."""
    return {
        "not_ready": tr("Not ready"),
        "not_shown": tr("Inconclusive"),
        "supervised_trial": tr("Ready for a supervised trial"),
        "not_enough": tr("Inconclusive"),
        "not_comparable": tr("Not comparable"),
        "not_judgeable": tr("Not judgeable"),
        "no_verdict": tr("No verdict yet"),
    }.get(code, code)
