"""The command that needs no project: one model, some pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.csv_json_xml import to_json_number
from fieldcheck.domain.model_card import dump_card
from fieldcheck.i18n.language import tr
from fieldcheck.models import messages as tries
from fieldcheck.models.messages import list_preprocessing_lines
from fieldcheck.paths import get_app_paths

if TYPE_CHECKING:
    from fieldcheck.models.try_model import ModelTrial, TrialPrediction, TriedImage

FILE = click.Path(path_type=Path)
MOST_LINES = 10


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
            _make_image_document(tried_image, file)
            for tried_image, file in zip(trial.tried, files, strict=True)
        ],
    }


def _make_image_document(tried_image: TriedImage, file: Path) -> dict[str, Any]:
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


def _format_lines(trial: ModelTrial, files: Sequence[Path]) -> tuple[str, ...]:
    from fieldcheck.models.try_model import get_masks_path

    lines = [
        tries.describe_model_input(trial.name, list_preprocessing_lines(trial.preprocessing_record))
    ]
    for tried_image, file in zip(trial.tried, files, strict=True):
        height, width = tried_image.rgb.shape[:2]
        visible_part = tries.describe_visible_part((height, width), tried_image.crop)
        lines.append(f"{tried_image.path.name}: {visible_part}")
        lines += [
            f"  {tries.format_answer(prediction.name, prediction.score, prediction.box)}"
            for prediction in tried_image.predictions[:MOST_LINES]
        ]
        if len(tried_image.predictions) > MOST_LINES:
            lines.append(
                f"  {tries.describe_more_boxes(len(tried_image.predictions) - MOST_LINES)}"
            )
        if not tried_image.predictions:
            lines.append(f"  {tries.describe_no_answer(tried_image.of_boxes, tried_image.nan)}")
        lines.append("  " + tr("Model input saved to {path}").format(path=file.absolute()))
        if tried_image.masks:
            lines.append(
                "  "
                + tr("Mask overlay saved to {path}").format(path=get_masks_path(file).absolute())
            )
    return tuple(lines)


COMMANDS = (try_model_command,)
