"""Sentences of the drift monitor: the state of a shift, what an alarm may mean, and what to do. An
alarm is never an instruction to retrain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from fieldcheck.domain.shift import (
    BASELINE_SHIFTS,
    ChartPoint,
    DroppedShifts,
    HealthFinding,
    ModelEpoch,
    MonitoredShift,
    OpenAlarm,
    SampledResult,
    SavedAlarmFrames,
    ShiftLabels,
    compute_seen_shares,
)
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_percent
from fieldcheck.safe_text import isolate_rtl_names


def describe_future_shifts(n: int) -> str:
    """Stored shifts that no chart shows, because they begin after today."""
    text = tr_plural(
        "{n} stored shift begins in the future and is set aside: check the clocks of the device "
        "and of this computer.",
        "{n} stored shifts begin in the future and are set aside: check the clocks of the device "
        "and of this computer.",
        n,
    )
    return text.format(n=n)


def list_import_lines(
    n: int, n_shifts: int, empty: int, backwards: int, unknown: tuple[str, ...], future: int = 0
) -> tuple[str, ...]:
    """Results and shifts that a log brought, and what is odd about it."""
    shifts = tr_plural("{n} shift", "{n} shifts", n_shifts, n=n_shifts)
    lines = [
        tr_plural(
            "{n} result imported, {shifts}.",
            "{n} results imported, {shifts}.",
            n,
            n=n,
            shifts=shifts,
        )
    ]
    if empty:
        lines.append(
            tr_plural(
                "{n} shift without results in between.",
                "{n} shifts without results in between.",
                empty,
                n=empty,
            )
        )
    if backwards:
        text = tr_plural(
            "{n} row is more than an hour earlier than the row above: the log may mix two clocks.",
            (
                "{n} rows are more than an hour earlier than the row above: the log may mix two "
                "clocks."
            ),
            backwards,
        )
        lines.append(text.format(n=backwards))
    if future:
        text = tr_plural(
            (
                "{n} row lies more than a day in the future and was set aside: check the clocks "
                "of the device and of this computer."
            ),
            (
                "{n} rows lie more than a day in the future and were set aside: check the clocks "
                "of the device and of this computer."
            ),
            future,
        )
        lines.append(text.format(n=future))
    if unknown:
        lines.append(
            tr(
                "Unknown to the model: {names}.",
                names=", ".join(map(isolate_rtl_names, unknown[:5])),
            )
        )
    return tuple(lines)


def format_shift(shift: MonitoredShift) -> str:
    """A shift in one line: when, how many results, its state, its charts."""
    state = get_shift_state_name(shift.state)
    began = datetime.fromisoformat(shift.began).strftime("%Y-%m-%d %H:%M %z")
    charts = ", ".join(
        [
            *(
                f"⬣ {isolate_rtl_names(finding.camera)}: {get_check_name(finding.check)}"
                for finding in shift.health
            ),
            *map(_format_chart_point, shift.charts),
        ]
    )
    return f"{began} · n = {shift.n} · {state}" + (f" · {charts}" if charts else "")


def get_shift_state_name(code: str) -> str:
    """State of a shift in a word."""
    return {
        "learning": tr("baseline"),
        "healthy": tr("normal"),
        "watch": tr("watch"),
        "alarm": tr("ALARM"),
        "diagnose": tr("under investigation"),
    }[code]


def describe_states(states: Sequence[str]) -> str:
    """How many shifts are in each state, for those who hear a chart."""
    return ", ".join(
        f"{get_shift_state_name(state)}: {states.count(state)}" for state in dict.fromkeys(states)
    )


def format_shift_date(began: str, with_year: bool = False) -> str:
    """Start of a shift, short, in the site's local time: `2 Nov 06:00`, in German `2. Nov. 06:00`;
    `with_year` where it may be long past: `2 Nov 2026 06:00`. No order of figures is left to
    guess."""
    time = datetime.fromisoformat(began)
    months = (
        tr("Jan"), tr("Feb"), tr("Mar"), tr("Apr"), tr("May"), tr("Jun"),
        tr("Jul"), tr("Aug"), tr("Sep"), tr("Oct"), tr("Nov"), tr("Dec"),
    )  # fmt: skip
    form = tr("{day} {month} {year} {time}") if with_year else tr("{day} {month} {time}")
    return form.format(
        day=time.day, month=months[time.month - 1], year=time.year, time=time.strftime("%H:%M")
    )


def format_sampled_result(sampled_result: SampledResult) -> str:
    """Sampled result in a line: time, class, confidence, picture."""
    picture = sampled_result.picture.replace("\\", "/").rpartition("/")[2]
    text = (
        f"{datetime.fromisoformat(sampled_result.at).strftime('%H:%M:%S')} "
        f"{isolate_rtl_names(sampled_result.prediction)} "
        f"{format_number(sampled_result.confidence, 2)}"
    )
    return f"{text} · {isolate_rtl_names(picture)}" if picture else text


def describe_label_plan(labels: ShiftLabels) -> str:
    """Say how the accuracy of a shift is measured, and how exactly."""
    return tr(
        "The accuracy of a shift is measured by labels, not by confidence: label {n} frames of it "
        "(expected 95% CI ± {points} pp).",
        n=labels.n,
        points=format_number(100 * labels.half_width),
    )


def describe_label_frames(frames: SavedAlarmFrames) -> str:
    """What to do with the frames that were drawn of a shift."""
    if not frames.n:
        return tr(
            "No frame saved: no image of this shift was found below the folder of the log. Copy "
            "the images there, then import the log again."
        )
    return tr_plural(
        (
            "{n} random frame of this shift saved to {folder}. Create a project with this model "
            "and these images, then label all of them."
        ),
        (
            "{n} random frames of this shift saved to {folder}. Create a project with this model "
            "and these images, then label all of them."
        ),
        frames.n,
        n=frames.n,
        folder=frames.folder,
    )


def describe_correlation(correlation: float) -> str:
    """Say how much neighbouring shifts are alike, and what the charts can see then."""
    two, three = compute_seen_shares(correlation)
    return tr(
        "Correlation of neighbouring shifts φ = {phi}; the limits of the charts allow for it. A "
        "fall of 2 standard deviations is expected to be seen within ten shifts in {two} of "
        "cases, of 3 in {three}.",
        phi=format_number(correlation, 2),
        two=format_percent(two),
        three=format_percent(three),
    )


def describe_open_alarm(alarm: OpenAlarm) -> str:
    """An alarm that nobody acknowledged, of whatever model: it is the line's."""
    text = tr(
        "▲ Open alarm, shift of {date} (model “{model}”): not acknowledged.",
        date=format_shift_date(alarm.shift.began, with_year=True),
        model=isolate_rtl_names(alarm.model),
    )
    return " ".join([text, *list_shift_lines(alarm.shift)[:2]])


def describe_alarms(alarms: Sequence[MonitoredShift]) -> str:
    """Describe new alarms briefly for a desktop notification: the newest with its cause and what to
    do."""
    if not alarms:
        return ""
    newest = alarms[-1]
    text = " ".join([format_shift_date(newest.began) + ":", *list_shift_lines(newest)[:2]])
    more = len(alarms) - 1
    return (
        text + " " + tr_plural("{n} more new alarm.", "{n} more new alarms.", more, n=more)
        if more
        else text
    )


def list_retention_lines(
    frames: SavedAlarmFrames | None, dropped: DroppedShifts
) -> tuple[str, ...]:
    """Frames that were kept just now, and shifts that retention dropped; nothing where nothing
    was."""
    lines = []
    if frames is not None:
        text = (
            tr_plural("{n} frame saved to {folder}.", "{n} frames saved to {folder}.", frames.n)
            if frames.n
            else tr("No frame saved.")
        )
        lines.append(text.format(n=frames.n, folder=frames.folder))
        missing = tr_plural(
            "{n} image not found or unreadable in the folder of the log.",
            "{n} images not found or unreadable in the folder of the log.",
            frames.missing,
        )
        lines += [missing.format(n=frames.missing)] if frames.missing else []
    if dropped.n:
        text = tr_plural(
            "{n} old shift deleted ({first}).",
            "{n} old shifts deleted ({first} – {last}).",
            dropped.n,
        )
        lines.append(
            text.format(
                n=dropped.n,
                first=format_shift_date(dropped.first),
                last=format_shift_date(dropped.last),
            )
        )
    if dropped.copies:
        lines.append(tr("A copy is in {files} of the project.", files=", ".join(dropped.copies)))
    return tuple(lines)


def describe_restored_shifts(n: int) -> str:
    """Describe shifts restored from a copy."""
    text = (
        tr_plural("{n} shift restored.", "{n} shifts restored.", n)
        if n
        else tr("No shift restored: the project has all of them.")
    )
    return text.format(n=n) + " " + tr("All shifts are retained from now on.")


def get_retention_name(weeks: int) -> str:
    """How long shifts are kept."""
    return (
        tr_plural("retain {n} week", "retain {n} weeks", weeks, n=weeks)
        if weeks
        else tr("retain all shifts")
    )


def describe_other_epoch(other: ModelEpoch) -> str:
    """Shifts of another model, or of another card, stand apart."""
    values = {
        "n": other.n_shifts,
        "first": format_shift_date(other.first),
        "last": format_shift_date(other.last),
        "model": isolate_rtl_names(other.model),
    }
    if other.card_changed:
        text = tr_plural(
            "{n} shift ({first}) uses model “{model}” with another model card: charts restarted.",
            (
                "{n} shifts ({first} – {last}) use model “{model}” with another model card: charts "
                "restarted."
            ),
            other.n_shifts,
        )
    else:
        text = tr_plural(
            "{n} shift ({first}) uses another model, {model}: charts restarted.",
            "{n} shifts ({first} – {last}) use another model, {model}: charts restarted.",
            other.n_shifts,
        )
    return text.format(**values) + " " + tr("No comparison across this change.")


def describe_no_shift() -> str:
    """Say that no shift is monitored yet."""
    return tr("No shift imported yet.")


def get_chart_view_name(code: str) -> str:
    """Name of a chart of the dashboard."""
    return {
        "charts": tr("EWMA charts"),
        "entropy": tr("Image-level entropy"),
        "distance": tr("Embedding distance"),
    }[code]


def get_chart_unit(code: str) -> str:
    """Unit of the upward axis of a chart of the dashboard, with its name."""
    return {
        "charts": tr("share of limit"),
        "entropy": tr("logged entropy"),
        "distance": tr("distance (sd)"),
    }[code]


def describe_chart(code: str, begun: bool) -> str:
    """How a chart of the dashboard is read. `begun`: it has lines."""
    if not begun and code == "charts":
        return tr("Charts start after {n} baseline shifts.", n=BASELINE_SHIFTS)
    return {
        "charts": tr("Values are relative to each chart's limit: above 1 is an alarm."),
        "entropy": tr(
            "Dots: sampled images; line: mean. Higher values: the prediction is spread over "
            "more classes."
        ),
        "distance": tr(
            "Dots: sampled images. Distance of the embedding from earlier shifts, in their "
            "standard deviations."
        ),
    }[code]


def _format_chart_point(point: ChartPoint) -> str:
    mark = "▲ " if point.alarm or point.ewma > point.limit else ""
    text = tr("{name} {value} (z {z}, EWMA {ewma} of {limit})")
    figures = {
        "value": format_number(point.value, 2),
        "z": format_number(point.z, 1),
        "ewma": format_number(point.ewma, 2),
        "limit": format_number(point.limit, 2),
    }
    return mark + text.format(name=get_chart_name(point.name), **figures)


def get_chart_name(code: str) -> str:
    """Name of a control chart."""
    return {
        "embedding": tr("embedding shift"),
        "confidence": tr("mean confidence"),
        "entropy": tr("mean entropy"),
        "class_mix": tr("class mix"),
    }[code]


def list_shift_lines(shift: MonitoredShift) -> tuple[str, ...]:
    """Sentences on a shift: cause, advice, classes of low confidence, slow drift."""
    lines = [
        *map(describe_camera_fault, shift.health),
        _describe_cause(shift),
        _describe_advice(shift),
    ]
    if shift.candidates:
        text = tr(
            "Median confidence below 0.6: {names}. If an operator also reports the class, it "
            "is a candidate for retraining."
        )
        lines.append(text.format(names=", ".join(map(isolate_rtl_names, shift.candidates))))
    if shift.slow:
        lines.append(
            tr(
                "Slow drift: the last ten shifts differ from the first ten in {names}.",
                names=_format_chart_names(shift.slow),
            )
        )
    if shift.state == "learning":
        n_missing = max(0, BASELINE_SHIFTS - shift.n_reference - 1)
        lines.append(
            tr_plural(
                "Baseline: {n} shift remaining.",
                "Baseline: {n} shifts remaining.",
                n_missing,
                n=n_missing,
            )
        )
    return tuple(line for line in lines if line)


def _format_chart_names(charts: tuple[str, ...]) -> str:
    return ", ".join(map(get_chart_name, charts))


def describe_camera_fault(health_finding: HealthFinding) -> str:
    """Fault of a camera in a sentence."""
    camera, figure = isolate_rtl_names(health_finding.camera), health_finding.figure
    seconds, share = format_number(figure, 0), format_percent(figure)
    text = {
        "frozen": tr("{camera}: image feed frozen for {seconds} s."),
        "looping": tr("{camera}: looping images for {seconds} s (repeated buffer)."),
        "black": tr("{camera}: no image for {seconds} s (black, white or uniform grey)."),
        "exposure": tr(
            "{camera}: {share} of the image is clipped in most frames (exposure, or light "
            "into the lens)."
        ),
        "swapped": tr("{camera}: shows the view of {other} (cameras swapped)."),
        "moved": tr("{camera}: field of view changed (camera moved or turned)."),
        "obstruction": tr("{camera}: {share} of the image is obstructed."),
        "blur": tr("{camera}: lost sharpness (out of focus, fogged or smeared)."),
        "dust": tr("{camera}: stationary marks on {share} of the image (dust, dirt or scratches)."),
        "colour_cast": tr(
            "{camera}: colours shifted by {units} CIELAB units (white balance, filter or lamp)."
        ),
    }[health_finding.check]
    line = text.format(
        camera=camera,
        seconds=seconds,
        share=share,
        other=isolate_rtl_names(health_finding.other),
        units=seconds,
    )
    more = tr_plural(
        "The fault recurred {n} time in this shift, for {seconds} s.",
        "The fault recurred {n} times in this shift, for {seconds} s in total.",
        health_finding.folded,
        n=format_number(health_finding.folded),
        seconds=format_number(health_finding.folded_s),
    )
    weak = (
        tr("Strong compression of a still scene can look the same.")
        if health_finding.state == "weak"
        else ""
    )
    return " ".join(filter(None, (line, more if health_finding.folded else "", weak)))


def get_check_name(code: str) -> str:
    """Name of a check of the camera."""
    return {
        "frozen": tr("image feed frozen"),
        "looping": tr("looping images"),
        "black": tr("no image"),
        "exposure": tr("exposure"),
        "swapped": tr("cameras swapped"),
        "moved": tr("camera moved"),
        "obstruction": tr("obstruction"),
        "blur": tr("out of focus"),
        "dust": tr("dust on the lens"),
        "colour_cast": tr("colour cast"),
    }[code]


def _describe_cause(shift: MonitoredShift) -> str:
    names = ", ".join(map(isolate_rtl_names, shift.classes))
    text = {
        "": "",
        "no_frames": tr("No frames in this shift: check camera and cable."),
        "few_results": tr("Too few results in this shift."),
        "repeated": tr(
            "Image feed frozen or predictions repeated: {n} results in a row with the same class "
            "and confidence."
        ),
        "camera": tr("Camera fault: the predictions of this shift are not evaluated."),
        "picture": tr(
            "Images changed, most in: {feature}. Light, lens or exposure may have changed."
        ),
        "class_mix": tr(
            "Class mix changed: different product, or the model predicts it differently."
        ),
        "all_classes": tr(
            "Confidence dropped in most classes: light, lens or exposure may have changed."
        ),
        "one_class": tr(
            "Confidence dropped in one class, {names}. Check its camera for dust, obstruction "
            "or movement."
        ),
        "new_pictures": tr("Inputs differ from the baseline."),
    }[shift.cause]
    if shift.cause not in ("picture", "one_class", "repeated"):
        return text
    feature = _get_feature_name(shift.feature)
    return text.format(names=names, feature=feature, n=format_number(shift.repeated))


def _get_feature_name(code: str) -> str:
    return {
        "mean": tr("brightness"),
        "contrast": tr("contrast"),
        "clipped_low": tr("share of black pixels"),
        "clipped_high": tr("share of white pixels"),
        "sharpness": tr("sharpness"),
        "noise": tr("noise"),
        "a": tr("colour (green to red)"),
        "b": tr("colour (blue to yellow)"),
    }.get(code, "")


def _describe_advice(shift: MonitoredShift) -> str:
    return {
        "none": "",
        "look": tr("Review frames of this shift before retraining."),
        "check_camera": tr("Check the camera first. Do not retrain the model for this alarm."),
        "retrain_candidate": tr(
            "No alarm: one class is a candidate for retraining. The decision stays with you."
        ),
    }[shift.advice]
