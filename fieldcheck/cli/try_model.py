"""The command that needs no project: one model, some pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.command import Answer, TerminalProgress, json_command
from fieldcheck.cli.values import to_json_number
from fieldcheck.domain.model_card import dump_card
from fieldcheck.i18n.language import tr
from fieldcheck.models import messages as tries
from fieldcheck.models.messages import list_preprocessing_lines
from fieldcheck.models.try_model import (
    ModelTrial,
    TrialPrediction,
    TriedImage,
    get_masks_path,
    save_model_inputs,
    try_model,
)
from fieldcheck.paths import get_app_paths

FILE = click.Path(path_type=Path)
MOST_LINES = 10


@click.command("try")
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
    trial = try_model(model, pictures, card, bar)
    files = save_model_inputs(trial, out or get_app_paths().cache / "try", private=out is None)
    return Answer(_make_trial_document(trial, files), _format_lines(trial, files))


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
            _make_image_document(one, file) for one, file in zip(trial.tried, files, strict=True)
        ],
    }


def _make_image_document(one: TriedImage, file: Path) -> dict[str, Any]:
    height, width = one.rgb.shape[:2]
    return {
        "file": str(one.path),
        "width": width,
        "height": height,
        "crop": list(one.crop),
        "seen": str(file.absolute()),
        "masks": str(get_masks_path(file).absolute()) if one.masks else None,
        "nan": one.nan,
        "answers": [_make_prediction_document(said) for said in one.predictions],
    }


def _make_prediction_document(said: TrialPrediction) -> dict[str, Any]:
    found: dict[str, Any] = {
        "class": said.name,
        "class_index": said.index,
        "score": to_json_number(said.score),
    }
    if said.box is not None:
        x1, y1, x2, y2 = said.box
        found |= {"x": x1, "y": y1, "w": x2 - x1, "h": y2 - y1}
    return found


def _format_lines(trial: ModelTrial, files: Sequence[Path]) -> tuple[str, ...]:
    lines = [
        tries.describe_model_input(trial.name, list_preprocessing_lines(trial.preprocessing_record))
    ]
    for one, file in zip(trial.tried, files, strict=True):
        height, width = one.rgb.shape[:2]
        lines.append(f"{one.path.name}: {tries.describe_visible_part((height, width), one.crop)}")
        lines += [
            f"  {tries.format_answer(said.name, said.score, said.box)}"
            for said in one.predictions[:MOST_LINES]
        ]
        if len(one.predictions) > MOST_LINES:
            lines.append(f"  {tries.describe_more_boxes(len(one.predictions) - MOST_LINES)}")
        if not one.predictions:
            lines.append(f"  {tries.describe_no_answer(one.of_boxes, one.nan)}")
        lines.append("  " + tr("Model input saved to {path}").format(path=file.absolute()))
        if one.masks:
            lines.append(
                "  "
                + tr("Mask overlay saved to {path}").format(path=get_masks_path(file).absolute())
            )
    return tuple(lines)


COMMANDS = (try_model_command,)
