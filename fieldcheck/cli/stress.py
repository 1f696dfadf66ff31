"""Commands that break the model on purpose."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.cli.values import SEED, cluster_options, existing_project
from fieldcheck.corruptions.catalogue import CORE, IN_PLACE
from fieldcheck.csv_json_xml import to_json_number
from fieldcheck.domain.robustness import FAMILIES, MODERATE_FIRST, SEVERITIES
from fieldcheck.i18n.language import tr
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.analyses.flicker import Flicker, FlickerRow
    from fieldcheck.corruptions.ood import OodRun
    from fieldcheck.corruptions.sweep import SweepResult


@define_command("stress")
@existing_project
@click.option(
    "--corruption",
    "corruptions",
    multiple=True,
    type=click.Choice(IN_PLACE),
    metavar="NAME",
    help=(
        f"Corruption; can be repeated. Choices: {', '.join(IN_PLACE)}. Default: {', '.join(CORE)}."
    ),
)
@click.option(
    "--severity",
    "severities",
    multiple=True,
    type=click.Choice(list(SEVERITIES)),
    help=("Severity; can be repeated. Default: all."),
)
@click.option(
    "--on",
    "sets",
    multiple=True,
    type=click.Choice(["field", "benchmark", "footage"]),
    help=(
        "Frames to run on; default: benchmark and field. "
        "On footage only changed predictions are counted."
    ),
)
@click.option(
    "--model", default=None, metavar="NAME", help="Model name; default: the newest model."
)
@click.option(
    "--seed",
    type=SEED,
    default=0,
    show_default=True,
    help="Random seed for benchmark images and corruptions.",
)
@click.option(
    "--match/--no-match",
    "matching",
    default=True,
    show_default=True,
    help=(
        "Search for the corruption that makes the benchmark look like the footage; "
        "done once for the same benchmark and footage."
    ),
)
@json_command("stress")
@cluster_options
def run_stress_command(
    project: Path,
    corruptions: tuple[str, ...],
    severities: tuple[str, ...],
    sets: tuple[Any, ...],
    model: str | None,
    seed: int,
    matching: bool,
    bar: TerminalProgress,
) -> Answer:
    """Run a corruption sweep at three severities, moderate first. Existing predictions are
    reused."""
    from fieldcheck.corruptions import messages
    from fieldcheck.corruptions.match_field import match_field
    from fieldcheck.corruptions.messages import describe_match
    from fieldcheck.corruptions.sweep import SweepRequest, run_sweep
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing

    strengths = tuple(
        severity
        for severity in MODERATE_FIRST
        if not severities or severity in {SEVERITIES[name] for name in severities}
    )
    wanted = SweepRequest(corruptions or tuple(CORE), strengths, sets, seed, model)
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        sweep_result = run_sweep(opened, wanted, bar, get_timestamp())
        alike = match_field(opened, seed, bar, get_timestamp()) if matching else None
    document = {
        "project": str(project.resolve()),
        **make_sweep_document(sweep_result),
        "matched": alike.to_json() if alike else None,
    }
    return Answer(
        document,
        (
            *messages.list_sweep_lines(sweep_result.requested),
            *((describe_match(alike),) if alike else ()),
        ),
    )


def make_sweep_document(sweep_result: SweepResult) -> dict[str, Any]:
    """JSON document of `stress`: no rows of earlier sweeps."""
    from fieldcheck.analyses.robustness import STRESS_COLUMNS, build_stress_cells

    sweep = sweep_result.requested
    return {
        "model": sweep.model,
        "seed": sweep.seed,
        "rows": [
            dict(zip(STRESS_COLUMNS, build_stress_cells(row), strict=True)) for row in sweep.rows
        ],
        "tipping": [
            {"corruption": corruption, "on": set_name, "severity": severity}
            for corruption, set_name, severity in sweep.get_tipping_severities()
        ],
        "mce": dict(sweep.mce),
        "partial": list(sweep.partial),
        "resumed": sweep_result.resumed,
    }


def _parse_allowed(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """`FAMILY=CLASS`, several times."""
    allowed: dict[str, tuple[str, ...]] = {}
    for text in values:
        family, sign, name = text.partition("=")
        if not sign or family not in FAMILIES:
            raise click.BadParameter(
                tr(
                    "{word} does not have the form FAMILY=CLASS; families: {known}",
                    word=text,
                    known=", ".join(FAMILIES),
                )
            )
        allowed[family] = (*allowed.get(family, ()), name)
    return allowed


@define_command("probe")
@existing_project
@click.option(
    "--allow", "allowed", multiple=True, metavar="FAMILY=CLASS", callback=_parse_allowed,
    help="Class that is correct for a family, for example blank=empty; can be repeated.",
)  # fmt: skip
@click.option(
    "--wrong-domain",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Out-of-domain images; default: the included set.",
)
@click.option(
    "--model", default=None, metavar="NAME", help="Model name; default: the newest model."
)
@click.option(
    "--seed",
    type=SEED,
    default=0,
    show_default=True,
    help="Random seed for frames and patch shuffling.",
)
@json_command("probe")
@cluster_options
def run_probes_command(
    project: Path,
    allowed: dict[str, tuple[str, ...]],
    wrong_domain: Path | None,
    model: str | None,
    seed: int,
    bar: TerminalProgress,
) -> Answer:
    """Run the OOD and shortcut test: images without a correct class, and field frames with parts
    removed."""
    from fieldcheck.corruptions import messages
    from fieldcheck.corruptions.ood import OodRequest as Probing
    from fieldcheck.corruptions.ood import run_ood
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        ood_run = run_ood(opened, Probing(model, seed, allowed, wrong_domain), bar, get_timestamp())
    return Answer(
        {"project": str(project.resolve()), **make_ood_document(ood_run)},
        messages.list_ood_lines(ood_run.probes),
    )


def make_ood_document(ood_run: OodRun) -> dict[str, Any]:
    """Probes as `probe --json` prints them."""
    probes = ood_run.probes
    return {
        "model": probes.model,
        "seed": probes.seed,
        "threshold": probes.threshold,
        "families": [
            {
                "family": row.family,
                "n": row.n,
                "n_confident": row.n_confident,
                "allowed": list(row.allowed),
                "rate": row.rate.to_json(),
                "auroc": to_json_number(row.auroc),
                "fpr95": to_json_number(row.fpr95),
                "most": row.most or None,
                "n_most": row.n_most,
            }
            for row in probes.families
        ],
        "shortcuts": [{"probe": row.probe, "kept": row.kept.to_json()} for row in probes.shortcuts],
        "named": list(probes.named),
        "resumed": ood_run.resumed,
    }


@define_command("flicker")
@existing_project
@click.option(
    "--seconds",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds of each clip, from its middle; 0 = the whole clip.",
)
@click.option(
    "--model", default=None, metavar="NAME", help="Model name; default: the newest model."
)
@json_command("flicker")
@cluster_options
def run_flicker_command(
    project: Path, seconds: float, model: str | None, bar: TerminalProgress
) -> Answer:
    """Measure how often the prediction changes between neighbouring frames, and what voting over
    frames gains. No labels required."""
    from fieldcheck.analyses.failures import get_clip_names
    from fieldcheck.analyses.flicker import list_flicker_lines, run_flicker
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        flicker = run_flicker(opened, model, seconds, bar, get_timestamp())
        names = get_clip_names(opened)
    lines = list_flicker_lines(flicker, names)
    if flicker.worst is not None and flicker.worst.frames:
        required = " ".join(f"--must {name}" for name in flicker.worst.frames)
        lines += (f"fieldcheck pick {shlex.quote(str(project))} {required}",)
    return Answer({"project": str(project.resolve()), **make_flicker_document(flicker)}, lines)


def make_flicker_document(flicker: Flicker) -> dict[str, Any]:
    """Flicker as `flicker --json` prints it."""
    worst = flicker.worst
    return {
        "model": flicker.model,
        **_make_flicker_row_document(flicker.overall),
        "conditions": [
            {"condition": row.condition, **_make_flicker_row_document(row)}
            for row in flicker.conditions
        ],
        "clips": [asdict(clip) for clip in flicker.by_clip],
        "votes": [
            {
                "frames": voting.frames,
                "changes_per_minute": voting.rate,
                "delay_ms": voting.delay_ms,
                "n": voting.n,
                "gain": voting.gain,
                "camera": voting.verdict.change.to_json(),
                "p_clips": voting.verdict.p,
                "direction": voting.verdict.direction,
            }
            for voting in flicker.votes
        ],
        "worst": None if worst is None else {**asdict(worst), "frames": list(worst.frames)},
    }


def _make_flicker_row_document(row: FlickerRow) -> dict[str, Any]:
    return {
        "n_clips": row.clips,
        "minutes": row.minutes,
        "changes": row.changes,
        "per_minute": row.rate.to_json(),
    }


COMMANDS = (run_stress_command, run_probes_command, run_flicker_command)
