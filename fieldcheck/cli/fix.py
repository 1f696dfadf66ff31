"""Command that looks for a change of preprocessing or camera that helps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.door import Answer, TerminalProgress, json_command
from fieldcheck.cli.values import SEED, existing_project
from fieldcheck.domain.fix import FixCandidate, FixResult
from fieldcheck.timestamp import get_timestamp
from fieldcheck.words.fix import list_fix_lines
from fieldcheck.workflows.capture.finish_recording import open_with_recovery as opened_for_writing
from fieldcheck.workflows.stress.find_fix import find_fix


@click.command("fix")
@existing_project
@click.option("--model", default=None, metavar="NAME", help="Model name; default: the newest model.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Random seed for the halves and the benchmark images.")
@json_command("fix")
def find_fix_command(project: Path, model: str | None, seed: int, bar: TerminalProgress) -> Answer:
    """Search for preprocessing changes on one half of the labelled clips and test the best ones on the other half."""
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        found = find_fix(opened, model, seed, bar, get_timestamp())
    return Answer({"project": str(project.resolve()), **make_fix_document(found)}, list_fix_lines(found))


def make_fix_document(found: FixResult) -> dict[str, Any]:
    """The search as `fix --json` prints it."""
    return {
        "model": found.model,
        "state": found.state,
        "seed": found.seed,
        "n": list(found.frames),
        "n_clips": list(found.clips),
        "tried": [{**_make_candidate_document(one.candidate), "gain": one.gain.to_json(), "carried": one.carried} for one in found.tried],
        "proofs": [
            {
                **_make_candidate_document(one.candidate),
                "change": one.change.to_json(),
                "proven": one.is_proven,
                "benchmark": None if one.benchmark is None else one.benchmark.to_json(),
            }
            for one in found.proofs
        ],
    }


def _make_candidate_document(candidate: FixCandidate) -> dict[str, Any]:
    return {"name": candidate.name, "steps": list(candidate.steps), "card": dict(candidate.card)}


COMMANDS = (find_fix_command,)
