"""Commands that run the model, list and repeat stored runs, embed images, write the report and show
its checklist."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import (
    EXIT_DONE,
    EXIT_EXPECTED,
    Answer,
    TerminalProgress,
    define_command,
    json_command,
)
from fieldcheck.cli.project import make_report_document
from fieldcheck.cli.values import RegisteredKey, cluster_options, existing_project
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.report import MOST_NOTES, ReportForm
from fieldcheck.domain.run import MOST_EMBEDDED, RUNS_PER_PAGE, ReplayResult, RunLine
from fieldcheck.errors.files import DiskFull
from fieldcheck.i18n.language import get_language, tr
from fieldcheck.models import messages as scores
from fieldcheck.models.messages import describe_parity
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.models.embeddings import Where
    from fieldcheck.models.runs_mlflow import ScoredRun
    from fieldcheck.project.project import Project


def _list_sections() -> tuple[str, ...]:
    from fieldcheck.report.section import OPTIONAL

    return OPTIONAL


def _list_checklist_items() -> tuple[str, ...]:
    from fieldcheck.report.verdict_and_checklist import RULES

    return tuple(RULES)


SECTION = RegisteredKey("section", _list_sections)
CHECKLIST_ITEM = RegisteredKey("item", _list_checklist_items)


@define_command("run")
@existing_project
@click.option(
    "--model",
    "model_name",
    default=None,
    metavar="NAME",
    help="Model name; default: the newest model.",
)
@click.option(
    "--on",
    type=click.Choice(["field", "benchmark", "footage", "all"]),
    default="all",
    show_default=True,
    help="Frames to run on.",
)
@json_command("run", timed=True)
@cluster_options
def run_model_command(
    project: Path, model_name: str | None, on: str, bar: TerminalProgress
) -> Answer:
    """Run the model. Existing predictions are reused."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.mask_scores import load_mask_scores
    from fieldcheck.models.providers import get_set_parity
    from fieldcheck.models.runs_mlflow import run_and_score
    from fieldcheck.models.store import find_model

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        scored = run_and_score(opened, model_name, on, bar, get_timestamp())
        parity = get_set_parity(opened, find_model(opened, model_name))
        masks = load_mask_scores(opened) if on in ("benchmark", "all") else None
    document = {
        "project": str(project.resolve()),
        "runs": [make_run_document(scored_run) for scored_run in scored],
        "parity": asdict(parity) if parity else None,
        "masks": to_json_value(masks),
    }
    lines = [
        scores.describe_run(
            scored_run.run_result.model,
            scored_run.run_result.run.on,
            scored_run.run_result.n_done,
            scored_run.metric,
            scored_run.score,
        )
        for scored_run in scored
    ]
    if masks is not None and not masks.missing:
        lines.append(scores.describe_mask_scores(masks))
    # Unreadable images were already reported when they were met.
    changed = [
        scores.list_left_out_frames(scored_run.run_result.left_out)
        for scored_run in scored
        if scored_run.run_result.left_out and scored_run.run_result.run.on == "field"
    ]
    changed += [
        scores.list_renewed_images(scored_run.run_result.renewed)
        for scored_run in scored
        if scored_run.run_result.renewed
    ]
    return Answer(document, (*lines, *changed, *([describe_parity(parity)] if parity else ())))


def make_run_document(scored_run: ScoredRun) -> dict[str, Any]:
    """One run as `run --json` prints it."""
    return {
        "run_id": scored_run.run_result.run.run_id,
        "model": scored_run.run_result.model,
        "on": scored_run.run_result.run.on,
        "n": scored_run.run_result.n,
        "n_done": scored_run.run_result.n_done,
        "n_nan": scored_run.run_result.n_nan,
        "resumed": scored_run.run_result.resumed,
        "providers": list(scored_run.run_result.providers),
        "left_out": list(scored_run.run_result.left_out),
        "renewed": list(scored_run.run_result.renewed),
        "seconds": scored_run.run_result.seconds,
        "metric": scored_run.metric,
        "score": scored_run.score.to_json() if scored_run.score else None,
    }


@define_command("embed")
@existing_project
@click.option(
    "--model",
    "model_name",
    default=None,
    metavar="NAME",
    help="Model name; default: the newest model.",
)
@click.option(
    "--on",
    type=click.Choice(["footage", "benchmark", "all"]),
    default="all",
    show_default=True,
    help="Images to embed.",
)
@click.option(
    "--most",
    type=click.IntRange(1),
    default=MOST_EMBEDDED,
    show_default=True,
    help="Maximum number of benchmark images.",
)
@json_command("embed")
def compute_embeddings_command(
    project: Path, model_name: str | None, on: str, most: int, bar: TerminalProgress
) -> Answer:
    """Compute image embeddings for similarity. Existing embeddings are reused."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.embeddings import WHERE, compute_embeddings
    from fieldcheck.models.store import find_model

    sets: tuple[Where, ...] = tuple(side for side in WHERE if on in ("all", side))
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        model = find_model(opened, model_name)
        embedding_runs = [compute_embeddings(opened, side, bar, model, most) for side in sets]
    document = {
        "project": str(project.resolve()),
        "model": model.name,
        "tensor": embedding_runs[0].tensor or None,
        "sets": [
            {
                "on": embedding_run.on,
                "n": embedding_run.n,
                "n_done": embedding_run.n_done,
                "resumed": embedding_run.resumed,
            }
            for embedding_run in embedding_runs
        ],
    }
    return Answer(
        document,
        tuple(
            scores.describe_embedding_run(
                model.name, embedding_run.on, embedding_run.n_done, embedding_run.tensor
            )
            for embedding_run in embedding_runs
        ),
    )


def _check_notes(ctx: click.Context, param: click.Parameter, text: str | None) -> str | None:
    """Notes as they are kept, refused where a report has no room for them."""
    if text is not None and len(text.strip()) > MOST_NOTES:
        raise click.BadParameter(
            tr("Notes in a report are limited to {n} characters.", n=MOST_NOTES), ctx, param
        )
    return None if text is None else text.strip()


@define_command("report")
@existing_project
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help=("Destination of the report folder; default: PROJECT/reports."),
)
@click.option(
    "--lang",
    type=click.Choice(["en", "de"]),
    default="en",
    show_default=True,
    help="Language of the report.",
)
@click.option(
    "--compare",
    "other",
    type=click.Path(path_type=Path),
    default=None,
    help=(
        "Earlier report to compare with (folder, summary.json or project); default: the last "
        "report of the project."
    ),
)
@click.option(
    "--without",
    multiple=True,
    metavar="SECTION",
    type=SECTION,
    help=("Omit a section of the appendix; can be repeated."),
)
@click.option(
    "--with",
    "again",
    multiple=True,
    metavar="SECTION",
    type=SECTION,
    help=("Include an omitted section again; can be repeated."),
)
@click.option(
    "--notes",
    default=None,
    callback=_check_notes,
    help="Notes in the report; an empty text removes them.",
)
@click.option(
    "--everything/--five-pages",
    default=None,
    help="Print every section in the PDF, or five pages; HTML always has every section.",
)
@click.option(
    "--one-page",
    is_flag=True,
    help="Print the first page alone in the PDF, until --everything or --five-pages is given.",
)
@json_command("report", timed=True)
def export_report_command(
    project: Path,
    out: Path | None,
    lang: str,
    other: Path | None,
    bar: TerminalProgress,
    **form: Any,
) -> Answer:
    """Export the gap report. Sections and notes stay as last chosen."""
    from fieldcheck.analyses.domain_shift import compare_sets
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.project import messages
    from fieldcheck.project.folder import open_project
    from fieldcheck.report.assemble import load_summary, write_report
    from fieldcheck.report.findings import find_missing_step
    from fieldcheck.report.verdict_and_checklist import describe_verdict

    earlier = None if other is None else load_summary(other)
    with ExitStack() as open_resources:
        try:
            opened = open_resources.enter_context(opened_for_writing(project, bar, get_timestamp()))
            _store_form(opened, **form)
            compare_sets(opened, bar, get_timestamp())
        except DiskFull:
            if out is None:
                raise
            # it can be read, and there may be room elsewhere
            opened = open_resources.enter_context(open_project(project, write=False))
        written = write_report(
            opened, out or project / "reports", lang, bar, get_timestamp(), earlier
        )
    changed = written.report.changed
    report_lines = messages.list_report_lines(
        written.report.gap.sentence,
        describe_verdict(written.report),
        str(written.page),
        find_missing_step(written.report),
    )
    return Answer(
        make_report_document(written),
        (*report_lines, *([scores.list_left_out_frames(changed)] if changed else ())),
    )


def _store_form(
    project: Project,
    without: tuple[str, ...],
    again: tuple[str, ...],
    notes: str | None,
    everything: bool | None,
    one_page: bool,
) -> None:
    """Keeps the form that the options ask for, where they ask for another."""
    from fieldcheck.report import section as registry
    from fieldcheck.report.section import OPTIONAL

    before = registry.load_report_form(project)
    left_out = tuple(
        key for key in OPTIONAL if key in {*before.left_out, *without}.difference(again)
    )
    form = ReportForm(
        left_out,
        before.notes if notes is None else notes,
        not one_page and (before.everything if everything is None else everything),
        one_page or (before.one_page and everything is None),
    )
    if form != before:
        registry.set_report_form(project, form)


# Stored runs on the terminal: the list of them, and one repeated.


@define_command("runs")
@existing_project
@click.option(
    "--most",
    type=click.IntRange(1, 1000),
    default=RUNS_PER_PAGE,
    show_default=True,
    help="Number of runs to list.",
)
@click.option(
    "--skip",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Number of latest runs to skip.",
)
@json_command("runs")
def list_runs_command(project: Path, most: int, skip: int, bar: TerminalProgress) -> Answer:
    """List saved runs, newest first."""
    from fieldcheck.evidence.messages import list_run_lines
    from fieldcheck.models.runs_mlflow import list_runs
    from fieldcheck.project.folder import open_project

    with open_project(project, write=False, progress=bar) as opened:
        n, lines = list_runs(opened, most, skip)
    document = {
        "project": str(project.resolve()),
        "n": n,
        "runs": [_make_run_document(line) for line in lines],
    }
    return Answer(document, list_run_lines(n, lines, skip))


def _make_run_document(run_line: RunLine) -> dict[str, Any]:
    run = run_line.run
    return {
        "run_id": run.run_id,
        "model": run_line.model,
        "on": run.on,
        "recipe": run.recipe,
        "severity": run.severity,
        "seed": run.seed,
        "n_done": run_line.n_done,
        "created": run.created,
        "code_version": run.code_version,
        "providers": list(run_line.providers),
    }


@define_command("replay")
@existing_project
@click.argument("run_id", metavar="RUN")
@json_command("replay")
def run_replay_command(project: Path, run_id: str, bar: TerminalProgress) -> Answer:
    """Reproduce a saved run and compare every prediction."""
    from fieldcheck.evidence.messages import list_replay_lines
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.replay import replay_run

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        replay_result = replay_run(opened, run_id, bar, get_timestamp())
    document = {"project": str(project.resolve()), **_make_replay_document(replay_result)}
    return Answer(
        document,
        list_replay_lines(replay_result),
        EXIT_DONE if replay_result.is_identical else EXIT_EXPECTED,
    )


def _make_replay_document(replay_result: ReplayResult) -> dict[str, Any]:
    """A replay as `replay --json` prints it."""
    return {
        "run_id": replay_result.run.run_id,
        "model": replay_result.model,
        "on": replay_result.run.on,
        "same": replay_result.is_identical,
        "n": replay_result.n,
        "n_different": replay_result.n_different,
        "differences": [asdict(difference) for difference in replay_result.differences],
    }


@define_command("checklist")
@existing_project
@click.option(
    "--does-not-apply",
    "exempted",
    multiple=True,
    metavar="ITEM",
    type=CHECKLIST_ITEM,
    help="Item that does not apply here; requires --by; can be repeated.",
)
@click.option(
    "--applies",
    "required",
    multiple=True,
    metavar="ITEM",
    type=CHECKLIST_ITEM,
    help="Item that applies again; can be repeated.",
)
@click.option("--by", default="", help="Who decided it (name, role).")
@json_command("checklist")
def show_checklist_command(
    project: Path, exempted: tuple[str, ...], required: tuple[str, ...], by: str,
    bar: TerminalProgress,
) -> Answer:  # fmt: skip
    """Show the checklist by phase, or set that an item does not apply. No item changes the
    verdict."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.report.assemble import load_current_report
    from fieldcheck.report.verdict_and_checklist import (
        PHASES,
        RULES,
        exempt_rule,
        format_row,
        get_phase_name,
        get_phase_rows,
        require_rule,
    )

    if exempted and not by.strip():
        raise click.UsageError(tr("--does-not-apply requires --by: who decided it"))
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        for rule in exempted:
            exempt_rule(opened, rule, by)
        for rule in required:
            require_rule(opened, rule)
        report = load_current_report(opened, get_language(), bar, get_timestamp())
    rows = [{**to_json_value(row), "phase": RULES[row.rule].phase} for row in report.checklist]
    lines: list[str] = []
    for phase in PHASES:
        lines += ["", get_phase_name(phase)] if lines else [get_phase_name(phase)]
        lines += [f"  {format_row(row)}" for row in get_phase_rows(report, phase)]
    return Answer({"project": str(project.resolve()), "checklist": rows}, tuple(lines))


COMMANDS = (
    run_model_command,
    compute_embeddings_command,
    export_report_command,
    show_checklist_command,
    list_runs_command,
    run_replay_command,
)
