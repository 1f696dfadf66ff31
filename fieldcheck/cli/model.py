"""Commands about a model: add it to a project, check it against its card (the doctor), quantise it,
and try it on a few images without a project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import Answer, LazyGroup, TerminalProgress, define_command, json_command
from fieldcheck.cli.project import format_claim, make_model_document
from fieldcheck.cli.values import (
    CLASSES_OPTION,
    KIND_OPTION,
    SEED,
    existing_project,
    make_task_option,
)
from fieldcheck.csv_json_xml import to_json_number
from fieldcheck.domain.model_card import KINDS, dump_card
from fieldcheck.domain.prediction import Task
from fieldcheck.i18n.language import tr
from fieldcheck.models.messages import (
    describe_model_input,
    describe_more_boxes,
    describe_no_answer,
    describe_visible_part,
    format_answer,
    list_preprocessing_lines,
    list_quantised_lines,
)
from fieldcheck.paths import get_app_paths
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.models.check_model import ModelCheck
    from fieldcheck.models.doctor.findings import Finding
    from fieldcheck.models.session import TensorSpec
    from fieldcheck.models.try_model import ModelTrial, TrialPrediction, TriedImage

FILE = click.Path(path_type=Path)
SHOWN = 5  # candidates in words; the document has them all
MOST_LINES = 10  # predictions of an image in words


@click.group("model", cls=LazyGroup)
def model_group() -> None:
    """Models of a project."""


@model_group.command("set")
@existing_project
@click.argument("file", type=FILE, required=False)
@click.option(
    "--predictions",
    type=FILE,
    default=None,
    help=(
        "Instead of FILE: predictions of a model that runs elsewhere (CSV, JSON Lines or COCO "
        "results)."
    ),
)
@click.option("--card", type=FILE, default=None, help="Model card.")
@CLASSES_OPTION
@click.option(
    "--base",
    type=FILE,
    default=None,
    help="ONNX base model; layers that stayed frozen in training are listed.",
)
@click.option(
    "--notes",
    type=FILE,
    default=None,
    help=("Text file with notes on the training, for example augmentation and schedule."),
)
@click.option(
    "--log",
    type=FILE,
    default=None,
    help=("CSV of the training run with epoch, train_loss, val_loss and further columns."),
)
@click.option(
    "--training-recipe",
    "recipe",
    type=FILE,
    default=None,
    help=("Albumentations pipeline used in training (JSON or YAML)."),
)
@click.option(
    "--checkpoint",
    type=FILE,
    default=None,
    help=("File from which the model was exported; its name and hash are saved."),
)
@click.option("--training-seed", "seed", type=SEED, default=None, help="Seed of the training run.")
@json_command("model_set")
def add_model_command(
    project: Path,
    file: Path | None,
    predictions: Path | None,
    card: Path | None,
    classes: Path | None,
    bar: TerminalProgress,
    **options: Any,
) -> Answer:
    """Add a model; earlier models are kept. With --training-recipe, report field severities outside
    the trained range. With --predictions, the model may run elsewhere."""
    if (file is None) == (predictions is None):
        raise click.UsageError(tr("Use either FILE or --predictions, not both."))
    if predictions is not None:
        _check_no_training_options(options)
        return _add_predictions(project, predictions, card, classes, bar)
    assert file is not None, "one of the two is given"
    return _add_model(project, file, card, classes, bar, options)


def _check_no_training_options(options: Mapping[str, Any]) -> None:
    given = [
        parameter.opts[0]
        for parameter in click.get_current_context().command.params
        if options.get(parameter.name or "") is not None
    ]
    if given:
        raise click.UsageError(
            tr("{option} requires FILE. It cannot be used with --predictions.", option=given[0])
        )


def _add_predictions(
    project: Path, file: Path, card: Path | None, classes: Path | None, bar: TerminalProgress
) -> Answer:
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.check_model import check_claim_if_any
    from fieldcheck.models.predictions_file import count_given_answers, list_answer_lines
    from fieldcheck.models.run import add_predictions
    from fieldcheck.project import messages as words

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        stored = add_predictions(opened, file, card, classes, bar, get_timestamp())
        claim = check_claim_if_any(opened, bar, get_timestamp())
        counts = count_given_answers(opened, stored)
    document: dict[str, Any] = {
        "project": str(project.resolve()),
        "model": make_model_document(stored),
        "benchmark": None,
        "site": None,
        "card_of": None,
        "findings": [],
        "predictions": asdict(counts),
    }
    lines = (
        words.describe_added_model(stored.name),
        *list_answer_lines(counts),
        *format_claim(claim),
    )
    return Answer(document, lines)


def _add_model(
    project: Path,
    file: Path,
    card: Path | None,
    classes: Path | None,
    bar: TerminalProgress,
    options: dict[str, Any],
) -> Answer:
    from fieldcheck.analyses.retraining import list_training_lines
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.check_model import check_new_model
    from fieldcheck.models.doctor.findings import list_inherited_card_lines, list_warning_lines
    from fieldcheck.models.store import inspect_fitting_model, read_classes, set_model
    from fieldcheck.models.training_info import (
        TrainingFiles,
        get_known_ranges,
        read_training_files,
        store_camera_severities,
        store_training,
    )
    from fieldcheck.project import messages as words

    training_files, ranges = TrainingFiles(**options), None
    named = read_classes(classes) if classes else None
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        looked_at = inspect_fitting_model(opened, file, card, named)
        training = (
            read_training_files(file, training_files, min(looked_at.card.input.size))
            if training_files
            else None
        )
        stored = set_model(opened, looked_at, get_timestamp())
        if training is not None:
            store_training(opened, stored, training, get_timestamp())
            if training.recipe is not None:
                store_camera_severities(opened, bar, get_timestamp())
            ranges = get_known_ranges(opened, training)
        claim, findings = check_new_model(opened, bar, get_timestamp())
    document: dict[str, Any] = {
        "project": str(project.resolve()),
        "model": make_model_document(stored),
        "benchmark": None,
        "site": None,
    }
    document |= {
        "card_of": looked_at.inherited or None,
        "findings": make_findings_document(findings),
    }
    trained = list_training_lines(training, ranges) if training else ()
    lines = (
        words.describe_added_model(stored.name),
        *list_inherited_card_lines(looked_at.inherited),
        *trained,
        *format_claim(claim),
        *list_warning_lines(findings),
    )
    return Answer(document, lines)


# The doctor: what is wrong between a model and its card.


@model_group.command("check")
@click.argument("file", type=FILE)
@click.option(
    "--card",
    type=FILE,
    default=None,
    help="Model card; default: MODEL.card.json next to the model.",
)
@click.option(
    "--labelled",
    type=FILE,
    default=None,
    help="A few labelled frames, in any supported benchmark format.",
)
@click.option(
    "--base",
    type=FILE,
    default=None,
    help="Full-precision model from which this model was quantised.",
)
@CLASSES_OPTION
@make_task_option(KINDS)
@KIND_OPTION
@click.option(
    "--write-card",
    "kept",
    type=FILE,
    default=None,
    help=("Write the model card, including proposed values, to a new file."),
)
@json_command("model_check", timed=True)
def check_model_command(
    file: Path,
    card: Path | None,
    labelled: Path | None,
    base: Path | None,
    classes: Path | None,
    task: Task | None,
    kind: str | None,
    kept: Path | None,
    bar: TerminalProgress,
) -> Answer:
    """Check a model: compare the model file with its model card and a few labelled frames. No
    project required."""
    from fieldcheck.models.check_model import StatedOutput, check_model
    from fieldcheck.models.doctor import findings as words
    from fieldcheck.models.store import write_card

    model_check = check_model(file, card, labelled, base, bar, classes, StatedOutput(task, kind))
    if kept is not None and model_check.diagnosis is not None:
        write_card(kept, model_check.diagnosis.card)
    lines = (
        (words.describe_written_card(str(kept), written=model_check.diagnosis is not None),)
        if kept is not None
        else ()
    )
    return Answer(make_check_document(model_check), (*_iter_lines(model_check), *lines))


def make_check_document(model_check: ModelCheck) -> dict[str, Any]:
    """The doctor's answer as `model check --json` prints it."""
    diagnosis, facts = model_check.diagnosis, model_check.model
    return {
        "ok": model_check.ok,
        "model": {
            "name": facts.name,
            "sha256": facts.sha256 or None,
            "opset": facts.opset,
            "inputs": [_make_tensor_document(tensor_spec) for tensor_spec in facts.inputs],
            "outputs": [_make_tensor_document(output) for output in facts.outputs],
        },
        "card": dump_card(diagnosis.card) if diagnosis else None,
        "receipt": dict(model_check.preprocessing_record)
        if model_check.preprocessing_record
        else None,
        "proposed": list(model_check.proposed),
        "n_labelled": model_check.n_labelled,
        "unmatched": list(model_check.unmatched),
        "findings": make_findings_document(model_check.findings),
        "candidates": [
            {
                "change": dict(preprocessing_candidate.change),
                "score": preprocessing_candidate.score.to_json(),
            }
            for preprocessing_candidate in (diagnosis.candidates if diagnosis else ())
        ],
    }


def make_findings_document(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as every document holds them."""
    from fieldcheck.models.doctor import findings as words

    findings_and_texts = [(finding, words.describe_finding(finding)) for finding in findings]
    return [
        {
            "code": finding.code,
            "level": finding.level,
            "what": finding_text.problem,
            "seen": finding_text.evidence,
            "todo": finding_text.remedy,
        }
        for finding, finding_text in findings_and_texts
    ]


def _make_tensor_document(tensor: TensorSpec) -> dict[str, Any]:
    return {"name": tensor.name, "shape": list(tensor.shape), "type": tensor.kind}


def _iter_lines(model_check: ModelCheck) -> Iterator[str]:
    from fieldcheck.models.doctor import findings as words

    yield words.describe_diagnosis(
        model_check.model.name, len(model_check.findings), model_check.n_labelled
    )
    for finding in model_check.findings:
        finding_text = words.describe_finding(finding)
        yield f"· {finding_text.problem}"
        yield f"  {finding_text.evidence}"
        yield f"  {finding_text.remedy}"
    if model_check.preprocessing_record:
        yield describe_model_input(
            model_check.model.name, list_preprocessing_lines(model_check.preprocessing_record)
        )
    if model_check.proposed:
        yield words.describe_proposed_values(model_check.proposed)
    for candidate in model_check.diagnosis.candidates[:SHOWN] if model_check.diagnosis else ():
        yield f"  {words.describe_candidate(candidate.change, candidate.score)}"


# Quantisation command: what an INT8 copy of a model costs and buys.


@model_group.command("quantise")
@existing_project
@click.argument("model")
@json_command("model_quantise")
def run_quantise_command(project: Path, model: str, bar: TerminalProgress) -> Answer:
    """Quantise a model to INT8, calibrated on field frames, and compare size, latency and score."""
    from fieldcheck.models.quantise import make_quantised_model
    from fieldcheck.project.folder import open_project

    with open_project(project) as opened:
        quantised_model = make_quantised_model(opened, model, bar, get_timestamp())
    return Answer(
        {"project": str(project.resolve()), **quantised_model.to_json()},
        list_quantised_lines(quantised_model),
    )


# Trial of a model: what it sees and answers on a few images.


@define_command("try")
@click.argument("model", type=FILE)
@click.argument("pictures", type=FILE, nargs=-1, required=True, metavar="IMAGE...")
@click.option(
    "--card",
    type=FILE,
    default=None,
    help="Model card; default: MODEL.card.json next to the model.",
)
@click.option(
    "--out",
    type=FILE,
    default=None,
    help="Output folder for the model input images; default: a cache folder.",
)
@json_command("try")
def try_model_command(
    model: Path,
    pictures: tuple[Path, ...],
    card: Path | None,
    out: Path | None,
    bar: TerminalProgress,
) -> Answer:
    """Run a model on images without a project; show input and prediction."""
    from fieldcheck.models.try_model import save_model_inputs, try_model

    trial = try_model(model, pictures, card, bar)
    files = save_model_inputs(trial, out or get_app_paths().cache / "try", private=out is None)
    return Answer(_make_trial_document(trial, files), _format_trial_lines(trial, files))


def _make_trial_document(trial: ModelTrial, files: Sequence[Path]) -> dict[str, Any]:
    return {
        "model": {
            "name": trial.name,
            "sha256": trial.sha256,
            "task": trial.card.task,
            "classes": list(trial.card.classes),
        },
        "card": dump_card(trial.card),
        "receipt": dict(trial.preprocessing_record),
        "pictures": [
            _make_trial_image_document(tried_image, file)
            for tried_image, file in zip(trial.tried, files, strict=True)
        ],
    }


def _make_trial_image_document(tried_image: TriedImage, file: Path) -> dict[str, Any]:
    from fieldcheck.models.try_model import get_masks_path

    height, width = tried_image.rgb.shape[:2]
    return {
        "file": str(tried_image.path),
        "width": width,
        "height": height,
        "crop": list(tried_image.crop),
        "seen": str(file.absolute()),
        "masks": str(get_masks_path(file).absolute()) if tried_image.masks else None,
        "nan": tried_image.nan,
        "answers": [
            _make_prediction_document(prediction) for prediction in tried_image.predictions
        ],
    }


def _make_prediction_document(trial_prediction: TrialPrediction) -> dict[str, Any]:
    values: dict[str, Any] = {
        "class": trial_prediction.name,
        "class_index": trial_prediction.index,
        "score": to_json_number(trial_prediction.score),
    }
    if trial_prediction.box is not None:
        x1, y1, x2, y2 = trial_prediction.box
        values |= {"x": x1, "y": y1, "w": x2 - x1, "h": y2 - y1}
    return values


def _format_trial_lines(trial: ModelTrial, files: Sequence[Path]) -> tuple[str, ...]:
    from fieldcheck.models.try_model import get_masks_path

    lines = [describe_model_input(trial.name, list_preprocessing_lines(trial.preprocessing_record))]
    for tried_image, file in zip(trial.tried, files, strict=True):
        height, width = tried_image.rgb.shape[:2]
        visible_part = describe_visible_part((height, width), tried_image.crop)
        lines.append(f"{tried_image.path.name}: {visible_part}")
        lines += [
            f"  {format_answer(prediction.name, prediction.score, prediction.box)}"
            for prediction in tried_image.predictions[:MOST_LINES]
        ]
        if len(tried_image.predictions) > MOST_LINES:
            lines.append(f"  {describe_more_boxes(len(tried_image.predictions) - MOST_LINES)}")
        if not tried_image.predictions:
            lines.append(f"  {describe_no_answer(tried_image.of_boxes, tried_image.nan)}")
        lines.append("  " + tr("Model input saved to {path}", path=file.absolute()))
        if tried_image.masks:
            lines.append(
                "  " + tr("Mask overlay saved to {path}", path=get_masks_path(file).absolute())
            )
    return tuple(lines)


COMMANDS = (model_group, try_model_command)
