"""The commands `export` and `split`; `report.export` writes each format."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import click

from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.cli.values import SEED, FigureRange, existing_project, with_people_option
from fieldcheck.domain.label import FurtherExport, SplitGroup
from fieldcheck.domain.report import LOWEST_PRECISION, REVIEWED_SHARE
from fieldcheck.domain.run import LOGGED_PICTURES
from fieldcheck.i18n.language import tr
from fieldcheck.labels.formats.registry import WRITABLE
from fieldcheck.labels.messages import describe_loss
from fieldcheck.models.messages import describe_excluded_people, list_left_out_frames
from fieldcheck.timestamp import get_timestamp

SHARES = FigureRange(0, 1, min_open=True, max_open=True)


@define_command("export")
@existing_project
@click.option(
    "--format",
    "kind",
    default=None,
    type=click.Choice((*WRITABLE, *get_args(FurtherExport))),
    help="Export format.",
)
@click.option(
    "--frames",
    is_flag=True,
    help="Same as --format frames: picked frames and benchmark images with their ids.",
)
@click.option(
    "--from",
    "source",
    default=None,
    metavar="PATH",
    type=click.Path(path_type=Path),
    help=(
        "For poison: a labelled set instead of the benchmark. For augmented: a text file with "
        "one frame per line instead of the tagged frames."
    ),
)
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Output folder; must be empty or not exist.",
)
@click.option(
    "--seed",
    type=SEED,
    default=0,
    show_default=True,
    help="Random seed for hold-out and corruptions.",
)
@click.option(
    "--slice",
    "slice_name",
    default=None,
    metavar="NAME",
    help="Export only this slice, including benchmark images.",
)
@click.option("--corrected", is_flag=True, help="Apply the corrections of the label review.")
@with_people_option
@click.option(
    "--precision",
    type=SHARES,
    default=LOWEST_PRECISION,
    show_default=True,
    help=("For thresholds: minimum precision of a class."),
)
@click.option(
    "--abstain",
    type=SHARES,
    default=REVIEWED_SHARE,
    show_default=True,
    help=("For thresholds: share of frames routed to manual review."),
)
@click.option(
    "--pictures",
    type=click.IntRange(0),
    default=LOGGED_PICTURES,
    show_default=True,
    help=("For mlflow: maximum number of frames logged per run."),
)
@json_command("export")
def export_command(
    project: Path,
    kind: str | None,
    frames: bool,
    source: Path | None,
    out: Path,
    seed: int,
    slice_name: str | None,
    corrected: bool,
    with_people: bool,
    precision: float,
    abstain: float,
    pictures: int,
    bar: TerminalProgress,
) -> Answer:
    """Export labels, slices, suspected label errors, recipes and training images in formats of
    other tools."""
    from fieldcheck.corruptions.training_recipe import describe_export
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.report.export import ExportRequest, write_export

    if frames == (kind is not None):
        raise click.UsageError(tr("Use either --format or --frames, not both."))
    kind = kind or "frames"
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        export_result = write_export(
            ExportRequest(
                opened,
                out,
                source,
                seed,
                bar,
                kind,
                slice_name,
                corrected,
                with_people,
                precision,
                abstain,
                pictures,
            )
        )
    document = {
        "out": str(out.resolve()),
        "format": kind,
        "n": export_result.n,
        "files": list(export_result.files),
        "left_out": list(export_result.left_out),
        "people_left_out": export_result.n_people,
        "losses": dict(export_result.losses),
    }
    lines = [describe_export(export_result.format, export_result.n, str(out))]
    lines += [list_left_out_frames(export_result.left_out)] if export_result.left_out else []
    lines += [describe_excluded_people(export_result.n_people)] if export_result.n_people else []
    lines += [describe_loss(kind, n) for kind, n in export_result.losses]
    return Answer(document, tuple(lines))


@define_command("split")
@existing_project
@click.option("--format", "kind", required=True, type=click.Choice(WRITABLE), help="Label format.")
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Output folder; must be empty or not exist.",
)
@click.option(
    "--by",
    type=click.Choice(get_args(SplitGroup)),
    default="clip",
    show_default=True,
    help=("Unit that is not divided between the two sets."),
)
@click.option(
    "--share",
    type=FigureRange(0, 1, min_open=True, max_open=True),
    default=0.2,
    show_default=True,
    help=("Share of validation."),
)
@click.option(
    "--seed", type=SEED, default=0, show_default=True, help="Random seed for the validation groups."
)
@with_people_option
@json_command("split")
def split_command(
    project: Path,
    kind: str,
    out: Path,
    by: str,
    share: float,
    seed: int,
    with_people: bool,
    bar: TerminalProgress,
) -> Answer:
    """Export a training and a validation set, split by whole clips, recordings, cameras or
    locations, never by frame."""
    from fieldcheck.corruptions.training_recipe import describe_split
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.report.export import split_labels

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        label_split = split_labels(opened, kind, out, by, share, seed, bar, with_people)
    sides = {
        "train": (label_split.train, label_split.n_train),
        "validation": (label_split.validation, label_split.n_validation),
    }
    document = {
        "out": str(out.resolve()),
        "format": kind,
        "by": by,
        "seed": seed,
        "files": list(label_split.files),
        "people_left_out": label_split.n_people,
    }
    document |= {side: {"groups": list(groups), "n": n} for side, (groups, n) in sides.items()}
    lines = [describe_split(label_split.n_train, label_split.n_validation, str(out))]
    lines += (
        [describe_excluded_people(label_split.n_people, "people_split")]
        if label_split.n_people
        else []
    )
    return Answer(document, tuple(lines))


COMMANDS = (export_command, split_command)
