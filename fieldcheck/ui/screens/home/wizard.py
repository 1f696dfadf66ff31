"""The page of a new project: a name, then three questions beside each other; everything but the name may come later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.screens.home.key_value_rows import FormField
from fieldcheck.ui.screens.home.model_card import ClassChips
from fieldcheck.ui.screens.home.overview import MODELS
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.beside import SideBySideLayout
from fieldcheck.ui.widgets.choose import choose_file, choose_files, choose_folder
from fieldcheck.ui.widgets.file_filters import make_video_filter
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import make_card, make_column, make_label, make_row
from fieldcheck.words.language import tr


@dataclass(frozen=True, slots=True)
class NewProjectForm:
    """Typed values of the fields."""

    name: str = ""
    place: str = ""
    site: str = ""
    classes: str = ""


class WizardPage(QWidget):
    """`edited`: a field holds something else; `footage_chosen` carries paths, `model_chosen` one, both as they were chosen."""

    edited = Signal()
    footage_chosen = Signal(object)
    footage_dropped = Signal()
    model_chosen = Signal(object)
    model_dropped = Signal()
    created = Signal()
    cancelled = Signal()

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.name, self.place, self.site = QLineEdit(), QLineEdit(), QLineEdit()
        self._name_field = FormField(look, tr("Project name"), self.name)
        self._place_field = FormField(look, tr("Project location"), self.place)
        for field in (self.name, self.place, self.site):
            field.textEdited.connect(self.edited)
            field.returnPressed.connect(self.created)
        questions = SideBySideLayout(look, (self._build_footage_card(), 1), (self._build_model_card(), 1), (self._build_classes_card(), 1))
        inside = make_column(look, self._build_name_card(), (questions, 1), gap=12, on=self)
        back = KeyButton(look, tr("Cancel"), "Esc")
        back.clicked.connect(self.cancelled)
        self._where = make_label(size="caption", tone="quiet", wrap=True)
        below = make_row(look, back)
        below.addWidget(self._where, 1)
        inside.addLayout(below)

    def show_job(self, job: Job | None) -> None:
        """The model being looked at."""
        self.strip.show_job(job)

    def get_form(self) -> NewProjectForm:
        """Typed values of the fields now."""
        return NewProjectForm(self.name.text().strip(), self.place.text().strip(), self.site.text().strip(), self.classes.toPlainText())

    def fill_form(self, typed: NewProjectForm) -> None:
        """Puts this into the fields, and the focus on the name."""
        self.name.setText(typed.name)
        self.place.setText(typed.place)
        self.site.setText(typed.site)
        self.classes.setPlainText(typed.classes)
        self.name.setFocus()

    def show_project_path(self, said: str) -> None:
        """Shows the path that will be made."""
        self._where.setText(said)

    def show_errors(self, name: str = "", place: str = "") -> None:
        """Shows an error below its field; the focus goes to the first one."""
        self._name_field.show_error(name)
        self._place_field.show_error(place)
        if name or place:
            (self.name if name else self.place).setFocus()

    def show_footage(self, names: list[str]) -> None:
        """The files that will be imported."""
        self.footage.clear()
        self.footage.addItems(names)
        self.footage.setVisible(bool(names))
        self._no_footage.setVisible(not names)
        self._drop_footage.setVisible(bool(names))

    def show_model(self, file: str, said: str, wrong: str) -> None:
        """The chosen file, what was seen in it, or why it cannot be used; an empty `file`: none."""
        self._model_file.setText(file)
        self._model_file.setVisible(bool(file))
        self._model_said.setText(said)
        self._model_said.setVisible(bool(said))
        self._model_wrong.setText(f"▲ {wrong}" if wrong else "")
        self._model_wrong.setVisible(bool(wrong))
        self._no_model.setVisible(not file)
        self._drop_model.setVisible(bool(file))
        self._choose_model.set_label(tr("Choose another file…") if file else tr("Choose…"))

    def show_classes(self, names: tuple[str, ...]) -> None:
        """Those of the model; without any, the field in which they are typed."""
        self._chips.show_classes(names)
        self._class_pages.setCurrentIndex(1 if names else 0)
        self._class_hint.setText(
            tr("Class names are read from the model.") if names else tr("One class per line, in the order of the number keys.")
        )

    @property
    def model_error(self) -> str:
        """Why the chosen model cannot be used."""
        return self._model_wrong.text().removeprefix("▲ ")

    @property
    def error_texts(self) -> tuple[str, str]:
        """Errors below the name and below the place."""
        return self._name_field.error_text, self._place_field.error_text

    def _build_name_card(self) -> QFrame:
        browse = KeyButton(self._look, tr("Choose…"))
        browse.setAccessibleName(tr("Choose project location"))
        browse.clicked.connect(lambda: choose_folder(self, tr("Project location"), self._set_location))
        framed, place = make_card(self._look), QWidget()
        pressed = QVBoxLayout()  # on one line with the fields, also while something is said below one of them
        pressed.setSpacing(self._look.metrics.scale_px(2))
        pressed.addWidget(make_label(" ", size="caption"))
        pressed.addWidget(browse)
        pressed.addStretch()
        make_row(self._look, (self._place_field, 1), pressed, on=place)
        site = FormField(self._look, tr("Site (optional)"), self.site)
        get_box_layout(framed).addWidget(SideBySideLayout(self._look, (self._name_field, 3), (place, 5), (site, 3), gap=8, top=True))
        return framed

    def _set_location(self, folder: Path) -> None:
        self.place.setText(str(folder))
        self.edited.emit()

    def _build_question_card(self, title: str, hint: QLabel, *buttons: KeyButton) -> tuple[QFrame, QBoxLayout]:
        framed = make_card(self._look)
        inside = get_box_layout(framed)
        inside.addWidget(make_label(title, size="heading", wrap=True))
        inside.addWidget(hint)
        for button in buttons:
            line = make_row(self._look, button)
            line.addStretch()
            inside.addLayout(line)
        return framed, inside

    def _build_footage_card(self) -> QFrame:
        self._no_footage = make_label(tr("No footage selected. Drop files here, or add footage later."), tone="quiet", wrap=True)
        videos = self._make_button(tr("Video files…"), self._prompt_for_videos)
        folder = self._make_button(tr("Image folder…"), self._prompt_for_folder)
        self._drop_footage = self._make_button(tr("Remove files"), self.footage_dropped.emit)
        framed, inside = self._build_question_card(tr("1 Footage"), self._no_footage, videos, folder, self._drop_footage)
        self.footage = QListWidget()
        self.footage.setAccessibleName(tr("Footage to import"))
        _take_remaining_height(self._look, self.footage)
        held = QWidget()  # Qt forgets the least height of what asks for nothing, but not of what holds it
        make_column(self._look, self.footage, on=held)
        inside.addWidget(held, 1)
        inside.addStretch()
        return framed

    def _build_model_card(self) -> QFrame:
        self._no_model = make_label(tr("No model yet. Drop an .onnx file here, or continue without a model."), tone="quiet", wrap=True)
        self._choose_model = self._make_button(tr("Choose…"), self._prompt_for_model)
        self._drop_model = self._make_button(tr("Continue without a model"), self.model_dropped.emit)
        framed, inside = self._build_question_card(tr("2 Model"), self._no_model, self._choose_model, self._drop_model)
        self.strip = JobStrip(self._look)
        self._model_file, self._model_said = make_label(bold=True, wrap=True), make_label(wrap=True)
        self._model_wrong = make_label(tone="warn", wrap=True)
        for part in (self.strip, self._model_file, self._model_said, self._model_wrong):
            inside.addWidget(part)
        inside.addStretch()
        return framed

    def _build_classes_card(self) -> QFrame:
        self._class_hint = make_label(tone="quiet", wrap=True)
        framed, inside = self._build_question_card(tr("3 Classes"), self._class_hint)
        self.classes = QPlainTextEdit()
        self.classes.setAccessibleName(tr("Classes, one per line"))
        self.classes.setTabChangesFocus(True)
        _take_remaining_height(self._look, self.classes)
        self._chips = ClassChips(self._look)
        self._class_pages = QStackedWidget()
        self._class_pages.addWidget(self.classes)
        self._class_pages.addWidget(self._chips)
        inside.addWidget(self._class_pages, 1)
        return framed

    def _make_button(self, said: str, act: Callable[[], None]) -> KeyButton:
        made = KeyButton(self._look, said)
        made.clicked.connect(lambda _checked: act())
        return made

    def _prompt_for_videos(self) -> None:
        choose_files(self, tr("Choose video files"), make_video_filter(), self.footage_chosen.emit)

    def _prompt_for_folder(self) -> None:
        choose_folder(self, tr("Choose image folder"), lambda folder: self.footage_chosen.emit([folder]))

    def _prompt_for_model(self) -> None:
        choose_file(self, tr("Choose model"), f"{tr('ONNX models')} ({MODELS})", self.model_chosen.emit)


def _take_remaining_height(look: Theme, field: QWidget) -> None:
    """A list that scrolls asks for little, so that the page does not."""
    field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    field.setMinimumHeight(look.metrics.scale_px(60))
