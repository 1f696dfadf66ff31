"""The page of one model and one picture that were dropped on the window: what the model saw, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.screens.home.model_input_view import ModelInputImages, ModelInputView
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.plain import make_card, make_column, make_label
from fieldcheck.words.language import tr


@dataclass(frozen=True, slots=True, eq=False)
class TrialResult:
    """`model` is its file and what it does, `part` how much of the picture is seen, `steps` what is done to it, `says` the answers,
    `proposed` what of the card nobody said."""

    images: ModelInputImages
    model: str
    part: str
    steps: tuple[str, ...]
    predictions: tuple[str, ...]
    proposed: str = ""


class TrialPage(QWidget):
    """While the model is being looked at the strip alone; then picture, input and answer."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = JobStrip(look)
        self.eye = ModelInputView(look)
        self._model, self._part = make_label(bold=True, wrap=True), make_label(wrap=True)
        self._proposed = make_label(tone="quiet", wrap=True)
        self._says, self._steps = make_label(size="heading", wrap=True), make_label(wrap=True)
        self._wrong = make_label(tone="warn", wrap=True)
        told = QHBoxLayout()
        told.setSpacing(look.metrics.scale_px(24))
        says = make_column(look, make_label(tr("Prediction"), bold=True), self._says)
        goes_in = make_column(look, make_label(tr("Preprocessing"), bold=True), self._steps, self._part)
        for part, share in ((says, 2), (goes_in, 3)):
            part.addStretch()  # both begin at the top, however short one of them is
            told.addLayout(part, share)
        self._card = make_card(look)
        inside = get_box_layout(self._card)
        inside.addWidget(self._model)
        inside.addWidget(self._proposed)
        inside.addWidget(self.eye, 1)
        inside.addLayout(told)
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
        self._steps.setText("\n".join(f"{number}  {step}" for number, step in enumerate(shown.steps, start=1)))
        self._says.setText("\n".join(shown.predictions))
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
        return self._says.text()
