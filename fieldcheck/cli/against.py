"""Commands that hold one model against another."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.door import Answer, TerminalProgress, json_command
from fieldcheck.cli.gate_files import format_gate_junit, format_gate_markdown, format_leakage
from fieldcheck.cli.rooms import LazyGroup
from fieldcheck.cli.values import FRACTION, METRIC, SEED, existing_project
from fieldcheck.domain.sweep import SEVERITIES
from fieldcheck.files import write_text
from fieldcheck.scoring.gate import KINDS, Kind, list_undecided
from fieldcheck.timestamp import get_timestamp
from fieldcheck.words import compared as words
from fieldcheck.words import gate as gate_words
from fieldcheck.words import projects as project_words
from fieldcheck.words.doctor import list_inherited_card_lines
from fieldcheck.words.language import tr
from fieldcheck.workflows.capture.finish_recording import open_with_recovery as opened_for_writing
from fieldcheck.workflows.models.compare import ModelComparison
from fieldcheck.workflows.models.compare import compare_models as compare_models
from fieldcheck.workflows.models.gate import EXIT_CODES, GateRequest, GateResult, run_gate
from fieldcheck.workflows.models.golden import add_golden_set
from fieldcheck.workflows.models.trained_pictures import TrainingLeaks


@click.command("compare")
@existing_project
@click.argument("model_a")
@click.argument("model_b")
@METRIC
@json_command("compare")
def compare_models_command(project: Path, model_a: str, model_b: str, metric: str, bar: TerminalProgress) -> Answer:
    """Compare two models of the project on the same labelled frames."""
    if model_a == model_b:
        raise click.UsageError(
            tr("Both names refer to {model}. Name two different models: the old one, then the new one.").format(model=repr(model_a))
        )
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        found = compare_models(opened, model_a, model_b, bar, get_timestamp(), metric)
    table = found.table
    counts = (table.both_right, table.only_a, table.only_b, table.both_wrong)
    lines = words.list_comparison_lines(found.a, found.b, counts, table.p, table.change, found.metric, found.scores)
    lines += tuple(words.describe_recall_by_size(found.a, found.b, one.size, one.n, (one.a, one.b), one.change) for one in found.sizes)
    if found.exported:  # still told, but dimmed, after why it is no test
        lines = (words.describe_exported_frames(found.exported, table.n), *(click.style(line, dim=True) for line in lines))
    return Answer({"project": str(project.resolve()), **make_compare_document(found)}, lines)


def make_compare_document(found: ModelComparison) -> dict[str, Any]:
    """Two models as `compare --json` prints them."""
    table = found.table
    return {
        "a": found.a,
        "b": found.b,
        "metric": found.metric,
        "score_a": found.scores[0].to_json(),
        "score_b": found.scores[1].to_json(),
        "n": table.n,
        "both_right": table.both_right,
        "only_a": table.only_a,
        "only_b": table.only_b,
        "both_wrong": table.both_wrong,
        "p": table.p,
        "change": table.change.to_json(),
        "camera": found.camera.to_json(),
        "flips": [asdict(flip) for flip in found.flips],
        "exported": found.exported,
        "sizes": [
            {"size": one.size, "n": one.n} | {name: getattr(one, name).to_json() for name in ("a", "b", "change", "camera")}
            for one in found.sizes
        ],
    }


class SetKinds(click.ParamType[tuple[Kind, ...]]):
    """Kinds of sets, comma between them."""

    name = "sets"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Kind, ...]:
        if isinstance(value, tuple):
            return value
        said = [one.strip() for one in str(value).split(",") if one.strip()]
        unknown = [one for one in said if one not in KINDS]
        if unknown:
            self.fail(
                tr("{word} is not a valid value; choose from: {known}").format(word=", ".join(unknown), known=", ".join(KINDS)),
                param,
                ctx,
            )
        return tuple(kind for kind in KINDS if kind in said)


@click.command("gate")
@existing_project
@click.option("--model", required=True, metavar="M.onnx", help="New model: an ONNX file, or the name of a model in the project.")
@click.option("--card", type=click.Path(path_type=Path), default=None, help="Model card.")
@click.option("--against", default=None, metavar="NAME", help="Current model to compare with; default: the newest other model.")
@click.option("--severity", type=click.Choice(list(SEVERITIES)), default="moderate", show_default=True, help="Corruption severity.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Random seed for the corruptions.")
@click.option("--tolerance", type=FRACTION, default=None, help="Tolerance, a fraction; default: the project's limit.")
@click.option(
    "--require", type=SetKinds(), default=(), metavar="SET,…", help="Sets that must be conclusive: field,clean,corrupted,golden,slice."
)
@METRIC
@click.option(
    "--trained-on", type=click.Path(path_type=Path), default=None, help=("Folder of the new model's training images, to check for leakage.")
)
@click.option("--junit", type=click.Path(path_type=Path), default=None, help=("Also write the result of each set as JUnit XML, for CI."))
@click.option("--markdown", type=click.Path(path_type=Path), default=None, help=("Also write the table as Markdown, for a pull request."))
@json_command("gate")
def run_gate_command(
    project: Path,
    model: str,
    severity: str,
    junit: Path | None,
    markdown: Path | None,
    require: tuple[Kind, ...],
    bar: TerminalProgress,
    **given: Any,
) -> Answer:
    """Compare a new model with the current one for CI. Exit code 0 = pass, 3 = fail, 4 = insufficient data."""
    wanted = GateRequest(model, severity=SEVERITIES[severity], required=require, **given)
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        found = run_gate(opened, wanted, bar, get_timestamp())
    lines = gate_words.list_gate_lines(
        found.model, found.against, found.severity, found.tolerance, found.lines, found.verdict, found.skipped, found.metric
    )
    lines = (*list_inherited_card_lines(found.inherited), *format_leakage(found), *lines)
    for path, written in ((junit, format_gate_junit), (markdown, format_gate_markdown)):
        if path is not None:
            write_text(path, written(found))
    return Answer({"project": str(project.resolve()), **make_gate_document(found)}, lines, EXIT_CODES[found.verdict])


def make_gate_document(found: GateResult) -> dict[str, Any]:
    """The gate as `gate --json` prints it."""
    return {
        "model": found.model,
        "against": found.against,
        "verdict": found.verdict,
        "required": list(found.required),
        "undecided": [{"set": one.kind, "name": one.name, "n": one.table.n} for one in list_undecided(found.lines)],
        "metric": found.metric,
        "card_of": found.inherited or None,
        "tolerance": found.tolerance,
        "severity": found.severity,
        "seed": found.seed,
        "n_skipped": found.skipped,
        "leaked": None if found.leaked is None else _make_leakage_document(found.leaked),
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


def _make_leakage_document(seen: TrainingLeaks) -> dict[str, Any]:
    sides = (("clean", seen.benchmark), ("field", seen.field))
    pairs = [{"set": kind, "picture": name, "twin": twin} for kind, found in sides for name, twin in found.items()]
    return {"pairs": pairs, "n_training": seen.n_training, "n_unreadable": seen.n_unreadable}


@click.group("golden", cls=LazyGroup)
def golden_group() -> None:
    """Golden sets: labelled images that must stay correct with every new model."""


@golden_group.command("add")
@existing_project
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path))
@json_command("golden_add")
def add_golden_set_command(project: Path, name: str, path: Path, bar: TerminalProgress) -> Answer:
    """Add a golden set: labelled images that must stay correct. Replaces a set of the same name."""
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        added = add_golden_set(opened, name, path)
    document = {"project": str(project.resolve()), "name": added.name, "path": added.root, "format": added.format, "n": added.n}
    return Answer(document, (project_words.describe_added_golden_set(added.name, added.n),))


COMMANDS = (compare_models_command, run_gate_command, golden_group)
