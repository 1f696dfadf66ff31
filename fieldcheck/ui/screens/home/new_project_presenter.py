"""Presenter of the new project's page: the model is looked at while the person goes on, and everything is made at the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.errors import CardNeeded, CardRejected, DiskFull, ModelRejected, PathMissing, ProjectExists, ReadOnlyPlace
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.home import captions
from fieldcheck.ui.screens.home.wizard import NewProjectForm
from fieldcheck.ui.widgets.job_strip import find_running_job
from fieldcheck.words.language import tr
from fieldcheck.words.sentences import format_error

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.footage import import_footage, import_many
    from fieldcheck.workflows.footage.import_many import ImportResult
    from fieldcheck.workflows.models import models as stored_models
    from fieldcheck.workflows.models.models import InspectedModel
    from fieldcheck.workflows.project import new_project
else:
    import_footage = LazyModule("fieldcheck.workflows.footage.import_footage")
    import_many = LazyModule("fieldcheck.workflows.footage.import_many")
    stored_models = LazyModule("fieldcheck.workflows.models.models")
    new_project = LazyModule("fieldcheck.workflows.project.new_project")

MODEL_ENDING = ".onnx"
KEPT, LOOK, IMPORT = "home.wizard", "home.look", "capture.import"
FORBIDDEN = '/\\:*?"<>|'
ABOUT_MODEL = (ModelRejected, CardRejected, CardNeeded)
ABOUT_PLACE = (ProjectExists, ReadOnlyPlace, DiskFull, PathMissing)


class NewProjectDisplay(Protocol):
    """All that is known of the page here."""

    def get_form(self) -> NewProjectForm: ...
    def fill_form(self, typed: NewProjectForm) -> None: ...
    def show_project_path(self, said: str) -> None: ...
    def show_errors(self, name: str = "", place: str = "") -> None: ...
    def show_footage(self, names: list[str]) -> None: ...
    def show_model(self, file: str, said: str, wrong: str) -> None: ...
    def show_classes(self, names: tuple[str, ...]) -> None: ...
    def show_job(self, job: Job | None) -> None: ...


class NewProjectPresenter:
    """One round of questions. `changed()` is called when the header may say something else, `card_needed(path, footage)` for a model that
    does not say how it is fed, as soon as its project is open; `footage` is the job that brings in the frames to try the card on."""

    def __init__(
        self,
        context: Context,
        view: NewProjectDisplay,
        changed: Callable[[], None],
        card_needed: Callable[[Path, Job | None], None] = lambda *_: None,
    ) -> None:
        self._context, self._view, self._changed, self._card_needed = context, view, changed, card_needed
        self.asking = self.making = False
        self._here = self._lacks_card = False
        self._footage: list[Path] = []
        self._model: Path | None = None
        self._named_by_model: tuple[str, ...] = ()
        if KEPT in context.session_values:
            self._restore_form(json.loads(context.session_values.pop(KEPT)))

    def start_form(self) -> None:
        """Asks anew, unless the questions stand there already."""
        if not self.asking:
            self.asking = True
            self._footage = []
            self._clear_model()
            self._view.fill_form(NewProjectForm(place=str(self._context.preferences.get_default_folder())))
            self._view.show_errors()
        self._show_all()

    def enter(self) -> None:
        """The page is shown."""
        self._here = True
        self._view.show_job(find_running_job(self._context.runner, LOOK))
        self.on_fields_edited()

    def leave(self) -> None:
        """Keeps what was said: the window may be built anew."""
        self._here = False
        if self.asking:
            model = str(self._model) if self._model else ""
            kept = {"typed": asdict(self._view.get_form()), "footage": [str(path) for path in self._footage], "model": model}
            self._context.session_values[KEPT] = json.dumps(kept)

    def end(self) -> None:
        """Nothing is asked any more."""
        self.asking = self.making = False
        self._context.session_values.pop(KEPT, None)

    def on_fields_edited(self) -> None:
        """A field holds something else: what was wrong with it counts no longer."""
        typed = self._view.get_form()
        self._view.show_errors()
        self._view.show_project_path(
            tr("Will create {path}").format(path=_get_project_path(typed)) if typed.name else tr("Only the name is required.")
        )
        self._changed()

    @property
    def can_create(self) -> bool:
        """Whether there is a name and nothing is being made."""
        return bool(self._view.get_form().name) and not self.making

    def choose_footage(self, paths: list[Path]) -> None:
        """These come in when the project is made, too."""
        self._footage += [path for path in paths if path not in self._footage]
        self._view.show_footage([path.name for path in self._footage])

    def drop_footage(self) -> None:
        """None comes in."""
        self._footage = []
        self._view.show_footage([])

    def on_files_dropped(self, paths: list[Path]) -> None:
        """Files were dropped on the page: a model answers the second question, anything else the first."""
        models = [path for path in paths if path.suffix.lower() == MODEL_ENDING]
        if models:
            self.choose_model(models[0])
        self.choose_footage([path for path in paths if path not in models])

    def choose_model(self, path: Path) -> None:
        """Looks at the file at once."""
        self._clear_model()
        self._model = path
        self._view.show_model(path.name, "", "")
        self._view.show_classes(())
        job = self._context.runner.start_job(
            lambda: tr("Analyse model"),
            partial(_load_model, path),
            partial(self._on_model_loaded, path),
            partial(self._on_model_failed, path),
        )
        job.setObjectName(LOOK)
        self._view.show_job(job)

    def drop_model(self) -> None:
        """The project begins without one."""
        job = find_running_job(self._context.runner, LOOK)
        if job is not None:
            job.cancel()
        self._clear_model()
        self._view.show_job(None)
        self._view.show_model("", "", "")
        self._view.show_classes(())

    def create_project(self) -> None:
        """Makes the project and opens it, or says below the field what is wrong with it. A model without a card comes afterwards."""
        typed = self._view.get_form()
        if self.making:
            return
        wrong_name, wrong_place = _find_form_errors(typed)
        if wrong_name or wrong_place:
            self._view.show_errors(wrong_name, wrong_place)
            return
        self.making = True
        self._changed()
        model = None if self._lacks_card else self._model
        self._context.current.create_project(partial(_create_project, typed, model, bool(self._named_by_model)), self._on_create_failed)

    def on_project_opened(self) -> None:
        """A project was opened: where it is the one that was made here, its footage comes in, and its model where that lacks a card."""
        made, footage, model = self.making, self._footage, self._model if self._lacks_card else None
        self.end()
        if not made:
            return
        job = None
        if footage:
            job = self._context.current.run_job(
                lambda: tr("Import footage"), partial(_import_footage, footage), self._on_footage_imported, self._on_import_failed
            )
            if job is not None:
                job.setObjectName(IMPORT)
        if model is not None:
            self._card_needed(model, job)

    def _on_footage_imported(self, brought: ImportResult) -> None:
        for path, error in brought.failed:
            self._context.messages.show_error(error, f"import {path}")

    def _on_import_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error, IMPORT)

    def _on_create_failed(self, error: BaseException) -> None:
        self.making = False
        if isinstance(error, CardNeeded) and _is_input_unknown(error):  # before the look at the file had come to it
            self._show_model_error(error)
            self.create_project()
            return
        if isinstance(error, ABOUT_MODEL):
            self._show_model_error(error)
        elif isinstance(error, ABOUT_PLACE):
            self._view.show_errors(place=format_error(error))
        else:
            self._context.messages.show_error(error, KEPT)
        self._changed()

    def _on_model_loaded(self, path: Path, found: InspectedModel) -> None:
        if path == self._model and self._here:
            card = found.card
            self._named_by_model = card.classes
            self._view.show_model(path.name, captions.format_model_summary(card.task, card.input.size, len(card.classes)), "")
            self._view.show_classes(card.classes)

    def _on_model_failed(self, path: Path, error: BaseException) -> None:
        if path == self._model and self._here:
            self._view.show_job(None)
            self._show_model_error(error)

    def _show_model_error(self, error: BaseException) -> None:
        name = self._model.name if self._model else ""
        if isinstance(error, CardNeeded) and _is_input_unknown(error):
            self._lacks_card = True
            said = tr(
                "The model file does not define its preprocessing. You can set it after creating the project, with a "
                "preview of predictions."
            )
            self._view.show_model(name, said, "")
        elif isinstance(error, CardNeeded):
            self._view.show_model(name, tr("The model file has no class names: enter them on the right, in output order."), "")
        else:
            reason = format_error(error)
            self._view.show_model(name, "", reason)

    def _clear_model(self) -> None:
        self._model, self._named_by_model, self._lacks_card = None, (), False

    def _restore_form(self, kept: dict[str, Any]) -> None:
        self.asking = True
        self._view.fill_form(NewProjectForm(**kept["typed"]))
        self._footage = [Path(one) for one in kept["footage"]]
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
    return Path(typed.place).expanduser().absolute() / f"{typed.name}{captions.ENDING}"


def _find_form_errors(typed: NewProjectForm) -> tuple[str, str]:
    """What is wrong with the name and with the place, empty where nothing is."""
    if not typed.name:
        return tr("Enter a project name."), ""
    if any(letter in FORBIDDEN for letter in typed.name) or typed.name.startswith("."):
        return tr("The name must not start with a dot or contain any of {letters}").format(letters=" ".join(FORBIDDEN)), ""
    if not typed.place:
        return "", tr("Choose a folder.")
    if _get_project_path(typed).parent.is_file():
        return "", tr("This is a file. Choose a folder.")
    if _get_project_path(typed).exists():
        return tr("A project with this name already exists in this folder. Choose another name."), ""
    return "", ""


def parse_class_names(typed: str) -> tuple[str, ...]:
    """One a line, each once; empty lines do not count."""
    return tuple(dict.fromkeys(line.strip() for line in typed.split("\n") if line.strip()))


def _create_project(typed: NewProjectForm, model: Path | None, named: bool) -> Project:
    classes = None if named else parse_class_names(typed.classes) or None
    return new_project.set_up_project(
        _get_project_path(typed), new_project.NewProjectRequest(model, classes=classes, site=typed.site), get_timestamp()
    ).project


def _load_model(path: Path, progress: Progress) -> InspectedModel:
    found = stored_models.inspect_model(path)
    progress.check()
    return found


def _import_footage(paths: list[Path], project: Project, progress: Progress) -> ImportResult:
    return import_many.import_each(project, paths, import_footage.FootageInfo(), progress, get_timestamp())
