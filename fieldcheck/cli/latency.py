"""Command that measures inference latency on this very machine, long enough for heat to show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.cli.values import (
    COUNTS,
    PROVIDERS,
    FigureRange,
    existing_project,
    with_people_option,
)
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.latency import STAGES, Latency
from fieldcheck.domain.run import CPU
from fieldcheck.files import write_text
from fieldcheck.i18n.language import tr
from fieldcheck.latency.messages import (
    describe_runner_export,
    describe_runner_questions,
    list_latency_text,
    list_variant_lines,
)
from fieldcheck.models.messages import describe_excluded_people
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.latency.latency_run import LatencyRun, SideBySideRequest


@define_command("latency")
@existing_project
@click.option(
    "--seconds",
    type=FigureRange(0.1, 86_400),
    default=600.0,
    show_default=True,
    help="Duration in seconds; throttling appears after minutes.",
)
@click.option(
    "--until-flat",
    is_flag=True,
    help="Stop when two five-minute blocks differ by less than 2%. Use with --seconds 1800.",
)
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    default=None,
    help="Video, image or folder; default: the longest footage.",
)
@click.option(
    "--fps",
    type=FigureRange(0.1, 1000),
    default=None,
    help="Source frame rate (fps); default: unlimited.",
)
@click.option(
    "--load",
    type=click.Choice(["none", "encode"]),
    default="none",
    show_default=True,
    help="Background load: none, or video encoding.",
)
@click.option(
    "--busy",
    type=click.IntRange(0, 256),
    default=0,
    show_default=True,
    help="Number of cores kept busy as background load.",
)
@click.option(
    "--threads",
    type=COUNTS,
    default=(),
    help="Thread counts; default: all cores but one. Several values are compared.",
)
@click.option(
    "--provider",
    "providers",
    type=PROVIDERS,
    default=(),
    help="Execution providers; default: as in the settings. Several values are compared.",
)
@click.option(
    "--target",
    "targets",
    type=FigureRange(0.1, 100_000),
    multiple=True,
    metavar="FPS",
    help="Target frame rate (fps), one or several.",
)
@click.option(
    "--target-mb",
    type=FigureRange(1, 1_000_000),
    default=None,
    metavar="MB",
    help="Memory limit in MB.",
)
@click.option("--on-target", is_flag=True, help="Mark this machine as the target device.")
@click.option(
    "--model", default=None, metavar="NAME", help="Model name; default: the newest model."
)
@click.option(
    "--export-runner",
    "runner",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Export a runner: a folder to measure predictions and latency on the device.",
)
@with_people_option
@click.option(
    "--import",
    "result",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE.json",
    help="Import the runner's result (bench.json).",
)
@click.option(
    "--keep",
    type=click.Path(path_type=Path),
    default=None,
    metavar="FILE.csv",
    help="Write per-frame latency in ms (CSV).",
)
@json_command("bench")
def measure_latency_command(
    project: Path,
    seconds: float,
    until_flat: bool,
    source: Path | None,
    fps: float | None,
    load: str,
    busy: int,
    threads: tuple[int, ...],
    providers: tuple[str, ...],
    targets: tuple[float, ...],
    target_mb: float | None,
    on_target: bool,
    model: str | None,
    runner: Path | None,
    with_people: bool,
    result: Path | None,
    keep: Path | None,
    bar: TerminalProgress,
) -> Answer:
    """Measure the latency per frame on this machine: decode, resize, normalise, inference,
    post-processing."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.latency.latency_run import (
        LatencyRequest,
        SideBySideRequest,
        run_latency,
        set_target,
    )

    if runner is not None and result is not None:
        raise click.UsageError(tr("Use either --export-runner or --import, not both."))
    if runner is not None:
        return _export_device_runner(project, runner, model, source, bar, with_people)
    if result is not None:
        return _import_device_result(project, result, targets, bar)
    if len(threads) > 1 or len(providers) > 1:
        _refuse_single_options(fps or until_flat or targets or target_mb or keep is not None)
        several = SideBySideRequest(
            providers or (CPU,), threads, seconds, model, source, load == "encode", busy
        )
        return _run_side_by_side(project, several, bar)
    request = LatencyRequest(seconds, model, source, fps or 0.0, load == "encode", busy)
    request = replace(request, until_flat=until_flat, on_target=on_target)
    request = replace(request, threads=threads[0]) if threads else request
    request = replace(request, provider=providers[0]) if providers else request
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        if targets or target_mb:
            set_target(opened, model, targets, target_mb or 0.0, get_timestamp())
        run = run_latency(opened, request, bar, get_timestamp())
        latency = replace(
            run.latency, target_fps=tuple(sorted(targets)), target_mb=target_mb or 0.0
        )
    if keep is not None:
        _write_frame_times(keep, run)
    lines = list_latency_text(latency, targets)
    return Answer(
        {"project": str(project.resolve()), **make_latency_document(latency), "sentence": lines[0]},
        lines,
    )


def _refuse_single_options(are_given: object) -> None:
    if are_given:
        raise click.UsageError(
            tr(
                "--fps, --until-flat, --target, --target-mb and --keep require a single "
                "provider and a single thread count."
            )
        )


def _write_frame_times(path: Path, run: LatencyRun) -> None:
    """Write the milliseconds of every frame and stage as CSV."""
    import numpy as np

    rows = [",".join(["frame", "total_ms", *(f"{name}_ms" for name in STAGES)])]
    rows += [
        ",".join([str(index), *(f"{cell:.3f}" for cell in row)])
        for index, row in enumerate(np.asarray(run.frames_ms).tolist())
    ]
    write_text(path, "\n".join(rows) + "\n")


def _export_device_runner(
    project: Path,
    folder: Path,
    model: str | None,
    source: Path | None,
    bar: TerminalProgress,
    with_people: bool,
) -> Answer:
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.latency.device_runner import export_runner

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        runner = export_runner(opened, folder, model, source, bar, get_timestamp(), with_people)
    text = describe_runner_export(str(runner.folder), runner.n, runner.megabytes)
    questions = describe_runner_questions(runner.n_field, runner.n_benchmark)
    document = {
        "project": str(project.resolve()),
        "folder": str(runner.folder.resolve()),
        "files": list(runner.files),
        "n": runner.n,
    }
    document |= {
        "megabytes": runner.megabytes,
        "people_left_out": runner.n_people,
        "sentence": text,
    }
    document |= {"n_field": runner.n_field, "n_benchmark": runner.n_benchmark}
    return Answer(
        document,
        (
            text,
            *((questions,) if questions else ()),
            *(
                (describe_excluded_people(runner.n_people, "people_runner"),)
                if runner.n_people
                else ()
            ),
        ),
    )


def _run_side_by_side(project: Path, request: SideBySideRequest, bar: TerminalProgress) -> Answer:
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.latency.latency_run import run_side_by_side

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        side_by_side = run_side_by_side(opened, request, bar)
    lines = list_variant_lines(side_by_side)
    return Answer(
        {"project": str(project.resolve()), **side_by_side.to_json(), "sentence": lines[0]}, lines
    )


def _import_device_result(
    project: Path, result: Path, targets: tuple[float, ...], bar: TerminalProgress
) -> Answer:
    from fieldcheck.analyses.latency import import_device_result, list_device_lines
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        latency, accuracy = import_device_result(opened, result, get_timestamp())
    lines = list_latency_text(latency, targets)
    document = {"project": str(project.resolve()), **make_latency_document(latency)}
    document |= {"sentence": lines[0], "device_accuracy": to_json_value(accuracy)}
    return Answer(document, (*lines, *(list_device_lines(accuracy) if accuracy else ())))


def make_latency_document(latency: Latency) -> dict[str, Any]:
    """JSON document of `latency`."""
    document, (first, *_) = latency.to_json(), [*latency.throttling.steps, None]
    document["throttling"] |= {
        "at_s": first.at_s if first else None,
        "step": first.step if first else None,
    }
    document["memory"] = {
        "peak_mb": document.pop("peak_mb"),
        "growth_mb": document.pop("growth_mb"),
    }
    return document | {"joules_per_frame": latency.joules_per_frame}


COMMANDS = (measure_latency_command,)
