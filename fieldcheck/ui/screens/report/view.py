"""View of the Report screen: page list, shown page, panel, and the form of sections and notes with
its presenter."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QFocusEvent,
    QIcon,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fieldcheck.domain.report import MOST_NOTES, ReportForm
from fieldcheck.i18n.language import tr
from fieldcheck.ui.context import Context
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.report.panel import (
    EVERYTHING,
    ONE_PAGE,
    STANDARD,
    PageImage,
    ReportPanel,
)
from fieldcheck.ui.theme import CAPTION, LARGE, Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.file_dialogs import choose_folder
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    clear_layout,
    make_column,
    make_label,
    make_row,
    make_rule,
    make_scroll_area,
)
from fieldcheck.ui.widgets.pages import PageStack, Placeholder

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.report import section as registry
    from fieldcheck.report import verdict_and_checklist
else:
    verdict_and_checklist = LazyModule("fieldcheck.report.verdict_and_checklist")
    registry = LazyModule("fieldcheck.report.section")

# Form page of the Report screen: which sections of the appendix stand in the report, and the notes
# beside the figures.

NOTES_HEIGHT = 120


class NotesField(QPlainTextEdit):
    """`given(said)`: the field was left with these notes in it."""

    committed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Notes in the report"))
        self.setPlaceholderText(tr("Additional notes for the reader"))
        self.setTabChangesFocus(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.document().setModified(False)
        self.committed.emit(self.toPlainText()[:MOST_NOTES].strip())


class FormPage(QWidget):
    """The form of the report. `left_out(keys)`: a section was turned on or off, with all that are
    off now; `item_set(rule, applies)`: an item of the checklist was; `given` of `notes`: the notes
    were written."""

    left_out = Signal(tuple)
    item_set = Signal(str, bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.chips: dict[str, KeyButton] = {}
        self.items: dict[str, KeyButton] = {}
        self.notes = NotesField()
        self.notes.setFixedHeight(theme.metrics.scale_px(NOTES_HEIGHT))
        chosen, items = QWidget(), QWidget()
        self._flow = FlowLayout(theme.metrics.scale_px(6), chosen)
        self._item_flow = FlowLayout(theme.metrics.scale_px(6), items)
        item_text = tr(
            "Items that are turned off are reported as “does not apply”, with your name. No "
            "item changes the verdict."
        )
        below = make_column(
            theme,
            make_label(tr("Checklist items"), bold=True),
            make_label(item_text, "caption", "quiet", wrap=True),
            gap=4,
        )
        text = tr("Omitted sections are listed as omitted, not as not measured.")
        above = make_column(
            theme,
            make_label(tr("Appendix sections"), bold=True),
            make_label(text, "caption", "quiet", wrap=True),
            gap=4,
        )
        make_column(
            theme,
            above,
            (make_scroll_area(chosen), 1),
            below,
            (make_scroll_area(items), 1),
            make_label(tr("Notes"), bold=True),
            self.notes,
            gap=8,
            parent=self,
        )

    @property
    def notes_text(self) -> str:
        """Notes as they stand in the field."""
        return self.notes.toPlainText()[:MOST_NOTES]

    def show_form(self, names: Mapping[str, str], form: ReportForm, writable: bool) -> None:
        """The sections by key, those that are left out, and the notes; notes that are being written
        stay."""
        if tuple(self.chips) != tuple(names):
            clear_layout(self._flow)
            self.chips = {key: self._make_chip(name) for key, name in names.items()}
        for key, chip in self.chips.items():
            chip.setChecked(key not in form.left_out)
            chip.setEnabled(writable)
        if not self.notes.document().isModified() and self.notes.toPlainText() != form.notes:
            self.notes.setPlainText(form.notes)
        self.notes.setReadOnly(not writable)

    def show_items(
        self, names: Mapping[str, str], exempted: Collection[str], writable: bool
    ) -> None:
        """The items of the checklist by rule, and those that do not apply."""
        if tuple(self.items) != tuple(names):
            clear_layout(self._item_flow)
            self.items = {rule: self._make_item(rule, name) for rule, name in names.items()}
        for rule, item in self.items.items():
            item.setChecked(rule not in exempted)
            item.setEnabled(writable)

    def _make_item(self, rule: str, name: str) -> KeyButton:
        item = self._make_toggle(name)
        item.clicked.connect(lambda: self.item_set.emit(rule, item.isChecked()))
        self._item_flow.addWidget(item)
        return item

    def _make_toggle(self, name: str) -> KeyButton:
        chip = KeyButton(self._theme, name)
        chip.setProperty("role", "chip")
        chip.setCheckable(True)
        return chip

    def _make_chip(self, name: str) -> KeyButton:
        chip = self._make_toggle(name)
        chip.clicked.connect(
            lambda: self.left_out.emit(
                tuple(key for key, chip in self.chips.items() if not chip.isChecked())
            )
        )
        self._flow.addWidget(chip)
        return chip


# Form of the report in the window: sections turned on and off and notes, each an undoable act of
# the project.


class FormPresenter:
    """`names` come with the pages of the report; the form is read anew whenever the project is
    another. `changed()` is called when another form is known."""

    def __init__(
        self, view: FormPage, context: Context, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._view, self._context, self.changed = view, context, changed
        self._names: Mapping[str, str] = {}
        self._exempted: frozenset[str] = frozenset()
        self.form = ReportForm()

    def load_form(self) -> None:
        """Reads the form of the project that is open."""
        reading = self._context.current.query(
            self._view, lambda project: registry.load_report_form(project)
        )
        reading.on_success(self._set_form)
        items = self._context.current.query(
            self._view, lambda project: frozenset(verdict_and_checklist.load_exempted(project))
        )
        items.on_success(self._set_exempted)

    def set_item(self, rule: str, applies: bool) -> None:
        """The item of the checklist applies, or does not, from now on; that it does not is said
        with a name."""
        name = self._context.preferences.settings.name.strip()
        if not applies and not name:
            self._context.messages.show_toast(tr("Enter your name first (Report, “Prepared by”)."))
            self._show_items()
            return

        def store(project: Project) -> Any:
            return (
                verdict_and_checklist.require_rule(project, rule)
                if applies
                else verdict_and_checklist.exempt_rule(project, rule, name)
            )

        storing = self._context.current.run_edit(self._view, store)
        storing.on_failure(self._on_store_failed)

    def _set_exempted(self, rules: frozenset[str]) -> None:
        self._exempted = rules
        self._show_items()

    def _show_items(self) -> None:
        names = {key: rule.demand() for key, rule in verdict_and_checklist.RULES.items()}
        self._view.show_items(names, self._exempted, self._context.current.writable)

    def set_section_names(self, names: Mapping[str, str]) -> None:
        """Sections that there are, their names by key."""
        self._names = names
        self._show_form()

    def set_omitted_sections(self, keys: tuple[str, ...]) -> None:
        """These sections are off from now on."""
        self._store_form(replace(self.form, left_out=keys))

    @property
    def preset(self) -> str:
        """What the PDF holds."""
        if self.form.one_page:
            return ONE_PAGE
        return EVERYTHING if self.form.everything else STANDARD

    def set_preset(self, preset: str) -> None:
        """The PDF holds this from now on."""
        one_page, everything = preset == ONE_PAGE, preset == EVERYTHING
        self._store_form(replace(self.form, one_page=one_page, everything=everything))

    def set_notes(self, notes: str) -> None:
        """These notes stand in the report from now on."""
        self._store_form(replace(self.form, notes=notes.strip()))

    def store_notes(
        self, then: Callable[[], None], otherwise: Callable[[BaseException], None]
    ) -> None:
        """`then()`, once what was chosen is stored, notes that stand in the field too;
        `otherwise(why)` where that fails."""
        self._store_form(replace(self.form, notes=self._view.notes_text.strip()))

        def on_stored(form: ReportForm) -> None:
            self._set_form(form)
            then()

        reading = self._context.current.query(
            self._view, lambda project: registry.load_report_form(project)
        )
        reading.on_success(on_stored).on_failure(otherwise)

    def _store_form(self, form: ReportForm) -> None:
        if form != self.form and self._context.current.writable:
            self.form = form
            storing = self._context.current.run_edit(
                self._view, lambda project: registry.set_report_form(project, form)
            )
            storing.on_failure(self._on_store_failed)

    def _on_store_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error, "report")
        self.load_form()

    def _set_form(self, form: ReportForm) -> None:
        self.form = form
        self._show_form()

    def _show_form(self) -> None:
        self._view.show_form(self._names, self.form, self._context.current.writable)
        self.changed()


# One page of the report on the neutral surround: the whole of it, or as wide as there is room.

WHOLE, WIDTH = "whole", "width"
PAD, LEAST = 16, 120
MOST_GROWTH = 1.25  # a page is not blown up much beyond its pixels


class PageCanvas(QScrollArea):
    """Shows one picture. Keys scroll it while it has the focus."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.mode = theme, WHOLE
        self._paper = _Paper(theme, self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWidgetResizable(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._paper)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.setMinimumSize(theme.metrics.scale_px(LEAST), theme.metrics.scale_px(LEAST))

    def show_page(self, page: QImage, name: str, description: str) -> None:
        """Another page, from its top; `name` and `description` are what a screen reader says."""
        self._paper.page = page
        self.setAccessibleName(name)
        self.setAccessibleDescription(description)
        self.verticalScrollBar().setValue(0)
        self._fit_page()

    def show_mode(self, mode: str) -> None:
        """`whole` or `width`."""
        self.mode = mode
        self._fit_page()

    def get_page_rect(self) -> QRect:
        """Where the page lies on the surround; empty without one."""
        return self._paper.page_rect

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_page()

    def _fit_page(self) -> None:
        """The page's size for the room; in width mode the room of a scroll bar is left free, so
        that nothing jumps."""
        pad, page = self._theme.metrics.scale_px(PAD), self._paper.page
        whole = self.mode == WHOLE
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOff if whole else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        )
        bar = 0 if whole else self.verticalScrollBar().sizeHint().width()
        outside = self.size() - QSize(bar, 0)
        if page.isNull():
            self._paper.page_rect = QRect()
            self._paper.resize(outside)
            return
        space = QSize(max(1, outside.width() - 2 * pad), max(1, outside.height() - 2 * pad))
        most = page.size() * MOST_GROWTH
        size = page.size().scaled(space.boundedTo(most), Qt.AspectRatioMode.KeepAspectRatio)
        if not whole:
            width = min(space.width(), most.width())
            size = QSize(width, round(width * page.height() / page.width()))
        paper = QSize(outside.width(), max(outside.height(), size.height() + 2 * pad))
        self._paper.page_rect = QRect(
            (paper.width() - size.width()) // 2,
            (paper.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )
        self._paper.resize(paper)
        self._paper.update()

    @property
    def is_focused(self) -> bool:
        """Whether the edge that shows the focus is drawn."""
        return self.hasFocus()


class _Paper(QWidget):
    """The surround with the page on it. The scaled page is kept for as long as its size stays."""

    def __init__(self, theme: Theme, area: PageCanvas) -> None:
        super().__init__()
        self._theme, self._area = theme, area
        self.page, self.page_rect = QImage(), QRect()
        self._scaled, self._scaled_key = QImage(), 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._theme.tokens.pressed))
        if not self.page.isNull():
            painter.drawImage(self.page_rect, self._get_scaled_page())
        if self._area.is_focused:
            painter.setPen(QPen(QColor(self._theme.tokens.focus), 3))
            seen = QRect(
                0,
                self._area.verticalScrollBar().value(),
                self.width(),
                self._area.viewport().height(),
            )
            painter.drawRect(seen.adjusted(1, 1, -2, -2))
        painter.end()

    def _get_scaled_page(self) -> QImage:
        scale = self.devicePixelRatioF()
        size = self.page_rect.size() * scale
        if self._scaled.size() != size or self._scaled_key != self.page.cacheKey():
            mode = Qt.TransformationMode.SmoothTransformation
            self._scaled = self.page.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
            self._scaled_key = self.page.cacheKey()
        return self._scaled


THUMB, BESIDE_THUMB, A4 = 96, 36, 297 / 210
SIDE = 16
OUTLINE = (
    (0.1, 0, 0.8, 0.16),
    (0.1, 0.18, 0.8, 0.1),
    *((0.1 + 0.2 * column, 0.3, 0.2, 0.22) for column in range(4)),
    (0.1, 0.54, 0.8, 0.46),
)
BODY_OUTLINE = (
    *((0.015, 0.02 + 0.24 * index, 0.085, 0.22) for index in range(4)),
    (0.13, 0, 0.55, 1),
    (0.19, 0.06, 0.43, 0.16),
    (0.19, 0.26, 0.43, 0.12),
    *((0.19 + 0.147 * index, 0.42, 0.136, 0.22) for index in range(3)),
    (0.19, 0.68, 0.43, 0.28),
    (0.7, 0, 0.3, 1),
    *((0.72, 0.1 + 0.09 * line, 0.26, 0.07) for line in range(3)),
    (0.72, 0.5, 0.26, 0.1),
)


class _PageDelegate(QStyledItemDelegate):
    """A small page with its number below; a ring goes round the one that is shown."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        tokens, px = self._theme.tokens, self._theme.metrics.scale_px
        box, chosen = option.rect, bool(option.state & QStyle.StateFlag.State_Selected)
        size = option.decorationSize
        page = QRect(
            QPoint(box.left() + (box.width() - size.width()) // 2, box.top() + px(6)), size
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        index.data(Qt.ItemDataRole.DecorationRole).paint(painter, page)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if chosen:
            away = px(3)
            painter.setPen(QPen(QColor(tokens.focus), px(2)))
            painter.drawRoundedRect(page.adjusted(-away, -away, away, away), px(4), px(4))
        elif tokens.name.startswith("hc"):
            painter.setPen(QColor(tokens.border))
            painter.drawRect(page)
        painter.setFont(self._theme.make_font(option.font, CAPTION, chosen))
        painter.setPen(QColor(tokens.text if chosen else tokens.text2))
        number = QRect(box.left(), page.bottom() + px(4), box.width(), px(20))
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(index.data()))
        painter.restore()


class ReportView(QWidget):
    """`page_wanted(at)`: another page, counted from 0. `actions` gives an action and the key on its
    button by name."""

    page_wanted = Signal(int)

    def __init__(self, theme: Theme, actions: Callable[[str], tuple[QAction, str]]) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._sheets: tuple[PageImage, ...] = ()
        self.placeholder = Placeholder(theme, BODY_OUTLINE)
        self.pages = self._build_page_list()
        self.canvas, self.form = PageCanvas(theme), FormPage(theme)
        self.outline = Placeholder(theme, OUTLINE)
        self.outline.show_loading(tr("Rendering pages …"))
        self.middle = PageStack(self.canvas, self.form, self.outline)
        self.busy = False
        self.strip = JobStrip(theme)
        self.form_button = self._make_link(tr("Choose sections…"), actions("report.form"))
        self.form_button.setCheckable(True)
        self.panel = ReportPanel(
            theme, self.form_button, self._make_link(tr("Choose folder…"), actions("report.folder"))
        )
        self._content = QWidget()
        self._content.setProperty("surface", "pressed")
        px = theme.metrics.scale_px
        listed = make_column(theme, self.pages)
        listed.setContentsMargins(px(12), px(6), 0, 0)
        pages = make_column(theme, self.strip, (self.middle, 1), gap=0)
        make_row(theme, listed, (pages, 1), self.panel, gap=0, parent=self._content)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._content)
        alone = QWidget()
        around = make_column(theme, (self.placeholder, 1), parent=alone)
        around.setContentsMargins(px(SIDE), px(SIDE // 2), px(SIDE), px(SIDE))
        self._alone = alone
        self._stack.addWidget(alone)
        make_column(theme, make_rule(), (self._stack, 1), gap=0, parent=self)
        self.show_busy(False)
        self.show_mode(WIDTH)

    def show_empty(self, text: str, actions: Sequence[str]) -> None:
        """Nothing but a sentence and the buttons of these actions, which help."""
        bound = [self._actions(action) for action in actions]
        self.placeholder.show_empty(
            text,
            [
                KeyButton(self._theme, action.text(), key, primary=True).bind_action(action)
                for action, key in bound
            ],
        )
        self._stack.setCurrentWidget(self._alone)

    def show_loading(self, sentence: str) -> None:
        """The project is being read for the report."""
        self.placeholder.show_loading(sentence)
        self._stack.setCurrentWidget(self._alone)

    def show_failed(self, sentence: str) -> None:
        """The project could not be read for the report."""
        self.placeholder.show_failed(sentence)
        self._stack.setCurrentWidget(self._alone)

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
            self.canvas.show_page(QImage(), "", "")
        self._show_page_or_outline()
        self.pages.blockSignals(True)
        self.pages.clear()
        px, pad = (
            self._theme.metrics.scale_px,
            self._theme.metrics.scale_px(14 if self._theme.metrics.gloves else 5),
        )  # as the style sheet has it
        for index, sheet in enumerate(self._sheets):
            item = QListWidgetItem(str(index + 1))
            name = tr("Page {n}", n=index + 1)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, name)
            item.setIcon(_make_untinted_icon(sheet.thumb))
            width, height = self.thumb_width, round(self.thumb_width * A4)
            item.setSizeHint(QSize(width + px(12), height + px(24) + 2 * pad))
            self.pages.addItem(item)
        self.pages.blockSignals(False)

    def show_page(self, index: int, name: str, description: str) -> None:
        """Page `index` of those that there are."""
        self.pages.blockSignals(True)
        self.pages.setCurrentRow(index)
        self.pages.blockSignals(False)
        self.canvas.show_page(self._sheets[index].page, name, description)

    def show_mode(self, mode: str) -> None:
        """`whole` or `width`."""
        self.canvas.show_mode(mode)

    def toggle_form(self) -> None:
        """Sections and notes in place of the page, or the page again."""
        forming = self.middle.current_page is not self.form
        self.form_button.setChecked(forming)
        if forming:
            self.middle.show_page(self.form)
            next(iter(self.form.chips.values()), self.form.notes).setFocus(
                Qt.FocusReason.OtherFocusReason
            )
        else:
            self.middle.show_page(self.canvas)
            self._show_page_or_outline()
            self.middle.current_page.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_busy(self, busy: bool) -> None:
        """Whether other pages are made: those that are there stay, and the first ones have their
        outline."""
        self.busy = busy
        self._show_page_or_outline()

    def show_job(self, job: Job | None) -> None:
        """The pages under way, or those that somebody cancelled, above what there is."""
        self.strip.show_job(job)

    def _show_page_or_outline(self) -> None:
        if self.middle.current_page is self.form:
            return
        waiting = self.busy and not self._sheets
        had = self.hasFocus() or self.middle.current_page.hasFocus()
        self.middle.show_page(self.outline if waiting else self.canvas)
        if had:
            (self if waiting else self.canvas).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def thumb_width(self) -> int:
        """How wide the small pictures are, in pixels of the window. Beside large text they leave
        the room to the page."""
        metrics = self._theme.metrics
        return THUMB if metrics.percent >= LARGE else metrics.scale_px(THUMB)

    def set_compact(self, compact: bool) -> None:
        """Less room for what stands beside the page."""
        self.panel.set_compact(compact)
        self._stack.updateGeometry()  # the panel counts for its height while it is hidden, too

    def _build_page_list(self) -> QListWidget:
        pages = QListWidget()
        pages.setAccessibleName(tr("Pages of the report"))
        pages.setProperty("bare", True)
        pages.setItemDelegate(_PageDelegate(self._theme, pages))
        pages.setFrameShape(QFrame.Shape.NoFrame)
        pages.setViewMode(QListView.ViewMode.IconMode)
        pages.setMovement(QListView.Movement.Static)
        pages.setFlow(QListView.Flow.TopToBottom)
        pages.setWrapping(False)
        pages.setIconSize(QSize(self.thumb_width, round(self.thumb_width * A4)))
        pages.setFixedWidth(self.thumb_width + self._theme.metrics.scale_px(BESIDE_THUMB))
        pages.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        pages.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pages.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        pages.currentRowChanged.connect(self.page_wanted)
        return pages

    def _make_link(self, text: str, bound: tuple[QAction, str]) -> KeyButton:
        action, key = bound
        return KeyButton(self._theme, text, key, role="link").bind_action(action)

    def prompt_for_folder(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a folder to export into."""
        choose_folder(self, tr("Export folder"), then, for_writing=True)


def _make_untinted_icon(picture: QImage) -> QIcon:
    """A picture that a list does not colour when it is chosen."""
    icon, pixmap = QIcon(), QPixmap.fromImage(picture)
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        icon.addPixmap(pixmap, mode)
    return icon
