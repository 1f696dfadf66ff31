"""Drift monitor in words: how a shift stands, what an alarm makes one suspect, and what to do. An alarm is no order to retrain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fieldcheck.domain.camera_health import HealthFinding
from fieldcheck.domain.shift import (
    ChartPoint,
    ConfidenceAccuracy,
    DroppedShifts,
    FollowedShift,
    KeptFrames,
    ModelEpoch,
    SampledResult,
)
from fieldcheck.words.direction import isolated
from fieldcheck.words.figures import number, percent, percent_range
from fieldcheck.words.language import plural, text


def taken_in(n: int, n_shifts: int, empty: int, backwards: int, unknown: tuple[str, ...], future: int = 0) -> tuple[str, ...]:
    """Results and shifts that a log brought, and what is odd about it."""
    shifts = plural("{n} shift", "{n} shifts", n_shifts).format(n=n_shifts)
    lines = [plural("{n} result imported, {shifts}.", "{n} results imported, {shifts}.", n).format(n=n, shifts=shifts)]
    if empty:
        lines.append(plural("{n} shift without results in between.", "{n} shifts without results in between.", empty).format(n=empty))
    if backwards:
        said = plural(
            "{n} row is more than an hour earlier than the row above: the log may mix two clocks.",
            "{n} rows are more than an hour earlier than the row above: the log may mix two clocks.",
            backwards,
        )
        lines.append(said.format(n=backwards))
    if future:
        said = plural(
            "{n} row lies more than a day in the future and was set aside: check the clocks of the device and of this computer.",
            "{n} rows lie more than a day in the future and were set aside: check the clocks of the device and of this computer.",
            future,
        )
        lines.append(said.format(n=future))
    if unknown:
        lines.append(text("Unknown to the model: {names}.").format(names=", ".join(map(isolated, unknown[:5]))))
    return tuple(lines)


def shift_line(shift: FollowedShift) -> str:
    """A shift in one line: when, how many results, its state, its charts."""
    state = state_name(shift.state)
    began = datetime.fromisoformat(shift.began).strftime("%Y-%m-%d %H:%M %z")
    charts = ", ".join([*(f"⬣ {isolated(one.camera)}: {check_name(one.check)}" for one in shift.health), *map(_chart, shift.charts)])
    return f"{began} · n = {shift.n} · {state}" + (f" · {charts}" if charts else "")


def state_name(code: str) -> str:
    """State of a shift in a word."""
    return {
        "learning": text("baseline"),
        "healthy": text("normal"),
        "watch": text("watch"),
        "alarm": text("ALARM"),
        "diagnose": text("under investigation"),
    }[code]


def states_said(states: Sequence[str]) -> str:
    """How many shifts are in each state, for those who hear a chart."""
    return ", ".join(f"{state_name(one)}: {states.count(one)}" for one in dict.fromkeys(states))


def shift_date(began: str) -> str:
    """Start of a shift, short, in the site's local time: `2 Nov 06:00`, in German `2.11. 06:00`. No order of figures is left to guess."""
    at = datetime.fromisoformat(began)
    months = (
        text("Jan"), text("Feb"), text("Mar"), text("Apr"), text("May"), text("Jun"),
        text("Jul"), text("Aug"), text("Sep"), text("Oct"), text("Nov"), text("Dec"),
    )  # fmt: skip
    return text("{day} {month} {time}").format(day=at.day, month=months[at.month - 1], time=at.strftime("%H:%M"))


def sampled_line(one: SampledResult) -> str:
    """Sampled result in a line: time, class, confidence, picture."""
    picture = one.picture.replace("\\", "/").rpartition("/")[2]
    said = f"{datetime.fromisoformat(one.at).strftime('%H:%M:%S')} {isolated(one.prediction)} {number(one.confidence, 2)}"
    return f"{said} · {isolated(picture)}" if picture else said


def accuracy_line(found: ConfidenceAccuracy) -> str:
    """Accuracy of a shift without labels of its own, with its limits."""
    said = plural(
        "Accuracy estimated from confidence: {share} ({limits}), calibrated on {n} labelled clip; no frame of this shift was labelled.",
        "Accuracy estimated from confidence: {share} ({limits}), calibrated on {n} labelled clips; no frame of this shift was labelled.",
        found.n_clips,
    )
    return said.format(share=percent(found.value), limits=percent_range(found.lo, found.hi), n=found.n_clips)


def alarm_notice(alarms: Sequence[FollowedShift]) -> str:
    """New alarms, shortly, for who is not looking at the window: the newest with its cause and what to do."""
    if not alarms:
        return ""
    newest = alarms[-1]
    said = " ".join([shift_date(newest.began) + ":", *drift_lines(newest)[:2]])
    more = len(alarms) - 1
    return said + " " + plural("{n} more new alarm.", "{n} more new alarms.", more).format(n=more) if more else said


def risk_line(began: str, found: ConfidenceAccuracy) -> str:
    """Alarm on risk: the accuracy of a shift is below the line."""
    said = text(
        "▲ At risk, shift of {date}: accuracy estimated from confidence, {share} ({limits}), is below {line} "
        "(accuracy of the labelled clips minus tolerance)."
    )
    figures = {"share": percent(found.value), "limits": percent_range(found.lo, found.hi), "line": percent(found.line)}
    return said.format(date=shift_date(began), **figures) + " " + text("Label some frames of this shift.")


def kept_lines(frames: KeptFrames | None, dropped: DroppedShifts) -> tuple[str, ...]:
    """Frames that were kept just now, and shifts that retention dropped; nothing where nothing was."""
    lines = []
    if frames is not None:
        said = plural("{n} frame saved to {folder}.", "{n} frames saved to {folder}.", frames.n) if frames.n else text("No frame saved.")
        lines.append(said.format(n=frames.n, folder=frames.folder))
        missing = plural(
            "{n} image not found or unreadable in the folder of the log.",
            "{n} images not found or unreadable in the folder of the log.",
            frames.missing,
        )
        lines += [missing.format(n=frames.missing)] if frames.missing else []
    if dropped.n:
        said = plural("{n} old shift deleted ({first}).", "{n} old shifts deleted ({first} – {last}).", dropped.n)
        lines.append(said.format(n=dropped.n, first=shift_date(dropped.first), last=shift_date(dropped.last)))
    if dropped.copies:
        lines.append(text("A copy is in {files} of the project.").format(files=", ".join(dropped.copies)))
    return tuple(lines)


def restored_line(n: int) -> str:
    """Shifts that came back from a copy."""
    said = plural("{n} shift restored.", "{n} shifts restored.", n) if n else text("No shift restored: the project has all of them.")
    return said.format(n=n) + " " + text("All shifts are retained from now on.")


def retention_name(weeks: int) -> str:
    """How long shifts are kept."""
    return plural("retain {n} week", "retain {n} weeks", weeks).format(n=weeks) if weeks else text("retain all shifts")


def epoch_line(other: ModelEpoch) -> str:
    """Shifts of another model, or of another card, stand apart."""
    by = {"n": other.n_shifts, "first": shift_date(other.first), "last": shift_date(other.last), "model": isolated(other.model)}
    if other.card_changed:
        said = plural(
            "{n} shift ({first}) uses model {model} with another model card: charts restarted.",
            "{n} shifts ({first} – {last}) use model {model} with another model card: charts restarted.",
            other.n_shifts,
        )
    else:
        said = plural(
            "{n} shift ({first}) uses another model, {model}: charts restarted.",
            "{n} shifts ({first} – {last}) use another model, {model}: charts restarted.",
            other.n_shifts,
        )
    return said.format(**by) + " " + text("No comparison across this change.")


def no_shift() -> str:
    """Nothing is followed yet, which is no good news."""
    return text("No shift imported yet.")


def no_accuracy_line(reason: str) -> str:
    """Why the accuracy of shifts is not told, by its code."""
    return {
        "no_labels": text("No accuracy estimate per shift: no labels yet."),
        "not_run": text("No accuracy estimate per shift: run the model on all footage first."),
        "few_clips": text("No accuracy estimate per shift: requires twelve labelled clips."),
        "unrelated": text("No accuracy estimate per shift: this model's confidence is not informative enough."),
        "not_random": text("No accuracy estimate per shift: the labelled clips are not a random sample of the footage."),
    }[reason]


def chart_view_name(code: str) -> str:
    """Name of a chart of the dashboard."""
    return {"charts": text("EWMA charts"), "entropy": text("Image-level entropy"), "distance": text("Embedding distance")}[code]


def chart_unit(code: str) -> str:
    """Unit of the upward axis of a chart of the dashboard, with its name."""
    return {
        "charts": text("share of limit"),
        "entropy": text("logged entropy"),
        "distance": text("distance (sd)"),
    }[code]


def chart_reading(code: str, begun: bool) -> str:
    """How a chart of the dashboard is read. `begun`: it has lines."""
    if not begun and code == "charts":
        return text("Charts start with the seventh normal shift.")
    return {
        "charts": text("Values are relative to each chart's limit: above 1 is an alarm."),
        "entropy": text("Dots: sampled images; line: mean. Higher values: the prediction is spread over more classes."),
        "distance": text("Dots: sampled images. Distance of the embedding from earlier shifts, in their standard deviations."),
    }[code]


def _chart(point: ChartPoint) -> str:
    mark = "▲ " if point.alarm or point.ewma > point.limit else ""
    said = text("{name} {value} (z {z}, EWMA {ewma} of {limit})")
    figures = {"value": number(point.value, 2), "z": number(point.z, 1), "ewma": number(point.ewma, 2), "limit": number(point.limit, 2)}
    return mark + said.format(name=chart_name(point.name), **figures)


def chart_name(code: str) -> str:
    """Name of a control chart."""
    return {
        "embedding": text("embedding shift"),
        "confidence": text("mean confidence"),
        "entropy": text("mean entropy"),
        "class_mix": text("class mix"),
    }[code]


def drift_lines(shift: FollowedShift) -> tuple[str, ...]:
    """Sentences on a shift: cause, advice, classes of low confidence, slow drift."""
    lines = [*map(health_line, shift.health), _cause(shift), _advice(shift)]
    if shift.candidates:
        said = text("Median confidence below 0.6: {names}. If an operator also reports the class, it is a candidate for retraining.")
        lines.append(said.format(names=", ".join(map(isolated, shift.candidates))))
    if shift.slow:
        lines.append(text("Slow drift: the last ten shifts differ from the first ten in {names}.").format(names=_names(shift.slow)))
    if shift.state == "learning":
        left = max(0, 6 - shift.n_reference - 1)
        lines.append(plural("Baseline: {n} shift remaining.", "Baseline: {n} shifts remaining.", left).format(n=left))
    return tuple(line for line in lines if line)


def _names(charts: tuple[str, ...]) -> str:
    return ", ".join(map(chart_name, charts))


def health_line(found: HealthFinding) -> str:
    """Fault of a camera in a sentence."""
    camera, figure = isolated(found.camera), found.figure
    seconds, share = number(figure, 0), percent(figure)
    said = {
        "frozen": text("{camera}: image feed frozen for {seconds} s."),
        "looping": text("{camera}: looping images for {seconds} s (repeated buffer)."),
        "black": text("{camera}: no image for {seconds} s (black, white or uniform grey)."),
        "exposure": text("{camera}: {share} of the image is clipped in most frames (exposure, or light into the lens)."),
        "swapped": text("{camera}: shows the view of {other} (cameras swapped)."),
        "moved": text("{camera}: field of view changed (camera moved or turned)."),
        "obstruction": text("{camera}: {share} of the image is obstructed."),
        "blur": text("{camera}: lost sharpness (out of focus, fogged or smeared)."),
        "dust": text("{camera}: stationary marks on {share} of the image (dust, dirt or scratches)."),
        "colour_cast": text("{camera}: colours shifted by {units} CIELAB units (white balance, filter or lamp)."),
    }[found.check]
    line = said.format(camera=camera, seconds=seconds, share=share, other=isolated(found.other), units=seconds)
    more = plural(
        "The fault recurred {n} time in this shift, for {seconds} s.",
        "The fault recurred {n} times in this shift, for {seconds} s in total.",
        found.folded,
    ).format(n=number(found.folded), seconds=number(found.folded_s))
    weak = text("Strong compression of a still scene can look the same.") if found.state == "weak" else ""
    return " ".join(filter(None, (line, more if found.folded else "", weak)))


def check_name(code: str) -> str:
    """Name of a check of the camera."""
    return {
        "frozen": text("image feed frozen"),
        "looping": text("looping images"),
        "black": text("no image"),
        "exposure": text("exposure"),
        "swapped": text("cameras swapped"),
        "moved": text("camera moved"),
        "obstruction": text("obstruction"),
        "blur": text("out of focus"),
        "dust": text("dust on the lens"),
        "colour_cast": text("colour cast"),
    }[code]


def _cause(shift: FollowedShift) -> str:
    names = ", ".join(map(isolated, shift.classes))
    said = {
        "": "",
        "no_frames": text("No frames in this shift: check camera and cable."),
        "few_results": text("Too few results in this shift."),
        "camera": text("Camera fault: the predictions of this shift are not evaluated."),
        "picture": text("Images changed, most in: {feature}. Light, lens or exposure may have changed."),
        "class_mix": text("Class mix changed: different product, or the model predicts it differently."),
        "all_classes": text("Confidence dropped in most classes: light, lens or exposure may have changed."),
        "one_class": text("Confidence dropped in one class, {names}. Check its camera for dust, obstruction or movement."),
        "new_pictures": text("Inputs differ from the baseline."),
    }[shift.cause]
    return said.format(names=names, feature=_feature(shift.feature)) if shift.cause in ("picture", "one_class") else said


def _feature(code: str) -> str:
    return {
        "mean": text("brightness"),
        "contrast": text("contrast"),
        "clipped_low": text("share of black pixels"),
        "clipped_high": text("share of white pixels"),
        "sharpness": text("sharpness"),
        "noise": text("noise"),
        "a": text("colour (green to red)"),
        "b": text("colour (blue to yellow)"),
    }.get(code, "")


def _advice(shift: FollowedShift) -> str:
    return {
        "none": "",
        "look": text("Review frames of this shift before retraining."),
        "check_camera": text("Check the camera first. Do not retrain the model for this alarm."),
        "retrain_candidate": text("No alarm: one class is a candidate for retraining. The decision stays with you."),
    }[shift.advice]
