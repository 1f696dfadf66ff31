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
from fieldcheck.imaging.codec import encode_lossless, read_picture
from fieldcheck.inference.doctor.examine import examine
from fieldcheck.inference.doctor.findings import Finding
from fieldcheck.inference.doctor.fit_card import fit_card
from fieldcheck.inference.doctor.graph import read_graph
from fieldcheck.inference.input_picture import Rectangle, seen
from fieldcheck.inference.open_model import open_model
from fieldcheck.inference.preprocessing_record import preprocessing_record
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.measure.answers import BOX, CLASS, SCORE
from fieldcheck.measure.masks import Mask, overlaid
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.workflows.footage.triage import runner_for
from fieldcheck.workflows.models.known_feed import known_feed
from fieldcheck.workflows.models.models import LookedAt, card_of, find_model, free_name, look_at_model, model_file, sidecar_of

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
class Tried:
    """One picture. `rgb`: (H, W, 3) uint8; `seen`: (h, w, 3) uint8, the model's input turned back into a picture; `crop`: the part of
    the picture that is in it. `says`: the best classes, or, `of_boxes`, every box above the threshold, the best first. `nan`: a figure of
    the answer was not finite; `masks`: what a segmentation, instances or a map of anomalies cover."""

    path: Path
    rgb: NDArray[np.uint8]
    seen: NDArray[np.uint8]
    crop: Rectangle
    says: tuple[TrialPrediction, ...]
    nan: bool
    of_boxes: bool = False
    masks: tuple[Mask, ...] = ()

    def __post_init__(self) -> None:
        self.rgb.flags.writeable = False

    @property
    def overlaid(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB of the picture with the masks over it, itself where the model gives none."""
        return overlaid(self.rgb, self.masks) if self.masks else self.rgb


@dataclass(frozen=True, slots=True)
class Trial:
    """`name` and `sha256` are the model's; `receipt` as `inference.receipt` gives it. `proposed`: dotted keys of the card that nobody
    said, fed like the known export `recipe`, the best of `n_recipes` on the pictures; `findings`: what the doctor says of a proposal."""

    name: str
    sha256: str
    card: Card
    preprocessing_record: Mapping[str, Any]
    tried: tuple[Tried, ...]
    proposed: tuple[str, ...] = ()
    recipe: str = ""
    n_recipes: int = 0
    findings: tuple[Finding, ...] = ()


def try_model(path: Path, pictures: Sequence[Path], card: Path | None, progress: Progress) -> Trial:
    """Looks at a stranger's model as `look_at_model` does, and shows it the pictures.

    Raises what `look_at_model` raises; PathMissing, PictureUnreadable for a picture.
    """
    found = look_at_model(path, card)
    return _trial(found, ModelRunner(open_model(path), found.card, batch_size=1), pictures, progress)


def try_stranger(path: Path, pictures: Sequence[Path], progress: Progress) -> Trial:
    """Trial of a file that may lack a card: the known recipes are tried on the pictures and the best is proposed, else as `try_model`.

    Raises CardNeeded only where no known output fits.
    """
    try:
        return try_model(path, pictures, None, progress)
    except CardNeeded as error:
        model, sidecar = open_model(path), sidecar_of(path, None)
        graph = read_graph(path)
        fitted = fit_card(model, graph, sidecar, ())
        if not fitted.readable:
            raise CardNeeded(path, error.fields) from error
    found = known_feed(model, fitted, [(read_picture(one), "") for one in pictures], progress)
    trial = _trial(LookedAt(path, model.sha256, found.card), ModelRunner(model, found.card, batch_size=1), pictures, progress)
    fed = replace(fitted, card=found.card)
    diagnosis = examine(model, graph, fed, check=progress.check)
    return replace(trial, proposed=fed.proposed, recipe=found.name, n_recipes=found.n, findings=diagnosis.findings)


def try_newest(project: Project, pictures: Sequence[Path], progress: Progress) -> Trial:
    """Shows the pictures to the project's newest model. Raises NoModel, PathMissing, PictureUnreadable."""
    stored = find_model(project)
    found = LookedAt(project.path / stored.file, stored.sha256, card_of(stored))
    return _trial(found, runner_for(model_file(project, stored)), pictures, progress)


def look_at(runner: ModelRunner, path: Path, rgb: NDArray[np.uint8]) -> Tried:
    """One picture, (H, W, 3) uint8 RGB, in front of one model. Raises ModelRejected."""
    shown = seen(rgb, runner.card.input)
    (found,) = runner.answers_with_masks([rgb])
    says, of_boxes = said_of(found.answer, runner.card), runner.card.answers is BOXES
    return Tried(path, rgb, shown.rgb, shown.crop, says, found.nan, of_boxes, found.masks)


def said_of(answer: NDArray[np.float32], card: Card, most: int = TOP) -> tuple[TrialPrediction, ...]:
    """An answer laid out as in `domain.prediction` → the `most` best classes with a finite figure, or all boxes above the threshold."""
    if answer.ndim == 2:
        shown = answer[answer[:, SCORE] >= card.output.threshold]
        return tuple(TrialPrediction(int(row[CLASS]), card.classes[int(row[CLASS])], float(row[SCORE]), _corners(row)) for row in shown)
    order = [int(place) for place in np.argsort(-answer, kind="stable") if np.isfinite(answer[place])]
    return tuple(TrialPrediction(place, card.classes[place], float(answer[place])) for place in order[:most])


def save_seen(trial: Trial, folder: Path, private: bool = False) -> tuple[Path, ...]:
    """Writes what the model saw of each picture as `NAME.seen.png`, pixel for pixel, and where it gave masks the picture with them as
    `NAME.masks.png` beside it; `private`: for this user alone. Raises DiskFull, ReadOnlyPlace."""
    with map_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    files = []
    for one in trial.tried:
        name = free_name(one.path.stem, taken)
        taken.add(name)
        files.append(folder / f"{name}{ENDING}")
        write_bytes(files[-1], encode_lossless(one.seen), private)
        if one.masks:
            write_bytes(masks_beside(files[-1]), encode_lossless(one.overlaid), private)
    return tuple(files)


def masks_beside(seen_file: Path) -> Path:
    """Where the picture with its masks lies, by the file of what the model saw."""
    return seen_file.with_name(seen_file.name.removesuffix(ENDING) + MASKS_ENDING)


def _trial(found: LookedAt, runner: ModelRunner, pictures: Sequence[Path], progress: Progress) -> Trial:
    tried = []
    for number, path in enumerate(pictures, start=1):
        progress.check()
        tried.append(look_at(runner, path, read_picture(path)))
        progress.report(number, len(pictures), "frames")
    return Trial(found.path.stem, found.sha256, found.card, preprocessing_record(found.card), tuple(tried))


def _corners(row: NDArray[np.float32]) -> Rectangle:
    x1, y1, x2, y2 = (float(side) for side in row[BOX])
    return x1, y1, x2, y2
