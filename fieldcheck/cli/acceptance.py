"""The command that sets what an acceptance states: configuration, planned sample and terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fieldcheck.analyses.acceptance import list_acceptance_lines, load_acceptance
from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.cli.values import existing_project
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.acceptance import MOST, NUMBERS, TEXTS
from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
from fieldcheck.labels.store import import_reference_parts
from fieldcheck.project.acceptance import get_reference_parts, set_acceptance_terms
from fieldcheck.timestamp import get_timestamp

NUMBER_HELP = {
    "planned_parts": "Parts with a defect that the sample is planned to hold.",
    "planned_shifts": "Shifts that the sample is planned to cover.",
    "parts_per_shift": "Parts produced per shift.",
}


def _add_term_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each text and number."""
    for name in reversed(NUMBERS):  # Decorators are applied from the last to the first
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, type=click.IntRange(1, MOST), help=NUMBER_HELP[name])(
            command
        )
    for text in reversed(TEXTS):
        command = click.option(f"--{text.code}", help=text.option_help)(command)
    return command


@define_command("acceptance")
@existing_project
@_add_term_options
@click.option(
    "--reference",
    type=click.Path(path_type=Path),
    default=None,
    help="CSV file of reference parts with the columns part and class.",
)
@click.option("--by", default="", help="Person who enters this.")
@json_command("acceptance")
def show_acceptance_command(
    project: Path, reference: Path | None, by: str, bar: TerminalProgress, **told: Any
) -> Answer:
    """Show or set what an acceptance states: configuration, planned sample, terms and signers."""
    changes = {name: value for name, value in told.items() if value is not None}
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        if reference is not None:
            import_reference_parts(opened, reference)
        if changes:
            set_acceptance_terms(opened, changes, by)
        acceptance = load_acceptance(opened)
        n_reference = len(get_reference_parts(opened))
    document = {
        "project": str(project.resolve()),
        **asdict(acceptance.terms),
        "n_reference_parts": n_reference,
        "plan": to_json_value(acceptance.plan),
    }
    return Answer(document, tuple(list_acceptance_lines(acceptance)))


COMMANDS = (show_acceptance_command,)
