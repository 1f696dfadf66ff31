"""Commands that break the model on purpose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.door import Answer, Bar, door
from fieldcheck.cli.values import existing_project, now
from fieldcheck.corruption.catalog import CORE
from fieldcheck.domain.sweep import MODERATE_FIRST, SEVERITIES
from fieldcheck.project.folder import open_project
from fieldcheck.report.sheets import STRESS_COLUMNS, stress_cells
from fieldcheck.words import sweeps
from fieldcheck.workflows.sweep import Swept, Wanted, run_sweep


@click.command("stress")
@existing_project
@click.option(
    "--corruption", "corruptions", multiple=True, type=click.Choice(list(CORE)), metavar="NAME",
    help=f"One of {', '.join(CORE)}; several may be given, all when none is.",
)  # fmt: skip
@click.option(
    "--severity", "severities", multiple=True, type=click.Choice(list(SEVERITIES)), help="Several may be given; all when none is."
)
@click.option(
    "--on", "sets", multiple=True, type=click.Choice(["field", "benchmark", "footage"]),
    help="Over which frames; benchmark and field when not given. On footage only changed answers are counted.",
)  # fmt: skip
@click.option("--model", default=None, metavar="NAME", help="Which model; the newest when not given.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which benchmark pictures, and how each is damaged.")
@door("stress")
def stress(
    project: Path, corruptions: tuple[str, ...], severities: tuple[str, ...], sets: tuple[Any, ...], model: str | None, seed: int, bar: Bar
) -> Answer:  # fmt: skip
    """Sweeps corruptions over three severities, moderate first; what was answered before is not run again."""
    strengths = tuple(one for one in MODERATE_FIRST if not severities or one in {SEVERITIES[name] for name in severities})
    wanted = Wanted(corruptions or tuple(CORE), strengths, sets, seed, model)
    with open_project(project) as opened:
        found = run_sweep(opened, wanted, bar, now())
    return Answer({"project": str(project.resolve()), **stress_document(found)}, sweeps.swept(found.sweep))


def stress_document(found: Swept) -> dict[str, Any]:
    """A sweep as `stress --json` prints it."""
    sweep = found.sweep
    return {
        "model": sweep.model,
        "seed": sweep.seed,
        "rows": [dict(zip(STRESS_COLUMNS, stress_cells(row), strict=True)) for row in sweep.rows],
        "tipping": [{"corruption": corruption, "on": on, "severity": severity} for corruption, on, severity in sweep.tipping()],
        "mce": dict(sweep.mce),
        "partial": list(sweep.partial),
        "resumed": found.resumed,
    }


COMMANDS = (stress,)
