"""The commands `limits` (gap, rates, latency, OK classes, the plant's own figures), `admin` and
`acceptance`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.child_process import ADMIN_PIN, NEW_ADMIN_PIN, read_secret
from fieldcheck.cli.command import Answer, LazyGroup, TerminalProgress, define_command, json_command
from fieldcheck.cli.values import FRACTION, FigureRange, existing_project
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain import report as terms
from fieldcheck.domain.report import (
    LARGEST_FIGURES,
    LARGEST_LATENCY_MS,
    LIMITED_RATES,
    NUMBERS,
    RATES,
    TEXTS,
)
from fieldcheck.errors.projects import AdminNeeded
from fieldcheck.i18n.language import tr
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.project.limits import SetLimits
    from fieldcheck.project.project import Project

# Commands that set, use and clear the admin PIN of a project. The PIN is prompted for or read from
# the environment, never passed as an argument.


def unlock_project(project: Project) -> None:
    """Unlocks a guarded project with the PIN of the environment, or one that is asked for at a
    terminal. Raises AdminNeeded (`wrong`)."""
    from fieldcheck.project.limits import enable_admin_access, has_admin

    if has_admin(project) and (
        pin := read_secret(ADMIN_PIN) or _prompt_pin(tr("Admin PIN"), twice=False)
    ):
        enable_admin_access(project, pin)


def require_admin(project: Project) -> None:
    """Unlocks a guarded project before anything is done. Raises AdminNeeded (`wrong`, `locked`)."""
    from fieldcheck.project.limits import has_admin

    unlock_project(project)
    if has_admin(project) and not project.admin:
        raise AdminNeeded(project.path, "locked")


def _prompt_pin(label: str, twice: bool) -> str:
    """Typed without being shown; empty where nobody sits at a terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        return ""
    return str(click.prompt(label, hide_input=True, confirmation_prompt=twice, err=True))


@click.group("admin", cls=LazyGroup)
def admin_group() -> None:
    """The admin PIN, which prevents operators from changing limits by mistake. It is not a security
    barrier."""


@admin_group.command("set")
@existing_project
@json_command("admin_set")
def set_pin_command(project: Path, bar: TerminalProgress) -> Answer:
    """Set the admin PIN (prompted, or from FIELDCHECK_NEW_ADMIN_PIN)."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.project.limits import SHORTEST_PIN, set_admin_pin

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        unlock_project(opened)
        pin = read_secret(NEW_ADMIN_PIN) or _prompt_pin(tr("New admin PIN"), twice=True)
        if len(pin) < SHORTEST_PIN:
            raise click.UsageError(
                tr("The PIN must have at least {n} letters or digits.", n=SHORTEST_PIN)
            )
        set_admin_pin(opened, pin, get_timestamp())
    return Answer(
        {"project": str(project.resolve()), "admin": True},
        (tr("Changing the limits now requires the PIN."),),
    )


@admin_group.command("clear")
@existing_project
@json_command("admin_clear")
def clear_pin_command(project: Path, bar: TerminalProgress) -> Answer:
    """Remove the admin PIN."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.project.limits import clear_admin_pin

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        unlock_project(opened)
        clear_admin_pin(opened, get_timestamp())
    return Answer(
        {"project": str(project.resolve()), "admin": False},
        (tr("Anyone can change the limits now."),),
    )


PLANT = (*LARGEST_FIGURES, "currency")
LATER = "later"  # the answer of who does not know a limit yet
LIMIT_OPTIONS = ("tolerance", *RATES, "latency", "by")


class _Currency(click.ParamType[str]):
    """Currency code of ISO 4217."""

    name = "EUR"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        code = str(value).upper()
        if len(code) != 3 or not (code.isascii() and code.isalpha()):
            self.fail(
                tr("{word} is not a three-letter currency code such as EUR", word=value), param, ctx
            )
        return code


class _LimitOrLater(click.ParamType[float | str]):
    """A limit, or the word `later`, which leaves it unset."""

    def __init__(self, limit: click.ParamType[float]) -> None:
        self.name, self._limit = f"{limit.name}|{LATER}", limit

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | str:
        return LATER if value == LATER else self._limit.convert(value, param, ctx)


def add_limit_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each limit that the verdict follows from, and for who set it."""
    share = _LimitOrLater(FRACTION)
    options = [
        click.option("--tolerance", type=share, help="Maximum gap, a fraction such as 0.03."),
        *(
            click.option(f"--{rate.code.replace('_', '-')}", type=share, help=rate.option_help)
            for rate in LIMITED_RATES
        ),
        click.option(
            "--latency",
            type=_LimitOrLater(FigureRange(0, LARGEST_LATENCY_MS, min_open=True)),
            help="Maximum time of 95 of 100 frames on the target computer, in milliseconds.",
        ),
        click.option("--by", default="", help="Approved by (name, role)."),
    ]
    for option in reversed(options):  # Decorators are applied from the last to the first
        command = option(command)
    return command


def set_given_limits(project: Project, options: Mapping[str, Any]) -> None:
    """Store the limits of the options of `add_limit_options`; those that were not given stay."""
    from fieldcheck.project.limits import GapLimits, set_latency_limit, set_limits, set_rate_limits

    by, tolerance, latency = options["by"], options["tolerance"], options["latency"]
    if tolerance is not None:
        set_limits(project, None if tolerance == LATER else GapLimits(tolerance, by))
    rates = {
        rate: None if options[rate] == LATER else options[rate]
        for rate in RATES
        if options[rate] is not None
    }
    if rates:
        set_rate_limits(project, rates, by)
    if latency is not None:
        set_latency_limit(project, None if latency == LATER else latency, by)


def make_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a new project from the options of `add_limit_options`."""
    from fieldcheck.project.limits import make_limit_settings

    given_options = {name: options[name] for name in options if options[name] not in (None, LATER)}
    rates = {rate: given_options[rate] for rate in RATES if rate in given_options}
    return make_limit_settings(
        given_options.get("tolerance"), rates, given_options.get("latency"), options["by"]
    )


def make_limits_document(limits: SetLimits) -> dict[str, Any]:
    """Limits as the documents of `new` and `limits` have them."""
    rates = {rate.rate: rate.limit for rate in limits.rates}
    return {
        "tolerance": limits.gap.tolerance,
        "by": limits.gap.decided_by,
        "confirmed": limits.gap.confirmed,
        "date": limits.gap.date or None,
        **{rate: rates.get(rate) for rate in RATES},
        "latency_ms": limits.latency.ms if limits.latency is not None else None,
    }


def is_any_limit_given(options: Mapping[str, Any]) -> bool:
    """Whether one of the options of `add_limit_options` was given."""
    return any(options[name] is not None for name in ("tolerance", "latency", *RATES))


@define_command("limits")
@existing_project
@add_limit_options
@click.option("--ok", multiple=True, metavar="CLASS", help="OK class (good part); can be repeated.")
@click.option(
    "--defect-ppm",
    type=FigureRange(0, LARGEST_FIGURES["defect_ppm"]),
    help=("Defect rate of the site, in defective parts per million (ppm)."),
)
@click.option(
    "--parts-per-day",
    type=FigureRange(0, LARGEST_FIGURES["parts_per_day"]),
    help="Parts produced per day.",
)
@click.option(
    "--cost-escape",
    type=FigureRange(0, LARGEST_FIGURES["cost_escape"]),
    help="Cost of one defect passed as OK.",
)
@click.option(
    "--cost-reject",
    type=FigureRange(0, LARGEST_FIGURES["cost_reject"]),
    help="Cost of one good part rejected.",
)
@click.option("--currency", type=_Currency(), help="Currency of the costs, for example EUR.")
@json_command("limits")
def show_limits_command(
    project: Path, ok: tuple[str, ...], bar: TerminalProgress, **options: Any
) -> Answer:
    """Show or set the limits that the verdict follows from, OK classes, and the site's own defect
    rate and costs. The word later removes a limit."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.store import check_ok_classes, get_ok_classes, set_ok_classes
    from fieldcheck.project import messages as words
    from fieldcheck.project.limits import get_plant_figures, get_set_limits, set_plant_figures
    from fieldcheck.project.messages import describe_missing_figures, describe_plant_figures

    entered = {name: options[name] for name in PLANT if options[name] is not None}
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        if ok or entered or is_any_limit_given(options):
            unlock_project(opened)
        check_ok_classes(opened, ok)  # A refused command changes nothing
        set_given_limits(opened, options)
        if entered:
            set_plant_figures(opened, entered, options["by"])
        if ok:
            set_ok_classes(opened, ok)
        set_now, plant = get_set_limits(opened), get_plant_figures(opened)
        names, ok_told = get_ok_classes(opened)
    document = {
        "project": str(project.resolve()),
        **make_limits_document(set_now),
        "ok_classes": list(names),
        "ok_told": ok_told,
        **{
            name: getattr(plant, name) or None if name == "currency" else getattr(plant, name)
            for name in PLANT
        },
        "plant_by": list(plant.by),
    }
    limit_lines = words.list_limit_lines(set_now, names, ok_told)
    by_plant = (
        line for line in (describe_plant_figures(plant), describe_missing_figures(plant)) if line
    )
    return Answer(document, (*limit_lines, *by_plant))


# The command that sets what an acceptance states: configuration, planned sample and terms.

NUMBER_HELP = {
    "planned_parts": "Parts with a defect that the sample is planned to hold.",
    "planned_shifts": "Shifts that the sample is planned to cover.",
    "parts_per_shift": "Parts produced per shift.",
}


def _add_term_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add an option for each text and number."""
    for name in reversed(NUMBERS):  # Decorators are applied from the last to the first
        option = f"--{name.replace('_', '-')}"
        command = click.option(option, type=click.IntRange(1, terms.MOST), help=NUMBER_HELP[name])(
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
    project: Path, reference: Path | None, by: str, bar: TerminalProgress, **options: Any
) -> Answer:
    """Show or set what an acceptance states: configuration, planned sample, terms and signers."""
    from fieldcheck.analyses.acceptance import list_acceptance_lines, load_acceptance
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.labels.store import import_reference_parts
    from fieldcheck.project.limits import get_reference_parts, set_acceptance_terms

    changes = {name: value for name, value in options.items() if value is not None}
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


COMMANDS = (show_limits_command, admin_group, show_acceptance_command)
