"""The home screen, one page at a time: that to begin from, a new project's questions, the open one's cards, a model's card in the making,
or a model that is tried."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fieldcheck.ui.look.theme import Look
from fieldcheck.ui.screens.home.card_page import CardPage
from fieldcheck.ui.screens.home.overview import MODELS, OverviewPage
from fieldcheck.ui.screens.home.start import StartPage
from fieldcheck.ui.screens.home.tried import TriedPage
from fieldcheck.ui.screens.home.wizard import WizardPage
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.widgets.choose import choose_file
from fieldcheck.ui.widgets.focus import lead_focus
from fieldcheck.words.language import text

START, WIZARD, OVERVIEW, CARD, TRIED = "start", "wizard", "overview", "card", "tried"
PICTURES = "*.png *.jpg *.jpeg *.bmp *.tif *.tiff *.webp"


class HomeView(QWidget):
    """`painted` comes once, when the screen is seen: reading the recent projects must not hold up the start. `dropped` carries the files
    that were dropped on it."""

    painted = Signal()
    dropped = Signal(object)
    _seen = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._was_seen = False
        self.start, self.overview = StartPage(look, actions), OverviewPage(look, actions)
        self.wizard, self.card, self.tried = WizardPage(look), CardPage(look), TriedPage(look)
        self._pages = {START: self.start, WIZARD: self.wizard, OVERVIEW: self.overview, CARD: self.card, TRIED: self.tried}
        column = QVBoxLayout(self)  # no stack: that asks for the room of its largest page, also while another one is shown
        column.setContentsMargins(0, 0, 0, 0)
        for page in self._pages.values():
            column.addWidget(page)
        self._seen.connect(self.painted, Qt.ConnectionType.QueuedConnection)
        self.setAcceptDrops(True)
        self.show_page(START)

    def show_page(self, name: str) -> None:
        """One of `start`, `wizard`, `overview`, `card`, `tried`. Keys go to what the page is about."""
        self._page = name
        lead_focus(self, None)
        for one, page in self._pages.items():
            page.setVisible(one == name)
        lead_focus(self, {START: self.start.recent, WIZARD: self.wizard.name}.get(name))

    @property
    def page(self) -> str:
        """The page that is shown."""
        return self._page

    def ask_to_try(self, has_model: bool) -> None:
        """Lets the person choose what is otherwise dropped: a model and a picture, or a picture alone where there `has_model`."""
        if has_model:
            self._ask_picture()
        else:
            choose_file(self, text("Choose the model"), f"{text('ONNX models')} ({MODELS})", self._ask_picture)

    def set_compact(self, compact: bool) -> None:
        """Less decoration where there is little room."""
        self.start.set_compact(compact)
        self.overview.set_compact(compact)

    def _ask_picture(self, *models: Path) -> None:
        choose_file(self, text("Choose a picture"), f"{text('Pictures')} ({PICTURES})", lambda path: self.dropped.emit([*models, path]))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.dropped.emit(paths)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_seen:
            self._was_seen = True
            self._seen.emit()
