"""Admin of a project: a PIN that guards its limits, set, given and taken away; every time the chain of the seal says so."""

from __future__ import annotations

from sqlite_utils import Database

from fieldcheck.errors import AdminNeeded
from fieldcheck.project import roles
from fieldcheck.project.folder import Project

SHORTEST_PIN = 4


def has_admin(project: Project) -> bool:
    """Whether a PIN guards the limits."""
    return project.read(roles.has_pin)


def enable_admin_access(project: Project, pin: str) -> None:
    """Whoever works in this open project is its admin from now on. Raises AdminNeeded (`wrong`)."""
    if has_admin(project) and not project.read(lambda db: roles.is_pin(db, pin)):
        raise AdminNeeded(project.path, "wrong")
    project.admin = True


def set_admin_pin(project: Project, pin: str, now: str) -> None:
    """A PIN from now on, in place of one that was given. Raises AdminNeeded (`locked`); ValueError for one of fewer than four letters."""
    if len(pin) < SHORTEST_PIN:
        raise ValueError(f"a PIN has at least {SHORTEST_PIN} letters")
    _set_pin(project, pin, now)
    project.admin = True


def clear_admin_pin(project: Project, now: str) -> None:
    """No PIN any more. Raises AdminNeeded (`locked`, or `unset` where there is none)."""
    if not has_admin(project):
        raise AdminNeeded(project.path, "unset")
    _set_pin(project, "", now)


def _set_pin(project: Project, pin: str, now: str) -> None:
    def set_pin_in_database(db: Database) -> None:
        if roles.has_pin(db) and not project.admin:
            raise AdminNeeded(project.path, "locked")
        roles.set_pin(db, pin, now)

    project.write(set_pin_in_database).result()
