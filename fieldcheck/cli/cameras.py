"""The command that lists cameras."""

from __future__ import annotations

import sys

import click

from fieldcheck.cli.command import Answer, TerminalProgress, json_command
from fieldcheck.footage import messages as words
from fieldcheck.footage.camera.sources import list_cameras, needs_password
from fieldcheck.footage.camera.usb import FoundCamera


@click.command("cameras")
@json_command("cameras")
def list_cameras_command(bar: TerminalProgress) -> Answer:
    """List connected cameras without opening them."""
    found = list_cameras()
    note = words.describe_camera_list(len(found.cameras), found.why_not)
    lines = [
        words.format_camera_line(one.name, one.id, one.path, one.busy) for one in found.cameras
    ]
    return Answer(
        {"cameras": [_make_camera_document(one) for one in found.cameras], "note": note},
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


def _make_camera_document(one: FoundCamera) -> dict[str, object]:
    formats = [
        {"width": each.width, "height": each.height, "fps": each.fps, "pixel": each.pixel}
        for each in one.formats
    ]
    return {
        "id": one.id,
        "name": one.name,
        "driver": one.driver,
        "path": one.path,
        "serial": one.serial,
        "busy": one.busy,
        "formats": formats,
    }


COMMANDS = (list_cameras_command,)
