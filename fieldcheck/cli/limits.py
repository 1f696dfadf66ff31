"""The command that sets what the verdict is held against: the largest gap accepted, and the classes that are OK."""

from __future__ import annotations

from pathlib import Path

import click

from fieldcheck.cli.door import Answer, TerminalProgress, door
from fieldcheck.cli.values import existing_project
from fieldcheck.timestamp import timestamp
from fieldcheck.words import projects as words
from fieldcheck.workflows.capture.finish_recording import opened as opened_for_writing
from fieldcheck.workflows.project.describe_project import GapLimits, limits_of, set_limits
from fieldcheck.workflows.project.ok_classes import ok_classes, set_ok_classes


@click.command("limits")
@existing_project
@click.option("--tolerance", type=click.FloatRange(0, 1), help="Largest gap between benchmark and field that is accepted, as 0.03.")
@click.option("--by", default="", help="Who decided it.")
@click.option("--ok", multiple=True, metavar="CLASS", help="A class that means a good part; may be given several times.")
@door("limits")
def limits(project: Path, tolerance: float | None, by: str, ok: tuple[str, ...], bar: TerminalProgress) -> Answer:
    """Shows or sets the limits: the largest gap accepted, and which classes are OK."""
    with opened_for_writing(project, bar, timestamp()) as opened:
        if tolerance is not None:
            set_limits(opened, GapLimits(tolerance, by))
        if ok:
            set_ok_classes(opened, ok)
        found, (names, told) = limits_of(opened), ok_classes(opened)
    document = {
        "project": str(project.resolve()),
        "tolerance": found.tolerance,
        "by": found.decided_by,
        "ok_classes": list(names),
        "ok_told": told,
    }
    return Answer(document, words.limits_said(found.tolerance, found.decided_by, names, told))


COMMANDS = (limits,)
