"""A card in the making: what the file says and what is proposed, the answers of the first frames while a field changes, and its taking."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.items import make_benchmark_subject
from fieldcheck.domain.model_card import Card, parse_card
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors import CardNeeded, FieldcheckError, ModelRejected, PathMissing, PathRefused
from fieldcheck.inference.doctor.examine import check_fitted_model
from fieldcheck.inference.doctor.findings import Finding
from fieldcheck.inference.doctor.fit_card import FittedCard, fit_cards, is_unambiguous
from fieldcheck.inference.doctor.graph import read_graph
from fieldcheck.inference.open_model import OpenModel, open_model, run_trial
from fieldcheck.inference.preprocessing_record import make_preprocessing_record
from fieldcheck.inference.read_card import check_card_fits, read_card
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.newest import LatestValue
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.sampling_list import list_sampling_lines
from fieldcheck.workflows.footage.thumbnails import GONE, load_pixels
from fieldcheck.workflows.models.known_feed import find_known_preprocessing
from fieldcheck.workflows.models.models import (
    InspectedModel,
    check_model_fits_project,
    find_model,
    get_card,
    get_default_classes,
    read_card_keys,
    set_model,
)
from fieldcheck.workflows.models.try_model import TriedImage, try_image

FOOTAGE, PICTURES = 3, 6  # frames of the footage, where a benchmark fills up to all
WAIT_S, STOP_S = 0.05, 5.0


@dataclass(frozen=True, slots=True, eq=False)
class TrialFrame:
    """A frame to try the card on: (H, W, 3) uint8 RGB. `truth`: its class where it is a labelled picture of the benchmark, else empty."""

    name: str
    rgb: NDArray[np.uint8]
    truth: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class CardProposal:
    """One card that a file's outputs allow. `proposed` are dotted keys of it that nobody said, `recipe` the known export that it is fed
    like, the best of `n_recipes` on the pictures; `findings` what the doctor says of it; `label` names its reading of the outputs, `tried`
    is the first picture under it, None where there is none or no answer to it."""

    card: Card
    proposed: tuple[str, ...]
    recipe: str
    n_recipes: int
    findings: tuple[Finding, ...]
    label: str = ""
    tried: TriedImage | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CardDraft:
    """`card` runs on the file as it is; `proposed` are dotted keys of it that nobody said, `recipe` the known export that it is fed like,
    the best of `n_recipes` on the pictures, `findings` what the doctor says of a proposal. `path` lies in the project where `stored`.
    `choices`: the cards that a person chooses among, where the outputs fit several kinds, the draft's own the first; none where it is
    sure."""

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

    def select_choice(self, at: int) -> CardDraft:
        """The draft with the card of that choice, and nothing left to choose."""
        one = self.choices[at]
        return replace(
            self, card=one.card, proposed=one.proposed, recipe=one.recipe, n_recipes=one.n_recipes, findings=one.findings, choices=()
        )


@dataclass(frozen=True, slots=True, eq=False)
class CardAnswers:
    """Answers to the pictures, and what these look like, under the card that was asked for under `number`, as far as they are through;
    `problem` where the card makes no sense or does not fit the file. `receipt` as `inference.receipt` gives it."""

    number: int
    tried: tuple[TriedImage, ...] = ()
    preprocessing_record: Mapping[str, Any] | None = None
    problem: FieldcheckError | None = None


def draft_card(project: Project, path: Path | None, progress: Progress) -> CardDraft:
    """The project's newest model, or a stranger's file that is looked at under limits first. What nobody says of it is proposed.

    Raises NoModel, PathMissing, PathRefused, ModelRejected, CardRejected.
    """
    if path is None:
        stored = find_model(project)
        model, card = open_model(project.path / stored.file, sha256=stored.sha256), get_card(stored)
        return CardDraft(model.path, stored.sha256, card, (), True, load_first_images(project), model)
    if not path.is_file():
        raise PathMissing(path)
    run_trial(path)
    progress.check()
    model, sidecar, pictures = open_model(path), read_card_keys(path, None), load_first_images(project)
    try:
        return CardDraft(path, model.sha256, read_card(model, sidecar), (), False, pictures, model)
    except CardNeeded:
        fitted = fit_cards(model, read_graph(path), sidecar, get_default_classes(project))
    found = [_make_proposal(model, one, pictures, progress) for one in fitted]
    first = found[0]
    choices = tuple(found) if len(found) > 1 or not is_unambiguous(fitted[0]) else ()
    return CardDraft(
        path, model.sha256, first.card, first.proposed, False, pictures, model, first.recipe, first.n_recipes, first.findings, choices
    )


def _make_proposal(model: OpenModel, fitted: FittedCard, pictures: Sequence[TrialFrame], progress: Progress) -> CardProposal:
    """The card of one reading of the outputs, fed like the best known export, what the doctor says of it, and its answer to a picture."""
    found = find_known_preprocessing(model, fitted, [(one.rgb, one.truth) for one in pictures], progress)
    fed = replace(fitted, card=found.card)
    diagnosis = check_fitted_model(model, read_graph(model.path), fed, check=progress.check)
    tried = None
    if pictures and fitted.reading is not None and fitted.readable:
        with suppress(ModelRejected):  # a box of a class that is not proposed: the page says so, once it is chosen
            tried = try_image(ModelRunner(model, found.card, batch_size=1), Path(pictures[0].name), pictures[0].rgb)
    label = fitted.reading.label if fitted.reading is not None else ""
    return CardProposal(found.card, fed.proposed_keys, found.name, found.n, diagnosis.findings, label, tried)


def load_first_images(project: Project) -> tuple[TrialFrame, ...]:
    """Frames of the footage that wait for no label – labels are given blind – then pictures of the benchmark, evenly spaced."""
    waiting = {pick.frame_id for pick in project.read(picks_table.list_picks)}
    listed = [line.frame for line in project.read(list_sampling_lines) if line.frame.frame_id not in waiting]
    benchmark = project.read(benchmarks_table.get_benchmark)
    items = benchmark.items if benchmark else ()
    found = []
    for frame in _select_evenly(listed, FOOTAGE if items else PICTURES):
        try:
            found.append(TrialFrame(f"{frame.source} {frame.source_index}", load_pixels(project, frame.frame_id)))
        except GONE:
            continue
    for item in _select_evenly(items, PICTURES - len(found)):
        try:
            rgb = load_pixels(project, make_benchmark_subject(item.path))
        except (*GONE, PathRefused):
            continue
        found.append(TrialFrame(item.path, rgb, item.class_name or ""))
    return tuple(found)


def store_card(project: Project, draft: CardDraft, said: Mapping[str, Any], now: str) -> StoredModel:
    """Makes the file with this card the project's newest model. Raises CardRejected, ModelRejected, NotComparable, DiskFull."""
    card = parse_card(said)
    check_card_fits(draft.model, card)
    check_model_fits_project(project, card)
    return set_model(project, InspectedModel(draft.path, draft.sha256, card), now)


class CardTrial:
    """Shows the pictures of a draft to its model under the newest card, on a thread of its own, from `start` to `stop`.

    `results` holds the newest answers, picture by picture; a card that was replaced meanwhile is not finished.
    """

    def __init__(self, draft: CardDraft) -> None:
        self.results = LatestValue[CardAnswers]()
        self._draft = draft
        self._asked = LatestValue[tuple[int, str]]()
        self._numbers, self._newest = count(1), 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run_loop, name="card", daemon=True)

    def set_card(self, said: Mapping[str, Any]) -> int:
        """From now on this card, as JSON values. Returns the number that its answers carry."""
        self._newest = next(self._numbers)
        self._asked.put_value((self._newest, json.dumps(said)))
        return self._newest

    def start(self) -> None:
        """Once."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; a picture that is being answered is waited for. May be called twice, and without a start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    @property
    def running(self) -> bool:
        """Whether the thread is alive."""
        return self._thread.is_alive()

    def _run_loop(self) -> None:
        while not self._stopping.is_set():
            asked = self._asked.take_value(WAIT_S)
            if asked is not None:
                number, said = asked
                try:
                    self._predict_images(number, json.loads(said))
                except FieldcheckError as problem:
                    self.results.put_value(CardAnswers(number, problem=problem))

    def _predict_images(self, number: int, said: Mapping[str, Any]) -> None:
        card = parse_card(said)
        check_card_fits(self._draft.model, card)
        runner, tried = ModelRunner(self._draft.model, card, batch_size=1), list[TriedImage]()
        self.results.put_value(CardAnswers(number, (), make_preprocessing_record(card)))
        for picture in self._draft.pictures:
            if number != self._newest or self._stopping.is_set():
                return
            tried.append(try_image(runner, Path(picture.name), picture.rgb))
            self.results.put_value(CardAnswers(number, tuple(tried), make_preprocessing_record(card)))


def _select_evenly(of: Sequence[Any], n: int) -> list[Any]:
    """`n` of them, from the first on."""
    return [of[at] for at in np.unique(np.arange(min(n, len(of))) * len(of) // max(1, min(n, len(of))))]
