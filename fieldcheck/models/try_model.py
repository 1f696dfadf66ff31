"""A model tried on images without a project, the model input of a project's frames, and the draft
of a model card."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.items import get_benchmark_path, make_benchmark_subject
from fieldcheck.domain.label import Box
from fieldcheck.domain.model_card import Card, parse_card
from fieldcheck.domain.prediction import BOXES
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.files import FieldcheckError, PathMissing, PathRefused
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.models import CardNeeded, ModelRejected
from fieldcheck.files import join_inside_data_set, map_os_errors, write_bytes
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.footage.frame_pixels import GONE, load_pixels
from fieldcheck.imaging.codec import encode_png, read_image
from fieldcheck.imaging.masks import Mask, draw_mask_overlay
from fieldcheck.labels.formats.label_set import read_image_size
from fieldcheck.models.card import check_card_fits, read_card
from fieldcheck.models.doctor.examine import check_fitted_model
from fieldcheck.models.doctor.findings import Finding
from fieldcheck.models.doctor.fit_card import FittedCard, fit_card, fit_cards, is_unambiguous
from fieldcheck.models.doctor.graph_faults import read_graph
from fieldcheck.models.doctor.preprocessing_variants import find_known_preprocessing
from fieldcheck.models.preprocess import (
    InputGeometry,
    ObjectLosses,
    Rectangle,
    compute_input_geometry,
    count_losses,
    find_finest_stride,
    make_model_input,
    make_preprocessing_record,
)
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import OpenModel, open_model, run_trial
from fieldcheck.models.store import (
    InspectedModel,
    check_model_fits_project,
    find_free_name,
    find_model,
    get_card,
    get_default_classes,
    inspect_model,
    make_model_file,
    read_card_keys,
    set_model,
)
from fieldcheck.progress import LatestValue, Progress
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.stats.iou_of_boxes_and_masks import BOX, CLASS, SCORE

# The model's-eye view of a project: one frame as the model sees it, and what labelled objects lose
# on their way in.

MOST_PICTURES = 200  # of the benchmark; their sizes are read one by one
Frames = list[tuple[NDArray[np.float64], InputGeometry]]


@dataclass(frozen=True, slots=True, eq=False)
class InputPreview:
    """`rgb`: (H, W, 3) uint8 frame of this project; `input_image`: (h, w, 3) uint8 model input as
    an image; `crop`: the part of the frame that is in it, in pixels of the frame; `source`: name of
    the frame; `from_benchmark`: it is an image of the benchmark, since there is no frame yet."""

    rgb: NDArray[np.uint8]
    input_image: NDArray[np.uint8]
    crop: Rectangle
    source: str
    from_benchmark: bool = False

    @property
    def share(self) -> float:
        """How much of the frame the model sees, 0 to 1."""
        height, width = self.rgb.shape[:2]
        x1, y1, x2, y2 = self.crop
        return float((x2 - x1) * (y2 - y1) / (height * width))


def get_input_preview(project: Project) -> InputPreview | None:
    """A picked frame, else a listed one, else a picture of the benchmark, as the newest model sees
    it; None without model or picture, and for a model that runs elsewhere."""
    model = project.read(models_table.get_newest_model)
    if model is None or get_card(model).is_foreign:
        return None
    any_image = _load_any_image(project)
    if any_image is None:
        return None
    rgb, source, from_benchmark = any_image
    shown = make_model_input(rgb, get_card(model).input)
    return InputPreview(rgb, shown.rgb, shown.crop, source, from_benchmark)


def compute_object_losses(project: Project) -> ObjectLosses | None:
    """Over the boxes drawn on picked frames, else over those of the benchmark; None where there is
    no model, no box, or no model that answers in boxes."""
    model = project.read(models_table.get_newest_model)
    if model is None or get_card(model).answers is not BOXES or get_card(model).is_foreign:
        return None
    card = get_card(model)
    frames = _iter_labelled_frames(project, card) or _iter_benchmark_images(project, card)
    return count_losses(frames, _find_stride(project, model, card)) if frames else None


def _load_any_image(project: Project) -> tuple[NDArray[np.uint8], str, bool] | None:
    """Pixels, name, and whether it is an image of the benchmark."""
    picks, listed = project.read(labels_table.list_picks), project.read(list_sampling_lines)
    names = [pick.frame_id for pick in picks[:1]] or [
        line.frame.frame_id for line in listed[len(listed) // 2 :][:1]
    ]
    stored = project.read(models_table.get_benchmark)
    names += [make_benchmark_subject(item.path) for item in (stored.items if stored else ())[:1]]
    for name in names:
        frame = project.read(partial(frames_table.get_frame, frame_id=name))
        try:
            source = frame.source if frame else get_benchmark_path(name) or name
            return load_pixels(project, name), source, frame is None
        except (*GONE, PathRefused):
            continue
    return None


def _iter_labelled_frames(project: Project, card: Card) -> Frames:
    entries = []
    for label in project.read(labels_table.list_labels):
        frame = (
            project.read(partial(frames_table.get_frame, frame_id=label.frame_id))
            if label.boxes
            else None
        )
        if frame is not None:
            entries.append(
                (
                    _to_corner_array(label.boxes),
                    compute_input_geometry(frame.height, frame.width, card.input),
                )
            )
    return entries


def _iter_benchmark_images(project: Project, card: Card) -> Frames:
    """Over at most 200 pictures with boxes, evenly spaced; one whose size cannot be read is left
    out."""
    stored = project.read(models_table.get_benchmark)
    if stored is None:
        return []
    root, items = get_benchmark_root(project, stored), [item for item in stored.items if item.boxes]
    step = max(1, -(-len(items) // MOST_PICTURES))
    entries = []
    for item in items[::step]:
        try:
            width, height = read_image_size(join_inside_data_set(root, item.path))
        except (LabelsRefused, PathMissing, PathRefused):
            continue
        entries.append(
            (_to_corner_array(item.boxes), compute_input_geometry(height, width, card.input))
        )
    return entries


def _find_stride(project: Project, model: StoredModel, card: Card) -> int | None:
    """From the declared output of the graph: rows are the longer of its last two sides."""
    if not (project.path / model.file).is_file():
        return find_finest_stride(card.output.kind, card.input.size)
    outputs = get_shared_runner(make_model_file(project, model)).model.outputs
    shape = next(
        (output.shape for output in outputs if output.name in card.output.names), outputs[0].shape
    )
    sides = shape[-2:] if len(shape) == 3 else ()
    fixed_sides = [side for side in sides if side is not None]
    return find_finest_stride(
        card.output.kind, card.input.size, max(fixed_sides) if len(fixed_sides) == 2 else None
    )


def _to_corner_array(boxes: Sequence[Box]) -> NDArray[np.float64]:
    return np.array(
        [[box.x, box.y, box.x + box.w, box.y + box.h] for box in boxes if not box.crowd], np.float64
    ).reshape(-1, 4)


TOP = 5
ENDING, MASKS_ENDING = ".seen.png", ".masks.png"


@dataclass(frozen=True, slots=True)
class TrialPrediction:
    """One prediction for an image. `score`: probability, or score of the box. `box`: x1, y1, x2, y2
    in pixels of the image, None for a class of the whole image."""

    index: int
    name: str
    score: float
    box: Rectangle | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TriedImage:
    """One image. `rgb`: (H, W, 3) uint8; `input_image`: (h, w, 3) uint8 model input as an image;
    `crop`: the part of the image that is in it. `predictions`: the best classes, or with `of_boxes`
    all boxes above the threshold, best first. `nan`: the output held a number that is not finite.
    `masks`: regions predicted by a segmentation, instance or anomaly model."""

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
        """(H, W, 3) uint8 RGB of the picture with the masks over it, itself where the model gives
        none."""
        return draw_mask_overlay(self.rgb, self.masks) if self.masks else self.rgb


@dataclass(frozen=True, slots=True)
class ModelTrial:
    """`name` and `sha256` of the model; `preprocessing_record` as of `make_preprocessing_record`.
    `proposed`: dotted card keys that nothing states, filled in as in the known export `recipe`, the
    best of `n_recipes` on the images; `findings`: the doctor's findings about the proposal."""

    name: str
    sha256: str
    card: Card
    preprocessing_record: Mapping[str, Any]
    tried: tuple[TriedImage, ...]
    proposed: tuple[str, ...] = ()
    recipe: str = ""
    n_recipes: int = 0
    findings: tuple[Finding, ...] = ()


def try_model(
    path: Path, pictures: Sequence[Path], card: Path | None, progress: Progress
) -> ModelTrial:
    """Inspect a model as `inspect_model` does, and run it on the images. Raises what
    `inspect_model` raises; PathMissing, PictureUnreadable for an image."""
    inspected_model = inspect_model(path, card)
    return _run_trial(
        inspected_model,
        ModelRunner(open_model(path), inspected_model.card, batch_size=1),
        pictures,
        progress,
    )


def try_unknown_model(path: Path, pictures: Sequence[Path], progress: Progress) -> ModelTrial:
    """Trial of a file that may lack a card: the known recipes are tried on the pictures and the
    best is proposed, else as `try_model`.

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
    best_recipe = find_known_preprocessing(
        model, fitted, [(read_image(path), "") for path in pictures], progress
    )
    trial = _run_trial(
        InspectedModel(path, model.sha256, best_recipe.card),
        ModelRunner(model, best_recipe.card, batch_size=1),
        pictures,
        progress,
    )
    fed = replace(fitted, card=best_recipe.card)
    diagnosis = check_fitted_model(model, graph, fed, check=progress.check)
    return replace(
        trial,
        proposed=fed.proposed_keys,
        recipe=best_recipe.name,
        n_recipes=best_recipe.n,
        findings=diagnosis.findings,
    )


def try_newest_model(project: Project, pictures: Sequence[Path], progress: Progress) -> ModelTrial:
    """Run the project's newest model on the images. Raises NoModel, PathMissing,
    PictureUnreadable."""
    stored = find_model(project)
    inspected_model = InspectedModel(project.path / stored.file, stored.sha256, get_card(stored))
    return _run_trial(
        inspected_model, get_shared_runner(make_model_file(project, stored)), pictures, progress
    )


def try_image(runner: ModelRunner, path: Path, rgb: NDArray[np.uint8]) -> TriedImage:
    """One picture, (H, W, 3) uint8 RGB, in front of one model. Raises ModelRejected."""
    shown = make_model_input(rgb, runner.card.input)
    (inference_result,) = runner.predict_with_masks([rgb])
    answers, of_boxes = (
        list_predictions(inference_result.answer, runner.card),
        runner.card.answers is BOXES,
    )
    return TriedImage(
        path,
        rgb,
        shown.rgb,
        shown.crop,
        answers,
        inference_result.nan,
        of_boxes,
        inference_result.masks,
    )


def list_predictions(
    answer: NDArray[np.float32], card: Card, most: int = TOP
) -> tuple[TrialPrediction, ...]:
    """An answer laid out as in `domain.prediction`, (K,) or (n, 6) → the `most` best classes with a
    finite figure, or all boxes above the threshold."""
    if answer.ndim == 2:
        shown = answer[answer[:, SCORE] >= card.output.threshold]
        return tuple(
            TrialPrediction(
                int(row[CLASS]), card.classes[int(row[CLASS])], float(row[SCORE]), _get_corners(row)
            )
            for row in shown
        )
    order = [
        int(index) for index in np.argsort(-answer, kind="stable") if np.isfinite(answer[index])
    ]
    return tuple(
        TrialPrediction(index, card.classes[index], float(answer[index])) for index in order[:most]
    )


def save_model_inputs(trial: ModelTrial, folder: Path, private: bool = False) -> tuple[Path, ...]:
    """Writes what the model saw of each picture as `NAME.seen.png`, pixel for pixel, and where it
    gave masks the picture with them as `NAME.masks.png` beside it; `private`: for this user alone.
    Raises DiskFull, ReadOnlyPlace."""
    with map_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    files = []
    for tried_image in trial.tried:
        name = find_free_name(tried_image.path.stem, taken)
        taken.add(name)
        files.append(folder / f"{name}{ENDING}")
        write_bytes(files[-1], encode_png(tried_image.input_image), private)
        if tried_image.masks:
            write_bytes(get_masks_path(files[-1]), encode_png(tried_image.overlay), private)
    return tuple(files)


def get_masks_path(seen_file: Path) -> Path:
    """Where the picture with its masks lies, by the file of what the model saw."""
    return seen_file.with_name(seen_file.name.removesuffix(ENDING) + MASKS_ENDING)


def _run_trial(
    inspected_model: InspectedModel,
    runner: ModelRunner,
    pictures: Sequence[Path],
    progress: Progress,
) -> ModelTrial:
    tried = []
    for number, path in enumerate(pictures, start=1):
        progress.check()
        tried.append(try_image(runner, path, read_image(path)))
        progress.report(number, len(pictures), "frames")
    return ModelTrial(
        inspected_model.path.stem,
        inspected_model.sha256,
        inspected_model.card,
        make_preprocessing_record(inspected_model.card),
        tuple(tried),
    )


def _get_corners(row: NDArray[np.float32]) -> Rectangle:
    x1, y1, x2, y2 = (float(side) for side in row[BOX])
    return x1, y1, x2, y2


# A card being edited: its stated and proposed keys, predictions for the first frames, and saving.

FOOTAGE, PICTURES = 3, 6  # frames of the footage, where a benchmark fills up to all
WAIT_S, STOP_S = 0.05, 5.0


@dataclass(frozen=True, slots=True, eq=False)
class TrialFrame:
    """A frame to try the card on: (H, W, 3) uint8 RGB. `truth`: its class where it is a labelled
    picture of the benchmark, else empty."""

    name: str
    rgb: NDArray[np.uint8]
    truth: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CardProposal:
    """One card that a file's outputs allow. `proposed` are dotted keys of it that nobody said,
    `recipe` the known export that it is fed like, the best of `n_recipes` on the pictures;
    `findings` what the doctor says of it; `label` names its reading of the outputs, `tried` is the
    first picture under it, None where there is none or no answer to it."""

    card: Card
    proposed: tuple[str, ...]
    recipe: str
    n_recipes: int
    findings: tuple[Finding, ...]
    label: str = ""
    tried: TriedImage | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CardDraft:
    """`card` runs on the file as it is; `proposed` are dotted keys of it that nobody said, `recipe`
    the known export that it is fed like, the best of `n_recipes` on the pictures, `findings` what
    the doctor says of a proposal. `path` lies in the project where `stored`. `choices`: the cards
    that a person chooses among, where the outputs fit several kinds, the draft's own the first;
    none where it is sure."""

    path: Path
    sha256: str
    card: Card
    proposed: tuple[str, ...]
    stored: bool
    pictures: tuple[TrialFrame, ...]
    model: OpenModel
    recipe: str = ""
    n_recipes: int = 0
    findings: tuple[Finding, ...] = ()
    choices: tuple[CardProposal, ...] = ()

    def select_choice(self, index: int) -> CardDraft:
        """Return the draft with the card of that choice and no choices left."""
        card_proposal = self.choices[index]
        return replace(
            self,
            card=card_proposal.card,
            proposed=card_proposal.proposed,
            recipe=card_proposal.recipe,
            n_recipes=card_proposal.n_recipes,
            findings=card_proposal.findings,
            choices=(),
        )


@dataclass(frozen=True, slots=True, eq=False)
class CardAnswers:
    """Predictions for the images under the card requested as `number`, as far as they are computed.
    `problem`: why the card is invalid or does not fit the file. `preprocessing_record` as of
    `make_preprocessing_record`."""

    number: int
    tried: tuple[TriedImage, ...] = ()
    preprocessing_record: Mapping[str, Any] | None = None
    problem: FieldcheckError | None = None


def draft_card(project: Project, path: Path | None, progress: Progress) -> CardDraft:
    """The project's newest model, or a stranger's file that is looked at under limits first. What
    nobody says of it is proposed.

    Raises NoModel, PathMissing, PathRefused, ModelRejected, CardRejected.
    """
    if path is None:
        stored = find_model(project)
        model, card = open_model(project.path / stored.file, sha256=stored.sha256), get_card(stored)
        return CardDraft(
            model.path, stored.sha256, card, (), True, load_first_images(project), model
        )
    if not path.is_file():
        raise PathMissing(path)
    run_trial(path)
    progress.check()
    model, sidecar, pictures = (
        open_model(path),
        read_card_keys(path, None),
        load_first_images(project),
    )
    try:
        return CardDraft(path, model.sha256, read_card(model, sidecar), (), False, pictures, model)
    except CardNeeded:
        fitted = fit_cards(model, read_graph(path), sidecar, get_default_classes(project))
    card_proposals = [
        _make_proposal(model, fitted_card, pictures, progress) for fitted_card in fitted
    ]
    first = card_proposals[0]
    choices = (
        tuple(card_proposals) if len(card_proposals) > 1 or not is_unambiguous(fitted[0]) else ()
    )
    return CardDraft(
        path,
        model.sha256,
        first.card,
        first.proposed,
        False,
        pictures,
        model,
        first.recipe,
        first.n_recipes,
        first.findings,
        choices,
    )


def _make_proposal(
    model: OpenModel, fitted: FittedCard, pictures: Sequence[TrialFrame], progress: Progress
) -> CardProposal:
    """The card of one reading of the outputs, fed like the best known export, what the doctor says
    of it, and its answer to a picture."""
    best_recipe = find_known_preprocessing(
        model, fitted, [(trial_frame.rgb, trial_frame.truth) for trial_frame in pictures], progress
    )
    fed = replace(fitted, card=best_recipe.card)
    diagnosis = check_fitted_model(model, read_graph(model.path), fed, check=progress.check)
    tried = None
    if pictures and fitted.reading is not None and fitted.readable:
        # A box of an unknown class; the page reports it once the choice is made.
        with suppress(ModelRejected):
            tried = try_image(
                ModelRunner(model, best_recipe.card, batch_size=1),
                Path(pictures[0].name),
                pictures[0].rgb,
            )
    label = fitted.reading.label if fitted.reading is not None else ""
    return CardProposal(
        best_recipe.card,
        fed.proposed_keys,
        best_recipe.name,
        best_recipe.n,
        diagnosis.findings,
        label,
        tried,
    )


def load_first_images(project: Project) -> tuple[TrialFrame, ...]:
    """Frames of the footage that wait for no label – labels are given blind – then pictures of the
    benchmark, evenly spaced."""
    waiting = {pick.frame_id for pick in project.read(labels_table.list_picks)}
    listed = [
        line.frame
        for line in project.read(list_sampling_lines)
        if line.frame.frame_id not in waiting
    ]
    benchmark = project.read(models_table.get_benchmark)
    items = benchmark.items if benchmark else ()
    frames = []
    for frame in _select_evenly(listed, FOOTAGE if items else PICTURES):
        try:
            frames.append(
                TrialFrame(
                    f"{frame.source} {frame.source_index}", load_pixels(project, frame.frame_id)
                )
            )
        except GONE:
            continue
    for item in _select_evenly(items, PICTURES - len(frames)):
        try:
            rgb = load_pixels(project, make_benchmark_subject(item.path))
        except (*GONE, PathRefused):
            continue
        frames.append(TrialFrame(item.path, rgb, item.class_name or ""))
    return tuple(frames)


def store_card(
    project: Project, draft: CardDraft, card_values: Mapping[str, Any], now: str
) -> StoredModel:
    """Save the file with this card as the project's newest model. Raises CardRejected,
    ModelRejected, NotComparable, DiskFull."""
    card = parse_card(card_values)
    check_card_fits(draft.model, card)
    check_model_fits_project(project, card)
    return set_model(project, InspectedModel(draft.path, draft.sha256, card), now)


class CardTrial:
    """Shows the pictures of a draft to its model under the newest card, on a thread of its own,
    from `start` to `stop`.

    `results` holds the newest answers, picture by picture; a card that was replaced meanwhile is
    not finished.
    """

    def __init__(self, draft: CardDraft) -> None:
        self.results = LatestValue[CardAnswers]()
        self._draft = draft
        self._asked = LatestValue[tuple[int, str]]()
        self._numbers, self._newest = count(1), 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run_loop, name="card", daemon=True)

    def set_card(self, card_values: Mapping[str, Any]) -> int:
        """Use this card, as JSON values, from now on. Returns the number that its answers carry."""
        self._newest = next(self._numbers)
        self._asked.put_value((self._newest, json.dumps(card_values)))
        return self._newest

    def start(self) -> None:
        """Start the thread; only once."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the current image. May be called twice, and without a start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread.is_alive()

    def _run_loop(self) -> None:
        while not self._stopping.is_set():
            values = self._asked.take_value(WAIT_S)
            if values is not None:
                number, text = values
                try:
                    self._predict_images(number, json.loads(text))
                except FieldcheckError as problem:
                    self.results.put_value(CardAnswers(number, problem=problem))

    def _predict_images(self, number: int, card_values: Mapping[str, Any]) -> None:
        card = parse_card(card_values)
        check_card_fits(self._draft.model, card)
        runner, tried = ModelRunner(self._draft.model, card, batch_size=1), list[TriedImage]()
        self.results.put_value(CardAnswers(number, (), make_preprocessing_record(card)))
        for picture in self._draft.pictures:
            if number != self._newest or self._stopping.is_set():
                return
            tried.append(try_image(runner, Path(picture.name), picture.rgb))
            self.results.put_value(
                CardAnswers(number, tuple(tried), make_preprocessing_record(card))
            )


def _select_evenly(items: Sequence[Any], n: int) -> list[Any]:
    """`n` of them, from the first on."""
    return [
        items[index]
        for index in np.unique(
            np.arange(min(n, len(items))) * len(items) // max(1, min(n, len(items)))
        )
    ]
