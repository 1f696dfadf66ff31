"""Texts about live cameras and recordings: status, storage, conditions, what was missing, and why a
recording ended."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

from fieldcheck.errors.message_format import format_command
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_minutes, format_number

if TYPE_CHECKING:
    from fieldcheck.domain.frame import PartRule, Quality
    from fieldcheck.domain.recording import RecordingGap, RecordingStorage

# Conditions of a recording, in words.


def get_condition_name(code: str) -> str:
    """Name of a condition of `domain.recording`; an unknown code is returned as it is."""
    return {
        "normal": tr("normal light"),
        "dark": tr("dark"),
        "glare": tr("glare"),
        "backlight": tr("backlight"),
        "flicker": tr("flicker"),
        "dirty_lens": tr("dirty lens"),
        "vibration": tr("vibration"),
        "dust": tr("dust or steam"),
        "colour_cast": tr("colour cast"),
    }.get(code, code)


def get_short_condition_name(code: str) -> str:
    """Condition in one word, for a chip that is small."""
    return {
        "normal": tr("Normal"),
        "dark": tr("Dark"),
        "glare": tr("Glare"),
        "backlight": tr("Backlight"),
        "flicker": tr("Flicker"),
        "dirty_lens": tr("Dirty lens"),
        "vibration": tr("Vibration"),
        "dust": tr("Dust"),
        "colour_cast": tr("Colour cast"),
    }.get(code, code)


DARK_BELOW, SOFT_BELOW, GLARE_ABOVE = 50.0, 4.0, 0.05
"""From where on it is said: mean light of 255, ln of the Laplacian's variance + 1, share of clipped
white (methods 6.1)."""
SHARPEST, MOST_GLARE = 9.0, 0.2
CODECS = {"h264": "H.264", "h265": "H.265", "jpeg": "JPEG"}
SENSOR = {
    "mono": "Mono",
    "bayer_rg": "Bayer RG",
    "bayer_gr": "Bayer GR",
    "bayer_gb": "Bayer GB",
    "bayer_bg": "Bayer BG",
}
MB, GB = 1e6, 1e9


def format_delivered_format(pixel_format: str, decoded_from: str) -> str:
    """Format that the camera delivers, in words."""
    if decoded_from:
        codec = CODECS.get(decoded_from)
        if decoded_from == "file":
            return tr("file played as a camera")
        return tr("decoded from {codec}", codec=codec) if codec else tr("decoded by the driver")
    if pixel_format in CODECS:
        return tr("camera {codec}", codec=CODECS[pixel_format])
    kind, bits = (
        pixel_format.rstrip("0123456789"),
        pixel_format[len(pixel_format.rstrip("0123456789")) :],
    )
    if kind in SENSOR:
        return tr("raw sensor data, {kind} {bits} bit", kind=SENSOR[kind], bits=bits)
    return tr("raw camera pixels ({format})", format=pixel_format.upper())


def describe_stored_stream(
    pixel_format: str, decoded_from: str, list_fps: float | None, bytes_per_s: float
) -> str:
    """The line that says exactly what is stored. `list_fps`: frames a second of the grid, None
    where every frame is."""
    stream_format = format_delivered_format(pixel_format, decoded_from)
    how = tr("original bytes") if pixel_format in CODECS else tr("lossless")
    many = (
        tr("every frame")
        if list_fps is None
        else tr_plural("{n} frame per second", "{n} frames per second", round(list_fps))
    )
    text = tr("Saved: {what}, {how}, {many}").format(
        what=stream_format, how=how, many=many.format(n=round(list_fps or 0))
    )
    return (
        text
        if bytes_per_s <= 0
        else tr("{stored} · {n} MB per minute", stored=text, n=max(1, round(bytes_per_s * 60 / MB)))
    )


def describe_full_data_rate(bytes_per_s: float) -> str:
    """Data rate of storing every frame of a camera without JPEG; the rate is that of the bare
    pixels."""
    return tr("up to {n} GB in 10 min", n=max(1, round(bytes_per_s * 600 / GB)))


def describe_brightness(quality: Quality) -> str:
    """How light it is."""
    text = tr("{n} of 255", n=round(quality.mean))
    return tr("{light}, dark", light=text) if quality.mean < DARK_BELOW else text


def describe_sharpness(quality: Quality) -> str:
    """Whether edges are sharp."""
    return tr("blurry") if quality.sharpness < SOFT_BELOW else tr("sharp")


def describe_lost_camera(cause: str, camera: str, edge: str, recorded: str) -> str:
    """Describe a camera that no longer delivers. `recorded`: length of the recording so far, empty
    without one."""
    reason = {
        "frozen": tr(
            "Image feed of {camera} frozen since {at}. Check for a stuck camera or a covered lens."
        ),
        "silence": tr("{camera}: no signal since {at}."),
        "blocked": tr("Driver of {camera} not responding since {at}."),
    }.get(cause, tr("{camera} stopped at {at}."))
    if not recorded:
        todo = tr(
            "No recording was running. Check cable and power; the camera is reopened automatically."
        )
    else:
        todo = tr(
            "Footage recorded so far ({recorded}) is safe. Check cable and power; recording "
            "continues automatically.",
            recorded=recorded,
        )
    return f"{reason.format(camera=camera, at=edge)} {todo}"


def describe_no_signal(seconds: float) -> str:
    """No-signal text over a picture that is not live any more."""
    return tr("no signal for {time}", time=format_minutes(seconds))


def describe_reconnected_camera(camera: str, seconds: float) -> str:
    """Describe a camera that reconnected during a recording."""
    text = tr(
        "{camera} reconnected after {n} s without images. Recording continues in a new segment."
    )
    return text.format(camera=camera, n=max(1, ceil(seconds)))


def describe_low_disk(minutes: float, recorded: str) -> str:
    """Warn that the disk is filling up."""
    text = tr_plural(
        (
            "About {n} min of recording left on this disk. Footage recorded so far ({recorded}) "
            "is safe. Free up space, or stop soon."
        ),
        (
            "About {n} min of recording left on this disk. Footage recorded so far ({recorded}) "
            "is safe. Free up space, or stop soon."
        ),
        max(0, int(minutes)),
    )
    return text.format(n=max(0, int(minutes)), recorded=recorded)


def describe_recording_stop(why: str, recorded: str) -> str:
    """A recording that stopped by itself. `why`: `disk_low`, `disk_full`, `failed`."""
    text = {
        "disk_low": tr(
            "Recording stopped to reserve space for labels and report. Footage recorded so "
            "far ({recorded}) is "
            "safe. Free up disk space, then continue recording."
        ),
        "disk_full": tr(
            "Recording stopped: disk full. Footage recorded so far ({recorded}) is safe. Free "
            "up disk space, then continue recording."
        ),
    }.get(
        why,
        tr(
            "Recording stopped unexpectedly. Footage recorded so far ({recorded}) is safe. Start "
            "recording again."
        ),
    )
    return text.format(recorded=recorded)


def list_marked_moments(marks: str, singles: str) -> tuple[str, ...]:
    """List marked moments and single frames as text, for people who cannot see the timeline."""
    rows = ((tr("marks at {times}"), marks), (tr("single frames at {times}"), singles))
    return tuple(words.format(times=times) for words, times in rows if times)


def list_recording_facts(
    time: str, n_frames: int, n_dropped: int, n_skipped: int, n_marks: int, n_singles: int = 0
) -> tuple[str, ...]:
    """A recording in figures: dropped by the camera and skipped by this computer are two words."""
    singles = (
        (tr_plural("{n} single frame", "{n} single frames", n_singles, n=n_singles),)
        if n_singles
        else ()
    )
    return (
        tr("{time} recorded", time=time),
        tr_plural("{n} frame", "{n} frames", n_frames, n=n_frames),
        tr("{n} dropped", n=n_dropped),
        tr("{n} skipped", n=n_skipped),
        tr_plural("{n} mark", "{n} marks", n_marks, n=n_marks),
        *singles,
    )


# Texts about a recording: what is stored, how far it is, what was missing, and why it ended.

BYTES_PER_MB = 1_000_000


def format_stored_format(
    pixel_format: str, decoded_from: str, on_grid: bool, list_fps: float, bytes_per_s: float
) -> str:
    """The format line: exactly what of the camera's frames is stored, and how many megabytes a
    minute that takes."""
    text = _describe_format(pixel_format, decoded_from)
    if on_grid:
        text = tr("{what}, sampled at {n} fps", what=text, n=f"{list_fps:g}")
    if bytes_per_s <= 0:
        return text
    return tr(
        "{what}: {mb} MB per minute", what=text, mb=format_number(60 * bytes_per_s / BYTES_PER_MB)
    )


def _describe_format(pixel_format: str, decoded_from: str) -> str:
    if pixel_format == "jpeg":
        return tr("original camera JPEGs")
    if pixel_format in CODECS:
        return tr("original camera {codec} packets", codec=CODECS[pixel_format])
    if decoded_from and decoded_from != "file":
        return tr("decoded, lossless ({format})", format=pixel_format)
    return tr("raw pixels ({format}), lossless", format=pixel_format)


def get_gap_cause(code: str) -> str:
    """Why frames were missing."""
    return {
        "read_error": tr("the camera reported an error"),
        "silence": tr("no image received"),
        "blocked": tr("the camera driver did not respond"),
        "frozen": tr("the same image was repeated"),
        "format": tr("the camera changed its format"),
    }.get(code, tr("unknown cause"))


def describe_recording_end(code: str) -> str:
    """Why a recording ended, where that was not asked for; empty where it was."""
    return {
        "disk_low": tr(
            "Recording stopped to reserve space for your labels. Recorded footage is safe. "
            "Free up space to continue."
        ),
        "disk_full": tr(
            "Recording stopped: the disk is full. Recorded footage is safe. Free up space to "
            "continue."
        ),
        "failed": tr(
            "Recording stopped: it could not be saved. Footage recorded before is safe. Check "
            "the disk."
        ),
        "killed": tr(
            "The program ended during recording. Everything saved up to that point was imported."
        ),
    }.get(code, "")


def list_capture_lines(
    source: str,
    seconds: float,
    n_frames: int,
    n_listed: int,
    how: RecordingStorage,
    gaps: Sequence[RecordingGap],
    list_fps: float,
) -> tuple[str, ...]:
    """A recording after its end, a line for each thing worth knowing."""
    lines = [
        tr(
            "{source}: {clock} recorded; {frames}, {listed}",
            source=source,
            clock=format_minutes(seconds),
            frames=tr_plural("{n} frame saved", "{n} frames saved", n_frames, n=n_frames),
            listed=tr_plural("{n} sampled", "{n} sampled", n_listed, n=n_listed),
        ),
        tr(
            "Saved: {what}",
            what=format_stored_format(
                how.format,
                how.decoded_from,
                how.on_grid,
                list_fps,
                how.n_bytes / seconds if seconds > 0 else 0,
            ),
        ),
    ]
    if how.n_dropped or how.n_skipped:
        dropped = tr("not measured") if how.n_dropped is None else how.n_dropped
        lines.append(
            tr(
                "Frames dropped by the camera: {dropped}; skipped by this computer: {skipped}.",
                dropped=dropped,
                skipped=how.n_skipped,
            )
        )
    lines += [
        tr(
            "Gap of {seconds} s from {at}: {cause}.",
            at=format_minutes(gap.at_s),
            seconds=format_number(gap.seconds, 1),
            cause=get_gap_cause(gap.cause),
        )
        for gap in gaps
    ]
    return (
        *lines,
        *([describe_recording_end(how.ended)] if describe_recording_end(how.ended) else []),
    )


def describe_camera_list(n: int, why_not: str) -> str:
    """The sentence under the list of cameras; `why_not`: why industrial ones may be missing, as
    `describe_missing_search`."""
    if n == 0:
        text = tr(
            "No camera found. Connect a camera, or specify an address (http://…, rtsp://…), a "
            "video or an image folder."
        )
    else:
        text = tr_plural(
            "{n} camera found. It was not opened.", "{n} cameras found. None was opened.", n, n=n
        )
    return f"{text} {describe_missing_search(why_not)}" if why_not else text


def describe_missing_search(why_not: str) -> str:
    """Industrial cameras that may be missing from a list, by the code of the search; any other code
    than the extra's is a search that ended before it had looked."""
    if why_not == "extra_missing":
        return tr(
            "Industrial cameras are not searched: install the extra “gige”{pip}.",
            pip=format_command("pip install fieldcheck[gige]"),
        )
    return tr(
        "The search for industrial cameras did not finish; the list may be incomplete. Search "
        "again."
    )


def get_password_prompt() -> str:
    """Password prompt of a terminal."""
    return tr("Camera password")


def format_camera_line(name: str, identity: str, path: str, busy: bool) -> str:
    """One camera on a terminal."""
    text = tr("{name}: --source {id} (now at {path})", name=name, id=identity, path=path)
    return tr("{camera} (in use by another program)", camera=text) if busy else text


# Parts that frames show.


def list_part_lines(
    rule: PartRule | None, n_parts: int, n_frames: int, n_without: int
) -> tuple[str, ...]:
    """Parts by their rule, when one is called defective, and frames that show none."""
    if rule is None:
        return (tr("Frames carry no part: rates count frames."),)
    shown = tr_plural(
        "{n} part in {frames} frames",
        "{n} parts in {frames} frames",
        n_parts,
        n=n_parts,
        frames=n_frames,
    )
    lines = [f"{shown} ({describe_part_source(rule)}).", describe_part_call(rule)]
    if n_without:
        lines.append(
            tr_plural(
                "{n} frame shows no part by this rule and counts as a part of its own.",
                "{n} frames show no part by this rule and count as parts of their own.",
                n_without,
                n=n_without,
            )
        )
    return tuple(lines)


def describe_part_source(rule: PartRule) -> str:
    """Where parts come from, as a clause."""
    origin = {
        "pattern": tr("file name pattern {definition}"),
        "csv": tr("list {definition}"),
        "pause": tr("pause of more than {definition} s"),
    }
    return origin[rule.source].format(definition=rule.definition)


def describe_part_call(rule: PartRule) -> str:
    """When a part counts as rejected."""
    if rule.call == "any":
        return tr("A part counts as rejected if any of its frames is.")
    if rule.call == "all":
        return tr("A part counts as rejected if all its frames are.")
    return tr("A part counts as rejected if at least {n} of its frames are.", n=rule.least)
