"""One model, some pictures, no project: what the model saw of each, and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import BOXES
from fieldcheck.domain.model_card import Card
from fieldcheck.errors import CardNeeded
from fieldcheck.files import map_os_errors, write_bytes
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.inference.doctor.examine import check_fitted_model
from fieldcheck.inference.doctor.findings import Finding
from fieldcheck.inference.doctor.fit_card import fit_card
from fieldcheck.inference.doctor.graph import read_graph
from fieldcheck.inference.input_picture import Rectangle, make_model_input
from fieldcheck.inference.open_model import open_model
from fieldcheck.inference.preprocessing_record import make_preprocessing_record
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.measure.answers import BOX, CLASS, SCORE
from fieldcheck.measure.masks import Mask, draw_mask_overlay
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.footage.triage import get_shared_runner
from fieldcheck.workflows.models.known_feed import find_known_preprocessing
from fieldcheck.workflows.models.models import (
    InspectedModel,
    find_free_name,
    find_model,
    get_card,
    inspect_model,
    make_model_file,
    read_card_keys,
)

TOP = 5
ENDING, MASKS_ENDING = ".seen.png", ".masks.png"


@dataclass(frozen=True, slots=True)
class TrialPrediction:
    """One thing the model said of a picture. `score`: probability, or score of the box. `box`: x1, y1, x2, y2 in pixels of the picture,
    None for a class of the whole."""

    index: int
    name: str
    score: float
    box: Rectangle | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TriedImage:
    """One picture. `rgb`: (H, W, 3) uint8; `input_image`: (h, w, 3) uint8, the model's input turned back into a picture; `crop`: the part
    of the picture that is in it. `predictions`: the best classes, or, `of_boxes`, every box above the threshold, the best first. `nan`: a
    figure of the answer was not finite; `masks`: what a segmentation, instances or a map of anomalies cover."""

    path: Path
    rgb: NDArray[np.uint8]
    input_image: NDArray[np.uint8]
    crop: Rectangle
    predictions: tuple[TrialPrediction, ...]
    nan: bool
    of_boxes: bool = False
    masks: tuple[Mask, ...] = ()

    def __post_init__(self) -> None:
        self.rgb.flags.writeable = False

    @property
    def overlay(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB of the picture with the masks over it, itself where the model gives none."""
        return draw_mask_overlay(self.rgb, self.masks) if self.masks else self.rgb


@dataclass(frozen=True, slots=True)
class ModelTrial:
    """`name` and `sha256` are the model's; `receipt` as `inference.receipt` gives it. `proposed`: dotted keys of the card that nobody
    said, fed like the known export `recipe`, the best of `n_recipes` on the pictures; `findings`: what the doctor says of a proposal."""

    name: str
    sha256: str
    card: Card
    preprocessing_record: Mapping[str, Any]
    tried: tuple[TriedImage, ...]
    proposed: tuple[str, ...] = ()
    recipe: str = ""
    n_recipes: int = 0
    findings: tuple[Finding, ...] = ()


def try_model(path: Path, pictures: Sequence[Path], card: Path | None, progress: Progress) -> ModelTrial:
    """Looks at a stranger's model as `inspect_model` does, and shows it the pictures.

    Raises what `inspect_model` raises; PathMissing, PictureUnreadable for a picture.
    """
    found = inspect_model(path, card)
    return _run_trial(found, ModelRunner(open_model(path), found.card, batch_size=1), pictures, progress)


def try_unknown_model(path: Path, pictures: Sequence[Path], progress: Progress) -> ModelTrial:
    """Trial of a file that may lack a card: the known recipes are tried on the pictures and the best is proposed, else as `try_model`.

    Raises CardNeeded only where no known output fits.
    """
    try:
        return try_model(path, pictures, None, progress)
    except CardNeeded as error:
        model, sidecar = open_model(path), read_card_keys(path, None)
        graph = read_graph(path)
        fitted = fit_card(model, graph, sidecar, ())
        if not fitted.readable:
            raise CardNeeded(path, error.fields) from error
    found = find_known_preprocessing(model, fitted, [(read_image(one), "") for one in pictures], progress)
    trial = _run_trial(InspectedModel(path, model.sha256, found.card), ModelRunner(model, found.card, batch_size=1), pictures, progress)
    fed = replace(fitted, card=found.card)
    diagnosis = check_fitted_model(model, graph, fed, check=progress.check)
    return replace(trial, proposed=fed.proposed_keys, recipe=found.name, n_recipes=found.n, findings=diagnosis.findings)


def try_newest_model(project: Project, pictures: Sequence[Path], progress: Progress) -> ModelTrial:
    """Shows the pictures to the project's newest model. Raises NoModel, PathMissing, PictureUnreadable."""
    stored = find_model(project)
    found = InspectedModel(project.path / stored.file, stored.sha256, get_card(stored))
    return _run_trial(found, get_shared_runner(make_model_file(project, stored)), pictures, progress)


def try_image(runner: ModelRunner, path: Path, rgb: NDArray[np.uint8]) -> TriedImage:
    """One picture, (H, W, 3) uint8 RGB, in front of one model. Raises ModelRejected."""
    shown = make_model_input(rgb, runner.card.input)
    (found,) = runner.predict_with_masks([rgb])
    says, of_boxes = list_predictions(found.answer, runner.card), runner.card.answers is BOXES
    return TriedImage(path, rgb, shown.rgb, shown.crop, says, found.nan, of_boxes, found.masks)


def list_predictions(answer: NDArray[np.float32], card: Card, most: int = TOP) -> tuple[TrialPrediction, ...]:
    """An answer laid out as in `domain.prediction` → the `most` best classes with a finite figure, or all boxes above the threshold."""
    if answer.ndim == 2:
        shown = answer[answer[:, SCORE] >= card.output.threshold]
        return tuple(TrialPrediction(int(row[CLASS]), card.classes[int(row[CLASS])], float(row[SCORE]), _get_corners(row)) for row in shown)
    order = [int(place) for place in np.argsort(-answer, kind="stable") if np.isfinite(answer[place])]
    return tuple(TrialPrediction(place, card.classes[place], float(answer[place])) for place in order[:most])


def save_model_inputs(trial: ModelTrial, folder: Path, private: bool = False) -> tuple[Path, ...]:
    """Writes what the model saw of each picture as `NAME.seen.png`, pixel for pixel, and where it gave masks the picture with them as
    `NAME.masks.png` beside it; `private`: for this user alone. Raises DiskFull, ReadOnlyPlace."""
    with map_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    files = []
    for one in trial.tried:
        name = find_free_name(one.path.stem, taken)
        taken.add(name)
        files.append(folder / f"{name}{ENDING}")
        write_bytes(files[-1], encode_png(one.input_image), private)
        if one.masks:
            write_bytes(get_masks_path(files[-1]), encode_png(one.overlay), private)
    return tuple(files)


def get_masks_path(seen_file: Path) -> Path:
    """Where the picture with its masks lies, by the file of what the model saw."""
    return seen_file.with_name(seen_file.name.removesuffix(ENDING) + MASKS_ENDING)


def _run_trial(found: InspectedModel, runner: ModelRunner, pictures: Sequence[Path], progress: Progress) -> ModelTrial:
    tried = []
    for number, path in enumerate(pictures, start=1):
        progress.check()
        tried.append(try_image(runner, path, read_image(path)))
        progress.report(number, len(pictures), "frames")
    return ModelTrial(found.path.stem, found.sha256, found.card, make_preprocessing_record(found.card), tuple(tried))


def _get_corners(row: NDArray[np.float32]) -> Rectangle:
    x1, y1, x2, y2 = (float(side) for side in row[BOX])
    return x1, y1, x2, y2
