"""The command `fix`: looks for a change of preprocessing or camera settings that helps, and prints
the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.command import (
    Answer,
    TerminalProgress,
    define_command,
    json_command,
    print_message,
)
from fieldcheck.cli.model import make_findings_document
from fieldcheck.cli.values import SEED, existing_project
from fieldcheck.corruptions.fix_candidates import FixCandidate
from fieldcheck.corruptions.fix_finder import count_labelled_clips, find_fix
from fieldcheck.corruptions.fix_messages import describe_power, list_fix_lines
from fieldcheck.corruptions.fix_result import FixResult, get_fix
from fieldcheck.errors.message_format import to_one_line
from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
from fieldcheck.i18n.language import tr
from fieldcheck.models.store import find_model
from fieldcheck.project.folder import open_project
from fieldcheck.project.project import Project
from fieldcheck.timestamp import get_timestamp


@define_command("fix")
@existing_project
@click.option(
    "--model", default=None, metavar="NAME", help="Model name; default: the newest model."
)
@click.option(
    "--seed", type=SEED, default=0, show_default=True, help="Random seed for the benchmark images."
)
@click.option(
    "--show", is_flag=True, help="Show the newest stored search of the model; nothing is searched."
)
@json_command("fix")
def find_fix_command(
    project: Path, model: str | None, seed: int, show: bool, bar: TerminalProgress
) -> Answer:
    """Search for preprocessing changes that help on the labelled clips, all of them tested
    together."""
    if show:
        with open_project(project, write=False) as opened:
            stored = find_model(opened, model)
            fix_result = get_fix(opened, stored)
        if fix_result is None:
            return _answer_not_searched(project, stored.name)
    else:
        with opened_for_writing(project, bar, get_timestamp()) as opened:
            _print_power(opened, model, bar)
            fix_result = find_fix(opened, model, seed, bar, get_timestamp())
    document = {"project": str(project.resolve()), **make_fix_document(fix_result)}
    return Answer(document, list_fix_lines(fix_result))


def _print_power(project: Project, model: str | None, bar: TerminalProgress) -> None:
    """Before the search, on a terminal: how often one of so many clips finds a gain."""
    if bar.shown:
        print_message(describe_power(count_labelled_clips(project, find_model(project, model))))


def _answer_not_searched(project: Path, model: str) -> Answer:
    sentence = tr("No search is stored for {model}. Search first: fieldcheck fix.")
    document = {"project": str(project.resolve()), "model": model, "state": None}
    return Answer(document, (sentence.format(model=to_one_line(model)),))


def make_fix_document(fix_result: FixResult) -> dict[str, Any]:
    """The search as `fix --json` prints it."""
    return {
        "model": fix_result.model,
        "state": fix_result.state,
        "seed": fix_result.seed,
        "n": None,
        "n_clips": None,
        "halves_reason": "no_halves",
        "frames": fix_result.frames,
        "clips": fix_result.clips,
        "run_id": fix_result.run_id,
        "frame_ids": list(fix_result.subjects),
        "created": fix_result.created,
        "size_ratio": fix_result.size_ratio,
        "causes": make_findings_document(fix_result.causes),
        "tried": [
            {
                **_make_candidate_document(trial.candidate),
                "gain": trial.verdict.change.to_json(),
                "p": trial.verdict.p,
                "demonstrated": trial.is_demonstrated,
                "mended": list(trial.mended),
                "broken": list(trial.broken),
                "carried": None,
            }
            for trial in fix_result.tried
        ],
        "proofs": [
            {
                **_make_candidate_document(trial.candidate),
                "change": trial.verdict.change.to_json(),
                "proven": True,
                "benchmark": None if trial.benchmark is None else trial.benchmark.to_json(),
            }
            for trial in fix_result.demonstrated
        ],
    }


def _make_candidate_document(candidate: FixCandidate) -> dict[str, Any]:
    return {"name": candidate.name, **candidate.to_json()}


COMMANDS = (find_fix_command,)
