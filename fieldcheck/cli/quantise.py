"""Quantisation command: what an INT8 copy of a model costs and buys."""

from __future__ import annotations

from pathlib import Path

import click

from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.cli.values import existing_project
from fieldcheck.models.messages import list_quantised_lines
from fieldcheck.models.quantise import make_quantised_model
from fieldcheck.project.folder import open_project
from fieldcheck.timestamp import get_timestamp


@define_command("quantise")
@existing_project
@click.argument("model")
@json_command("model_quantise")
def run_quantise_command(project: Path, model: str, bar: TerminalProgress) -> Answer:
    """Quantise a model to INT8, calibrated on field frames, and compare size, latency and score."""
    with open_project(project) as opened:
        quantised_model = make_quantised_model(opened, model, bar, get_timestamp())
    return Answer(
        {"project": str(project.resolve()), **quantised_model.to_json()},
        list_quantised_lines(quantised_model),
    )


COMMANDS = (run_quantise_command,)
