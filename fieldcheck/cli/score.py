"""Commands that score: run the model, look into it, and write the report."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.door import Answer, TerminalProgress, door
from fieldcheck.cli.project import demo_document
from fieldcheck.cli.values import existing_project
from fieldcheck.domain.report_form import MOST_NOTES, ReportForm
from fieldcheck.errors import DiskFull
from fieldcheck.project.folder import Project, open_project
from fieldcheck.report.findings import missing
from fieldcheck.report.sections import OPTIONAL
from fieldcheck.timestamp import timestamp
from fieldcheck.words import projects, scores
from fieldcheck.words.language import text
from fieldcheck.words.providers import parity_said
from fieldcheck.workflows.capture.finish_recording import opened as opened_for_writing
from fieldcheck.workflows.models.embed import MOST_BENCHMARK, WHERE, Where, embed
from fieldcheck.workflows.models.models import find_model
from fieldcheck.workflows.models.provider import settled_parity
from fieldcheck.workflows.models.run_and_score import Scored, run_and_score
from fieldcheck.workflows.report import report_form
from fieldcheck.workflows.report.change import named_summary
from fieldcheck.workflows.report.compare_sets import compare_sets
from fieldcheck.workflows.report.report_gap import write_report


@click.command("run")
@existing_project
@click.option("--model", "model_name", default=None, metavar="NAME", help="Model name; default: the newest model.")
@click.option(
    "--on", type=click.Choice(["field", "benchmark", "footage", "all"]), default="all", show_default=True, help="Frames to run on."
)
@door("run")
def run(project: Path, model_name: str | None, on: str, bar: TerminalProgress) -> Answer:
    """Run the model. Existing predictions are reused."""
    with opened_for_writing(project, bar, timestamp()) as opened:
        scored = run_and_score(opened, model_name, on, bar, timestamp())
        parity = settled_parity(opened, find_model(opened, model_name))
    document = {
        "project": str(project.resolve()),
        "runs": [run_document(one) for one in scored],
        "parity": asdict(parity) if parity else None,
    }
    said = [scores.ran(one.ran.model, one.ran.run.on, one.ran.n_done, one.metric, one.score) for one in scored]
    # Pictures that cannot be read were told as they were met.
    changed = [scores.left_out(one.ran.left_out) for one in scored if one.ran.left_out and one.ran.run.on == "field"]
    changed += [scores.renewed(one.ran.renewed) for one in scored if one.ran.renewed]
    return Answer(document, (*said, *changed, *([parity_said(parity)] if parity else ())))


def run_document(one: Scored) -> dict[str, Any]:
    """One run as `run --json` prints it."""
    return {
        "run_id": one.ran.run.run_id,
        "model": one.ran.model,
        "on": one.ran.run.on,
        "n": one.ran.n,
        "n_done": one.ran.n_done,
        "n_nan": one.ran.n_nan,
        "resumed": one.ran.resumed,
        "providers": list(one.ran.providers),
        "left_out": list(one.ran.left_out),
        "renewed": list(one.ran.renewed),
        "seconds": one.ran.seconds,
        "metric": one.metric,
        "score": one.score.to_json() if one.score else None,
    }


@click.command("embed")
@existing_project
@click.option("--model", "model_name", default=None, metavar="NAME", help="Model name; default: the newest model.")
@click.option("--on", type=click.Choice(["footage", "benchmark", "all"]), default="all", show_default=True, help="Images to embed.")
@click.option("--most", type=click.IntRange(1), default=MOST_BENCHMARK, show_default=True, help="Maximum number of benchmark images.")
@door("embed")
def embed_(project: Path, model_name: str | None, on: str, most: int, bar: TerminalProgress) -> Answer:
    """Compute image embeddings for similarity. Existing embeddings are reused."""
    sets: tuple[Where, ...] = tuple(one for one in WHERE if on in ("all", one))
    with opened_for_writing(project, bar, timestamp()) as opened:
        model = find_model(opened, model_name)
        made = [embed(opened, one, bar, model, most) for one in sets]
    document = {
        "project": str(project.resolve()),
        "model": model.name,
        "tensor": made[0].tensor or None,
        "sets": [{"on": one.on, "n": one.n, "n_done": one.n_done, "resumed": one.resumed} for one in made],
    }
    return Answer(document, tuple(scores.embedded(model.name, one.on, one.n_done, one.tensor) for one in made))


def _notes(ctx: click.Context, param: click.Parameter, said: str | None) -> str | None:
    """Notes as they are kept, refused where a report has no room for them."""
    if said is not None and len(said.strip()) > MOST_NOTES:
        raise click.BadParameter(text("Notes in a report are limited to {n} characters.").format(n=MOST_NOTES), ctx, param)
    return None if said is None else said.strip()


@click.command("report")
@existing_project
@click.option("--out", type=click.Path(path_type=Path), default=None, help=("Destination of the report folder; default: PROJECT/reports."))
@click.option("--lang", type=click.Choice(["en", "de"]), default="en", show_default=True, help="Language of the report.")
@click.option(
    "--compare",
    "other",
    type=click.Path(path_type=Path),
    default=None,
    help="Earlier report to compare with (folder, summary.json or project); default: the last report of the project.",
)
@click.option(
    "--without", multiple=True, metavar="SECTION", type=click.Choice(OPTIONAL), help=("Omit a section of the appendix; can be repeated.")
)
@click.option(
    "--with",
    "again",
    multiple=True,
    metavar="SECTION",
    type=click.Choice(OPTIONAL),
    help=("Include an omitted section again; can be repeated."),
)
@click.option("--notes", default=None, callback=_notes, help="Notes in the report; an empty text removes them.")
@door("report")
def report(project: Path, out: Path | None, lang: str, other: Path | None, bar: TerminalProgress, **form: Any) -> Answer:
    """Export the gap report. Sections and notes stay as last chosen."""
    earlier = None if other is None else named_summary(other)
    with ExitStack() as held:
        try:
            opened = held.enter_context(opened_for_writing(project, bar, timestamp()))
            _choose(opened, **form)
            compare_sets(opened, bar, timestamp())
        except DiskFull:
            if out is None:
                raise
            opened = held.enter_context(open_project(project, write=False))  # it can be read, and there may be room elsewhere
        written = write_report(opened, out or project / "reports", lang, bar, timestamp(), earlier)
    changed = written.report.changed
    said = projects.reported(written.report.gap.sentence, str(written.page), missing(written.report))
    return Answer(demo_document(written), (*said, *([scores.left_out(changed)] if changed else ())))


def _choose(project: Project, without: tuple[str, ...], again: tuple[str, ...], notes: str | None) -> None:
    """Keeps the form that the options ask for, where they ask for another."""
    before = report_form.facts_of(project)
    left_out = tuple(key for key in OPTIONAL if key in {*before.left_out, *without}.difference(again))
    form = ReportForm(left_out, before.notes if notes is None else notes)
    if form != before:
        report_form.set_report_form(project, form)


COMMANDS = (run, embed_, report)
