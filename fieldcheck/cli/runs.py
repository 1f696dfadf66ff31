"""Stored runs on the terminal: the list of them, and one repeated."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.command import (
    EXIT_DONE,
    EXIT_EXPECTED,
    Answer,
    TerminalProgress,
    define_command,
    json_command,
)
from fieldcheck.cli.values import existing_project
from fieldcheck.domain.run import ReplayResult, RunLine
from fieldcheck.evidence.messages import list_replay_lines, list_run_lines
from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
from fieldcheck.models.replay import replay_run
from fieldcheck.models.runs_mlflow import PAGE, list_runs
from fieldcheck.project.folder import open_project
from fieldcheck.timestamp import get_timestamp


@define_command("runs")
@existing_project
@click.option(
    "--most",
    type=click.IntRange(1, 1000),
    default=PAGE,
    show_default=True,
    help="Number of runs to list.",
)
@click.option(
    "--skip",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Number of latest runs to skip.",
)
@json_command("runs")
def list_runs_command(project: Path, most: int, skip: int, bar: TerminalProgress) -> Answer:
    """List saved runs, newest first."""
    with open_project(project, write=False, progress=bar) as opened:
        n, lines = list_runs(opened, most, skip)
    document = {
        "project": str(project.resolve()),
        "n": n,
        "runs": [_make_run_document(line) for line in lines],
    }
    return Answer(document, list_run_lines(n, lines, skip))


def _make_run_document(run_line: RunLine) -> dict[str, Any]:
    run = run_line.run
    return {
        "run_id": run.run_id,
        "model": run_line.model,
        "on": run.on,
        "recipe": run.recipe,
        "severity": run.severity,
        "seed": run.seed,
        "n_done": run_line.n_done,
        "created": run.created,
        "code_version": run.code_version,
        "providers": list(run_line.providers),
    }


@define_command("replay")
@existing_project
@click.argument("run_id", metavar="RUN")
@json_command("replay")
def run_replay_command(project: Path, run_id: str, bar: TerminalProgress) -> Answer:
    """Reproduce a saved run and compare every prediction."""
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        replay_result = replay_run(opened, run_id, bar, get_timestamp())
    document = {"project": str(project.resolve()), **_make_replay_document(replay_result)}
    return Answer(
        document,
        list_replay_lines(replay_result),
        EXIT_DONE if replay_result.is_identical else EXIT_EXPECTED,
    )


def _make_replay_document(replay_result: ReplayResult) -> dict[str, Any]:
    """A replay as `replay --json` prints it."""
    return {
        "run_id": replay_result.run.run_id,
        "model": replay_result.model,
        "on": replay_result.run.on,
        "same": replay_result.is_identical,
        "n": replay_result.n,
        "n_different": replay_result.n_different,
        "differences": [asdict(difference) for difference in replay_result.differences],
    }


COMMANDS = (list_runs_command, run_replay_command)
