"""Commands that hold one model against another."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.door import EXIT_DONE, Answer, TerminalProgress, door
from fieldcheck.cli.values import existing_project
from fieldcheck.domain.sweep import SEVERITIES
from fieldcheck.timestamp import timestamp
from fieldcheck.words import compared as words
from fieldcheck.words import gate as gate_words
from fieldcheck.words import projects as project_words
from fieldcheck.workflows.capture.finish_recording import opened as opened_for_writing
from fieldcheck.workflows.models.compare import Compared
from fieldcheck.workflows.models.compare import compare as compare_models
from fieldcheck.workflows.models.gate import GateRequest, GateResult, run_gate
from fieldcheck.workflows.models.golden import add_golden

EXIT_FAILED, EXIT_NOT_ENOUGH = 3, 4
CODES = {"pass": EXIT_DONE, "fail": EXIT_FAILED}


@click.command("compare")
@existing_project
@click.argument("model_a")
@click.argument("model_b")
@door("compare")
def compare(project: Path, model_a: str, model_b: str, bar: TerminalProgress) -> Answer:
    """Before and after: two models of the project on the same labelled frames."""
    if model_a == model_b:
        raise click.UsageError(f"Both are {model_a!r}: name the model before and the one after.")
    with opened_for_writing(project, bar, timestamp()) as opened:
        found = compare_models(opened, model_a, model_b, bar, timestamp())
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


@click.command("gate")
@existing_project
@click.option("--model", required=True, metavar="M.onnx", help="The new model: an ONNX file, or the name of a model of the project.")
@click.option("--card", type=click.Path(path_type=Path), default=None, help="Its model card.")
@click.option("--against", default=None, metavar="NAME", help="The model that it would replace; the newest other one when not given.")
@click.option(
    "--severity", type=click.Choice(list(SEVERITIES)), default="moderate", show_default=True, help="How hard the benchmark is damaged."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Which pictures are damaged, and how.")
@door("gate")
def gate(project: Path, model: str, card: Path | None, against: str | None, severity: str, seed: int, bar: TerminalProgress) -> Answer:
    """For every training run: may the new model take the old one's place? Exits 0 pass, 3 fail, 4 not enough frames."""
    wanted = GateRequest(model, card, against, SEVERITIES[severity], seed)
    with opened_for_writing(project, bar, timestamp()) as opened:
        found = run_gate(opened, wanted, bar, timestamp())
    lines = gate_words.gate_lines(found.model, found.against, found.severity, found.tolerance, found.lines, found.verdict, found.skipped)
    return Answer({"project": str(project.resolve()), **gate_document(found)}, lines, CODES.get(found.verdict, EXIT_NOT_ENOUGH))


def gate_document(found: GateResult) -> dict[str, Any]:
    """The gate as `gate --json` prints it."""
    return {
        "model": found.model,
        "against": found.against,
        "verdict": found.verdict,
        "tolerance": found.tolerance,
        "severity": found.severity,
        "seed": found.seed,
        "n_skipped": found.skipped,
        "sets": [
            {
                "set": one.kind,
                "name": one.name,
                "n": one.table.n,
                "before": one.before.to_json(),
                "after": one.after.to_json(),
                "change": one.change.to_json(),
                "p": one.table.p,
                "q": one.q,
                "state": one.state,
                "lost": list(one.lost),
            }
            for one in found.lines
        ],
    }


@click.group("golden")
def golden() -> None:
    """Folders that must stay right, whatever model comes next."""


@golden.command("add")
@existing_project
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@door("golden_add")
def golden_add(project: Path, name: str, path: Path, bar: TerminalProgress) -> Answer:
    """Names a folder of labelled pictures that must stay right; an older one of that name is replaced."""
    with opened_for_writing(project, bar, timestamp()) as opened:
        added = add_golden(opened, name, path)
    document = {"project": str(project.resolve()), "name": added.name, "path": added.root, "format": added.format, "n": added.n}
    return Answer(document, (project_words.golden_added(added.name, added.n),))


COMMANDS = (compare, gate, golden)
