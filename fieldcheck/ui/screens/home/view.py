"""The Home screen, one page at a time: start, new project, overview, model card, or trial."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_layout
from fieldcheck.ui.screens.home.start_page import StartPage
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.file_dialogs import choose_file
from fieldcheck.ui.widgets.layouts import DropArea, set_focus_target

if TYPE_CHECKING:
    from fieldcheck.domain import frame
    from fieldcheck.ui.screens.home import model_card_page, new_project, overview_page, trial
    from fieldcheck.ui.widgets import pages
else:
    frame = LazyModule("fieldcheck.domain.frame")
    model_card_page = LazyModule("fieldcheck.ui.screens.home.model_card_page")
    overview_page = LazyModule("fieldcheck.ui.screens.home.overview_page")
    trial = LazyModule("fieldcheck.ui.screens.home.trial")
    new_project = LazyModule("fieldcheck.ui.screens.home.new_project")
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

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
        made = pages.Placeholder(self._theme)
        made.show_loading(tr("Opening the project …"))
        return self._add_page(OPENING, made)

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
            choose_file(
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
        choose_file(
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
