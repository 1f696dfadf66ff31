"""Commands that set, use and clear the admin PIN of a project. The PIN is prompted for or read from
the environment, never passed as an argument."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fieldcheck.child_process import ADMIN_PIN, NEW_ADMIN_PIN, read_secret
from fieldcheck.cli.command import Answer, LazyGroup, TerminalProgress, json_command
from fieldcheck.cli.values import existing_project
from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
from fieldcheck.i18n.language import tr
from fieldcheck.project.limits import (
    SHORTEST_PIN,
    clear_admin_pin,
    enable_admin_access,
    has_admin,
    set_admin_pin,
)
from fieldcheck.project.project import Project
from fieldcheck.timestamp import get_timestamp


def unlock_project(project: Project) -> None:
    """Unlocks a guarded project with the PIN of the environment, or one that is asked for at a
    terminal. Raises AdminNeeded (`wrong`)."""
    if has_admin(project) and (
        pin := read_secret(ADMIN_PIN) or _prompt_pin(tr("Admin PIN"), twice=False)
    ):
        enable_admin_access(project, pin)


def _prompt_pin(label: str, twice: bool) -> str:
    """Typed without being shown; empty where nobody sits at a terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        return ""
    return str(click.prompt(label, hide_input=True, confirmation_prompt=twice, err=True))


@click.group("admin", cls=LazyGroup)
def admin_group() -> None:
    """The admin PIN, which prevents operators from changing limits by mistake. It is not a security
    barrier."""


@admin_group.command("set")
@existing_project
@json_command("admin_set")
def set_pin_command(project: Path, bar: TerminalProgress) -> Answer:
    """Set the admin PIN (prompted, or from FIELDCHECK_NEW_ADMIN_PIN)."""
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        unlock_project(opened)
        pin = read_secret(NEW_ADMIN_PIN) or _prompt_pin(tr("New admin PIN"), twice=True)
        if len(pin) < SHORTEST_PIN:
            raise click.UsageError(
                tr("The PIN must have at least {n} letters or digits.").format(n=SHORTEST_PIN)
            )
        set_admin_pin(opened, pin, get_timestamp())
    return Answer(
        {"project": str(project.resolve()), "admin": True},
        (tr("Changing the limits now requires the PIN."),),
    )


@admin_group.command("clear")
@existing_project
@json_command("admin_clear")
def clear_pin_command(project: Path, bar: TerminalProgress) -> Answer:
    """Remove the admin PIN."""
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        unlock_project(opened)
        clear_admin_pin(opened, get_timestamp())
    return Answer(
        {"project": str(project.resolve()), "admin": False},
        (tr("Anyone can change the limits now."),),
    )


COMMANDS = (admin_group,)
