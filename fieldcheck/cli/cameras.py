"""The command that lists cameras."""

from __future__ import annotations

import sys

import click

from fieldcheck.cli.door import Answer, TerminalProgress, door
from fieldcheck.words import capture as words
from fieldcheck.workflows.capture.cameras import FoundCamera, cameras, wants_password


@click.command("cameras")
@door("cameras")
def cameras_(bar: TerminalProgress) -> Answer:
    """List connected cameras without opening them."""
    found = cameras()
    note = words.listed(len(found.cameras), found.why_not)
    lines = [words.line(one.name, one.id, one.path, one.busy) for one in found.cameras]
    return Answer({"cameras": [_document(one) for one in found.cameras], "note": note}, (*lines, note))


def password_for(source: str) -> str:
    """Asks whoever sits at the terminal for the password of an address that names a person; empty where nobody can be asked."""
    if not wants_password(source) or not sys.stdin.isatty():
        return ""
    return str(click.prompt(words.password_wanted(), hide_input=True, default="", show_default=False, err=True))


def _document(one: FoundCamera) -> dict[str, object]:
    formats = [{"width": each.width, "height": each.height, "fps": each.fps, "pixel": each.pixel} for each in one.formats]
    return {
        "id": one.id,
        "name": one.name,
        "driver": one.driver,
        "path": one.path,
        "serial": one.serial,
        "busy": one.busy,
        "formats": formats,
    }


COMMANDS = (cameras_,)
