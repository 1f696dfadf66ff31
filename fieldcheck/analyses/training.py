"""How the model was trained, as stated: frozen layers, learning curves and notes, with the report
section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from fieldcheck.analyses.analysis import NOT_MEASURED, Analysis, ChecklistRule, CheckResult
from fieldcheck.analyses.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.corruptions.messages import get_corruption_name
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.model_card import (
    LAST_BLOCKS,
    FieldRange,
    Training,
    find_stall,
    list_restless_columns,
)
from fieldcheck.errors.message_format import format_report_remedy, to_one_line
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_percent
from fieldcheck.models.training_info import compute_field_ranges, get_training
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table

MOST_CLASSES = 5
MOST_NAMES = 8
SHORT = 12  # letters of a hash


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """What is known of the training, and the corruptions it covers beside the field's; `ranges` is
    None as long as no recipe was told, or there is nothing to measure the camera on."""

    training: Training
    ranges: tuple[FieldRange, ...] | None = None


def compute_training(project: Project, progress: Progress) -> TrainingResult | None:
    """Training of the newest model, None where nothing is known of it. Raises Cancelled."""
    training = get_training(project, project.read(models_table.get_newest_model))
    if training is None:
        return None
    return TrainingResult(training, compute_field_ranges(project, training, progress))


def list_training_lines(
    training: Training, ranges: Sequence[FieldRange] | None = None
) -> tuple[str, ...]:
    """Frozen layers, stall, restless classes and the trained range, one line each; empty where
    nothing of it is known.

    `ranges` None: what the field's camera shows was not measured.
    """
    return (
        *_list_origin_lines(training),
        *_list_layer_lines(training),
        *_list_curve_lines(training),
        *list_recipe_lines(training, ranges),
    )


def _list_origin_lines(training: Training) -> tuple[str, ...]:
    """The checkpoint that was exported, by name and hash, and the seed of its training."""
    seed = (
        ()
        if training.seed is None
        else (tr("Training random seed: {seed}.").format(seed=training.seed),)
    )
    if not training.checkpoint:
        return seed
    sentence = tr("Exported from {file} (SHA-256 {sha256}).").format(
        file=to_one_line(training.checkpoint), sha256=training.checkpoint_sha256[:SHORT]
    )
    return (sentence, *seed)


def list_recipe_lines(training: Training, ranges: Sequence[FieldRange] | None) -> tuple[str, ...]:
    """Which severities of the field lie outside of what the recipe trained, and what of the recipe
    says nothing."""
    if training.recipe is None:
        return ()
    lines = [_describe_field_ranges(training.recipe.file, ranges)]
    lines += [
        _describe_outside_range(field_range)
        for field_range in ranges or ()
        if any(field_range.outside)
    ]
    if training.recipe.unread:
        names = ", ".join(training.recipe.unread[:MOST_NAMES])
        lines.append(tr("Not comparable with the field: {names}.").format(names=names))
    return tuple(lines)


def _describe_field_ranges(file: str, ranges: Sequence[FieldRange] | None) -> str:
    if ranges is None:
        return tr(
            "Trained with {file}; this camera's corruptions are measured once footage and a "
            "benchmark exist."
        ).format(file=file)
    if not ranges:
        return tr(
            "Trained with {file}; this camera shows no more corruption than the benchmark."
        ).format(file=file)
    n = sum(any(field_range.outside) for field_range in ranges)
    if n == 0:
        return tr(
            "Trained with {file}: all corruptions of this camera lie inside the trained range."
        ).format(file=file)
    sentence = tr_plural(
        (
            "Trained with {file}: {n} of {all} corruptions of this camera lies outside the "
            "trained range."
        ),
        (
            "Trained with {file}: {n} of {all} corruptions of this camera lie outside the trained "
            "range."
        ),
        n,
    )
    return sentence.format(file=file, n=n, all=len(ranges))


def _describe_outside_range(field_range: FieldRange) -> str:
    """`JPEG (quality): here 60, 40 and 31 at mild, moderate and severe; trained down to 50.
    Outside: moderate, severe.`"""
    here = [format_parameter(field_range.parameter, stop) for stop in field_range.stops]
    names = ", ".join(
        name for name, out in zip(get_stop_names(), field_range.outside, strict=True) if out
    )
    what = get_corruption_name(field_range.corruption)
    if field_range.hardest is None:
        sentence = tr("{what}: here {mild}, {moderate} and {severe}; never trained.")
        return sentence.format(what=what, mild=here[0], moderate=here[1], severe=here[2])
    sentence = tr(
        "{what}: here {mild}, {moderate} and {severe}; trained up to {hardest}. Outside: {names}."
    )
    return sentence.format(
        what=what,
        mild=here[0],
        moderate=here[1],
        severe=here[2],
        hardest=format_parameter(field_range.parameter, field_range.hardest),
        names=names,
    )


def get_stop_names() -> tuple[str, str, str]:
    """The median, the 90th and the 99th percentile of a camera's frames."""
    return tr("mild"), tr("moderate"), tr("severe")


def format_parameter(parameter: str, value: float) -> str:
    """The parameter of a corruption with what it counts."""
    return {
        "quality": tr("quality {figure}").format(figure=format_number(value)),
        "sigma": tr("σ {figure}").format(figure=format_number(value, 1)),
        "exponent": tr("exponent {figure}").format(figure=format_number(value, 2)),
        "gain": tr("gain {figure}").format(figure=format_number(value, 2)),
    }.get(parameter, format_number(value, 2))


def _list_layer_lines(training: Training) -> tuple[str, ...]:
    if not training.layers:
        return ()
    sentence = tr_plural(
        "{same} of {n} layer is bit-identical to {base}.",
        "{same} of {n} layers are bit-identical to {base}.",
        len(training.layers),
    ).format(same=training.n_same, n=len(training.layers), base=training.base)
    frozen = [layer for layer in training.last_blocks if layer.same]
    if not training.last_blocks:
        return (sentence,)
    if frozen:
        names = ", ".join(layer.name for layer in frozen)
        asked = tr(
            "{frozen} of the last {n} convolutions never changed ({names}): unfreeze them and "
            "retrain."
        )
        return (
            sentence,
            asked.format(
                n=min(LAST_BLOCKS, len(training.last_blocks)), frozen=len(frozen), names=names
            ),
        )
    return (
        sentence,
        tr("The last {n} convolutions were trained.").format(n=len(training.last_blocks)),
    )


def _list_curve_lines(training: Training) -> tuple[str, ...]:
    if training.curves is None:
        return ()
    epochs = tr_plural(
        "The log has {n} epoch.", "The log has {n} epochs.", len(training.curves.epochs)
    ).format(n=len(training.curves.epochs))
    still = find_stall(training.curves)
    lines = [epochs]
    if still is None:
        lines.append(
            tr(
                "No plateau: no three consecutive validation losses were flat and well above the "
                "training loss."
            )
        )
    else:
        sentence = tr(
            "Plateau at epoch {epoch}: variance of three validation losses {variance}, {gap} "
            "above the training "
            "loss. A flat curve does not mean that training is complete: stop, reset the "
            "head, and try other "
            "data."
        )
        lines.append(
            sentence.format(
                epoch=f"{still.epoch:g}",
                variance=format_number(still.variance, 5),
                gap=format_percent(still.gap, 0),
            )
        )
    for name, least, greatest in list_restless_columns(training.curves)[:MOST_CLASSES]:
        swung = tr("{name} still varied between {least} and {greatest} in the last epochs.")
        lines.append(
            swung.format(
                name=name, least=format_percent(least, 0), greatest=format_percent(greatest, 0)
            )
        )
    return tuple(lines)


# How the model was trained, where that was stated: frozen layers, curves, notes.


def build_training_section(report: Report) -> Section:
    """The section: training information, or how to provide it."""
    title = tr("Training information")
    result = ANALYSIS.get_result(report)
    if result is None:
        sentence = tr(
            "Training information: not provided (base model, log and recipe of the run, or "
            "notes){remedy}."
        ).format(remedy=format_report_remedy("model"))
        return Section("trained", title, title, (Paragraph(sentence, quiet=True),))
    blocks: list[Block] = [
        Paragraph(line) for line in list_training_lines(result.training, result.ranges)
    ]
    if result.ranges:
        blocks.append(_build_range_table(result.ranges))
    if result.training.notes:
        blocks += [
            Heading(tr("Training notes")),
            *(Paragraph(line) for line in result.training.notes.splitlines() if line.strip()),
        ]
    return Section("trained", title, title, tuple(blocks))


def _build_range_table(ranges: Sequence[FieldRange]) -> Table:
    """What the camera does to its pictures, at three severities, beside the worst that was
    trained."""
    names = (*get_stop_names(), tr("maximum in training"), tr("outside"))
    heads = (Cell(tr("This camera"), head=True), *(Cell(name, figure=True) for name in names))
    rows = tuple(
        (
            Cell(get_corruption_name(field_range.corruption), head=True),
            *(
                Cell(format_parameter(field_range.parameter, stop), figure=True)
                for stop in field_range.stops
            ),
            Cell(
                tr("never")
                if field_range.hardest is None
                else format_parameter(field_range.parameter, field_range.hardest),
                figure=True,
            ),
            Cell(tr("{n} of 3").format(n=sum(field_range.outside)), figure=True),
        )
        for field_range in ranges
    )
    return Table(tr("Field severities compared with the trained range"), heads, rows)


def export_training(report: Report) -> dict[str, Any]:
    """How the model was trained."""
    result = ANALYSIS.get_result(report)
    return {
        "training": None
        if result is None
        else _export_training_info(result.training, result.ranges)
    }


def _export_training_info(
    training: Training, ranges: Sequence[FieldRange] | None
) -> dict[str, Any]:
    still = None if training.curves is None else find_stall(training.curves)
    return {
        "base": training.base,
        "n_layers": len(training.layers),
        "n_same": training.n_same,
        "frozen_of_last": [layer.name for layer in training.last_blocks if layer.same],
        "n_epochs": 0 if training.curves is None else len(training.curves.epochs),
        "stall": None
        if still is None
        else {"epoch": still.epoch, "variance": still.variance, "gap": still.gap},
        "notes": training.notes,
        "checkpoint": training.checkpoint,
        "checkpoint_sha256": training.checkpoint_sha256,
        "seed": training.seed,
        "recipe": None if training.recipe is None else to_json_value(asdict(training.recipe)),
        "ranges": None
        if ranges is None
        else [to_json_value(asdict(field_range)) for field_range in ranges],
    }


def check_trained_blocks(report: Report) -> CheckResult:
    """Judges whether training changed each of the last blocks."""
    result = ANALYSIS.get_result(report)
    last = result.training.last_blocks if result else ()
    if not last:
        return NOT_MEASURED
    n = sum(not layer.same for layer in last)
    return "pass" if n == len(last) else "fail", float(n)


ANALYSIS: Analysis[TrainingResult] = Analysis(
    key="training",
    compute_with_progress=compute_training,
    report_section=build_training_section,
    summary=export_training,
    checklist=(
        ChecklistRule(
            "frozen_layers",
            16,
            lambda: tr("The last four blocks of the model were fine-tuned"),
            lambda: tr("Add the model together with the ONNX file of its base model."),
            check_trained_blocks,
        ),
    ),
)
