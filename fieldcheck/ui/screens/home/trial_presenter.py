"""Trial of a dropped model: a model and a picture, or a picture for the project's model, are tried without touching the project."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fieldcheck.errors import CardNeeded, ModelRejected
from fieldcheck.progress import Progress
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.home import captions, card_fields
from fieldcheck.ui.screens.home.model_input_view import Pair
from fieldcheck.ui.screens.home.trial_page import TrialResult
from fieldcheck.ui.widgets.frame_view import BoxMark
from fieldcheck.words import doctor
from fieldcheck.words import try_model as tries
from fieldcheck.words.figures import number
from fieldcheck.words.language import text
from fieldcheck.words.preprocessing_record import preprocessing_lines
from fieldcheck.words.sentences import sentence

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.models import try_model
    from fieldcheck.workflows.models.try_model import Trial
else:
    try_model = LazyModule("fieldcheck.workflows.models.try_model")

MODEL_ENDING, CARD_ENDING = ".onnx", ".json"
MOST_SAID = 5
KEPT = "home.tried"


class TrialDisplay(Protocol):
    """All that is known of the page here."""

    def show_job(self, job: Job | None) -> None: ...
    def show_tried(self, shown: TrialResult) -> None: ...
    def show_wrong(self, sentence: str) -> None: ...


class TrialPresenter:
    """`changed()` is called when another page is to be shown. Of several pictures the first one is tried."""

    def __init__(self, context: Context, view: TrialDisplay, changed: Callable[[], None]) -> None:
        self._context, self._view, self._changed = context, view, changed
        self._here = False
        self._job: Job | None = None
        self._waiting: Trial | BaseException | None = None
        self._files: tuple[str, str, str] = ("", "", "")
        self.trying = False
        if KEPT in context.kept:
            model, picture, card = json.loads(context.kept.pop(KEPT))
            self._begin(Path(model) if model else None, Path(picture), Path(card) if card else None)

    def enter(self) -> None:
        """The page is shown: with what came in while it was not."""
        self._here = True
        if self._waiting is not None:
            self._show(self._waiting)

    def leave(self) -> None:
        """Keeps what is tried: the window may be built anew."""
        self._here = False
        if self.trying:
            self._context.kept[KEPT] = json.dumps(self._files)

    def dropped(self, paths: list[Path]) -> None:
        """Files were dropped on the screen, or chosen: a model, its card where it has one, and a picture."""
        models = [path for path in paths if path.suffix.lower() == MODEL_ENDING]
        cards = [path for path in paths if path.suffix.lower() == CARD_ENDING]
        pictures = [path for path in paths if path not in (*models, *cards) and not path.is_dir()]
        if not pictures or not (models or self.has_model):
            self._context.messages.toast(text("Drop a model (.onnx) and an image together to try them without a project."))
            return
        self.end()
        self._begin(models[0] if models else None, pictures[0], cards[0] if cards else None)
        self._changed()

    def end(self) -> None:
        """Nothing is tried any more."""
        if self._job is not None:
            self._job.cancel()
        self._job, self._waiting, self.trying = None, None, False
        self._context.kept.pop(KEPT, None)

    @property
    def has_model(self) -> bool:
        """Whether the open project has a model that a picture alone can be shown to."""
        standing = self._context.current.standing
        return standing is not None and standing.n_models > 0

    def _begin(self, model: Path | None, picture: Path, card: Path | None) -> None:
        self._files = (str(model or ""), str(picture), str(card or ""))
        self.trying = True

        def name() -> str:
            return text("Try model")

        if model is None:
            self._job = self._context.current.job(name, partial(_try_newest, picture), self._came, self._came, writes=False)
        else:
            self._job = self._context.runner.start(name, partial(_try, model, picture, card), self._came, self._came)
        self._view.show_job(self._job)

    def _came(self, outcome: Trial | BaseException) -> None:
        if self._here and self.trying:
            self._show(outcome)
        else:
            self._waiting = outcome if self.trying else None

    def _show(self, outcome: Trial | BaseException) -> None:
        self._waiting = None
        if isinstance(outcome, BaseException):
            self._view.show_wrong(_why(outcome))
        else:
            self._view.show_tried(shown_of(outcome))


def shown_of(trial: Trial) -> TrialResult:
    """The first picture of a trial in words."""
    card, one = trial.card, trial.tried[0]
    height, width = one.rgb.shape[:2]
    marks = tuple(BoxMark(found.box, found.index, f"{found.name} {number(found.score, 2)}") for found in one.says if found.box is not None)
    says = tuple(tries.answered(found.name, found.score, None) for found in one.says[:MOST_SAID])
    if len(one.says) > MOST_SAID:
        says = (*says, tries.more_boxes(len(one.says) - MOST_SAID))
    return TrialResult(
        Pair(one.overlaid, one.seen, one.crop, one.path.name, marks),
        text("{model}: {what}").format(model=trial.name, what=captions.card_line(card.task, card.input.size, len(card.classes))),
        tries.part_seen((height, width), one.crop),
        preprocessing_lines(trial.preprocessing_record),
        says or (tries.nothing_answered(one.of_boxes, one.nan),),
        card_fields.proposal_said(trial.proposed, trial.recipe, trial.n_recipes, doctor.short_lines(trial.findings)),
    )


def _why(error: BaseException) -> str:
    """What is to be done here: a window has no options to name a card with."""
    if isinstance(error, CardNeeded):
        said = text("{model} does not define its preprocessing, and its output type is unknown. Drop its model card (.json) as well.")
        return said.format(model=Path(error.path).name)
    if isinstance(error, ModelRejected) and error.problem == "output_unclear":
        return f"{sentence(error)} {text('Drop the model card (.json) together with the model.')}"
    return sentence(error)


def _try(model: Path, picture: Path, card: Path | None, progress: Progress) -> Trial:
    return try_model.try_model(model, [picture], card, progress) if card else try_model.try_stranger(model, [picture], progress)


def _try_newest(picture: Path, project: Project, progress: Progress) -> Trial:
    return try_model.try_newest(project, [picture], progress)
