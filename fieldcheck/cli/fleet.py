"""The commands `fleet add` and `fleet report`, which put many sites into one table."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from fieldcheck.cli.command import (
    EXIT_DONE,
    EXIT_EXPECTED,
    Answer,
    LazyGroup,
    TerminalProgress,
    json_command,
)
from fieldcheck.errors.files import ExtraMissing, FieldcheckError
from fieldcheck.errors.messages import format_error
from fieldcheck.i18n.language import use_language
from fieldcheck.timestamp import get_timestamp

FLEET = click.argument("fleet", type=click.Path(path_type=Path))


@click.group("fleet", cls=LazyGroup)
def fleet_group() -> None:
    """Many sites in one table: gaps, failure modes and drift by site."""


@fleet_group.command("add")
@FLEET
@click.argument(
    "sources", metavar="PROJECT...", type=click.Path(path_type=Path), nargs=-1, required=True
)
@click.option("--site", default="", help="Site of these projects in the fleet; default: their own.")
@json_command("fleet_add")
def add_to_fleet_command(
    fleet: Path, sources: tuple[Path, ...], site: str, bar: TerminalProgress
) -> Answer:
    """Add projects or packs to a fleet folder. Adding a project again adds what is new since."""
    from fieldcheck.fleet.report import describe_added
    from fieldcheck.fleet.store import AddedProject, add_to_fleet, open_fleet

    added, refused = list[AddedProject](), list[tuple[Path, FieldcheckError]]()
    with open_fleet(fleet) as folder:
        for source in sources:
            bar.check()
            try:
                added.append(add_to_fleet(folder, source, site.strip(), bar))
            except ExtraMissing:
                raise
            except FieldcheckError as error:
                if len(sources) == 1:
                    raise
                refused.append((source, error))
                bar.warn(error)
    document = {
        "fleet": str(fleet.resolve()),
        "added": [asdict(project) for project in added],
        "refused": [{"path": str(source), "why": format_error(error)} for source, error in refused],
    }
    lines = tuple(map(describe_added, added))
    return Answer(document, lines, EXIT_EXPECTED if refused else EXIT_DONE)


@fleet_group.command("report")
@FLEET
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="Output folder; default: reports in the fleet.",
)
@click.option(
    "--lang",
    type=click.Choice(["en", "de"]),
    default="en",
    show_default=True,
    help="Report language.",
)
@json_command("fleet_report")
def write_fleet_report_command(
    fleet: Path, out: Path | None, lang: str, bar: TerminalProgress
) -> Answer:
    """Export the fleet report: gap by site, camera, model, light and month, with sites as
    clusters."""
    from fieldcheck.fleet.report import list_summary_lines, write_fleet_report

    bar.check()
    with use_language(lang):
        report = write_fleet_report(fleet, out, get_timestamp())
    total = report.figures.class_lists[0].total.gap if report.figures.class_lists else None
    document = {
        "fleet": str(fleet.resolve()),
        "report": str(report.folder.resolve()),
        "files": list(report.files),
        "sentence": report.sentence,
        "n_projects": report.figures.n_projects,
        "n_sites": report.figures.n_sites,
        "gap": total.to_json() if total is not None else None,
        "behind": [
            site.site
            for class_list in report.figures.class_lists
            for site in class_list.sites
            if site.is_behind
        ],
        "order_decided": [class_list.order_decided for class_list in report.figures.class_lists],
    }
    return Answer(document, list_summary_lines(report))


COMMANDS = (fleet_group,)
