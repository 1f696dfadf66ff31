"""Status text of the live page, of a camera and a recording: facts in, words out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.open_cameras import Opened
from fieldcheck.ui.screens.capture.source_panel import ExposureControls
from fieldcheck.ui.screens.capture.timeline import TARGET_S, LightStretch, TimelineContent
from fieldcheck.ui.words import locale
from fieldcheck.words import recording as words
from fieldcheck.words.conditions import condition
from fieldcheck.words.figures import minutes
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.domain.quality import Quality
    from fieldcheck.workflows.capture.viewed_camera import CameraStatus, Recorded

MOST_RATE = 30.0  # frames a second that are reckoned with where a camera does not tell its own


def line_of(one: Opened, recorded: Recorded | None) -> TimelineContent:
    """The timeline of a recording; empty before one."""
    if recorded is None:
        return TimelineContent(enough=text("target reached"))
    stretches = tuple(LightStretch(at, _light(conditions)) for at, conditions in one.lights)
    gaps = tuple((gap.at_s, gap.seconds) for gap in recorded.gaps)
    return TimelineContent(
        recorded.seconds,
        stretches,
        _times(one, "moment"),
        gaps,
        text("target reached"),
        " · ".join((*_facts(one, recorded), *words.moments(_clocks(one, "moment"), _clocks(one, "single")))),
        _times(one, "single"),
    )


def facts_of(one: Opened, recorded: Recorded | None) -> tuple[str, str]:
    """Figures below the picture, and one line of advice."""
    if recorded is None:
        return text("No recording yet."), text("Record eight short clips rather than one long clip.")
    enough = recorded.covered_s >= TARGET_S
    advice = text("Ten minutes recorded: target reached.") if enough else text("Record eight short clips rather than one long clip.")
    return " · ".join(_facts(one, recorded)), advice


def meters_of(quality: Quality) -> tuple[tuple[str, float, float], ...]:
    """Dark, blur and glare: the word, how much of it from 0 to 1, and from where on it is much."""
    share = locale().toString(quality.clipped_high * 100, "f", 1)
    percent = text("{share}%").format(share=share)
    return (
        (words.dark(quality), 1 - quality.mean / 255, 1 - words.DARK_BELOW / 255),
        (words.blur(quality), 1 - quality.sharpness / words.SHARPEST, 1 - words.SOFT_BELOW / words.SHARPEST),
        (words.glare(quality, percent), quality.clipped_high / words.MOST_GLARE, words.GLARE_ABOVE / words.MOST_GLARE),
    )


def settings_of(sign: CameraStatus, locked: bool) -> ExposureControls:
    """Exposure and gain as the camera told them last, and what can be done."""
    told, can = sign.settings, sign.abilities
    parts = []
    if told is not None and told.exposure_ms is not None:
        ms = locale().toString(told.exposure_ms, "f", 1)
        parts.append(text("Exposure {ms} ms").format(ms=ms))
    if told is not None and told.gain is not None:
        parts.append(text("gain {n}").format(n=locale().toString(told.gain, "f", 1)))
    auto = bool(told and told.auto_exposure)
    if auto:
        parts.append(text("automatic"))
    said = " · ".join(parts) if parts else text("This camera does not report its exposure.")
    return ExposureControls(said, can.exposure_ms is not None, can.auto_exposure, can.lock, auto, locked)


def source_line(driver: str, sign: CameraStatus | None) -> str:
    """One line about a camera in the list."""
    usb, industrial = text("USB"), text("industrial")
    kinds = {"v4l2": usb, "msmf": usb, "gige": industrial, "network": text("network"), "file": text("file")}
    kind = kinds.get(driver, driver)
    if sign is None or sign.delivery is None:
        return kind
    size = text("{width}×{height}").format(width=sign.delivery.width, height=sign.delivery.height)
    rate = text("{n} fps").format(n=round(sign.fps)) if sign.fps >= 1 else text("no frames")
    return f"{kind} · {size} · {rate}"


def format_line(sign: CameraStatus, recorded: Recorded | None, every_frame: bool, list_fps: float) -> tuple[str, str]:
    """Exactly what is stored and how many MB a minute; and the choice of every frame with its price, empty for a camera's own JPEGs."""
    delivery = sign.delivery
    if delivery is None:
        return "", ""
    rate = recorded.room.bytes_per_s if recorded is not None and recorded.room is not None else 0.0
    if delivery.format in words.CODECS:
        return words.stored(delivery.format, delivery.decoded_from, None, rate), ""
    grid = None if every_frame else list_fps
    bare = delivery.width * delivery.height * _bytes_a_pixel(delivery.format) * (sign.fps or MOST_RATE)
    return words.stored(delivery.format, delivery.decoded_from, grid, rate), words.every_frame(bare)


def info_lines(name: str, sign: CameraStatus) -> tuple[str, ...]:
    """Figures that stand over the picture where somebody wants them."""
    delivery = sign.delivery
    what = words.delivered(delivery.format, delivery.decoded_from) if delivery else "–"
    return (
        name,
        text("{n} fps, reopened {times}×").format(n=locale().toString(sign.fps, "f", 1), times=sign.n_opened),
        plural("{n} frame, {dropped} dropped", "{n} frames, {dropped} dropped", sign.n_frames).format(
            n=sign.n_frames, dropped=sign.n_dropped
        ),
        what,
    )


def _facts(one: Opened, recorded: Recorded) -> tuple[str, ...]:
    n_marks, n_singles = len(_times(one, "moment")), len(_times(one, "single"))
    return words.facts(minutes(recorded.covered_s), recorded.n_frames, recorded.n_dropped, recorded.n_skipped, n_marks, n_singles)


def _times(one: Opened, kind: str) -> tuple[float, ...]:
    return tuple(moment.at_s for moment in one.now.moments if moment.kind == kind)


def _clocks(one: Opened, kind: str) -> str:
    return ", ".join(minutes(at) for at in _times(one, kind))


def _light(conditions: tuple[str, ...]) -> str:
    return ", ".join(condition(code) for code in conditions) or "–"


def _bytes_a_pixel(pixel_format: str) -> int:
    if pixel_format in ("rgb8", "bgr8"):
        return 3
    return 1 if pixel_format.endswith("8") and not pixel_format.startswith("yuyv") else 2
