"""The list of pages on the left, the page on the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from fieldcheck.ui.narrowing import content
from fieldcheck.ui.screens.help.blocks import SCHEME, HelpPage, html, style
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.plain import card, row
from fieldcheck.words.language import text

LIST_WIDTH, READABLE = 264, 760


class HelpView(QWidget):
    """`wanted(name)`: somebody chose a page, in the list or by a link."""

    wanted = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.list = QListWidget()
        self.list.setAccessibleName(text("Help topics"))
        self.list.setFixedWidth(look.metrics.px(LIST_WIDTH))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page = QTextBrowser()
        self.page.setObjectName("reader")
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setOpenLinks(False)  # links lead to pages of this help; nothing is ever fetched
        self.page.setMaximumWidth(look.metrics.px(READABLE))
        self.page.document().setDefaultStyleSheet(style(look.tokens, look.metrics))
        self.page.document().setDocumentMargin(0)
        frame = card(look, QHBoxLayout())
        content(frame).addWidget(self.page, 1)
        content(frame).addStretch()
        row(look, self.list, (frame, 1), gap=12, on=self)
        self.list.currentRowChanged.connect(self._chosen)
        self.page.anchorClicked.connect(self._followed)

    def show_list(self, pages: tuple[HelpPage, ...]) -> None:
        """The titles of all pages."""
        self.list.blockSignals(True)
        self.list.clear()
        for page in pages:
            item = QListWidgetItem(page.title)
            item.setData(Qt.ItemDataRole.UserRole, page.name)
            item.setSizeHint(QSize(0, self._look.metrics.target))
            self.list.addItem(item)
        self.list.blockSignals(False)

    def show_page(self, at: int, page: HelpPage) -> None:
        """The page that is number `at` in the list, from its beginning."""
        self.list.blockSignals(True)
        self.list.setCurrentRow(at)
        self.list.blockSignals(False)
        self.page.setHtml(html(page))
        self.page.setAccessibleName(text("Help: {page}").format(page=page.title))

    def _chosen(self, at: int) -> None:
        self.wanted.emit(self.list.item(at).data(Qt.ItemDataRole.UserRole))

    def _followed(self, link: QUrl) -> None:
        self.wanted.emit(link.toString().removeprefix(SCHEME))
