"""The Home screen: view of one page at a time (start, new project, overview, model card, trial),
and the presenter that says which page is shown, its header and its actions."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.paths import DEMO_PROJECT, FINISHED_DEMO, PACK_ENDING
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_layout
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_next_step, get_screen_name
from fieldcheck.ui.screens.home import captions
from fieldcheck.ui.screens.home.start_page import StartPage, StartPresenter
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.layouts import DropArea, set_focus_target

if TYPE_CHECKING:
    from fieldcheck.domain import frame
    from fieldcheck.domain.project_state import Changes
    from fieldcheck.ui.jobs import Job
    from fieldcheck.ui.screens.home import model_card_page, new_project, overview_page, trial
    from fieldcheck.ui.widgets import file_dialogs, pages
else:
    frame = LazyModule("fieldcheck.domain.frame")
    model_card_page = LazyModule("fieldcheck.ui.screens.home.model_card_page")
    overview_page = LazyModule("fieldcheck.ui.screens.home.overview_page")
    trial = LazyModule("fieldcheck.ui.screens.home.trial")
    new_project = LazyModule("fieldcheck.ui.screens.home.new_project")
    file_dialogs = LazyModule("fieldcheck.ui.widgets.file_dialogs")
    pages = LazyModule("fieldcheck.ui.widgets.pages")

START, WIZARD, OVERVIEW, CARD, TRIED, OPENING = (
    "start",
    "wizard",
    "overview",
    "card",
    "tried",
    "opening",
)
Page = TypeVar("Page", bound=QWidget)


class HomeView(DropArea):
    """`painted` comes once, when the screen is seen: reading the recent projects must not hold up
    the start. `dropped` carries the files that were dropped on it. The program starts with `start`;
    every other page is loaded and built when it is first asked for."""

    painted = Signal()
    _seen = Signal()

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._was_seen = self._compact = False
        self._pages: dict[str, QWidget] = {}
        # No page stack: it would reserve the space of its largest page.
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.start = self._add_page(START, StartPage(theme, actions))
        self._seen.connect(self.painted, Qt.ConnectionType.QueuedConnection)
        self.show_page(START)

    @cached_property
    def wizard(self) -> new_project.WizardPage:
        """A new project's questions."""
        return self._add_page(WIZARD, new_project.WizardPage(self._theme))

    @cached_property
    def overview(self) -> overview_page.OverviewPage:
        """The cards of the project that is open."""
        return self._add_page(OVERVIEW, overview_page.OverviewPage(self._theme, self._actions))

    @cached_property
    def card(self) -> model_card_page.ModelCardPage:
        """A model's card in the making."""
        return self._add_page(CARD, model_card_page.ModelCardPage(self._theme))

    @cached_property
    def tried(self) -> trial.TrialPage:
        """The page of a trial: a model's answer to a picture."""
        return self._add_page(TRIED, trial.TrialPage(self._theme))

    @cached_property
    def opening(self) -> pages.Placeholder:
        """The page while a project is being opened."""
        placeholder = pages.Placeholder(self._theme)
        placeholder.show_loading(tr("Opening the project …"))
        return self._add_page(OPENING, placeholder)

    def _add_page(self, name: str, page: Page) -> Page:
        page.hide()
        self._pages[name] = page
        self._column.addWidget(page)
        self._fit_page(page)
        return page

    def _fit_page(self, page: QWidget) -> None:
        if hasattr(page, "set_compact"):
            page.set_compact(self._compact)

    def show_page(self, name: str) -> None:
        """One of `start`, `wizard`, `overview`, `card`, `tried`, `opening`. Keys go to what the
        page is about."""
        self._page = name
        set_focus_target(self, None)
        shown = getattr(self, name)
        for page in self._pages.values():
            page.setVisible(page is shown)
        set_focus_target(
            self,
            self.start.recent if name == START else self.wizard.name if name == WIZARD else None,
        )

    @property
    def page(self) -> str:
        """The page that is shown."""
        return self._page

    def heightForWidth(self, width: int) -> int:
        """The least height of the cards, not the one that would be nicest: the model's pictures
        take the room that there is."""
        return (
            get_layout(self).totalMinimumHeightForWidth(width)
            if self._page == OVERVIEW
            else super().heightForWidth(width)
        )

    def prompt_for_trial(self, has_model: bool) -> None:
        """Lets the person choose what is otherwise dropped: a model and a picture, or a picture
        alone where there `has_model`."""
        if has_model:
            self._prompt_for_image()
        else:
            file_dialogs.choose_file(
                self,
                tr("Choose model"),
                f"{tr('ONNX models')} ({overview_page.MODELS})",
                self._prompt_for_image,
            )

    def set_compact(self, compact: bool) -> None:
        """Less decoration where there is little room."""
        self._compact = compact
        for page in self._pages.values():
            self._fit_page(page)

    def _prompt_for_image(self, *models: Path) -> None:
        file_dialogs.choose_file(
            self,
            tr("Choose image"),
            f"{tr('Images')} ({frame.format_patterns(frame.PICTURE_ENDINGS)})",
            lambda path: self.dropped.emit([*models, path]),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_seen:
            self._was_seen = True
            self._seen.emit()


if TYPE_CHECKING:
    from fieldcheck.domain import frame, project_state
    from fieldcheck.labels.formats import registry as exchange
    from fieldcheck.ui.screens.home import model_card_presenter, new_project, trial
    from fieldcheck.ui.screens.home import overview_presenter as overview
else:
    frame = LazyModule("fieldcheck.domain.frame")
    project_state = LazyModule("fieldcheck.domain.project_state")
    exchange = LazyModule("fieldcheck.labels.formats.registry")
    model_card_presenter = LazyModule("fieldcheck.ui.screens.home.model_card_presenter")
    new_project = LazyModule("fieldcheck.ui.screens.home.new_project")
    overview = LazyModule("fieldcheck.ui.screens.home.overview_presenter")
    trial = LazyModule("fieldcheck.ui.screens.home.trial")

MODEL_ENDING, DROPPED, LABELS = ".onnx", "capture.dropped", "pick.dropped"
LACKING = "home.lacking_card"  # path of a project that was just made, and of its model


class PagePresenter(Protocol):
    """Work of a page: what every one can do."""

    def enter(self) -> None: ...
    def leave(self) -> None: ...


PresenterType = TypeVar("PresenterType", bound=PagePresenter)


class HomePresenter:
    """Shows one page; what is done on it is the work of that page's presenter, each made when it is
    first needed: `begun(presenter, page, made)` is told then."""

    def __init__(
        self,
        context: Context,
        header: Header,
        view: HomeView,
        begun: Callable[[HomePresenter, str, Any], None] = lambda *_: None,
    ) -> None:
        self._context, self._header, self._view = context, header, view
        self._here = False
        self._page = ""
        self._on_presenter_added = begun
        self._begun: list[PagePresenter] = []
        self.start_presenter = self._add_presenter(
            START, StartPresenter(context, view.start, self._update_header)
        )
        self._new_project_presenter: new_project.NewProjectPresenter | None = None
        self._overview_presenter: overview.OverviewPresenter | None = None
        self._card_presenter: model_card_presenter.ModelCardPresenter | None = None
        self._trial_presenter: trial.TrialPresenter | None = None

    @property
    def new_project_presenter(self) -> new_project.NewProjectPresenter:
        """A new project's questions."""
        if self._new_project_presenter is None:
            presenter = new_project.NewProjectPresenter(
                self._context, self._view.wizard, self._update_header, self._on_project_made
            )
            self._new_project_presenter = self._add_presenter(WIZARD, presenter)
        return self._new_project_presenter

    @property
    def overview_presenter(self) -> overview.OverviewPresenter:
        """The cards of the project that is open."""
        if self._overview_presenter is None:
            presenter = overview.OverviewPresenter(
                self._context,
                self._view.overview,
                self._update_header,
                lambda model: self.card_presenter.start_card(model),
            )
            self._overview_presenter = self._add_presenter(OVERVIEW, presenter)
        return self._overview_presenter

    @property
    def card_presenter(self) -> model_card_presenter.ModelCardPresenter:
        """A model's card in the making."""
        if self._card_presenter is None:
            presenter = model_card_presenter.ModelCardPresenter(
                self._context, self._view.card, self._update_page
            )
            self._card_presenter = self._add_presenter(CARD, presenter)
        return self._card_presenter

    @property
    def trial_presenter(self) -> trial.TrialPresenter:
        """A model that is tried on a picture."""
        if self._trial_presenter is None:
            presenter = trial.TrialPresenter(self._context, self._view.tried, self._update_page)
            self._trial_presenter = self._add_presenter(TRIED, presenter)
        return self._trial_presenter

    def _add_presenter(self, page: str, presenter: PresenterType) -> PresenterType:
        self._begun.append(presenter)
        self._on_presenter_added(self, page, presenter)
        return presenter

    def _get_presenter(self, page: str) -> PagePresenter:
        if page == TRIED:
            return self.trial_presenter
        if page == WIZARD:
            return self.new_project_presenter
        if page == CARD:
            return self.card_presenter
        return self.overview_presenter if page == OVERVIEW else self.start_presenter

    def _has_begun(self, presenter: PagePresenter | None, page: str) -> bool:
        """Whether a page was worked on, also before the window was built anew; one that was never
        asked for stays unloaded."""
        return presenter is not None or f"home.{page}" in self._context.session_values

    def enter(self) -> None:
        """Called when the screen is shown."""
        self._here = True
        self._page = ""
        self._update_page()

    def leave(self) -> None:
        """Another screen is shown now."""
        self._leave_page()
        self._here = False

    def refresh(self, changes: Changes) -> None:
        """Another project, or something in it is other than it was."""
        if changes.act == "project.opened":
            self._on_project_opened()
            return
        if changes.act == "project.closed":
            self._end_model_pages()
        self._update_page()

    def on_primary_action(self) -> None:
        """Begins, makes, or goes on."""
        if self._page == TRIED:
            self.end_trial()
        elif self._page == CARD:
            self.card_presenter.apply_card()
        elif self._page == WIZARD:
            self.new_project_presenter.create_project()
        elif self._page == OVERVIEW:
            self._context.show_screen(get_next_step(self._context.current.status))
        elif self._page == START:
            self.start_presenter.run_offer()
            self._update_header()

    def escape(self) -> bool:
        """Cancel the edited card or form; returns whether there was one."""
        if self._page == OVERVIEW:
            return self.overview_presenter.cancel()
        if self._page == WIZARD:
            self.cancel_new()
            return True
        if self._page == CARD:
            self.end_card()
            return True
        if self._page == TRIED:
            self.end_trial()
            return True
        return False

    def open_sample(self) -> None:
        """Prepare the demo project and open it."""
        self.start_presenter.open_sample()
        self._update_header()

    def start_new_project(self) -> None:
        """Asks the questions of a new project."""
        self.new_project_presenter.start_form()
        self._update_page()

    def cancel_new(self) -> None:
        """Back to where the questions were asked from; nothing was made."""
        if not self.new_project_presenter.making:
            self.new_project_presenter.end()
            self._update_page()

    def edit_card(self) -> None:
        """Turns the card of the project's model into fields."""
        self.card_presenter.start_card(None)

    def end_card(self) -> None:
        """Back to the cards; the model's is as it was."""
        if not self.card_presenter.taking:
            self.card_presenter.end()
            self._update_page()

    def end_trial(self) -> None:
        """Back to the page on which the model was dropped."""
        self.trial_presenter.end()
        self._update_page()

    def on_files_dropped(self, paths: list[Path]) -> None:
        """Files were dropped on the window: a project is opened, a new one's questions take what
        answers them, labels, videos and folders are imported, a model alone is taken, anything else
        is tried."""
        models = [path for path in paths if path.suffix.lower() == MODEL_ENDING]
        footage = [
            path for path in paths if path.is_dir() or path.suffix.lower() in frame.VIDEO_ENDINGS
        ]
        projects = [
            path
            for path in paths
            if path.suffix == (captions.ENDING if path.is_dir() else PACK_ENDING)
        ]
        if projects:
            self.open_project(projects[0])
        elif self._page == WIZARD:
            self.new_project_presenter.on_files_dropped(paths)
        elif self._page == CARD:
            self.card_presenter.on_files_dropped(paths)
        elif self._page == START and len(models) + len(footage) == len(paths):
            self.start_new_project()
            self.new_project_presenter.on_files_dropped(paths)
        elif len(paths) == 1 and not models and self._context.current.project is not None:
            (path,) = paths
            reading = self._context.current.query(self._view, lambda _: exchange.has_labels(path))
            reading.on_success(partial(self._on_labels_checked, paths, footage)).on_failure(
                self._context.messages.show_error
            )
        else:
            self._use_dropped_files(paths, footage)

    def _on_labels_checked(self, paths: list[Path], footage: list[Path], labels: bool) -> None:
        """Labels are imported for the picks, whatever else was dropped is taken as such."""
        if labels and not self._context.current.writable:
            self._context.messages.warn_read_only()
        elif labels:
            self._context.session_values[LABELS] = str(paths[0])
            self._context.show_screen("pick")
        else:
            self._use_dropped_files(paths, footage)

    def _use_dropped_files(self, paths: list[Path], footage: list[Path]) -> None:
        """Footage is imported, a model alone taken, anything else tried."""
        models = [path for path in paths if path.suffix.lower() == MODEL_ENDING]
        if footage and self._context.current.project is not None:
            self._context.session_values[DROPPED] = json.dumps([str(path) for path in footage])
            self._context.show_screen("capture")
        elif models == paths and self._page == OVERVIEW:
            if self._context.current.writable:
                self.overview_presenter.set_model(paths[0])
            else:
                self._context.messages.warn_read_only()
        else:
            self.trial_presenter.on_files_dropped(paths)

    def open_project(self, path: Path | str) -> None:
        """Opens a project folder, or what a pack holds."""
        self.start_presenter.open_project(Path(path))

    def _on_project_opened(self) -> None:
        self._end_model_pages()
        if self._new_project_presenter is not None:
            self._new_project_presenter.end()
        if self._overview_presenter is not None:
            self._overview_presenter.on_project_opened()
        project, standing = self._context.current.project, self._context.current.status
        continued, self.start_presenter.continued = self.start_presenter.continued, None
        self._update_page()
        if project is None or project.path != continued or standing is None:
            return
        if standing.n_left > 0:
            self._context.show_screen("label")
        elif project.path.name == FINISHED_DEMO:
            self._context.show_screen("report")

    def _on_project_made(self, model: Path | None, footage: Job | None) -> None:
        """A new project is open: a `model` that does not say how it is fed is asked about, here or
        when this screen is shown again."""
        if model is not None and self._here:
            self.card_presenter.start_card(model, footage)
        elif self._here:
            self._update_page()
        elif model is not None and (project := self._context.current.project) is not None:
            self._context.session_values[LACKING] = json.dumps([str(project.path), str(model)])
            self._context.current.refresh(project_state.Changes("job"))

    def _ask_about_card(self) -> None:
        """Asks about the model of a project that was made while its page was not shown."""
        project = self._context.current.project
        if self._here and project is not None and LACKING in self._context.session_values:
            path, model = json.loads(self._context.session_values.pop(LACKING))
            if path == str(project.path):
                footage = self._context.runner.find_running(new_project.IMPORT)
                self.card_presenter.start_card(Path(model), footage)

    def _update_page(self) -> None:
        """The page that fits, entered where it is another one than before."""
        self._ask_about_card()
        page = self._get_page()
        if page != self._page:
            self._leave_page()
            self._page = page
            self._view.show_page(page)
        self._get_presenter(page).enter()
        self._update_header()

    def _get_page(self) -> str:
        if self._has_begun(self._trial_presenter, TRIED) and self.trial_presenter.trying:
            return TRIED
        if (
            self._has_begun(self._new_project_presenter, WIZARD)
            and self.new_project_presenter.asking
        ):
            return WIZARD
        if self._context.current.project is None:
            return OPENING if self._context.current.opening else START
        if self._has_begun(self._card_presenter, CARD) and self.card_presenter.carding:
            return CARD
        return OVERVIEW

    def _end_model_pages(self) -> None:
        """Close the card and trial pages, because another project is open."""
        if self._card_presenter is not None:
            self._card_presenter.end()
        if self._trial_presenter is not None:
            self._trial_presenter.end()

    def _leave_page(self) -> None:
        for presenter in self._begun:
            presenter.leave()

    def _update_header(self) -> None:
        """The header, and the actions of this page."""
        if not self._here or not self._page:
            return
        actions, writable = self._context.actions, self._context.current.writable
        for name in ("project.sample", "project.open", "project.open_pack"):
            actions.set_enabled(name, self._page == START and not self.start_presenter.is_preparing)
        rests = (
            self._page == OVERVIEW
            and self.overview_presenter.is_read
            and not self.overview_presenter.editing
        )
        for name in (
            "project.edit_site",
            "project.edit_acceptance",
            "project.edit_parts",
            "project.edit_limits",
            "project.set_model",
            "project.set_benchmark",
        ):
            actions.set_enabled(name, rests and writable)
        actions.set_enabled(
            "project.confirm_ok",
            rests and writable and self.overview_presenter.has_unconfirmed_ok_classes,
        )
        has_model = rests and self.overview_presenter.has_model
        actions.set_enabled("project.edit_card", has_model and writable)
        actions.set_enabled("project.check_model", has_model)
        actions.set_enabled(
            "project.edit_claim", rests and writable and self.overview_presenter.has_benchmark
        )
        self._header.show_head(self._build_heading())

    def _build_heading(self) -> ScreenHeading:
        title = get_screen_name("project")
        if self._page == WIZARD:
            hint = tr("Only the name is required; everything else can be added later.")
            return ScreenHeading(
                title, hint, tr("Create project"), self.new_project_presenter.can_create
            )
        if self._page == CARD:
            return ScreenHeading(
                title,
                tr("Change a field to see its effect on the predictions."),
                tr("Use this model card"),
                self.card_presenter.can_apply,
            )
        if self._page == TRIED:
            return ScreenHeading(
                title,
                tr("Preview only: model and image are not copied or saved."),
                tr("Done"),
                True,
            )
        if self._page == OVERVIEW:
            can = self.overview_presenter.is_read and not self.overview_presenter.editing
            step = get_screen_name(get_next_step(self._context.current.status))
            hint = tr("Check site, model, benchmark and limits.")
            project = self._context.current.project
            name = project.path.name if project is not None else ""
            return ScreenHeading(
                title,
                hint,
                tr("Continue: {step}", step=step),
                can,
                secondary={DEMO_PROJECT: "tour", FINISHED_DEMO: "label_demo"}.get(name, ""),
            )
        if self._page == OPENING:
            return ScreenHeading(title)
        return ScreenHeading(
            tr("Projects"),
            "",
            captions.format_offer(self.start_presenter.offer),
            self.start_presenter.can_run_offer,
        )

    def prompt_for_project(self) -> None:
        """Asks for a project folder, and opens it."""
        self._view.start.prompt_for_project()

    def prompt_for_pack(self) -> None:
        """Asks for an evidence pack, and opens it."""
        self._view.start.prompt_for_pack()

    def prompt_for_trial(self) -> None:
        """Asks for an image, and for a model where there is none, and tries the model on it."""
        self._view.prompt_for_trial(self.trial_presenter.has_model)


def build_screen(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = HomeView(context.theme, context.actions)
    presenter = HomePresenter(context, header, view, partial(_connect_page, view))
    view.painted.connect(presenter.start_presenter.on_painted)
    view.dropped.connect(presenter.on_files_dropped)
    view.start.open_requested.connect(presenter.open_project)
    view.start.folder_chosen.connect(presenter.open_project)
    return Screen(view, presenter, view)


def _connect_page(view: HomeView, presenter: HomePresenter, page: str, page_presenter: Any) -> None:
    """What is done on a page reaches its presenter, which has just been made."""
    if page == START:
        view.start.remove_requested.connect(page_presenter.remove_recent)
        view.start.project_located.connect(page_presenter.on_project_located)
    elif page == WIZARD:
        view.wizard.edited.connect(page_presenter.on_fields_edited)
        view.wizard.footage_chosen.connect(page_presenter.choose_footage)
        view.wizard.footage_dropped.connect(page_presenter.drop_footage)
        view.wizard.model_chosen.connect(page_presenter.choose_model)
        view.wizard.model_dropped.connect(page_presenter.drop_model)
        view.wizard.class_file_chosen.connect(page_presenter.load_classes)
        view.wizard.created.connect(presenter.on_primary_action)
        view.wizard.cancelled.connect(presenter.cancel_new)
    elif page == CARD:
        view.card.edited.connect(page_presenter.on_fields_edited)
        view.card.chosen.connect(page_presenter.choose)
        view.card.cancelled.connect(presenter.end_card)
        view.card.classes_requested.connect(
            lambda: view.card.prompt_for_classes(page_presenter.load_classes)
        )
    elif page == OVERVIEW:
        view.overview.site.saved.connect(page_presenter.save_site)
        view.overview.acceptance.saved.connect(page_presenter.save_acceptance)
        view.overview.parts.edited.connect(page_presenter.preview_parts)
        view.overview.parts.saved.connect(page_presenter.save_parts)
        view.overview.limits.saved.connect(page_presenter.save_limits)
        view.overview.benchmark.saved.connect(page_presenter.save_claim)
        view.overview.placeholder.retry_requested.connect(page_presenter.enter)
        cards = view.overview
        for card in (
            cards.benchmark, cards.site, cards.limits, cards.acceptance, cards.parts
        ):  # fmt: skip
            card.cancelled.connect(page_presenter.cancel)
