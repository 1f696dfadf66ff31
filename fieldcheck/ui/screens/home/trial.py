"""Trial of a dropped model or image: page and presenter; the project is not changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import CardNeeded, ModelRejected
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number
from fieldcheck.models import messages
from fieldcheck.models.doctor import findings as doctor
from fieldcheck.models.messages import list_preprocessing_lines
from fieldcheck.progress import Progress
from fieldcheck.ui.context import TRIAL_KEPT, Context
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.home import captions, model_card_page
from fieldcheck.ui.screens.home.captions import ModelInputImages, ModelInputView
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.images_and_zoom import BoxMark
from fieldcheck.ui.widgets.layouts import make_card, make_column, make_label

if TYPE_CHECKING:
    from fieldcheck.models import try_model
    from fieldcheck.models.try_model import ModelTrial
    from fieldcheck.project.project import Project
else:
    try_model = LazyModule("fieldcheck.models.try_model")

# The page of one model and one picture that were dropped on the window: what the model saw, and
# what it says.


@dataclass(frozen=True, slots=True, eq=False)
class TrialResult:
    """`model`: its file and task; `part`: how much of the image the model sees; `steps`: its
    preprocessing; `predictions`; `proposed`: parts of the card that were proposed because nothing
    states them."""

    images: ModelInputImages
    model: str
    part: str
    steps: tuple[str, ...]
    predictions: tuple[str, ...]
    proposed: str = ""


class TrialPage(QWidget):
    """While the model is being looked at the strip alone; then picture, input and answer."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.strip = JobStrip(theme)
        self.eye = ModelInputView(theme)
        self._model, self._part = make_label(bold=True, wrap=True), make_label(wrap=True)
        self._proposed = make_label(tone="quiet", wrap=True)
        self._answers, self._steps = make_label(size="heading", wrap=True), make_label(wrap=True)
        self._wrong = make_label(tone="warn", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(theme.metrics.scale_px(24))
        answer_column = make_column(theme, make_label(tr("Prediction"), bold=True), self._answers)
        goes_in = make_column(
            theme, make_label(tr("Preprocessing"), bold=True), self._steps, self._part
        )
        for part, share in ((answer_column, 2), (goes_in, 3)):
            part.addStretch()  # both begin at the top, however short one of them is
            row.addLayout(part, share)
        self._card = make_card(theme)
        inside = get_box_layout(self._card)
        inside.addWidget(self._model)
        inside.addWidget(self._proposed)
        inside.addWidget(self.eye, 1)
        inside.addLayout(row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.strip)
        whole.addWidget(self._wrong)
        whole.addWidget(self._card, 1)
        whole.addStretch()

    def show_job(self, job: Job | None) -> None:
        """The model being looked at; what was shown before is gone."""
        self.strip.show_job(job)
        self._card.setVisible(False)
        self._wrong.setVisible(False)

    def show_result(self, shown: TrialResult) -> None:
        """One picture with its answer."""
        self.eye.show_images(shown.images)
        self._model.setText(shown.model)
        self._proposed.setText(shown.proposed)
        self._proposed.setVisible(bool(shown.proposed))
        self._part.setText(shown.part)
        self._steps.setText(
            "\n".join(f"{number}  {step}" for number, step in enumerate(shown.steps, start=1))
        )
        self._answers.setText("\n".join(shown.predictions))
        self._card.setVisible(True)

    def show_error(self, sentence: str) -> None:
        """Why there is nothing to show."""
        self.strip.show_job(None)
        self._wrong.setText(f"▲ {sentence}")
        self._wrong.setVisible(True)

    @property
    def error_text(self) -> str:
        """Why there is nothing to show; empty where nothing is wrong."""
        return "" if self._wrong.isHidden() else self._wrong.text().removeprefix("▲ ")

    @property
    def prediction_text(self) -> str:
        """The answers, one a line."""
        return self._answers.text()


MODEL_ENDING, CARD_ENDING = ".onnx", ".json"
MOST_SAID = 5


class TrialDisplay(Protocol):
    """All that is known of the page here."""

    def show_job(self, job: Job | None) -> None: ...
    def show_result(self, shown: TrialResult) -> None: ...
    def show_error(self, sentence: str) -> None: ...


class TrialPresenter:
    """`changed()` is called when another page is to be shown. Of several pictures the first one is
    tried."""

    def __init__(self, context: Context, view: TrialDisplay, changed: Callable[[], None]) -> None:
        self._context, self._view, self._changed = context, view, changed
        self._here = False
        self._job: Job | None = None
        self._waiting: ModelTrial | BaseException | None = None
        self._files: tuple[str, str, str] = ("", "", "")
        self.trying = False
        if TRIAL_KEPT in context.session_values:
            model, picture, card = json.loads(context.session_values.pop(TRIAL_KEPT))
            self._start_trial(
                Path(model) if model else None, Path(picture), Path(card) if card else None
            )

    def enter(self) -> None:
        """The page is shown: with what came in while it was not."""
        self._here = True
        if self._waiting is not None:
            self._show_outcome(self._waiting)

    def leave(self) -> None:
        """Keeps what is tried: the window may be built anew."""
        self._here = False
        if self.trying:
            self._context.session_values[TRIAL_KEPT] = json.dumps(self._files)

    def on_files_dropped(self, paths: list[Path]) -> None:
        """Files were dropped on the screen, or chosen: a model, its card where it has one, and a
        picture."""
        models = [path for path in paths if path.suffix.lower() == MODEL_ENDING]
        cards = [path for path in paths if path.suffix.lower() == CARD_ENDING]
        pictures = [path for path in paths if path not in (*models, *cards) and not path.is_dir()]
        if not pictures or not (models or self.has_model):
            self._context.messages.show_toast(
                tr("Drop a model (.onnx) and an image together to try them without a project.")
            )
            return
        self.end()
        self._start_trial(models[0] if models else None, pictures[0], cards[0] if cards else None)
        self._changed()

    def end(self) -> None:
        """End the trial."""
        if self._job is not None:
            self._job.cancel()
        self._job, self._waiting, self.trying = None, None, False
        self._context.session_values.pop(TRIAL_KEPT, None)

    @property
    def has_model(self) -> bool:
        """Whether the open project has a model that a picture alone can be shown to."""
        standing = self._context.current.status
        return standing is not None and standing.n_models > 0

    def _start_trial(self, model: Path | None, picture: Path, card: Path | None) -> None:
        self._files = (str(model or ""), str(picture), str(card or ""))
        self.trying = True

        def get_job_name() -> str:
            return tr("Try model")

        if model is None:
            self._job = self._context.current.run_job(
                self._view, get_job_name, partial(_try_newest, picture), writes=False
            )
            self._job.on_success(self._on_trial_done).on_failure(self._on_trial_done)
        else:
            self._job = self._context.runner.run_job(
                self._view, get_job_name, partial(_try_model, model, picture, card)
            )
            self._job.on_success(self._on_trial_done).on_failure(self._on_trial_done)
        self._view.show_job(self._job)

    def _on_trial_done(self, outcome: ModelTrial | BaseException) -> None:
        if self._here and self.trying:
            self._show_outcome(outcome)
        else:
            self._waiting = outcome if self.trying else None

    def _show_outcome(self, outcome: ModelTrial | BaseException) -> None:
        self._waiting = None
        if isinstance(outcome, BaseException):
            self._view.show_error(_format_trial_error(outcome))
        else:
            self._view.show_result(build_trial_result(outcome))


def build_trial_result(trial: ModelTrial) -> TrialResult:
    """The first picture of a trial in words."""
    card, tried_image = trial.card, trial.tried[0]
    height, width = tried_image.rgb.shape[:2]
    marks = tuple(
        BoxMark(
            prediction.box,
            prediction.index,
            f"{prediction.name} {format_number(prediction.score, 2)}",
        )
        for prediction in tried_image.predictions
        if prediction.box is not None
    )
    answers = tuple(
        messages.format_answer(prediction.name, prediction.score, None)
        for prediction in tried_image.predictions[:MOST_SAID]
    )
    if len(tried_image.predictions) > MOST_SAID:
        answers = (*answers, messages.describe_more_boxes(len(tried_image.predictions) - MOST_SAID))
    return TrialResult(
        ModelInputImages(
            tried_image.overlay,
            tried_image.input_image,
            tried_image.crop,
            tried_image.path.name,
            marks,
            "image",
        ),
        tr(
            "{model}: {what}",
            model=trial.name,
            what=captions.format_model_summary(card.task, card.input.size, len(card.classes)),
        ),
        messages.describe_visible_part((height, width), tried_image.crop),
        list_preprocessing_lines(trial.preprocessing_record),
        answers or (messages.describe_no_answer(tried_image.of_boxes, tried_image.nan),),
        model_card_page.format_proposal(
            trial.proposed,
            trial.recipe,
            trial.n_recipes,
            doctor.list_short_findings(trial.findings),
        ),
    )


def _format_trial_error(error: BaseException) -> str:
    """What is to be done here: a window has no options to name a card with."""
    if isinstance(error, CardNeeded):
        text = tr(
            "{model} does not define its preprocessing, and its output type is unknown. Drop "
            "its model card (.json) as well."
        )
        return text.format(model=Path(error.path).name)
    if isinstance(error, ModelRejected) and error.problem == "output_unclear":
        return f"{format_error(error)} {tr('Drop the model card (.json) together with the model.')}"
    return format_error(error)


def _try_model(model: Path, picture: Path, card: Path | None, progress: Progress) -> ModelTrial:
    return (
        try_model.try_model(model, [picture], card, progress)
        if card
        else try_model.try_unknown_model(model, [picture], progress)
    )


def _try_newest(picture: Path, project: Project, progress: Progress) -> ModelTrial:
    return try_model.try_newest_model(project, [picture], progress)
