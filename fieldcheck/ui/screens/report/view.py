"""Page list, page, panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QListView, QListWidget, QListWidgetItem, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from fieldcheck.ui.screens.report.form_page import FormPage
from fieldcheck.ui.screens.report.page_canvas import WHOLE, WIDTH, PageCanvas
from fieldcheck.ui.screens.report.panel import WORST_HEIGHT, ReportPanel
from fieldcheck.ui.screens.report.sheets import PageImage
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.pages import PageStack
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import make_label, make_row
from fieldcheck.words.language import tr

THUMB, LIST_WIDTH, A4 = 120, 160, 297 / 210
OUTLINE = (
    (0.1, 0, 0.8, 0.16),
    (0.1, 0.18, 0.8, 0.1),
    *((0.1 + 0.2 * column, 0.3, 0.2, 0.22) for column in range(4)),
    (0.1, 0.54, 0.8, 0.46),
)


class ReportView(QWidget):
    """`page_wanted(at)`: another page, counted from 0. `actions` gives an action and the key on its button by name."""

    page_wanted = Signal(int)

    def __init__(self, look: Theme, actions: Callable[[str], tuple[QAction, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self._sheets: tuple[PageImage, ...] = ()
        self.placeholder = Placeholder(look)
        self.pages = self._build_page_list()
        self.canvas, self.form = PageCanvas(look), FormPage(look)
        self.outline = Placeholder(look, OUTLINE)
        self.outline.show_loading(tr("Rendering pages …"))
        self.middle = PageStack(self.canvas, self.form, self.outline)
        self.count = make_label(bold=True)
        self.busy = make_label(tr("Rendering pages …"), tone="quiet")
        self.whole = self._make_button(tr("Fit page"), actions("report.whole"))
        self.width_button = self._make_button(tr("Fit width"), actions("report.width"))
        self.next = self._make_button(tr("Next page"), actions("report.next_page"))
        self.form_button = self._make_button(tr("Sections"), actions("report.form"))
        self.pack = self._make_button(tr("Evidence packs"), actions("report.pack"))
        for button in (self.whole, self.width_button, self.form_button):
            button.setCheckable(True)
        self.panel = ReportPanel(look, self._make_button(tr("Choose folder…"), actions("report.folder")))
        self._content = QWidget()
        make_row(look, self.pages, (self._build_page_column(), 1), self.panel, gap=12, on=self._content)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._content)
        self._stack.addWidget(self.placeholder)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._stack)
        self.show_busy(False)
        self.show_mode(WIDTH)

    def show_empty(self, said: str, actions: Sequence[str]) -> None:
        """Nothing but a sentence and the buttons of these actions, which help."""
        bound = [self._actions(one) for one in actions]
        self.placeholder.show_empty(said, [self._make_button(action.text(), (action, key)) for action, key in bound])
        self._stack.setCurrentWidget(self.placeholder)

    def show_loading(self, sentence: str) -> None:
        """The project is being read for the report."""
        self.placeholder.show_loading(sentence)
        self._stack.setCurrentWidget(self.placeholder)

    def show_failed(self, sentence: str) -> None:
        """The project could not be read for the report."""
        self.placeholder.show_failed(sentence)
        self._stack.setCurrentWidget(self.placeholder)

    def show_content(self) -> None:
        """The pages and the panel."""
        waited = self.hasFocus() or self.placeholder.hasFocus()
        self._stack.setCurrentWidget(self._content)
        if waited:
            self.middle.current_page.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_sheets(self, sheets: Sequence[PageImage]) -> None:
        """Other pages; none of a project whose first ones are still made."""
        self._sheets = tuple(sheets)
        if not self._sheets:
            self.count.setText("")
            self.canvas.show_page(QImage(), "", "")
        self._show_page_or_outline()
        self.pages.blockSignals(True)
        self.pages.clear()
        px, pad = (
            self._look.metrics.scale_px,
            self._look.metrics.scale_px(14 if self._look.metrics.gloves else 5),
        )  # as the style sheet has it
        for at, sheet in enumerate(self._sheets):
            item = QListWidgetItem(tr("Page {n}").format(n=at + 1))
            item.setIcon(_make_untinted_icon(sheet.thumb))
            item.setSizeHint(QSize(px(THUMB) + px(12), round(px(THUMB) * A4) + px(24) + 2 * pad))
            self.pages.addItem(item)
        self.pages.blockSignals(False)

    def show_page(self, at: int, name: str, description: str) -> None:
        """Page `at` of those that there are."""
        self.count.setText(name)
        self.pages.blockSignals(True)
        self.pages.setCurrentRow(at)
        self.pages.blockSignals(False)
        self.canvas.show_page(self._sheets[at].page, name, description)

    def show_mode(self, mode: str) -> None:
        """`whole` or `width`."""
        self.canvas.show_mode(mode)
        self.whole.setChecked(mode == WHOLE)
        self.width_button.setChecked(mode == WIDTH)

    def toggle_form(self) -> None:
        """Sections and notes in place of the page, or the page again."""
        forming = self.middle.current_page is not self.form
        self.form_button.setChecked(forming)
        if forming:
            self.middle.show_page(self.form)
            next(iter(self.form.chips.values()), self.form.notes).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.middle.show_page(self.canvas)
            self._show_page_or_outline()
            self.middle.current_page.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_busy(self, busy: bool) -> None:
        """A mark beside the page's number while other pages are made; those that are there stay, and the first ones have their outline."""
        self.busy.setVisible(busy)
        self._show_page_or_outline()

    def _show_page_or_outline(self) -> None:
        if self.middle.current_page is self.form:
            return
        waiting = not self.busy.isHidden() and not self._sheets
        had = self.hasFocus() or self.middle.current_page.hasFocus()
        self.middle.show_page(self.outline if waiting else self.canvas)
        if had:
            (self if waiting else self.canvas).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def thumb_width(self) -> int:
        """How wide the small pictures are, in pixels of the window."""
        return self._look.metrics.scale_px(THUMB)

    @property
    def worst_height(self) -> int:
        """How high the worst frames are, in pixels of the window."""
        return self._look.metrics.scale_px(WORST_HEIGHT)

    def _build_page_list(self) -> QListWidget:
        pages = QListWidget()
        pages.setAccessibleName(tr("Pages of the report"))
        pages.setViewMode(QListView.ViewMode.IconMode)
        pages.setMovement(QListView.Movement.Static)
        pages.setFlow(QListView.Flow.TopToBottom)
        pages.setWrapping(False)
        pages.setIconSize(QSize(self._look.metrics.scale_px(THUMB), round(self._look.metrics.scale_px(THUMB) * A4)))
        pages.setFixedWidth(self._look.metrics.scale_px(LIST_WIDTH))
        pages.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pages.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        pages.currentRowChanged.connect(self.page_wanted)
        return pages

    def _build_page_column(self) -> QVBoxLayout:
        bar = FlowLayout(self._look.metrics.scale_px(8))
        for widget in (self.whole, self.width_button, self.next, self.form_button, self.pack, self.count, self.busy):
            bar.addWidget(widget)
        middle = QVBoxLayout()
        middle.setSpacing(self._look.metrics.scale_px(8))
        middle.addLayout(bar)
        middle.addWidget(self.middle, 1)
        return middle

    def _make_button(self, said: str, bound: tuple[QAction, str]) -> KeyButton:
        action, key = bound
        return KeyButton(self._look, said, key, shrinks=True).bind_action(action)


def _make_untinted_icon(picture: QImage) -> QIcon:
    """A picture that a list does not colour when it is chosen."""
    made, pixmap = QIcon(), QPixmap.fromImage(picture)
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        made.addPixmap(pixmap, mode)
    return made
