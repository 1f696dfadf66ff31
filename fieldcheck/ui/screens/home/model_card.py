"""The card of the model: its file, what goes in, its classes with their keys."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.screens.home.key_value_rows import ErrorLabel, FactsGrid
from fieldcheck.ui.screens.home.model_input_view import ModelInputImages, ModelInputView
from fieldcheck.ui.screens.home.project_card import ProjectCard, make_action_button
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.chip import Chip
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.plain import clear_layout, make_column, make_label, make_plain_tip, make_rule
from fieldcheck.words.language import tr, tr_plural

MOST_CLASSES = 24
KEYS = 10
PICTURES = 150  # pixels
MOST_TRAINED = 3
MOST_FINDINGS = 2  # in full; they take the room of the pictures


class ClassChips(QWidget):
    """Classes with the keys that label them; of very many the first."""

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._flow = FlowLayout(look.metrics.scale_px(4), self)

    def show_classes(self, names: tuple[str, ...]) -> None:
        """These and no others."""
        clear_layout(self._flow)
        colours = self._look.tokens.classes
        for at, name in enumerate(names[:MOST_CLASSES]):
            self._flow.addWidget(Chip(self._look, name, str((at + 1) % 10) if at < KEYS else "", colours[at % len(colours)]))
        more = len(names) - MOST_CLASSES
        if more > 0:
            self._flow.addWidget(Chip(self._look, tr_plural("and {n} more", "and {n} more", more).format(n=more)))
        self.updateGeometry()


class ModelPanel(ProjectCard):
    """Model card: task, input and classes, or that there is none; `strip` shows it being looked at."""

    def __init__(self, look: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        self.edit = make_action_button(look, tr("Edit model card"), actions, "project.edit_card")
        self.examine = make_action_button(look, tr("Diagnose model"), actions, "project.check_model")
        self.choose = make_action_button(look, tr("Choose…"), actions, "project.set_model")
        super().__init__(look, tr("Model"), self.edit, self.examine, self.choose, gap=8, parent=parent)
        self._has_eye = self._findings_shown = False
        self.strip = JobStrip(look)
        self._wrong = ErrorLabel()
        self._missing = make_label(tr("No model yet. Labelling works without a model; the gap requires one."), tone="quiet", wrap=True)
        self._known = self._build_facts_part()
        for part in (
            self.strip,
            self._wrong,
            self._missing,
            self._build_findings_part(),
            self._known,
            self._build_training_part(),
            make_rule(),
            *self._build_classes_part(),
        ):
            self.column.addWidget(part)
        self.column.addStretch()

    def show_model(self, file: str, card: str, steps: tuple[str, ...]) -> None:
        """The file, what it does, and what is done to a frame before it goes in; an empty `file`: there is no model."""
        self._missing.setVisible(not file)
        self._known.setVisible(bool(file))
        self.edit.setVisible(bool(file))
        self.examine.setVisible(bool(file))
        self.choose.set_label(tr("Replace…") if file else tr("Choose…"))
        if not file:
            return
        self._facts.show_values(file, card)
        clear_layout(self._steps)
        for at, step in enumerate(steps):
            self._steps.addWidget(make_label(str(at + 1), bold=True), at // 2, 2 * (at % 2))
            self._steps.addWidget(make_label(step, wrap=True), at // 2, 2 * (at % 2) + 1)

    def show_input(self, pair: ModelInputImages | None, said: str) -> None:
        """A frame as the model sees it, and what objects lose on their way in; None: there is no frame to show."""
        self._has_eye = pair is not None
        self.eye.setVisible(self._has_eye and not self._findings_shown)
        self._lost.setVisible(pair is not None and bool(said))
        if pair is not None:
            self.eye.show_images(pair)
            self._lost.setText(said)

    @property
    def loss_text(self) -> str:
        """Text about pixels and objects lost in preprocessing."""
        return self._lost.text()

    def show_findings(self, first: str, findings: tuple[tuple[str, str], ...], checks: tuple[str, ...] = ()) -> None:
        """Shows the doctor's checklist: a first line, then of each finding what it is, and how it was seen and what to do, then the checks
        without one; empty: nothing yet."""
        clear_layout(self._findings)
        clear_layout(self._checks)
        for at, check in enumerate(checks):
            self._checks.addWidget(make_label(check, "caption", "quiet", wrap=True), at // 2, at % 2)
        shown = findings[:MOST_FINDINGS]
        for what, more in shown:
            self._findings.addWidget(make_label(f"▲ {what}", bold=True, wrap=True))
            self._findings.addWidget(make_label(more, wrap=True))
        left = len(findings) - len(shown)
        if left:
            self._findings.addWidget(make_label(tr_plural("and {n} more", "and {n} more", left).format(n=left), tone="quiet"))
        self._first.setText(first)
        self._examined.setVisible(bool(first))
        self._findings_shown = bool(shown)
        self.eye.setVisible(self._has_eye and not shown)

    @property
    def check_heading(self) -> str:
        """The first line of what the doctor said."""
        return self._first.text()

    def show_training(self, lines: tuple[str, ...]) -> None:
        """How it was trained, the first lines of it; all of them are the tooltip. Empty where nobody told."""
        left = len(lines) - MOST_TRAINED
        shown = (*lines[:MOST_TRAINED], *([tr_plural("and {n} more", "and {n} more", left).format(n=left)] if left > 0 else []))
        self._trained.setText("\n".join(shown))
        self._trained.setToolTip(make_plain_tip("\n".join(lines)))
        self._trained.setAccessibleDescription("\n".join(lines))
        self._training.setVisible(bool(lines))

    @property
    def training_text(self) -> str:
        """Text about the model's training."""
        return self._trained.text()

    def show_classes(self, names: tuple[str, ...]) -> None:
        """Shows the classes."""
        self._no_classes.setVisible(not names)
        self.classes.show_classes(names)

    def show_job(self, job: Job | None) -> None:
        """A file being looked at."""
        self.strip.show_job(job)

    def show_error(self, sentence: str) -> None:
        """Why a chosen file was not taken; empty when nothing is wrong."""
        self._wrong.show_error(sentence)

    @property
    def error_text(self) -> str:
        """Why the chosen file was not taken."""
        return self._wrong.wrong

    def _build_findings_part(self) -> QWidget:
        self._examined = QWidget()
        inside = make_column(self._look, gap=4, on=self._examined)
        self._first = make_label(bold=True, wrap=True)
        self._findings = QVBoxLayout()
        self._findings.setSpacing(self._look.metrics.scale_px(4))
        self._checks = QGridLayout()
        self._checks.setVerticalSpacing(self._look.metrics.scale_px(2))
        for at in range(2):
            self._checks.setColumnStretch(at, 1)
        inside.addWidget(self._first)
        inside.addLayout(self._findings)
        inside.addLayout(self._checks)
        self._examined.setVisible(False)
        return self._examined

    def _build_facts_part(self) -> QWidget:
        known = QWidget()
        inside = make_column(self._look, on=known)
        self._facts = FactsGrid(self._look, (tr("File"), tr("Model card")), bold=0, wrapped=(1,))
        self._steps = QGridLayout()
        self._steps.setHorizontalSpacing(self._look.metrics.scale_px(8))
        self._steps.setVerticalSpacing(self._look.metrics.scale_px(4))
        self._steps.setColumnStretch(1, 1)
        self._steps.setColumnStretch(3, 1)
        inside.addLayout(self._facts)
        inside.addWidget(make_rule())
        inside.addWidget(make_label(tr("Preprocessing"), bold=True, wrap=True))
        self.eye = ModelInputView(self._look)
        self.eye.setMaximumHeight(self._look.metrics.scale_px(PICTURES))  # and lower where words need the room
        self._lost = make_label(wrap=True)
        for part in (self.eye, self._lost):
            part.setVisible(False)
            inside.addWidget(part)
        inside.addLayout(self._steps)
        return known

    def _build_training_part(self) -> QWidget:
        self._training = QWidget()
        self._trained = make_label(wrap=True)
        inside = make_column(self._look, gap=4, on=self._training)
        for part in (make_rule(), make_label(tr("Training information"), bold=True), self._trained):
            inside.addWidget(part)
        self._training.setVisible(False)
        return self._training

    def _build_classes_part(self) -> tuple[QWidget, ...]:
        self.classes = ClassChips(self._look)
        self._no_classes = make_label(tr("No classes yet. They are read from the model or the benchmark."), tone="quiet", wrap=True)
        return make_label(tr("Classes and keys"), bold=True), self._no_classes, self.classes
