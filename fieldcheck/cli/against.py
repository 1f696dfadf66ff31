"""Commands that hold one model against another."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.door import Answer, Bar, door
from fieldcheck.cli.values import existing_project, now
from fieldcheck.project.folder import open_project
from fieldcheck.words import compared as words
from fieldcheck.workflows.compare import Compared
from fieldcheck.workflows.compare import compare as compare_models


@click.command("compare")
@existing_project
@click.argument("model_a")
@click.argument("model_b")
@door("compare")
def compare(project: Path, model_a: str, model_b: str, bar: Bar) -> Answer:
    """Before and after: two models of the project on the same labelled frames."""
    with open_project(project) as opened:
        found = compare_models(opened, model_a, model_b, bar, now())
    table = found.table
    counts = (table.both_right, table.only_a, table.only_b, table.both_wrong)
    lines = words.compared(found.a, found.b, counts, table.p, table.change)
    return Answer({"project": str(project.resolve()), **compare_document(found)}, lines)


def compare_document(found: Compared) -> dict[str, Any]:
    """Two models as `compare --json` prints them."""
    table = found.table
    return {
        "a": found.a,
        "b": found.b,
        "metric": found.metric,
        "n": table.n,
        "both_right": table.both_right,
        "only_a": table.only_a,
        "only_b": table.only_b,
        "both_wrong": table.both_wrong,
        "p": table.p,
        "change": table.change.to_json(),
        "camera": found.camera.to_json(),
        "flips": [asdict(flip) for flip in found.flips],
    }


COMMANDS = (compare,)
