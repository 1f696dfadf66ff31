"""The home screen: one of three pages. Without a project that to begin from, a new one's questions, or the open one's cards."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldcheck.ui.look.theme import Look
from fieldcheck.ui.screens.home.overview import OverviewPage
from fieldcheck.ui.screens.home.start import StartPage
from fieldcheck.ui.screens.home.wizard import WizardPage
from fieldcheck.ui.shell.actions import Actions

START, WIZARD, OVERVIEW = "start", "wizard", "overview"


class HomeView(QWidget):
    """`painted` comes once, when the screen is seen: reading the recent projects must not hold up the start."""

    painted = Signal()
    _seen = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._was_seen = False
        self.start, self.overview = StartPage(look, actions), OverviewPage(look, actions)
        self.wizard = WizardPage(look)
        self._pages = {START: self.start, WIZARD: self.wizard, OVERVIEW: self.overview}
        column = QVBoxLayout(self)  # no stack: that asks for the room of its largest page, also while another one is shown
        column.setContentsMargins(0, 0, 0, 0)
        for page in self._pages.values():
            column.addWidget(page)
        self._seen.connect(self.painted, Qt.ConnectionType.QueuedConnection)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_page(START)

    def show_page(self, name: str) -> None:
        """One of `start`, `wizard`, `overview`. Keys go to what the page is about."""
        had, proxy = self.hasFocus(), {START: self.start.recent, WIZARD: self.wizard.name}.get(name)
        self._page = name
        for one, page in self._pages.items():
            page.setVisible(one == name)
        if self.focusProxy() is not proxy:
            self.setFocusProxy(proxy)
            if had:
                self.setFocus()

    @property
    def page(self) -> str:
        """The page that is shown."""
        return self._page

    def set_compact(self, compact: bool) -> None:
        """Less decoration where there is little room."""
        self.start.set_compact(compact)
        self.overview.set_compact(compact)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_seen:
            self._was_seen = True
            self._seen.emit()
