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
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.screens.home.key_value_rows import FormField
from fieldcheck.ui.screens.home.model_card import ClassChips
from fieldcheck.ui.screens.home.overview import MODELS
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.beside import Beside
from fieldcheck.ui.widgets.choose import choose_file, choose_files, choose_folder
from fieldcheck.ui.widgets.file_filters import video_filter
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import card, column, label, row
from fieldcheck.words.language import text


@dataclass(frozen=True, slots=True)
class Typed:
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

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.name, self.place, self.site = QLineEdit(), QLineEdit(), QLineEdit()
        self._name_field = FormField(look, text("Project name"), self.name)
        self._place_field = FormField(look, text("Project location"), self.place)
        for field in (self.name, self.place, self.site):
            field.textEdited.connect(self.edited)
            field.returnPressed.connect(self.created)
        questions = Beside(look, (self._source(), 1), (self._model(), 1), (self._classes(), 1))
        inside = column(look, self._named(), (questions, 1), gap=12, on=self)
        back = KeyButton(look, text("Cancel"), "Esc")
        back.clicked.connect(self.cancelled)
        self._where = label(size="caption", tone="quiet", wrap=True)
        below = row(look, back)
        below.addWidget(self._where, 1)
        inside.addLayout(below)

    def show_job(self, job: Job | None) -> None:
        """The model being looked at."""
        self.strip.show_job(job)

    def typed(self) -> Typed:
        """Typed values of the fields now."""
        return Typed(self.name.text().strip(), self.place.text().strip(), self.site.text().strip(), self.classes.toPlainText())

    def fill(self, typed: Typed) -> None:
        """Puts this into the fields, and the focus on the name."""
        self.name.setText(typed.name)
        self.place.setText(typed.place)
        self.site.setText(typed.site)
        self.classes.setPlainText(typed.classes)
        self.name.setFocus()

    def show_where(self, said: str) -> None:
        """Shows the path that will be made."""
        self._where.setText(said)

    def show_wrong(self, name: str = "", place: str = "") -> None:
        """Shows an error below its field; the focus goes to the first one."""
        self._name_field.show_wrong(name)
        self._place_field.show_wrong(place)
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
        self._choose_model.say(text("Choose another file…") if file else text("Choose…"))

    def show_classes(self, names: tuple[str, ...]) -> None:
        """Those of the model; without any, the field in which they are typed."""
        self._chips.show_classes(names)
        self._class_pages.setCurrentIndex(1 if names else 0)
        self._class_hint.setText(
            text("Class names are read from the model.") if names else text("One class per line, in the order of the number keys.")
        )

    @property
    def model_wrong(self) -> str:
        """Why the chosen model cannot be used."""
        return self._model_wrong.text().removeprefix("▲ ")

    @property
    def wrong(self) -> tuple[str, str]:
        """Errors below the name and below the place."""
        return self._name_field.wrong, self._place_field.wrong

    def _named(self) -> QFrame:
        browse = KeyButton(self._look, text("Choose…"))
        browse.setAccessibleName(text("Choose project location"))
        browse.clicked.connect(lambda: choose_folder(self, text("Project location"), self._take_place))
        framed, place = card(self._look), QWidget()
        pressed = QVBoxLayout()  # on one line with the fields, also while something is said below one of them
        pressed.setSpacing(self._look.metrics.px(2))
        pressed.addWidget(label(" ", size="caption"))
        pressed.addWidget(browse)
        pressed.addStretch()
        row(self._look, (self._place_field, 1), pressed, on=place)
        site = FormField(self._look, text("Site (optional)"), self.site)
        content(framed).addWidget(Beside(self._look, (self._name_field, 3), (place, 5), (site, 3), gap=8, top=True))
        return framed

    def _take_place(self, folder: Path) -> None:
        self.place.setText(str(folder))
        self.edited.emit()

    def _question(self, title: str, hint: QLabel, *buttons: KeyButton) -> tuple[QFrame, QBoxLayout]:
        framed = card(self._look)
        inside = content(framed)
        inside.addWidget(label(title, size="heading", wrap=True))
        inside.addWidget(hint)
        for button in buttons:
            line = row(self._look, button)
            line.addStretch()
            inside.addLayout(line)
        return framed, inside

    def _source(self) -> QFrame:
        self._no_footage = label(text("No footage selected. Drop files here, or add footage later."), tone="quiet", wrap=True)
        videos = self._button(text("Video files…"), self._ask_for_videos)
        folder = self._button(text("Image folder…"), self._ask_for_folder)
        self._drop_footage = self._button(text("Remove files"), self.footage_dropped.emit)
        framed, inside = self._question(text("1 Footage"), self._no_footage, videos, folder, self._drop_footage)
        self.footage = QListWidget()
        self.footage.setAccessibleName(text("Footage to import"))
        _take_what_is_left(self._look, self.footage)
        held = QWidget()  # Qt forgets the least height of what asks for nothing, but not of what holds it
        column(self._look, self.footage, on=held)
        inside.addWidget(held, 1)
        inside.addStretch()
        return framed

    def _model(self) -> QFrame:
        self._no_model = label(text("No model yet. Drop an .onnx file here, or continue without a model."), tone="quiet", wrap=True)
        self._choose_model = self._button(text("Choose…"), self._ask_for_model)
        self._drop_model = self._button(text("Continue without a model"), self.model_dropped.emit)
        framed, inside = self._question(text("2 Model"), self._no_model, self._choose_model, self._drop_model)
        self.strip = JobStrip(self._look)
        self._model_file, self._model_said = label(bold=True, wrap=True), label(wrap=True)
        self._model_wrong = label(tone="warn", wrap=True)
        for part in (self.strip, self._model_file, self._model_said, self._model_wrong):
            inside.addWidget(part)
        inside.addStretch()
        return framed

    def _classes(self) -> QFrame:
        self._class_hint = label(tone="quiet", wrap=True)
        framed, inside = self._question(text("3 Classes"), self._class_hint)
        self.classes = QPlainTextEdit()
        self.classes.setAccessibleName(text("Classes, one per line"))
        self.classes.setTabChangesFocus(True)
        _take_what_is_left(self._look, self.classes)
        self._chips = ClassChips(self._look)
        self._class_pages = QStackedWidget()
        self._class_pages.addWidget(self.classes)
        self._class_pages.addWidget(self._chips)
        inside.addWidget(self._class_pages, 1)
        return framed

    def _button(self, said: str, act: Callable[[], None]) -> KeyButton:
        made = KeyButton(self._look, said)
        made.clicked.connect(lambda _checked: act())
        return made

    def _ask_for_videos(self) -> None:
        choose_files(self, text("Choose video files"), video_filter(), self.footage_chosen.emit)

    def _ask_for_folder(self) -> None:
        choose_folder(self, text("Choose image folder"), lambda folder: self.footage_chosen.emit([folder]))

    def _ask_for_model(self) -> None:
        choose_file(self, text("Choose model"), f"{text('ONNX models')} ({MODELS})", self.model_chosen.emit)


def _take_what_is_left(look: Look, field: QWidget) -> None:
    """A list that scrolls asks for little, so that the page does not."""
    field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    field.setMinimumHeight(look.metrics.px(60))
