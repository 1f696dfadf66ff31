"""The command that sets which part each frame shows, and when a part counts as rejected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fieldcheck.analyses.escape_rate import describe_part_rates, load_escape_rates
from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.cli.values import FigureRange, existing_project
from fieldcheck.domain.frame import PartCall, PartRule
from fieldcheck.footage import messages as words
from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
from fieldcheck.footage.parts import (
    clear_parts,
    count_parts,
    get_part_rule,
    set_part_call,
    set_part_rule,
)
from fieldcheck.i18n.language import tr
from fieldcheck.json_values import to_json_value
from fieldcheck.labels.import_labels import import_parts
from fieldcheck.project.project import Project
from fieldcheck.timestamp import get_timestamp


class _Call(click.ParamType[tuple[PartCall, int]]):
    """`any`, `all`, or the least number of frames that are called defective."""

    name = "any|all|K"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[PartCall, int]:
        if isinstance(value, tuple):
            return value
        if value == "any":
            return "any", 1
        if value == "all":
            return "all", 1
        if not str(value).isdecimal() or not 1 <= int(value) <= 1000:
            text = tr("{word} is neither any, all, nor a number from 1")
            self.fail(text.format(word=value), param, ctx)
        return "at_least", int(value)


@define_command("parts")
@existing_project
@click.option("--pattern", default="", help="Part in each file name, such as {part}_*.png.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path),
    default=None,
    help="CSV file with the columns file and part.",
)
@click.option(
    "--pause",
    type=FigureRange(0.001, 86_400),
    default=None,
    help="Seconds without a frame after which the next part begins.",
)
@click.option("--none", "drop", is_flag=True, help="Frames carry no part.")
@click.option("--across", is_flag=True, help="The same name in two recordings is one part.")
@click.option(
    "--call",
    type=_Call(),
    default=None,
    help="Part rejected if any, all, or at least K of its frames are.",
)
@click.option("--by", default="", help="Approved by (name, role, date).")
@json_command("parts")
def show_parts_command(
    project: Path,
    pattern: str,
    csv_file: Path | None,
    pause: float | None,
    drop: bool,
    across: bool,
    call: tuple[PartCall, int] | None,
    by: str,
    bar: TerminalProgress,
) -> Answer:
    """Show or set which part each frame shows, and when a part counts as rejected."""
    given = [pattern != "", csv_file is not None, pause is not None, drop]
    if sum(given) > 1:
        raise click.UsageError(tr("Use only one of --pattern, --csv, --pause and --none."))
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        if drop:
            clear_parts(opened)
        set_parts(opened, pattern, csv_file, pause, across, by)
        rule = get_part_rule(opened)
        if call is not None:
            if rule is None:
                raise click.UsageError(
                    tr("--call requires parts. Set --pattern, --csv or --pause.")
                )
            set_part_call(opened, rule, *call)
        rule, counts = get_part_rule(opened), count_parts(opened)
        rates = load_escape_rates(opened) if rule else None
    document = {
        "project": str(project.resolve()),
        "source": rule.source if rule else None,
        "definition": rule.definition if rule else None,
        "across": rule.across if rule else None,
        "call": rule.call if rule else None,
        "least": rule.least if rule else None,
        "by": rule.by if rule else None,
        "n_parts": counts.n_parts,
        "n_frames": counts.n_frames,
        "n_without": counts.n_without,
        "rates": to_json_value(rates) if rates and rates.parts else None,
    }
    rated = describe_part_rates(rates) if rates and rates.parts else ()
    lines = words.list_part_lines(rule, counts.n_parts, counts.n_frames, counts.n_without)
    return Answer(document, (*lines, *rated))


def set_parts(
    project: Project,
    pattern: str,
    csv_file: Path | None,
    pause: float | None = None,
    across: bool = False,
    by: str = "",
) -> None:
    """Sets the parts that the options of a command ask for; nothing where none does. A rule that
    stands keeps when a part is called defective.

    Args:
        project: the open project.
        pattern: of file names; empty for none.
        csv_file: with the columns file and part.
        pause: seconds without a frame.
        across: whether one name in two recordings is one part.
        by: who set it.

    Raises:
        PartsRefused: no frame has a part by it.
    """
    former = get_part_rule(project)
    call, least = (former.call, former.least) if former else ("any", 1)
    if csv_file is not None:
        rule = PartRule("csv", csv_file.name, True, call, least, by=by)
        import_parts(project, csv_file, rule)
    elif pattern:
        set_part_rule(project, PartRule("pattern", pattern, across, call, least, by=by))
    elif pause is not None:
        set_part_rule(project, PartRule("pause", f"{pause:g}", False, call, least, by=by))


COMMANDS = (show_parts_command,)
