"""Commands about the admin of a project, and the PIN as it reaches a command: asked for, or in the environment, never typed in one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fieldcheck.child_process import ADMIN_PIN, NEW_ADMIN_PIN, read_secret
from fieldcheck.cli.door import Answer, TerminalProgress, door
from fieldcheck.cli.rooms import Rooms
from fieldcheck.cli.values import existing_project
from fieldcheck.project.folder import Project
from fieldcheck.timestamp import timestamp
from fieldcheck.words.language import text
from fieldcheck.workflows.capture.finish_recording import opened as opened_for_writing
from fieldcheck.workflows.project.admin import SHORTEST_PIN, clear_admin_pin, has_admin, set_admin_pin, unlock


def give_pin(project: Project) -> None:
    """Unlocks a guarded project with the PIN of the environment, or one that is asked for at a terminal. Raises AdminNeeded (`wrong`)."""
    if has_admin(project) and (pin := read_secret(ADMIN_PIN) or _asked(text("Admin PIN"), twice=False)):
        unlock(project, pin)


def _asked(label: str, twice: bool) -> str:
    """Typed without being shown; empty where nobody sits at a terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        return ""
    return str(click.prompt(label, hide_input=True, confirmation_prompt=twice, err=True))


@click.group("admin", cls=Rooms)
def admin() -> None:
    """The admin PIN, which prevents operators from changing limits by mistake. It is not a security barrier."""


@admin.command("set")
@existing_project
@door("admin_set")
def admin_set(project: Path, bar: TerminalProgress) -> Answer:
    """Set the admin PIN (prompted, or from FIELDCHECK_NEW_ADMIN_PIN)."""
    with opened_for_writing(project, bar, timestamp()) as opened:
        give_pin(opened)
        pin = read_secret(NEW_ADMIN_PIN) or _asked(text("New admin PIN"), twice=True)
        if len(pin) < SHORTEST_PIN:
            raise click.UsageError(text("The PIN must have at least {n} letters or digits.").format(n=SHORTEST_PIN))
        set_admin_pin(opened, pin, timestamp())
    return Answer({"project": str(project.resolve()), "admin": True}, (text("Changing the limits now requires the PIN."),))


@admin.command("clear")
@existing_project
@door("admin_clear")
def admin_clear(project: Path, bar: TerminalProgress) -> Answer:
    """Remove the admin PIN."""
    with opened_for_writing(project, bar, timestamp()) as opened:
        give_pin(opened)
        clear_admin_pin(opened, timestamp())
    return Answer({"project": str(project.resolve()), "admin": False}, (text("Anyone can change the limits now."),))


COMMANDS = (admin,)
