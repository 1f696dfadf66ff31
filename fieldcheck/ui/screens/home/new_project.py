"""Page of a new project and its presenter: the model is checked while the form is filled in, and
everything is created at the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.errors.files import DiskFull, FieldcheckError, PathMissing, ReadOnlyPlace
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import CardNeeded, CardRejected, ModelRejected
from fieldcheck.errors.projects import ProjectExists
from fieldcheck.i18n.language import tr
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout, is_alive
from fieldcheck.ui.screens.home import captions
from fieldcheck.ui.screens.home.captions import ErrorLabel, FormField
from fieldcheck.ui.screens.home.overview_page import MODELS, ClassChips
from fieldcheck.ui.screens.home.start_page import EntryButton
from fieldcheck.ui.theme import LARGE, Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.file_dialogs import (
    choose_file,
    choose_files,
    choose_folder,
    make_video_filter,
)
from fieldcheck.ui.widgets.layouts import (
    SideBySideLayout,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
)

if TYPE_CHECKING:
    from fieldcheck.footage import import_footage
    from fieldcheck.footage.import_footage import ImportResult
    from fieldcheck.models import new_project
    from fieldcheck.models import store as stored_models
    from fieldcheck.models.store import InspectedModel
    from fieldcheck.project import limits as project_limits
    from fieldcheck.project.project import Project
else:
    project_limits = LazyModule("fieldcheck.project.limits")
    import_footage = LazyModule("fieldcheck.footage.import_footage")
    stored_models = LazyModule("fieldcheck.models.store")
    new_project = LazyModule("fieldcheck.models.new_project")

CARD_PAD, COMPACT_PAD = 12, 8  # pixels within a card
GAP, COMPACT_GAP = 8, 4  # pixels between two

# The page of a new project: a name, then three questions beside each other; everything but the name
# may come later.


@dataclass(frozen=True, slots=True)
class NewProjectForm:
    """Values typed into the form."""

    name: str = ""
    folder: str = ""
    site: str = ""
    classes: str = ""
    gap: str = ""
    escape: str = ""
    reject: str = ""
    latency: str = ""
    by: str = ""


class WizardPage(QWidget):
    """The form of a new project. `edited`: a field has changed; `footage_chosen` carries the chosen
    paths, `model_chosen` and `class_file_chosen` the chosen file."""

    edited = Signal()
    footage_chosen = Signal(object)
    footage_dropped = Signal()
    model_chosen = Signal(object)
    model_dropped = Signal()
    class_file_chosen = Signal(object)
    created = Signal()
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._zones: list[EntryButton] = []
        self._cards: list[QFrame] = []
        self.name, self.folder, self.site = QLineEdit(), QLineEdit(), QLineEdit()
        self._name_field = FormField(theme, tr("Project name"), self.name)
        self._folder_field = FormField(theme, tr("Project location"), self.folder)
        for field in (self.name, self.folder, self.site):
            field.textEdited.connect(self.edited)
            field.returnPressed.connect(self.created)
        questions = SideBySideLayout(
            theme,
            (self._build_footage_card(), 1),
            (self._build_model_card(), 1),
            (self._build_classes_card(), 1),
        )
        self._limit_error = ErrorLabel()
        inside = make_column(theme, self._build_name_card(), (questions, 1), gap=GAP, parent=self)
        inside.addLayout(self._build_limits_row())
        inside.addWidget(self._limit_error)
        back = KeyButton(theme, tr("Cancel"), "Esc")
        back.clicked.connect(self.cancelled)
        self._where = make_label(size="caption", tone="quiet", wrap=True)
        below = make_row(theme, back)
        below.addWidget(self._where, 1)
        inside.addLayout(below)

    def show_job(self, job: Job | None) -> None:
        """Shows the job that checks the model."""
        self.strip.show_job(job)

    def get_form(self) -> NewProjectForm:
        """The values typed so far."""
        return NewProjectForm(
            self.name.text().strip(),
            self.folder.text().strip(),
            self.site.text().strip(),
            self.classes.toPlainText(),
            *(field.text().strip() for field in self.limits),
        )

    def fill_form(self, typed: NewProjectForm) -> None:
        """Fills the fields and focuses the name."""
        self.name.setText(typed.name)
        self.folder.setText(typed.folder)
        self.site.setText(typed.site)
        self.classes.setPlainText(typed.classes)
        values = (typed.gap, typed.escape, typed.reject, typed.latency, typed.by)
        for field, value in zip(self.limits, values, strict=True):
            field.setText(value)
        self.name.setFocus()

    def show_project_path(self, text: str) -> None:
        """Shows the path that will be made."""
        self._where.setText(text)

    def show_errors(self, name: str = "", location: str = "", limit: str = "") -> None:
        """Shows an error below its field; the focus goes to the first one."""
        self._name_field.show_error(name)
        self._folder_field.show_error(location)
        self._limit_error.show_error(limit)
        if name or location or limit:
            (self.name if name else self.folder if location else self.limits[0]).setFocus()

    def show_footage(self, names: list[str]) -> None:
        """The files that will be imported."""
        self.footage.clear()
        self.footage.addItems(names)
        self._footage_facts.setVisible(bool(names))
        self._no_footage.setVisible(not names)
        self._drop_footage.setVisible(bool(names))

    def show_model(self, file: str, text: str, wrong: str) -> None:
        """Shows the chosen file with what was found in it, or why it cannot be used; an empty
        `file` shows none."""
        self._model_file.setText(file)
        self._model_file.setVisible(bool(file))
        self._model_said.setText(text)
        self._model_said.setVisible(bool(text))
        self._model_wrong.setText(f"▲ {wrong}" if wrong else "")
        self._model_wrong.setVisible(bool(wrong))
        self._no_model.setVisible(not file)
        self._drop_model.setVisible(bool(file))
        self._choose_model.set_label(tr("Choose another file…") if file else tr("Choose…"))

    def show_classes(self, names: tuple[str, ...]) -> None:
        """Shows the model's classes, or the field to type them where it names none."""
        self._chips.show_classes(names)
        self._class_file.setVisible(not names)
        self._class_pages.setCurrentIndex(1 if names else 0)
        self._class_hint.setText(
            tr("Class names are read from the model.")
            if names
            else tr("One class per line, in the order of the number keys.")
        )

    @property
    def model_error(self) -> str:
        """Why the chosen model cannot be used."""
        return self._model_wrong.text().removeprefix("▲ ")

    @property
    def error_texts(self) -> tuple[str, str]:
        """Errors below the name and below the folder."""
        return self._name_field.error_text, self._folder_field.error_text

    def _build_name_card(self) -> QFrame:
        browse = self._make_button(
            tr("Choose…"),
            lambda: choose_folder(
                self, tr("Project location"), self._set_location, for_writing=True
            ),
            "L",
        )
        browse.setAccessibleName(tr("Choose project location"))
        framed, body = self._make_card(), QWidget()
        # on one line with the fields, also while something is said below one of them
        pressed = QVBoxLayout()
        pressed.setSpacing(self._theme.metrics.scale_px(2))
        pressed.addWidget(make_label(" ", size="caption"))
        pressed.addWidget(browse)
        pressed.addStretch()
        make_row(self._theme, (self._folder_field, 1), pressed, parent=body)
        site = FormField(self._theme, tr("Site (optional)"), self.site)
        get_box_layout(framed).addWidget(
            SideBySideLayout(
                self._theme, (self._name_field, 3), (body, 5), (site, 3), gap=8, top=True
            )
        )
        return framed

    def _make_card(self) -> QFrame:
        card = make_card(self._theme)
        self._cards.append(card)
        return card

    def _build_limits_row(self) -> QBoxLayout:
        """Fields for the limits on one line, in large text on two, each with its unit above it."""
        gap = captions.format_tolerance_input(project_limits.GapLimits().tolerance)
        names = (
            (tr("Gap limit, pp"), tr("Maximum gap in percentage points; empty: later")),
            (tr("Escape limit, %"), tr("Maximum escape rate in per cent; empty: later")),
            (
                tr("False-reject limit, %"),
                tr("Maximum false-reject rate in per cent; empty: later"),
            ),
            (tr("Latency limit, ms"), tr("Maximum latency in milliseconds; empty: later")),
            (tr("Limits set by"), tr("Name of the person who set the limits")),
        )
        self.limits = tuple(QLineEdit() for _ in names)
        a_line = len(names) if self._theme.metrics.percent < LARGE else ceil(len(names) / 2)
        rows = make_column(self._theme, gap=4)
        for index, ((short, name), field) in enumerate(zip(names, self.limits, strict=True)):
            if index % a_line == 0:
                row = make_row(self._theme)
                rows.addLayout(row)
            column = FormField(self._theme, short, field)
            field.setAccessibleName(name)
            field.setToolTip(make_plain_tip(name))
            field.textEdited.connect(self.edited)
            field.returnPressed.connect(self.created)
            row.addWidget(column, 1)
        self.limits[0].setPlaceholderText(tr("{points} (default limit)", points=gap))
        return rows

    def _set_location(self, folder: Path) -> None:
        self.folder.setText(str(folder))
        self.edited.emit()

    def _build_question_card(
        self, title: str, hint: QWidget, *buttons: KeyButton
    ) -> tuple[QFrame, QBoxLayout]:
        framed = self._make_card()
        inside = get_box_layout(framed)
        inside.addWidget(make_label(title, size="heading", wrap=True))
        inside.addWidget(hint)
        for button in buttons:
            line = make_row(self._theme, button)
            line.addStretch()
            inside.addLayout(line)
        return framed, inside

    def _build_footage_card(self) -> QFrame:
        self._no_footage = self._make_drop_zone(
            "film",
            tr("Drop videos or an image folder"),
            tr("Or add footage later."),
            self._prompt_for_videos,
        )
        videos = self._make_button(tr("Video files…"), self._prompt_for_videos, "V")
        folder = self._make_button(tr("Image folder…"), self._prompt_for_folder, "I")
        self._drop_footage = self._make_button(tr("Remove files"), self.footage_dropped.emit, "R")
        framed, inside = self._build_question_card(
            tr("1 Footage"), self._no_footage, videos, folder, self._drop_footage
        )
        self.footage = QListWidget()
        self.footage.setAccessibleName(tr("Footage to import"))
        _take_remaining_height(self._theme, self.footage)
        # Qt ignores the minimum height of a widget without a size hint, but not of its container.
        self._footage_facts = QWidget()
        make_column(self._theme, self.footage, parent=self._footage_facts)
        inside.addWidget(self._footage_facts, 1)
        inside.addStretch()
        return framed

    def _build_model_card(self) -> QFrame:
        self._no_model = self._make_drop_zone(
            "box",
            tr("Drop an .onnx file"),
            tr("Or continue without a model."),
            self._prompt_for_model,
        )
        self._choose_model = self._make_button(tr("Choose…"), self._prompt_for_model, "M")
        self._drop_model = self._make_button(
            tr("Continue without a model"), self.model_dropped.emit, "W"
        )
        framed, inside = self._build_question_card(
            tr("2 Model"), self._no_model, self._choose_model, self._drop_model
        )
        self.strip = JobStrip(self._theme)
        self._model_file, self._model_said = make_label(bold=True, wrap=True), make_label(wrap=True)
        self._model_wrong = make_label(tone="warn", wrap=True)
        for part in (self.strip, self._model_file, self._model_said, self._model_wrong):
            inside.addWidget(part)
        inside.addStretch()
        return framed

    def _build_classes_card(self) -> QFrame:
        self._class_hint = make_label(tone="quiet", wrap=True)
        self._class_file = self._make_button(tr("From file…"), self._prompt_for_classes, "C")
        framed, inside = self._build_question_card(
            tr("3 Classes"), self._class_hint, self._class_file
        )
        self.classes = QPlainTextEdit()
        self.classes.setAccessibleName(tr("Classes, one per line"))
        self.classes.setTabChangesFocus(True)
        _take_remaining_height(self._theme, self.classes)
        self.classes.ensurePolished()  # its scroll bars are as large as the style makes them
        least = self.classes.minimumSizeHint().height()
        self.classes.setMinimumHeight(max(self.classes.minimumHeight(), least))
        self._chips = ClassChips(self._theme)
        self._class_pages = QStackedWidget()
        self._class_pages.addWidget(self.classes)
        self._class_pages.addWidget(self._chips)
        inside.addWidget(self._class_pages, 1)
        return framed

    def _make_button(self, text: str, act: Callable[[], object], letter: str) -> KeyButton:
        """A button with Alt and a letter as its key: a letter alone belongs to the fields."""
        button = KeyButton(self._theme, text, f"Alt+{letter}", role="soft")
        button.clicked.connect(lambda _checked: act())
        key = QShortcut(QKeySequence(f"Alt+{letter}"), self)
        key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        key.activated.connect(button.click)
        return button

    def _make_drop_zone(
        self, icon: str, title: str, sentence: str, act: Callable[[], None]
    ) -> EntryButton:
        zone = EntryButton(self._theme, icon, title, sentence, "", dashed=True)
        zone.clicked.connect(lambda _checked: act())
        self._zones.append(zone)
        return zone

    def set_compact(self, compact: bool) -> None:
        """Less room within the cards, between them and around the places to drop files on."""
        px = self._theme.metrics.scale_px
        pad = px(COMPACT_PAD if compact else CARD_PAD)
        get_box_layout(self).setSpacing(px(COMPACT_GAP if compact else GAP))
        for card in self._cards:
            get_box_layout(card).setContentsMargins(pad, pad, pad, pad)
        for zone in self._zones:
            zone.set_compact(compact)

    def _prompt_for_videos(self) -> None:
        choose_files(self, tr("Choose video files"), make_video_filter(), self.footage_chosen.emit)

    def _prompt_for_folder(self) -> None:
        choose_folder(
            self, tr("Choose image folder"), lambda folder: self.footage_chosen.emit([folder])
        )

    def _prompt_for_classes(self) -> None:
        choose_file(
            self,
            tr("Choose class list"),
            f"{tr('Class lists')} (*.txt *.names);;{tr('All files')} (*)",
            self.class_file_chosen.emit,
        )

    def show_typed_classes(self, names: tuple[str, ...]) -> None:
        """These stand in the field, one a line."""
        self.classes.setPlainText("\n".join(names))

    def _prompt_for_model(self) -> None:
        choose_file(
            self, tr("Choose model"), f"{tr('ONNX models')} ({MODELS})", self.model_chosen.emit
        )


def _take_remaining_height(theme: Theme, field: QWidget) -> None:
    """A list that scrolls asks for little, so that the page does not."""
    field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
    field.setMinimumHeight(theme.metrics.scale_px(40))


MODEL_ENDING = ".onnx"
KEPT, LOOK, IMPORT = "home.wizard", "home.look", "capture.import"
CLASS_FILE = "home.class_file"
FORBIDDEN = '/\\:*?"<>|'
ABOUT_MODEL = (ModelRejected, CardRejected, CardNeeded)
ABOUT_PLACE = (ProjectExists, ReadOnlyPlace, DiskFull, PathMissing)


class NewProjectDisplay(Protocol):
    """What the presenter requires of the page."""

    def get_form(self) -> NewProjectForm: ...
    def fill_form(self, typed: NewProjectForm) -> None: ...
    def show_project_path(self, text: str) -> None: ...
    def show_errors(self, name: str = "", location: str = "", limit: str = "") -> None: ...
    def show_footage(self, names: list[str]) -> None: ...
    def show_model(self, file: str, text: str, wrong: str) -> None: ...
    def show_classes(self, names: tuple[str, ...]) -> None: ...
    def show_typed_classes(self, names: tuple[str, ...]) -> None: ...
    def show_job(self, job: Job | None) -> None: ...


class NewProjectPresenter:
    """Presenter of one new project. `changed()` is called when the header may change;
    `made(model, footage)` once the project is open: `model` where it lacks known preprocessing,
    `footage` the job that imports frames to try its card on."""

    def __init__(
        self,
        context: Context,
        view: NewProjectDisplay,
        changed: Callable[[], None],
        made: Callable[[Path | None, Job | None], None] = lambda *_: None,
    ) -> None:
        self._context, self._view, self._changed, self._made = context, view, changed, made
        self.asking = self.making = False
        self._here = self._lacks_card = False
        self._footage: list[Path] = []
        self._model: Path | None = None
        self._named_by_model: tuple[str, ...] = ()
        if KEPT in context.session_values:
            self._restore_form(json.loads(context.session_values.pop(KEPT)))

    def start_form(self) -> None:
        """Clears the form, unless it is already shown."""
        if not self.asking:
            self.asking = True
            self._footage = []
            self._clear_model()
            self._view.fill_form(
                NewProjectForm(folder=str(self._context.preferences.get_default_folder()))
            )
            self._view.show_errors()
        self._show_all()

    def enter(self) -> None:
        """The page is shown."""
        self._here = True
        self._view.show_job(self._context.runner.find_running(LOOK))
        self.on_fields_edited()

    def leave(self) -> None:
        """Saves the typed values, since the window may be rebuilt."""
        self._here = False
        if self.asking:
            model = str(self._model) if self._model else ""
            kept = {
                "typed": asdict(self._view.get_form()),
                "footage": [str(path) for path in self._footage],
                "model": model,
            }
            self._context.session_values[KEPT] = json.dumps(kept)

    def end(self) -> None:
        """Close the form."""
        self.asking = self.making = False
        self._context.session_values.pop(KEPT, None)

    def on_fields_edited(self) -> None:
        """Clears the errors of the form after an edit."""
        typed = self._view.get_form()
        self._view.show_errors()
        self._view.show_project_path(
            tr("Will create {path}", path=_get_project_path(typed))
            if typed.name
            else tr("Only the name is required.")
        )
        self._changed()

    @property
    def can_create(self) -> bool:
        """Whether there is a name and nothing is being made."""
        return bool(self._view.get_form().name) and not self.making

    def choose_footage(self, paths: list[Path]) -> None:
        """Selects files to import when the project is created."""
        self._footage += [path for path in paths if path not in self._footage]
        self._view.show_footage([path.name for path in self._footage])

    def drop_footage(self) -> None:
        """Removes the selected footage."""
        self._footage = []
        self._view.show_footage([])

    def on_files_dropped(self, paths: list[Path]) -> None:
        """Handles dropped files: a model file is chosen as the model, all others as footage."""
        models = [path for path in paths if path.suffix.lower() == MODEL_ENDING]
        if models:
            self.choose_model(models[0])
        self.choose_footage([path for path in paths if path not in models])

    def choose_model(self, path: Path) -> None:
        """Choose a model file and inspect it at once."""
        self._clear_model()
        self._model = path
        self._view.show_model(path.name, "", "")
        self._view.show_classes(())
        job = self._context.runner.run_job(
            self._view, lambda: tr("Analyse model"), partial(_load_model, path), key=LOOK
        )
        job.on_success(partial(self._on_model_loaded, path))
        job.on_failure(partial(self._on_model_failed, path))
        self._view.show_job(job)

    def load_classes(self, path: Path) -> None:
        """The classes are those that a file names, one a line."""
        self._context.messages.clear_banner(CLASS_FILE)
        try:
            classes = stored_models.read_classes(path)
        except FieldcheckError as error:
            self._context.messages.show_error(error, CLASS_FILE)
            return
        self._view.show_typed_classes(tuple(classes))

    def drop_model(self) -> None:
        """Start the project without a model."""
        job = self._context.runner.find_running(LOOK)
        if job is not None:
            job.cancel()
        self._clear_model()
        self._view.show_job(None)
        self._view.show_model("", "", "")
        self._view.show_classes(())

    def create_project(self) -> None:
        """Makes the project and opens it, or says below the field what is wrong with it. A model
        without a card comes afterwards."""
        typed = self._view.get_form()
        if self.making:
            return
        wrong_name, wrong_folder = _find_form_errors(typed)
        if wrong_name or wrong_folder:
            self._view.show_errors(wrong_name, wrong_folder)
            return
        if parse_limits(typed) is None:
            text = tr("Enter numbers, for example 3, 2, 5 and 40, or leave a field empty.")
            self._view.show_errors(limit=text)
            return
        self._context.run_once_free(self._make_project)

    def _make_project(self) -> None:
        self.making = True
        self._changed()
        typed, model = self._view.get_form(), None if self._lacks_card else self._model
        # The page may be gone by then: its footage comes in all the same.
        creating = self._context.current.create_project(
            self._context.messages,
            partial(_create_project, typed, model, bool(self._named_by_model)),
        )
        lacking = self._model if self._lacks_card else None
        creating.on_success(lambda _opened: self._on_created(self._footage, lacking))
        creating.on_failure(self._on_create_failed)

    def _on_created(self, footage: list[Path], model: Path | None) -> None:
        """The project is open: its footage comes in, and its model where that lacks a card."""
        self.end()
        job = None
        if footage:
            job = self._context.current.run_job(
                self._context.messages,
                lambda: tr("Import footage"),
                partial(_import_footage, footage),
                key=IMPORT,
            )
            job.on_success(self._on_footage_imported).on_failure(self._on_import_failed)
        self._made(model, job)

    def _on_footage_imported(self, brought: ImportResult) -> None:
        for path, error in brought.failed:
            self._context.messages.show_error(error, f"import {path}")

    def _on_import_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error, IMPORT)

    def _on_create_failed(self, error: BaseException) -> None:
        self.making = False
        if not is_alive(self._view):
            self._context.messages.show_error(error, KEPT)
            return
        # Before the file was inspected.
        if isinstance(error, CardNeeded) and _is_input_unknown(error):
            self._show_model_error(error)
            self._make_project()
            return
        if isinstance(error, ABOUT_MODEL):
            self._show_model_error(error)
        elif isinstance(error, ABOUT_PLACE):
            self._view.show_errors(location=format_error(error))
        else:
            self._context.messages.show_error(error, KEPT)
        self._changed()

    def _on_model_loaded(self, path: Path, inspected_model: InspectedModel) -> None:
        if path == self._model and self._here:
            card = inspected_model.card
            self._named_by_model = card.classes
            self._view.show_model(
                path.name,
                captions.format_model_summary(card.task, card.input.size, len(card.classes)),
                "",
            )
            self._view.show_classes(card.classes)

    def _on_model_failed(self, path: Path, error: BaseException) -> None:
        if path == self._model and self._here:
            self._view.show_job(None)
            self._show_model_error(error)

    def _show_model_error(self, error: BaseException) -> None:
        name = self._model.name if self._model else ""
        if isinstance(error, CardNeeded) and _is_input_unknown(error):
            self._lacks_card = True
            text = tr(
                "The model file does not define its preprocessing. You can set it after "
                "creating the project, with a preview of predictions."
            )
            self._view.show_model(name, text, "")
        elif isinstance(error, CardNeeded):
            self._view.show_model(
                name,
                tr("The model file has no class names: enter them on the right, in output order."),
                "",
            )
        else:
            self._view.show_model(name, "", format_error(error))

    def _clear_model(self) -> None:
        self._model, self._named_by_model, self._lacks_card = None, (), False

    def _restore_form(self, kept: dict[str, Any]) -> None:
        self.asking = True
        self._view.fill_form(NewProjectForm(**kept["typed"]))
        self._footage = [Path(path) for path in kept["footage"]]
        self._show_all()
        if kept["model"]:
            self.choose_model(Path(kept["model"]))

    def _show_all(self) -> None:
        self._view.show_footage([path.name for path in self._footage])
        if self._model is None:
            self._view.show_model("", "", "")
            self._view.show_classes(())


def _is_input_unknown(error: CardNeeded) -> bool:
    """Whether more is missing than the names of the classes, which are typed beside the model."""
    return error.fields != ("classes",)


def _get_project_path(typed: NewProjectForm) -> Path:
    return Path(typed.folder).expanduser().absolute() / f"{typed.name}{captions.ENDING}"


def _find_form_errors(typed: NewProjectForm) -> tuple[str, str]:
    """What is wrong with the name and with the folder, empty where nothing is."""
    if not typed.name:
        return tr("Enter a project name."), ""
    if any(letter in FORBIDDEN for letter in typed.name) or typed.name.startswith("."):
        return tr(
            "The name must not start with a dot or contain any of {letters}",
            letters=" ".join(FORBIDDEN),
        ), ""
    if not typed.folder:
        return "", tr("Choose a folder.")
    if _get_project_path(typed).parent.is_file():
        return "", tr("This is a file. Choose a folder.")
    if _get_project_path(typed).exists():
        return tr(
            "A project with this name already exists in this folder. Choose another name."
        ), ""
    return "", ""


def parse_class_names(typed: str) -> tuple[str, ...]:
    """One a line, each once; empty lines do not count."""
    return tuple(dict.fromkeys(line.strip() for line in typed.split("\n") if line.strip()))


def parse_limits(typed: NewProjectForm) -> dict[str, Any] | None:
    """Settings of the limits as they were typed; None where one is no number."""
    shares = {
        name: captions.parse_tolerance(text)
        for name, text in (
            ("gap", typed.gap),
            ("escape_rate", typed.escape),
            ("false_reject_rate", typed.reject),
        )
        if text
    }
    ms = captions.parse_milliseconds(typed.latency) if typed.latency else None
    entered_shares = {name: share for name, share in shares.items() if share is not None}
    if len(entered_shares) < len(shares) or (typed.latency and ms is None):
        return None
    return project_limits.make_limit_settings(
        entered_shares.pop("gap", None), entered_shares, ms, typed.by
    )


def _create_project(typed: NewProjectForm, model: Path | None, named: bool) -> Project:
    classes = None if named else parse_class_names(typed.classes) or None
    limits = parse_limits(typed) or {}
    return new_project.set_up_project(
        _get_project_path(typed),
        new_project.NewProjectRequest(model, classes=classes, site=typed.site, notes=limits),
        get_timestamp(),
    ).project


def _load_model(path: Path, progress: Progress) -> InspectedModel:
    inspected_model = stored_models.inspect_model(path)
    progress.check()
    return inspected_model


def _import_footage(paths: list[Path], project: Project, progress: Progress) -> ImportResult:
    return import_footage.import_each(
        project, paths, import_footage.FootageInfo(), progress, get_timestamp()
    )
