"""Layouts and small building blocks: wrapping rows, shares, labels, cards, focus targets, and drop
areas."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.safe_text import isolate_rtl_names
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import REMOVED, get_application, require_value
from fieldcheck.ui.theme import Theme

if TYPE_CHECKING:
    import html
else:
    html = LazyModule("html")

# Small pieces that every screen is put together from: a label of a size, a card, a rule, a row, a
# column.

Line = TypeVar("Line", QHBoxLayout, QVBoxLayout)


LONG_WORD = re.compile(r"\S{25,}")
PARTS_OF_WORD = re.compile(r"[^\W_]{1,16}|[\W_]+")
BREAK_POINT, NO_BREAK = "\u200b", "\u00a0"
UNIT = re.compile(r" (?=%)|(?<=\d) (?=pp\b)")


def add_break_points(text: str) -> str:
    """Lets a line end within a word of more than 24 letters, after `_`, `-`, `/` and the like: a
    name without a space would be cut at the edge."""
    return LONG_WORD.sub(lambda word: BREAK_POINT.join(_join_signs(word.group())), text)


def _join_signs(word: str) -> list[str]:
    """The parts of a word, each with the signs behind it."""
    parts: list[str] = []
    for part in PARTS_OF_WORD.findall(word):
        if parts and not part[0].isalnum():
            parts[-1] += part
        else:
            parts.append(part)
    return parts


class PlainLabel(QLabel):
    """A text that is never read as markup, in which no name turns what stands beside it, no line
    ends between a figure and its unit, and a long name goes on in the next line."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(add_break_points(UNIT.sub(NO_BREAK, isolate_rtl_names(text))))

    def text(self) -> str:
        """Returns the text without the points at which a long name may break."""
        return super().text().replace(BREAK_POINT, "").replace(f"{NO_BREAK}pp", " pp")


def make_label(
    text: str = "",
    size: str = "",
    tone: str = "",
    bold: bool = False,
    wrap: bool = False,
    parent: QWidget | None = None,
) -> QLabel:
    """A text. `size`: caption, heading, title, number, verdict; `tone`: quiet, warn, alarm. Never
    read as markup."""
    label = PlainLabel(text, parent)
    label.setWordWrap(wrap)
    if size:
        label.setProperty("textSize", size)
    if tone:
        label.setProperty("tone", tone)
    if bold:
        label.setProperty("weight", "bold")
    return label


def make_plain_tip(text: str) -> str:
    """A tool tip that says just this: Qt would read what looks like markup as such, and load what
    it names, even from another computer."""
    shown = isolate_rtl_names(text)
    return (
        f"<span style='white-space: pre-wrap'>{html.escape(shown)}</span>"
        if "<" in shown
        else shown
    )


def set_tone(widget: QWidget, tone: str) -> None:
    """Another tone on a label that is shown already."""
    if (widget.property("tone") or "") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def make_card(theme: Theme, layout: QLayout | None = None) -> QFrame:
    """A panel with a border; `layout` (a column by default) is put in with 12 px of padding and
    gap."""
    frame = QFrame()
    frame.setProperty("card", True)
    inside = layout or QVBoxLayout()
    pad = theme.metrics.scale_px(12)
    inside.setContentsMargins(pad, pad, pad, pad)
    inside.setSpacing(theme.metrics.scale_px(8))
    frame.setLayout(inside)
    return frame


def make_rule() -> QFrame:
    """A hairline between two parts of a card."""
    line = QFrame()
    line.setProperty("rule", True)
    line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return line


# with a figure: the share of the room that is left
Part = QWidget | QLayout | tuple[QWidget | QLayout, int]


def make_row(
    theme: Theme, *parts: Part, gap: float = 8, parent: QWidget | None = None
) -> QHBoxLayout:
    """Widgets and layouts side by side, `gap` px apart and with no margin; they fill the widget
    `parent`, where one is named."""
    return _fill_layout(QHBoxLayout(), theme, parts, gap, parent)


def make_column(
    theme: Theme, *parts: Part, gap: float = 8, parent: QWidget | None = None
) -> QVBoxLayout:
    """Widgets and layouts below each other, as `make_row` has them side by side."""
    return _fill_layout(QVBoxLayout(), theme, parts, gap, parent)


def _fill_layout(
    layout: Line, theme: Theme, parts: tuple[Part, ...], gap: float, parent: QWidget | None
) -> Line:
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.metrics.scale_px(gap))
    if parent is not None:
        parent.setLayout(layout)
    for part in parts:
        widget, share = part if isinstance(part, tuple) else (part, 0)
        if isinstance(widget, QWidget):
            layout.addWidget(widget, share)
        else:
            layout.addLayout(widget, share)
    return layout


class _ScrollArea(QScrollArea):
    """Lays its widget out anew when it is shown: while Qt shows it, lines that become more resize
    the widget, and Qt sends no event for that. What takes the keys from outside comes into view:
    Qt sees to that only where they go from one widget inside to another."""

    def __init__(self) -> None:
        super().__init__()
        get_application().focusChanged.connect(self._on_focus_change)

    def _on_focus_change(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self.isAncestorOf(now):
            return
        if (before is None or not self.isAncestorOf(before)) and now.visibleRegion().isEmpty():
            self.ensureWidgetVisible(now)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        widget = self.widget()
        if widget is not None and (layout := widget.layout()) is not None:
            layout.setGeometry(widget.rect())


def make_scroll_area(widget: QWidget) -> QScrollArea:
    """The widget, scrolled where there is less room than it needs; the bars show only then."""
    area = _ScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    widget.setAutoFillBackground(False)
    return area


def delete_widget(widget: QWidget) -> None:
    """Deletes a widget that its place needs no more. It stays inside its window until it is gone:
    Qt shows what a layout was given later, and without a parent that would be a window of its own.
    No result of work that it started comes to it any more.
    """
    widget.setProperty(REMOVED, True)
    widget.hide()
    widget.deleteLater()


def clear_layout(layout: QLayout) -> None:
    """Takes everything out of a layout and deletes it."""
    while layout.count():
        item = require_value(layout.takeAt(0))
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            delete_widget(widget)
        elif inner is not None:
            clear_layout(inner)


# Widgets beside each other in given shares, or below each other where large text or long words
# leave too little room for that.

ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class SideBySideLayout(QWidget):
    """Parts with their shares of the width, `gap` px apart, each as high as all, or `top`: as high
    as it is. It asks for no more width than the widest of them alone."""

    def __init__(
        self, theme: Theme, *parts: tuple[QWidget, int], gap: float = 12, top: bool = False
    ) -> None:
        super().__init__()
        self._parts = [part for part, _ in parts]
        self._line = QBoxLayout(ACROSS, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(theme.metrics.scale_px(gap))
        self._line.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for part, share in parts:
            self._line.addWidget(
                part, share, Qt.AlignmentFlag.AlignTop if top else Qt.AlignmentFlag(0)
            )

    def minimumSizeHint(self) -> QSize:
        return QSize(max(self._list_minimum_widths()), self._line.minimumSize().height())

    def heightForWidth(self, width: int) -> int:
        self._update_direction(width)
        return (
            self._line.totalHeightForWidth(width)
            if self._line.hasHeightForWidth()
            else self._line.sizeHint().height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_direction(self.width())

    def _update_direction(self, width: int) -> None:
        needed = sum(self._list_minimum_widths()) + self._line.spacing() * (len(self._parts) - 1)
        turned = ACROSS if width >= needed else DOWN
        if turned != self._line.direction():
            self._line.setDirection(turned)

    def _list_minimum_widths(self) -> list[int]:
        """As the line itself counts them: a least width that was set goes before the part's own."""
        return [part.minimumWidth() or part.minimumSizeHint().width() for part in self._parts]


class FlowLayout(QLayout):
    """Widgets from left to right, `gap` pixels apart, each as wide as it asks for; every line is as
    high as its highest. The height of all its lines is kept for it, also on a page that has to be
    longer than the window for that.

    `fills`: what a line leaves over goes to its widgets in equal parts.
    """

    def __init__(self, gap: int, parent: QWidget | None = None, fills: bool = False) -> None:
        super().__init__(parent)
        self._fills = fills
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self._least = 0  # the height of all lines at the width it was given last
        self.setContentsMargins(0, 0, 0, 0)

    def set_fill(self, fills: bool) -> None:
        """Whether what a line leaves over goes to its widgets."""
        if fills != self._fills:
            self._fills = fills
            self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        inner = width - margins.left() - margins.right()
        return (
            self._layout_items(QRect(0, 0, inner, 0), move=False) + margins.top() + margins.bottom()
        )

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        before, self._least = (
            self._least,
            self._layout_items(rect.marginsRemoved(self.contentsMargins()), move=True),
        )
        around = self.parentWidget()
        if self._least != before and around is not None:
            QTimer.singleShot(0, around, self._on_height_change)

    def _on_height_change(self) -> None:
        """Whoever lays it out asks again how high it is."""
        around = self.parentWidget()
        self.invalidate()
        if around is not None:
            around.updateGeometry()

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """The widest item, inside the margins, as high as its lines were last."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        size.setHeight(max(size.height(), self._least))
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _layout_items(self, rect: QRect, move: bool) -> int:
        """The height that is used; the items are put into place where `move` is set, each in the
        middle of its line."""
        top = rect.top()
        for line in self._split_lines(rect.width()):
            height = max(_get_item_size(item).height() for item in line)
            left = rect.left()
            used = sum(_get_item_size(item).width() for item in line) + self._gap * (len(line) - 1)
            widest = max(rect.width(), max(item.minimumSize().width() for item in line))
            more = max(0, rect.width() - used) // len(line) if self._fills else 0
            for item in line:
                hint = _get_item_size(item) + QSize(more, 0)
                hint.setWidth(min(hint.width(), widest))
                if move:
                    item.setGeometry(QRect(QPoint(left, top + (height - hint.height()) // 2), hint))
                left += hint.width() + self._gap
            top += height + self._gap
        return max(0, top - self._gap - rect.top())

    def _split_lines(self, width: int) -> list[list[QLayoutItem]]:
        """The items of each line."""
        lines: list[list[QLayoutItem]] = []
        used = 0
        for item in self._items:
            if item.isEmpty():
                continue
            needed = _get_item_size(item).width()
            if lines and used + self._gap + needed <= width:
                lines[-1].append(item)
                used += self._gap + needed
            else:
                lines.append([item])
                used = needed
        return lines


def _get_item_size(item: QLayoutItem) -> QSize:
    """What it asks for, and never less than it needs."""
    return item.sizeHint().expandedTo(item.minimumSize())


# Where the keys of a screen go: to what it shows, or to the screen itself while that is not shown.


class _FocusProxy(QObject):
    """Passes the focus on that its screen is given. Qt's own focus proxy would not do: Tab jumps to
    it over everything that lies before it in the screen."""

    def __init__(self, screen: QWidget) -> None:
        super().__init__(screen)
        self.target: QWidget | None = None
        screen.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.FocusIn
            and self.target is not None
            and self.target.isVisible()
        ):
            self.target.setFocus(Qt.FocusReason.OtherFocusReason)
        return False


def set_focus_target(screen: QWidget, to: QWidget | None) -> None:
    """From now on the focus that the screen is given goes to this part of it, or stays with the
    screen.

    Focus that is in the screen and on nothing that can be pressed or written into is led there at
    once.
    """
    lead = screen.findChild(
        _FocusProxy, options=Qt.FindChildOption.FindDirectChildrenOnly
    ) or _FocusProxy(screen)
    focus = QApplication.focusWidget()
    inside = focus is not None and focus in (screen, lead.target)
    lead.target = to
    screen.setFocusPolicy(Qt.FocusPolicy.StrongFocus if to is None else Qt.FocusPolicy.ClickFocus)
    if inside:
        (to or screen).setFocus(Qt.FocusReason.OtherFocusReason)


def get_focus_target(screen: QWidget) -> QWidget:
    """Where the focus goes that the screen is given."""
    lead = screen.findChild(_FocusProxy, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return screen if lead is None or lead.target is None else lead.target


WidgetStep = tuple[str, int]
"""A visible child: its class, and its place among those of that class. What is raised over the
others, as the rail is while it lies open, changes the places among all children."""


def find_widget_path(root: QWidget, widget: QWidget | None) -> tuple[WidgetStep, ...]:
    """The way from a widget down to one inside it; empty where it is not inside."""
    steps: list[WidgetStep] = []
    while widget is not None and widget is not root:
        around = widget.parentWidget()
        if around is None or not widget.isVisible():
            return ()
        kind = type(widget).__name__
        steps.insert(0, (kind, _list_visible_children(around, kind).index(widget)))
        widget = around
    return tuple(steps) if widget is root else ()


def restore_focus(root: QWidget, steps: Sequence[WidgetStep]) -> bool:
    """Gives the focus to what stands where one had it before everything was built anew; whether
    anything there takes it."""
    widget = root
    for kind, index in steps:
        inside = _list_visible_children(widget, kind)
        if index >= len(inside):
            return False
        widget = inside[index]
    takes = (
        bool(steps) and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    )
    if takes:
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
    return takes


def _list_visible_children(around: QWidget, kind: str) -> list[QWidget]:
    inside = around.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [widget for widget in inside if not widget.isHidden() and type(widget).__name__ == kind]


# A place that files can be dropped on.


class DropArea(QWidget):
    """`dropped` carries the files and folders of this computer that were dropped on it, as a list
    of paths."""

    dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _get_dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit(_get_dropped_paths(event))


class WindowDrops(QObject):
    """`dropped` as of a DropArea, for a whole window: what none of its parts takes."""

    dropped = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # to enter is an event of that kind, too
        if isinstance(event, QDropEvent) and _get_dropped_paths(event):
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self.dropped.emit(_get_dropped_paths(event))
            return True
        return False


def _get_dropped_paths(event: QDropEvent) -> list[Path]:
    """Files and folders of this computer that are dragged."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
