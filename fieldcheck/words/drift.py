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
    lines = [plural("{n} result taken in, {shifts}.", "{n} results taken in, {shifts}.", n).format(n=n, shifts=shifts)]
    if empty:
        lines.append(plural("{n} shift in between holds no result.", "{n} shifts in between hold no result.", empty).format(n=empty))
    if backwards:
        said = plural(
            "{n} row lies over an hour before the one above it: two clocks may have written this log.",
            "{n} rows lie over an hour before the one above them: two clocks may have written this log.",
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
        lines.append(text("Not among the model's classes: {names}.").format(names=", ".join(map(isolated, unknown[:5]))))
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
        "learning": text("learning"),
        "healthy": text("healthy"),
        "watch": text("watch"),
        "alarm": text("ALARM"),
        "diagnose": text("being diagnosed"),
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
        "Accuracy by its confidence: {share} ({limits}), from {n} labelled clip; no frame of this shift was labelled.",
        "Accuracy by its confidence: {share} ({limits}), from {n} labelled clips; no frame of this shift was labelled.",
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
    return said + " " + plural("{n} more alarm is new.", "{n} more alarms are new.", more).format(n=more) if more else said


def risk_line(began: str, found: ConfidenceAccuracy) -> str:
    """Alarm on risk: the accuracy of a shift is below the line."""
    said = text(
        "▲ At risk, shift of {date}: accuracy by its confidence {share} ({limits}) is below {line}, the labelled clips' less the tolerance."
    )
    figures = {"share": percent(found.value), "limits": percent_range(found.lo, found.hi), "line": percent(found.line)}
    return said.format(date=shift_date(began), **figures) + " " + text("Label some frames of it.")


def kept_lines(frames: KeptFrames | None, dropped: DroppedShifts) -> tuple[str, ...]:
    """Frames that were kept just now, and shifts that retention dropped; nothing where nothing was."""
    lines = []
    if frames is not None:
        said = plural("{n} frame kept in {folder}.", "{n} frames kept in {folder}.", frames.n) if frames.n else text("No frame was kept.")
        lines.append(said.format(n=frames.n, folder=frames.folder))
        missing = plural(
            "{n} is no readable image below the folder of the log.",
            "{n} are no readable images below the folder of the log.",
            frames.missing,
        )
        lines += [missing.format(n=frames.missing)] if frames.missing else []
    if dropped.n:
        said = plural("{n} old shift was dropped ({first}).", "{n} old shifts were dropped ({first} – {last}).", dropped.n)
        lines.append(said.format(n=dropped.n, first=shift_date(dropped.first), last=shift_date(dropped.last)))
    if dropped.copies:
        lines.append(text("A copy is in {files} of the project.").format(files=", ".join(dropped.copies)))
    return tuple(lines)


def restored_line(n: int) -> str:
    """Shifts that came back from a copy."""
    said = plural("{n} shift restored.", "{n} shifts restored.", n) if n else text("No shift restored: the project has all of them.")
    return said.format(n=n) + " " + text("Shifts are kept without end from now on.")


def retention_name(weeks: int) -> str:
    """How long shifts are kept."""
    return plural("keep {n} week", "keep {n} weeks", weeks).format(n=weeks) if weeks else text("keep all shifts")


def epoch_line(other: ModelEpoch) -> str:
    """Shifts of another model, or of another card, stand apart."""
    by = {"n": other.n_shifts, "first": shift_date(other.first), "last": shift_date(other.last), "model": isolated(other.model)}
    if other.card_changed:
        said = plural(
            "{n} shift ({first}) is of model {model} with another card: the charts began anew.",
            "{n} shifts ({first} – {last}) are of model {model} with another card: the charts began anew.",
            other.n_shifts,
        )
    else:
        said = plural(
            "{n} shift ({first}) is of another model, {model}: the charts began anew.",
            "{n} shifts ({first} – {last}) are of another model, {model}: the charts began anew.",
            other.n_shifts,
        )
    return said.format(**by) + " " + text("Nothing is compared across this change.")


def no_shift() -> str:
    """Nothing is followed yet, which is no good news."""
    return text("No shift was taken in yet, so nothing is said of the model.")


def no_accuracy_line(reason: str) -> str:
    """Why the accuracy of shifts is not told, by its code."""
    return {
        "no_labels": text("The accuracy of shifts is not told: nothing is labelled yet."),
        "not_run": text("The accuracy of shifts is not told: run the model on all of the footage first."),
        "few_clips": text("The accuracy of shifts is not told: it needs twelve labelled clips."),
        "unrelated": text("The accuracy of shifts is not told: this model's confidence says too little of its accuracy."),
        "not_random": text("The accuracy of shifts is not told: the labelled clips are no random subset of the footage."),
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
        return text("Charts begin with the seventh healthy shift.")
    return {
        "charts": text("Each line is a share of its own limit: above 1 it alarms."),
        "entropy": text("Each dot a sampled picture, the line their mean. Higher: the model spreads its answer over more classes."),
        "distance": text("Each dot a sampled picture: how far its embedding lies from the shifts before, in their standard deviations."),
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
        said = text("Median confidence below 0.6: {names}. Where an operator flags the class too, it is a candidate for retraining.")
        lines.append(said.format(names=", ".join(map(isolated, shift.candidates))))
    if shift.slow:
        lines.append(text("Slow drift: the latest ten shifts differ from the first ten in {names}.").format(names=_names(shift.slow)))
    if shift.state == "learning":
        left = max(0, 6 - shift.n_reference - 1)
        lines.append(plural("Learning: {n} shift to go.", "Learning: {n} shifts to go.", left).format(n=left))
    return tuple(line for line in lines if line)


def _names(charts: tuple[str, ...]) -> str:
    return ", ".join(map(chart_name, charts))


def health_line(found: HealthFinding) -> str:
    """Fault of a camera in a sentence."""
    camera, figure = isolated(found.camera), found.figure
    seconds, share = number(figure, 0), percent(figure)
    said = {
        "frozen": text("Camera {camera}: the same picture for {seconds} s: image feed frozen."),
        "looping": text("Camera {camera}: the same stretch of pictures again and again for {seconds} s: a buffer is played in a loop."),
        "black": text("Camera {camera}: no picture for {seconds} s: all black, all white or all of one grey."),
        "exposure": text("Camera {camera}: {share} of the picture is clipped in most frames: exposure, or light shines into the lens."),
        "swapped": text("Camera {camera} shows what camera {other} used to show: two cameras were swapped."),
        "moved": text("Camera {camera} sees another part of the site than before: it moved, or was turned."),
        "obstruction": text("Camera {camera}: {share} of the picture is covered by something without structure."),
        "blur": text("Camera {camera} has lost sharpness: out of focus, fogged or smeared."),
        "dust": text("Camera {camera}: marks on {share} of the picture that stay where they are: dust, dirt or scratches."),
        "colour_cast": text("Camera {camera}: colours have moved by {units} CIELAB units: white balance, filter or lamp."),
    }[found.check]
    line = said.format(camera=camera, seconds=seconds, share=share, other=isolated(found.other), units=seconds)
    more = plural(
        "It came back {n} more time in this shift, for {seconds} s.",
        "It came back {n} more times in this shift, for {seconds} s in all.",
        found.folded,
    ).format(n=number(found.folded), seconds=number(found.folded_s))
    weak = text("Strong compression can make a still scene look the same.") if found.state == "weak" else ""
    return " ".join(filter(None, (line, more if found.folded else "", weak)))


def check_name(code: str) -> str:
    """Name of a check of the camera."""
    return {
        "frozen": text("image feed frozen"),
        "looping": text("looping pictures"),
        "black": text("no picture"),
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
        "no_frames": text("No frame came in this shift: look at camera and cable."),
        "few_results": text("Too few results in this shift to say anything."),
        "camera": text("A fault of the camera: nothing was read off the predictions of this shift."),
        "picture": text("The pictures themselves look different: {feature} moved most. Light, lens or exposure may have changed."),
        "class_mix": text("Another mix of classes: another product, or the model names them otherwise."),
        "all_classes": text("Confidence fell in most classes: light, lens or exposure may have changed."),
        "one_class": text("Confidence fell in one class, {names}: look at that camera: dust, a wall, a camera that moved."),
        "new_pictures": text("The model sees something new."),
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
        "look": text("Look at frames of this shift before anything is retrained."),
        "check_camera": text("Check the camera first. Nothing is to be retrained for this."),
        "retrain_candidate": text("No alarm: a class is a candidate for retraining, a person decides."),
    }[shift.advice]
