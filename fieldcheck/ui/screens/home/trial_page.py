"""The page of one model and one picture that were dropped on the window: what the model saw, and what it says."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.screens.home.model_input_view import ModelInputView, Pair
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.plain import card, column, label
from fieldcheck.words.language import text


@dataclass(frozen=True, slots=True, eq=False)
class TrialResult:
    """`model` is its file and what it does, `part` how much of the picture is seen, `steps` what is done to it, `says` the answers,
    `proposed` what of the card nobody said."""

    pair: Pair
    model: str
    part: str
    steps: tuple[str, ...]
    says: tuple[str, ...]
    proposed: str = ""


class TrialPage(QWidget):
    """While the model is being looked at the strip alone; then picture, input and answer."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strip = JobStrip(look)
        self.eye = ModelInputView(look)
        self._model, self._part = label(bold=True, wrap=True), label(wrap=True)
        self._proposed = label(tone="quiet", wrap=True)
        self._says, self._steps = label(size="heading", wrap=True), label(wrap=True)
        self._wrong = label(tone="warn", wrap=True)
        told = QHBoxLayout()
        told.setSpacing(look.metrics.px(24))
        says = column(look, label(text("Prediction"), bold=True), self._says)
        goes_in = column(look, label(text("Preprocessing"), bold=True), self._steps, self._part)
        for part, share in ((says, 2), (goes_in, 3)):
            part.addStretch()  # both begin at the top, however short one of them is
            told.addLayout(part, share)
        self._card = card(look)
        inside = content(self._card)
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

    def show_tried(self, shown: TrialResult) -> None:
        """One picture with its answer."""
        self.eye.show_pair(shown.pair)
        self._model.setText(shown.model)
        self._proposed.setText(shown.proposed)
        self._proposed.setVisible(bool(shown.proposed))
        self._part.setText(shown.part)
        self._steps.setText("\n".join(f"{number}  {step}" for number, step in enumerate(shown.steps, start=1)))
        self._says.setText("\n".join(shown.says))
        self._card.setVisible(True)

    def show_wrong(self, sentence: str) -> None:
        """Why there is nothing to show."""
        self.strip.show_job(None)
        self._wrong.setText(f"▲ {sentence}")
        self._wrong.setVisible(True)

    @property
    def wrong(self) -> str:
        """Why there is nothing to show; empty where nothing is wrong."""
        return "" if self._wrong.isHidden() else self._wrong.text().removeprefix("▲ ")

    @property
    def says(self) -> str:
        """The answers, one a line."""
        return self._says.text()
