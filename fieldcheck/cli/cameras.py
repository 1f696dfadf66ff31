"""The command that lists cameras."""

from __future__ import annotations

import sys

import click

from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.footage import messages as words
from fieldcheck.footage.camera.sources import list_cameras, needs_password
from fieldcheck.footage.camera.usb import FoundCamera


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


COMMANDS = (list_cameras_command,)
