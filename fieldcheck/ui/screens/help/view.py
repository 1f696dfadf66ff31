"""The list of pages on the left, the page on the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from fieldcheck.ui.narrowing import get_box_layout
from fieldcheck.ui.screens.help.blocks import SCHEME, HelpPage, build_style_sheet, render_html
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.plain import make_card, make_row
from fieldcheck.words.language import tr

LIST_WIDTH, READABLE = 264, 760


class HelpView(QWidget):
    """`page_requested(name)`: somebody chose a page, in the list or by a link."""

    page_requested = Signal(str)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Help topics"))
        self.list.setFixedWidth(look.metrics.scale_px(LIST_WIDTH))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.page = QTextBrowser()
        self.page.setObjectName("reader")
        self.page.setFrameShape(QFrame.Shape.NoFrame)
        self.page.setOpenLinks(False)  # links lead to pages of this help; nothing is ever fetched
        self.page.setMaximumWidth(look.metrics.scale_px(READABLE))
        self.page.document().setDefaultStyleSheet(build_style_sheet(look.tokens, look.metrics))
        self.page.document().setDocumentMargin(0)
        frame = make_card(look, QHBoxLayout())
        get_box_layout(frame).addWidget(self.page, 1)
        get_box_layout(frame).addStretch()
        make_row(look, self.list, (frame, 1), gap=12, on=self)
        self.list.currentRowChanged.connect(self._on_page_chosen)
        self.page.anchorClicked.connect(self._on_link_followed)

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
        self.page.setHtml(render_html(page))
        self.page.setAccessibleName(tr("Help: {page}").format(page=page.title))

    def _on_page_chosen(self, at: int) -> None:
        self.page_requested.emit(self.list.item(at).data(Qt.ItemDataRole.UserRole))

    def _on_link_followed(self, link: QUrl) -> None:
        self.page_requested.emit(link.toString().removeprefix(SCHEME))
