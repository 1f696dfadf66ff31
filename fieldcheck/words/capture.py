"""Texts about a recording: what is stored, how far it is, what was missing, and why it ended."""

from __future__ import annotations

from collections.abc import Sequence

from fieldcheck.domain.captured import RecordingGap, RecordingStorage
from fieldcheck.words.figures import format_minutes, format_number
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.recording import CODECS
from fieldcheck.words.remedies import format_command

BYTES_PER_MB = 1_000_000


def format_stored_format(pixel_format: str, decoded_from: str, on_grid: bool, list_fps: float, bytes_per_s: float) -> str:
    """The format line: exactly what of the camera's frames is stored, and how many megabytes a minute that takes."""
    said = _describe_format(pixel_format, decoded_from)
    if on_grid:
        said = tr("{what}, sampled at {n} fps").format(what=said, n=f"{list_fps:g}")
    if bytes_per_s <= 0:
        return said
    return tr("{what}: {mb} MB per minute").format(what=said, mb=format_number(60 * bytes_per_s / BYTES_PER_MB))


def _describe_format(pixel_format: str, decoded_from: str) -> str:
    if pixel_format == "jpeg":
        return tr("original camera JPEGs")
    if pixel_format in CODECS:
        return tr("original camera {codec} packets").format(codec=CODECS[pixel_format])
    if decoded_from and decoded_from != "file":
        return tr("decoded, lossless ({format})").format(format=pixel_format)
    return tr("raw pixels ({format}), lossless").format(format=pixel_format)


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
        "disk_low": tr("Recording stopped to reserve space for your labels. Recorded footage is safe. Free up space to continue."),
        "disk_full": tr("Recording stopped: the disk is full. Recorded footage is safe. Free up space to continue."),
        "failed": tr("Recording stopped: it could not be saved. Footage recorded before is safe. Check the disk."),
        "killed": tr("The program ended during recording. Everything saved up to that point was imported."),
    }.get(code, "")


def list_capture_lines(
    source: str, seconds: float, n_frames: int, n_listed: int, how: RecordingStorage, gaps: Sequence[RecordingGap], list_fps: float
) -> tuple[str, ...]:
    """A recording after its end, a line for each thing worth knowing."""
    lines = [
        tr("{source}: {clock} recorded; {frames}, {listed}").format(
            source=source,
            clock=format_minutes(seconds),
            frames=tr_plural("{n} frame saved", "{n} frames saved", n_frames).format(n=n_frames),
            listed=tr_plural("{n} sampled", "{n} sampled", n_listed).format(n=n_listed),
        ),
        tr("Saved: {what}").format(
            what=format_stored_format(how.format, how.decoded_from, how.on_grid, list_fps, how.n_bytes / seconds if seconds > 0 else 0)
        ),
    ]
    if how.n_dropped or how.n_skipped:
        dropped = tr("not measured") if how.n_dropped is None else how.n_dropped
        lines.append(
            tr("Frames dropped by the camera: {dropped}; skipped by this computer: {skipped}.").format(
                dropped=dropped, skipped=how.n_skipped
            )
        )
    lines += [
        tr("Gap of {seconds} s from {at}: {cause}.").format(
            at=format_minutes(gap.at_s), seconds=format_number(gap.seconds, 1), cause=get_gap_cause(gap.cause)
        )
        for gap in gaps
    ]
    return (*lines, *([describe_recording_end(how.ended)] if describe_recording_end(how.ended) else []))


def describe_camera_list(n: int, why_not: str) -> str:
    """The sentence under the list of cameras; `why_not`: why industrial ones may be missing, as `describe_missing_search`."""
    if n == 0:
        said = tr("No camera found. Connect a camera, or specify an address (http://…, rtsp://…), a video or an image folder.")
    else:
        said = tr_plural("{n} camera found. It was not opened.", "{n} cameras found. None was opened.", n).format(n=n)
    return f"{said} {describe_missing_search(why_not)}" if why_not else said


def describe_missing_search(why_not: str) -> str:
    """Industrial cameras that may be missing from a list, by the code of the search; any other code than the extra's is a search that
    ended before it had looked."""
    if why_not == "extra_missing":
        return tr("Industrial cameras are not searched: install the extra “gige”{pip}.").format(
            pip=format_command("pip install fieldcheck[gige]")
        )
    return tr("The search for industrial cameras did not finish; the list may be incomplete. Search again.")


def get_password_prompt() -> str:
    """Password prompt of a terminal."""
    return tr("Camera password")


def format_camera_line(name: str, identity: str, path: str, busy: bool) -> str:
    """One camera on a terminal."""
    said = tr("{name}: --source {id} (now at {path})").format(name=name, id=identity, path=path)
    return tr("{camera} (in use by another program)").format(camera=said) if busy else said
