"""The command that needs no project: one model, some pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.door import Answer, TerminalProgress, door
from fieldcheck.cli.values import number
from fieldcheck.domain.model_card import card_to_json
from fieldcheck.paths import places
from fieldcheck.words import try_model as tries
from fieldcheck.words.language import text
from fieldcheck.words.preprocessing_record import preprocessing_lines
from fieldcheck.workflows.models.try_model import Trial, TrialPrediction, Tried, masks_beside, save_seen, try_model

FILE = click.Path(path_type=Path)
MOST_LINES = 10


@click.command("try")
@click.argument("model", type=FILE)
@click.argument("pictures", type=FILE, nargs=-1, required=True, metavar="IMAGE...")
@click.option("--card", type=FILE, default=None, help="Model card; default: MODEL.card.json next to the model.")
@click.option("--out", type=FILE, default=None, help="Output folder for the model input images; default: a cache folder.")
@door("try")
def try_(model: Path, pictures: tuple[Path, ...], card: Path | None, out: Path | None, bar: TerminalProgress) -> Answer:
    """Run a model on images without a project; show input and prediction."""
    trial = try_model(model, pictures, card, bar)
    files = save_seen(trial, out or places().cache / "try", private=out is None)
    return Answer(_document(trial, files), _lines(trial, files))


def _document(trial: Trial, files: Sequence[Path]) -> dict[str, Any]:
    return {
        "model": {"name": trial.name, "sha256": trial.sha256, "task": trial.card.task, "classes": list(trial.card.classes)},
        "card": card_to_json(trial.card),
        "receipt": dict(trial.preprocessing_record),
        "pictures": [_picture(one, file) for one, file in zip(trial.tried, files, strict=True)],
    }


def _picture(one: Tried, file: Path) -> dict[str, Any]:
    height, width = one.rgb.shape[:2]
    return {
        "file": str(one.path),
        "width": width,
        "height": height,
        "crop": list(one.crop),
        "seen": str(file.absolute()),
        "masks": str(masks_beside(file).absolute()) if one.masks else None,
        "nan": one.nan,
        "answers": [_said(said) for said in one.says],
    }


def _said(said: TrialPrediction) -> dict[str, Any]:
    found: dict[str, Any] = {"class": said.name, "class_index": said.index, "score": number(said.score)}
    if said.box is not None:
        x1, y1, x2, y2 = said.box
        found |= {"x": x1, "y": y1, "w": x2 - x1, "h": y2 - y1}
    return found


def _lines(trial: Trial, files: Sequence[Path]) -> tuple[str, ...]:
    lines = [tries.goes_in(trial.name, preprocessing_lines(trial.preprocessing_record))]
    for one, file in zip(trial.tried, files, strict=True):
        height, width = one.rgb.shape[:2]
        lines.append(f"{one.path.name}: {tries.part_seen((height, width), one.crop)}")
        lines += [f"  {tries.answered(said.name, said.score, said.box)}" for said in one.says[:MOST_LINES]]
        if len(one.says) > MOST_LINES:
            lines.append(f"  {tries.more_boxes(len(one.says) - MOST_LINES)}")
        if not one.says:
            lines.append(f"  {tries.nothing_answered(one.of_boxes, one.nan)}")
        lines.append("  " + text("Model input saved to {path}").format(path=file.absolute()))
        if one.masks:
            lines.append("  " + text("Mask overlay saved to {path}").format(path=masks_beside(file).absolute()))
    return tuple(lines)


COMMANDS = (try_,)
