"""Quantisation command: what an INT8 copy of a model costs and buys."""

from __future__ import annotations

from pathlib import Path

import click

from fieldcheck.cli.door import Answer, TerminalProgress, door
from fieldcheck.cli.values import existing_project
from fieldcheck.project.folder import open_project
from fieldcheck.timestamp import timestamp
from fieldcheck.words.quantised import quantised_lines
from fieldcheck.workflows.models.quantise import quantise_model


@click.command("quantise")
@existing_project
@click.argument("model")
@door("model_quantise")
def model_quantise(project: Path, model: str, bar: TerminalProgress) -> Answer:
    """Quantise a model to INT8, calibrated on field frames, and compare size, latency and score."""
    with open_project(project) as opened:
        found = quantise_model(opened, model, bar, timestamp())
    return Answer({"project": str(project.resolve()), **found.to_json()}, quantised_lines(found))


COMMANDS = (model_quantise,)
