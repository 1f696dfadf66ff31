"""The commands that list cameras and record one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fieldcheck.cli.command import (
    EXIT_DONE,
    EXIT_EXPECTED,
    EXIT_INTERRUPTED,
    Answer,
    TerminalProgress,
    define_command,
    json_command,
)
from fieldcheck.cli.values import CONDITION_OPTION, FigureRange, existing_project, make_fps_option
from fieldcheck.domain.recording import compute_recorded_seconds
from fieldcheck.footage import messages as words
from fieldcheck.footage.camera.sources import list_cameras, needs_password
from fieldcheck.footage.camera.usb import FoundCamera
from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
from fieldcheck.footage.frame_listing import LIST_FPS
from fieldcheck.footage.import_footage import FootageInfo
from fieldcheck.footage.live_camera import CapturedFootage, LiveCamera, capture_footage
from fieldcheck.imaging.raw import OWN_CODING
from fieldcheck.timestamp import get_timestamp


@define_command("cameras")
@json_command("cameras")
def list_cameras_command(bar: TerminalProgress) -> Answer:
    """List connected cameras without opening them."""
    camera_list = list_cameras()
    note = words.describe_camera_list(len(camera_list.cameras), camera_list.why_not)
    lines = [
        words.format_camera_line(camera.name, camera.id, camera.path, camera.busy)
        for camera in camera_list.cameras
    ]
    return Answer(
        {
            "cameras": [_make_camera_document(camera) for camera in camera_list.cameras],
            "note": note,
        },
        (*lines, note),
    )


def get_camera_password(source: str) -> str:
    """Prompts for the password of an address with a user name; empty where there is no terminal to
    prompt on."""
    if not needs_password(source) or not sys.stdin.isatty():
        return ""
    return str(
        click.prompt(
            words.get_password_prompt(), hide_input=True, default="", show_default=False, err=True
        )
    )


def _make_camera_document(found_camera: FoundCamera) -> dict[str, object]:
    formats = [
        {"width": each.width, "height": each.height, "fps": each.fps, "pixel": each.pixel}
        for each in found_camera.formats
    ]
    return {
        "id": found_camera.id,
        "name": found_camera.name,
        "driver": found_camera.driver,
        "path": found_camera.path,
        "serial": found_camera.serial,
        "busy": found_camera.busy,
        "formats": formats,
    }


@define_command("capture")
@existing_project
@click.option(
    "--source",
    required=True,
    help=(
        "Camera as listed by `cameras`, an address (http, https, rtsp), a video, a folder, or "
        "synthetic."
    ),
)
@click.option(
    "--seconds",
    type=FigureRange(0.1),
    default=600.0,
    show_default=True,
    help="Duration in seconds from the first frame.",
)
@click.option("--location", default="", help="Location of the camera.")
@click.option("--camera", default="", help="Camera name; default: the name the camera reports.")
@CONDITION_OPTION
@make_fps_option(LIST_FPS)
@click.option(
    "--every-frame",
    is_flag=True,
    help="For cameras that deliver raw pixels: save every frame, not only the sampled frames.",
)
@json_command("capture")
def capture_command(
    project: Path,
    source: str,
    seconds: float,
    location: str,
    camera: str,
    conditions: tuple[str, ...],
    fps: float,
    every_frame: bool,
    bar: TerminalProgress,
) -> Answer:
    """Record clips from a camera. Press Ctrl+C to stop; recorded footage is saved.

    The password of a name in the address is asked for at a terminal, or read from
    FIELDCHECK_CAMERA_PASSWORD; it is never stored.
    """
    live = LiveCamera(source, get_camera_password(source))
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        footage_info = FootageInfo(camera or live.name, location, "", conditions, fps)
        done = capture_footage(
            opened, live, footage_info, seconds, bar, get_timestamp(), every_frame
        )
    recording = done.imported.recording
    lines = words.list_capture_lines(
        recording.source,
        compute_recorded_seconds(recording.seconds, done.gaps),
        recording.n_frames,
        len(done.imported.frames),
        done.captured,
        done.gaps,
        recording.list_fps,
    )
    document = {"project": str(project.resolve()), **make_capture_document(done)}
    cut_short = EXIT_DONE if done.captured.ended == "asked" else EXIT_EXPECTED
    return Answer(document, lines, EXIT_INTERRUPTED if done.interrupted else cut_short)


def make_capture_document(done: CapturedFootage) -> dict[str, object]:
    """A recording as `capture --json` prints it."""
    recording, captured = done.imported.recording, done.captured
    return {
        "recording_id": recording.recording_id,
        "clip_id": done.imported.clips[0].clip_id if done.imported.clips else None,
        "clip_ids": [clip.clip_id for clip in done.imported.clips],
        "source": recording.source,
        "seconds": compute_recorded_seconds(recording.seconds, done.gaps),
        "n_frames": recording.n_frames,
        "n_listed": len(done.imported.frames),
        "n_dropped": captured.n_dropped,
        "n_skipped": captured.n_skipped,
        "bytes": captured.n_bytes,
        "stored_as": get_storage_code(captured.format, captured.decoded_from, captured.on_grid),
        "gaps": [
            {"at_s": gap.at_s, "seconds": gap.seconds, "cause": gap.cause} for gap in done.gaps
        ],
        "ended": captured.ended,
    }


def get_storage_code(pixel_format: str, decoded_from: str, on_grid: bool) -> str:
    """One code: `jpeg`, `h264`, `h265`, or the format of the pixels and their packing, with
    `decoded:` and `grid` where that is so."""
    if pixel_format in OWN_CODING:
        return pixel_format
    return " ".join(
        [
            f"{pixel_format}/zstd-rows",
            *([f"decoded:{decoded_from}"] if decoded_from else []),
            *(["grid"] if on_grid else []),
        ]
    )


COMMANDS = (list_cameras_command, capture_command)
