"""Models as the live view gets them."""

import json
from pathlib import Path

from fieldcheck.files import sha256_file
from fieldcheck.footage.frame_analysis import ModelFile
from tests import makers


def colours_of(folder: Path) -> ModelFile:
    """The classifier of the strongest colour."""
    return named(makers.colour_model(folder / "net.onnx"))


def boxes_of(folder: Path, of_class: int = 0) -> ModelFile:
    """The detector of red; with a class its card lacks it fails on the first red frame."""
    return named(makers.box_model(folder / "box.onnx", of_class))


def named(path: Path) -> ModelFile:
    """A model with the card that lies beside it."""
    card = json.dumps(json.loads(path.with_suffix(".card.json").read_text("utf-8")))
    return ModelFile(str(path), sha256_file(path), card)
