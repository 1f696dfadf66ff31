"""Command that watches a deployed model for drift, from its log, shift by shift."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.door import EXIT_DONE, Answer, TerminalProgress, door
from fieldcheck.cli.values import existing_project
from fieldcheck.domain.shift import FollowedShift
from fieldcheck.errors import PathMissing
from fieldcheck.timestamp import timestamp
from fieldcheck.words import drift as words
from fieldcheck.workflows.capture.finish_recording import opened as opened_for_writing
from fieldcheck.workflows.days.monitor import TakenIn, acknowledge, followed, outliers, take_in

EXIT_ALARM = 3  # with --until-alert
SHOWN = 10  # shifts
ALERT_SECONDS = 60


@click.command("monitor")
@existing_project
@click.argument("log", type=click.Path(path_type=Path), required=False)
@click.option("--hours", type=click.IntRange(1, 24), default=8, show_default=True, help="Length of a shift; the first begins at six.")
@click.option("--acknowledge", "seen", default=None, metavar="SHIFT", help="Somebody has looked: alarms up to this shift are over.")
@click.option("--note", default="", help="What was found, with --acknowledge.")
@click.option("--on-alert", default=None, metavar="PROGRAM", help="Is started on an alarm, with the document on its stdin; no shell.")
@click.option("--until-alert", is_flag=True, help=f"Ends with {EXIT_ALARM} where the newest shift alarms.")
@click.option("--model", default=None, metavar="NAME", help="Which model; the newest when not given.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which hundred results of a shift are sampled for a look.")
@door("monitor")
def monitor(
    project: Path, log: Path | None, hours: int, seen: str | None, note: str, on_alert: str | None, until_alert: bool, model: str | None,
    seed: int, bar: TerminalProgress,
) -> Answer:  # fmt: skip
    """Takes in a log of the deployed model (CSV or JSON lines: time, prediction, confidence) and says how each shift stands."""
    with opened_for_writing(project, bar, timestamp()) as opened:
        brought = take_in(opened, log, hours, model, seed, bar, timestamp()) if log is not None else None
        if seen is not None:
            acknowledge(opened, seen, note, model, timestamp())
        shifts = followed(opened, model)
        looked_at = outliers(opened, shifts[-1].began, model) if shifts else ()
    document = {"project": str(project.resolve()), **monitor_document(shifts, brought), "outliers": [list(one) for one in looked_at]}
    rings = bool(shifts) and shifts[-1].state == "alarm"
    if rings and on_alert is not None:
        _alert(on_alert, document)
    code = EXIT_ALARM if rings and until_alert else EXIT_DONE
    return Answer(document, _lines(shifts, brought), code)


def _lines(shifts: Sequence[FollowedShift], brought: TakenIn | None) -> tuple[str, ...]:
    told: tuple[str, ...] = ()
    if brought is not None:
        told = words.taken_in(brought.n, len(brought.shifts), brought.empty, brought.backwards, brought.unknown)
    return (*told, *map(words.shift_line, shifts[-SHOWN:]), *(words.drift_lines(shifts[-1]) if shifts else ()))


def monitor_document(shifts: Sequence[FollowedShift], brought: TakenIn | None) -> dict[str, Any]:
    """JSON document of `monitor`: how the newest shift stands, and every shift."""
    newest = shifts[-1] if shifts else None
    return {
        "state": newest.state if newest else "learning",
        "shift": newest.began if newest else None,
        "n_shifts": len(shifts),
        "n_reference": newest.n_reference if newest else 0,
        "charts": [asdict(one) for one in newest.charts] if newest else [],
        "alarms": [
            {"shift": one.began, "cause": one.cause, "sentence": " ".join(words.drift_lines(one))} for one in shifts if one.state == "alarm"
        ],
        "advice": newest.advice if newest else "none",
        "shifts": [asdict(one) for one in shifts],
        "log": asdict(brought) if brought else None,
    }


def _alert(program: str, document: dict[str, Any]) -> None:
    """Starts a program of the user's with the document on its stdin; it is ended after a minute. Raises PathMissing where it is none."""
    try:
        with suppress(subprocess.TimeoutExpired):  # it was told, and the monitor goes on
            subprocess.run([program], input=json.dumps(document).encode(), timeout=ALERT_SECONDS, check=False)
    except OSError as error:  # not there, not to be run, or no program at all
        raise PathMissing(Path(program)) from error


COMMANDS = (monitor,)
