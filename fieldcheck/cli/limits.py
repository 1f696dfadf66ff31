"""The command that sets what the verdict is held against: the largest gap accepted, the rates accepted, and the classes that are OK."""

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
from fieldcheck.workflows.project.rate_limits import RATES, rate_limits, set_rate_limits


@click.command("limits")
@existing_project
@click.option("--tolerance", type=click.FloatRange(0, 1), help="Largest gap between benchmark and field that is accepted, as 0.03.")
@click.option("--by", default="", help="Who decided it.")
@click.option("--ok", multiple=True, metavar="CLASS", help="A class that means a good part; may be given several times.")
@click.option("--escape-rate", type=click.FloatRange(0, 1), help="Largest share of defects passed as OK that is accepted, as 0.01.")
@click.option("--false-reject-rate", type=click.FloatRange(0, 1), help="Largest share of good parts rejected that is accepted.")
@click.option("--confident-errors", type=click.FloatRange(0, 1), help="Largest share of errors at confidence 0.9 or more.")
@door("limits")
def limits(project: Path, tolerance: float | None, by: str, ok: tuple[str, ...], bar: TerminalProgress, **rates: float | None) -> Answer:
    """Shows or sets the limits: the largest gap accepted, the rates accepted, and which classes are OK."""
    with opened_for_writing(project, bar, timestamp()) as opened:
        if tolerance is not None:
            set_limits(opened, GapLimits(tolerance, by))
        given = {rate: value for rate, value in rates.items() if value is not None}
        if given:
            set_rate_limits(opened, given, by)
        if ok:
            set_ok_classes(opened, ok)
        found, (names, told), accepted = limits_of(opened), ok_classes(opened), rate_limits(opened)
    document = {
        "project": str(project.resolve()),
        "tolerance": found.tolerance,
        "by": found.decided_by,
        "ok_classes": list(names),
        "ok_told": told,
        **{rate: next((one.limit for one in accepted if one.rate == rate), None) for rate in RATES},
    }
    said = words.limits_said(found.tolerance, found.decided_by, names, told)
    return Answer(document, (*said, *(words.rate_limit_said(one) for one in accepted)))


COMMANDS = (limits,)
