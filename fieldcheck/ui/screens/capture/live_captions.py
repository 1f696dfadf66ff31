"""Status text of the live page, of a camera and a recording: facts in, words out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.open_cameras import CameraSession
from fieldcheck.ui.screens.capture.source_panel import ExposureControls
from fieldcheck.ui.screens.capture.timeline import TARGET_S, LightStretch, TimelineContent
from fieldcheck.ui.words import get_locale
from fieldcheck.words import recording as words
from fieldcheck.words.conditions import get_condition_name
from fieldcheck.words.figures import format_minutes
from fieldcheck.words.language import tr, tr_plural

if TYPE_CHECKING:
    from fieldcheck.domain.quality import Quality
    from fieldcheck.workflows.capture.viewed_camera import CameraStatus, RecordingProgress

MOST_RATE = 30.0  # frames a second that are reckoned with where a camera does not tell its own


def build_timeline(one: CameraSession, recorded: RecordingProgress | None) -> TimelineContent:
    """The timeline of a recording; empty before one."""
    if recorded is None:
        return TimelineContent(enough=tr("target reached"))
    stretches = tuple(LightStretch(at, _format_conditions(conditions)) for at, conditions in one.condition_log)
    gaps = tuple((gap.at_s, gap.seconds) for gap in recorded.gaps)
    return TimelineContent(
        recorded.seconds,
        stretches,
        _list_moment_times(one, "moment"),
        gaps,
        tr("target reached"),
        " · ".join(
            (
                *_list_recording_facts(one, recorded),
                *words.list_marked_moments(_format_moment_times(one, "moment"), _format_moment_times(one, "single")),
            )
        ),
        _list_moment_times(one, "single"),
    )


def format_recording_facts(one: CameraSession, recorded: RecordingProgress | None) -> tuple[str, str]:
    """Figures below the picture, and one line of advice."""
    if recorded is None:
        return tr("No recording yet."), tr("Record eight short clips rather than one long clip.")
    enough = recorded.covered_s >= TARGET_S
    advice = tr("Ten minutes recorded: target reached.") if enough else tr("Record eight short clips rather than one long clip.")
    return " · ".join(_list_recording_facts(one, recorded)), advice


def list_quality_meters(quality: Quality) -> tuple[tuple[str, float, float], ...]:
    """Dark, blur and glare: the word, how much of it from 0 to 1, and from where on it is much."""
    share = get_locale().toString(quality.clipped_high * 100, "f", 1)
    percent = tr("{share}%").format(share=share)
    return (
        (words.describe_brightness(quality), 1 - quality.mean / 255, 1 - words.DARK_BELOW / 255),
        (words.describe_sharpness(quality), 1 - quality.sharpness / words.SHARPEST, 1 - words.SOFT_BELOW / words.SHARPEST),
        (words.describe_glare(quality, percent), quality.clipped_high / words.MOST_GLARE, words.GLARE_ABOVE / words.MOST_GLARE),
    )


def build_exposure_controls(sign: CameraStatus, locked: bool) -> ExposureControls:
    """Exposure and gain as the camera told them last, and what can be done."""
    told, can = sign.settings, sign.abilities
    parts = []
    if told is not None and told.exposure_ms is not None:
        ms = get_locale().toString(told.exposure_ms, "f", 1)
        parts.append(tr("Exposure {ms} ms").format(ms=ms))
    if told is not None and told.gain is not None:
        parts.append(tr("gain {n}").format(n=get_locale().toString(told.gain, "f", 1)))
    auto = bool(told and told.auto_exposure)
    if auto:
        parts.append(tr("automatic"))
    said = " · ".join(parts) if parts else tr("This camera does not report its exposure.")
    return ExposureControls(said, can.exposure_ms is not None, can.auto_exposure, can.lock, auto, locked)


def format_source(driver: str, sign: CameraStatus | None) -> str:
    """One line about a camera in the list."""
    usb, industrial = tr("USB"), tr("industrial")
    kinds = {"v4l2": usb, "msmf": usb, "gige": industrial, "network": tr("network"), "file": tr("file")}
    kind = kinds.get(driver, driver)
    if sign is None or sign.frame_format is None:
        return kind
    size = tr("{width}×{height}").format(width=sign.frame_format.width, height=sign.frame_format.height)
    rate = tr("{n} fps").format(n=round(sign.fps)) if sign.fps >= 1 else tr("no frames")
    return f"{kind} · {size} · {rate}"


def format_storage(sign: CameraStatus, recorded: RecordingProgress | None, every_frame: bool, list_fps: float) -> tuple[str, str]:
    """Exactly what is stored and how many MB a minute; and the choice of every frame with its price, empty for a camera's own JPEGs."""
    delivery = sign.frame_format
    if delivery is None:
        return "", ""
    rate = recorded.room.bytes_per_s if recorded is not None and recorded.room is not None else 0.0
    if delivery.format in words.CODECS:
        return words.describe_stored_stream(delivery.format, delivery.decoded_from, None, rate), ""
    grid = None if every_frame else list_fps
    bare = delivery.width * delivery.height * _get_bytes_per_pixel(delivery.format) * (sign.fps or MOST_RATE)
    return words.describe_stored_stream(delivery.format, delivery.decoded_from, grid, rate), words.describe_full_data_rate(bare)


def list_overlay_lines(name: str, sign: CameraStatus) -> tuple[str, ...]:
    """Figures that stand over the picture where somebody wants them."""
    delivery = sign.frame_format
    what = words.format_delivered_format(delivery.format, delivery.decoded_from) if delivery else "–"
    return (
        name,
        tr("{n} fps, reopened {times}×").format(n=get_locale().toString(sign.fps, "f", 1), times=sign.n_opened),
        tr_plural("{n} frame, {dropped} dropped", "{n} frames, {dropped} dropped", sign.n_frames).format(
            n=sign.n_frames, dropped=sign.n_dropped
        ),
        what,
    )


def _list_recording_facts(one: CameraSession, recorded: RecordingProgress) -> tuple[str, ...]:
    n_marks, n_singles = len(_list_moment_times(one, "moment")), len(_list_moment_times(one, "single"))
    return words.list_recording_facts(
        format_minutes(recorded.covered_s), recorded.n_frames, recorded.n_dropped, recorded.n_skipped, n_marks, n_singles
    )


def _list_moment_times(one: CameraSession, kind: str) -> tuple[float, ...]:
    return tuple(moment.at_s for moment in one.status.moments if moment.kind == kind)


def _format_moment_times(one: CameraSession, kind: str) -> str:
    return ", ".join(format_minutes(at) for at in _list_moment_times(one, kind))


def _format_conditions(conditions: tuple[str, ...]) -> str:
    return ", ".join(get_condition_name(code) for code in conditions) or "–"


def _get_bytes_per_pixel(pixel_format: str) -> int:
    if pixel_format in ("rgb8", "bgr8"):
        return 3
    return 1 if pixel_format.endswith("8") and not pixel_format.startswith("yuyv") else 2
