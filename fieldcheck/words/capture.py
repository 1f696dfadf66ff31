"""Texts about a recording: what is stored, how far it is, what was missing, and why it ended."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.captured import Captured, RecordingGap
from fieldcheck.words.figures import minutes, number
from fieldcheck.words.language import plural, text
from fieldcheck.words.recording import CODECS
from fieldcheck.words.remedies import typed

MB = 1_000_000


def kept(pixel_format: str, decoded_from: str, on_grid: bool, list_fps: float, bytes_per_s: float) -> str:
    """The format line: exactly what of the camera's frames is stored, and how many megabytes a minute that takes."""
    said = _what(pixel_format, decoded_from)
    if on_grid:
        said = text("{what}, sampled at {n} fps").format(what=said, n=f"{list_fps:g}")
    if bytes_per_s <= 0:
        return said
    return text("{what}: {mb} MB per minute").format(what=said, mb=number(60 * bytes_per_s / MB))


def _what(pixel_format: str, decoded_from: str) -> str:
    if pixel_format == "jpeg":
        return text("original camera JPEGs")
    if pixel_format in CODECS:
        return text("original camera {codec} packets").format(codec=CODECS[pixel_format])
    if decoded_from and decoded_from != "file":
        return text("decoded, lossless ({format})").format(format=pixel_format)
    return text("raw pixels ({format}), lossless").format(format=pixel_format)


def cause(code: str) -> str:
    """Why frames were missing."""
    return {
        "read_error": text("the camera reported an error"),
        "silence": text("no image received"),
        "blocked": text("the camera driver did not respond"),
        "frozen": text("the same image was repeated"),
        "format": text("the camera changed its format"),
    }.get(code, text("unknown cause"))


def ended(code: str) -> str:
    """Why a recording ended, where that was not asked for; empty where it was."""
    return {
        "disk_low": text("Recording stopped to reserve space for your labels. Recorded footage is safe. Free up space to continue."),
        "disk_full": text("Recording stopped: the disk is full. Recorded footage is safe. Free up space to continue."),
        "failed": text("Recording stopped: it could not be saved. Footage recorded before is safe. Check the disk."),
        "killed": text("The program ended during recording. Everything saved up to that point was imported."),
    }.get(code, "")


def captured(
    source: str, seconds: float, n_frames: int, n_listed: int, how: Captured, gaps: Sequence[RecordingGap], list_fps: float
) -> tuple[str, ...]:
    """A recording after its end, a line for each thing worth knowing."""
    lines = [
        text("{source}: {clock} recorded; {frames}, {listed}").format(
            source=source,
            clock=minutes(seconds),
            frames=plural("{n} frame saved", "{n} frames saved", n_frames).format(n=n_frames),
            listed=plural("{n} sampled", "{n} sampled", n_listed).format(n=n_listed),
        ),
        text("Saved: {what}").format(
            what=kept(how.format, how.decoded_from, how.on_grid, list_fps, how.n_bytes / seconds if seconds > 0 else 0)
        ),
    ]
    if how.n_dropped or how.n_skipped:
        dropped = text("not measured") if how.n_dropped is None else how.n_dropped
        lines.append(
            text("Frames dropped by the camera: {dropped}; skipped by this computer: {skipped}.").format(
                dropped=dropped, skipped=how.n_skipped
            )
        )
    lines += [
        text("Gap of {seconds} s from {at}: {cause}.").format(at=minutes(gap.at_s), seconds=number(gap.seconds, 1), cause=cause(gap.cause))
        for gap in gaps
    ]
    return (*lines, *([ended(how.ended)] if ended(how.ended) else []))


def listed(n: int, why_not: str) -> str:
    """The sentence under the list of cameras; `why_not`: why industrial ones may be missing, as `not_looked_for`."""
    if n == 0:
        said = text("No camera found. Connect a camera, or specify an address (http://…, rtsp://…), a video or an image folder.")
    else:
        said = plural("{n} camera found. It was not opened.", "{n} cameras found. None was opened.", n).format(n=n)
    return f"{said} {not_looked_for(why_not)}" if why_not else said


def not_looked_for(why_not: str) -> str:
    """Industrial cameras that may be missing from a list, by the code of the search; any other code than the extra's is a search that
    ended before it had looked."""
    if why_not == "extra_missing":
        return text("Industrial cameras are not searched: install the extra “gige”{pip}.").format(pip=typed("pip install fieldcheck[gige]"))
    return text("The search for industrial cameras did not finish; the list may be incomplete. Search again.")


def password_wanted() -> str:
    """Password prompt of a terminal."""
    return text("Camera password")


def line(name: str, identity: str, path: str, busy: bool) -> str:
    """One camera on a terminal."""
    said = text("{name}: --source {id} (now at {path})").format(name=name, id=identity, path=path)
    return text("{camera} (in use by another program)").format(camera=said) if busy else said
