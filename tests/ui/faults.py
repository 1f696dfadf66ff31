"""What is wrong with a layout, told in words: what is cut, squeezed, outside the window, lies over
another, or scrolls the page."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QRadioButton,
    QScrollArea,
    QScrollBar,
    QSlider,
    QTableView,
    QWidget,
)

from fieldcheck.ui.shell.sidebar import SidebarItem
from fieldcheck.ui.shell.window import Window
from fieldcheck.ui.widgets.buttons import WIDEST_WORD, KeyButton
from fieldcheck.ui.widgets.text_lines import FixedLinesLabel, ReservedLinesLabel, break_lines

LOOKED_AT = (
    QAbstractButton, QSlider, QLineEdit, QAbstractSpinBox, QPlainTextEdit, QComboBox, QLabel,
    QAbstractItemView,
)  # fmt: skip


def faults(window: Window, may_scroll: bool = False) -> list[str]:
    """Every fault of what the window shows now. `may_scroll`: at a large size the page may be
    larger than the window."""
    page = window._pages[window.current_screen]
    scrolled = [
        bar.maximum()
        for bar in (page.horizontalScrollBar(), page.verticalScrollBar())
        if bar.maximum() > 0
    ]
    found = [] if may_scroll else [f"the page scrolls by {by}" for by in scrolled]
    widgets = window.findChildren(QWidget)
    shown = [one for one in widgets if _is_looked_at(one) and not _scrolls_inside(one, page)]
    edge = page.widget() if may_scroll and scrolled else window
    for widget in shown:
        found += [
            f"{_named(widget)}: {fault}"
            for fault in _of_widget(widget, edge if edge.isAncestorOf(widget) else window)
        ]
    return [*found, *_left_out(window), *_too_wide(window), *_overlaps(shown, window)]


def _left_out(window: Window) -> Iterator[str]:
    """Words of the program that are shown in part, also in what scrolls: a tooltip is no room for
    them. Only names and paths may have their middle left out."""
    shown = [one for one in window.findChildren(QWidget) if _is_looked_at(one)]
    elsewhere = {one.text() for one in shown if isinstance(one, QLabel) and not is_cut(one)}
    for widget in shown:
        if is_cut(widget) and not _is_data(widget) and widget.text() not in elsewhere:
            yield f"{_named(widget)}: its words are not shown whole"


def _is_data(widget: QWidget) -> bool:
    return isinstance(widget, FixedLinesLabel) and widget.left_out == Qt.TextElideMode.ElideMiddle


def _too_wide(window: Window) -> Iterator[str]:
    """What scrolls up and down alone and is wider than the place it is seen in: its right edge is
    out of reach."""
    for area in window.findChildren(QScrollArea):
        off = area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        inside, room = area.widget(), area.viewport().width()
        if off and area.isVisible() and inside is not None and inside.width() > room:
            yield f"{_named(inside)} is {inside.width()} px wide in a place of {room}"


def _is_looked_at(widget: QWidget) -> bool:
    return (
        isinstance(widget, LOOKED_AT)
        and widget.isVisible()
        and not widget.objectName().startswith("qt_")
    )


def _overlaps(shown: list[QWidget], window: Window) -> list[str]:
    """Controls and texts that lie over one another, and not one within the other."""
    frames = window.findChildren(QFrame)
    sheets = [one for one in frames if one.isVisible() and one.property("popover")]
    over = [one for one in shown if not _lies_below(one, sheets, window)]
    boxes = [(one, _seen(one, window)) for one in over]
    return [
        f"{_named(one)} {_box(first)} lies over {_named(other)} {_box(second)}"
        for (one, first), (other, second) in itertools.combinations(boxes, 2)
        if first.intersects(second) and not one.isAncestorOf(other) and not other.isAncestorOf(one)
    ]


def _seen(widget: QWidget, window: Window) -> QRect:
    """Its rectangle in the window as far as nothing that it lies in cuts it off."""
    box, around = widget.rect(), widget
    while around is not window:
        box = box.translated(around.pos()).intersected(around.parentWidget().rect())
        around = around.parentWidget()
    return box


def _lies_below(widget: QWidget, sheets: list[QFrame], window: Window) -> bool:
    """Whether one of the sheets that were opened over the screen lies over it."""
    return any(
        _seen(one, window).intersects(_seen(widget, window)) and not one.isAncestorOf(widget)
        for one in sheets
    )


def _of_widget(widget: QWidget, window: QWidget) -> Iterator[str]:
    yield from _outside(widget, window)
    least = widget.minimumSizeHint()
    wraps = isinstance(widget, QLabel) and widget.wordWrap()
    if not wraps and not widget.property("elides") and not isinstance(widget, QAbstractItemView):
        if widget.width() < least.width():
            yield f"{widget.width()} px wide, needs {least.width()}"
        if widget.height() < least.height():
            yield f"{widget.height()} px high, needs {least.height()}"
    yield from _cut(widget)
    if is_cut(widget) and not widget.toolTip():
        yield "is cut and has no tooltip"


def is_cut(widget: QWidget) -> bool:
    """Whether its words are shown with a part left out."""
    if isinstance(widget, ReservedLinesLabel):
        lines = break_lines(widget.text(), widget.font(), widget.contentsRect().width())
        metrics = QFontMetrics(widget.font())
        # the last line has nothing below it to keep its distance from
        needed = len(lines) * metrics.height() + (len(lines) - 1) * metrics.leading()
        return needed > widget.height()
    if isinstance(widget, FixedLinesLabel):
        return any("…" in line for line in widget.get_shown_lines()) and "…" not in widget.text()
    if isinstance(widget, KeyButton):
        return _needs_more_room(widget)
    if isinstance(widget, (QCheckBox, QRadioButton)):  # none of them opens a dialog
        return widget.text().endswith("…") or widget.sizeHint().width() > widget.width()
    return (
        isinstance(widget, QLabel)
        and bool(widget.text())
        and not widget.wordWrap()
        and widget.sizeHint().width() > widget.width()
    )


def _needs_more_room(button: KeyButton) -> bool:
    """Whether its lines are higher than the button, or one of its words is broken."""
    font, said = button._make_text_font(), button.get_label()
    metrics, widest = QFontMetrics(font), button._theme.metrics.scale_px(WIDEST_WORD)
    room = button.width() - button._get_width_around_text()
    lines = break_lines(said, font, room) or [""]
    if len(lines) * metrics.height() > button.height():
        return True
    shown, whole = (" ".join(text.split()).replace("- ", "-") for text in (" ".join(lines), said))
    broken = shown != whole
    return broken and all(metrics.horizontalAdvance(word) <= widest for word in said.split())


def _outside(widget: QWidget, window: QWidget) -> Iterator[str]:
    """Not fully inside the window and each widget that it lies in."""
    around = widget.parentWidget()
    while around is not None:
        box = QRect(widget.mapTo(around, QPoint(0, 0)), widget.size())
        if not around.rect().contains(box):
            yield f"{_box(box)} is not inside {type(around).__name__} {_box(around.rect())}"
            return
        if around is window:
            return
        around = around.parentWidget()


def _cut(widget: QWidget) -> Iterator[str]:
    """Words that have less room than they need."""
    metrics = QFontMetrics(widget.font())
    if isinstance(widget, QLabel):
        yield from _cut_label(widget)
    elif isinstance(widget, SidebarItem) and not widget._compact:
        metrics = QFontMetrics(_bold(widget))
        yield from _compare(metrics.horizontalAdvance(widget._name), widget.get_text_width())
    elif isinstance(widget, QLineEdit):
        needed = metrics.horizontalAdvance(widget.placeholderText())
        yield from _compare(needed, widget.width() - 20)
    elif isinstance(widget, QComboBox) and not widget.property("elides"):
        needed = max(
            (metrics.horizontalAdvance(widget.itemText(at)) for at in range(widget.count())),
            default=0,
        )
        yield from _compare(needed, widget.width() - 36)
    elif isinstance(widget, QListWidget) and not widget.property("elides"):
        needed = widget.sizeHintForColumn(0) if not widget.wordWrap() else 0
        yield from _compare(needed, widget.viewport().width())
    elif isinstance(widget, QTableView):
        yield from _cut_heads(widget.horizontalHeader())


def _cut_label(label: QLabel) -> Iterator[str]:
    room, said = label.contentsRect(), label.text()
    if not said or label.property("elides"):
        return
    metrics = QFontMetrics(label.font())
    if not label.wordWrap():
        yield from _compare(metrics.size(0, said).width(), room.width())
        return
    # as Qt breaks a line: behind a hyphen, too, and at no no-break space
    pieces = re.split(r"[ \n]+|(?<=-)", said)
    yield from _compare(max(metrics.horizontalAdvance(piece) for piece in pieces), room.width())
    rect = QRect(0, 0, room.width(), 10_000)
    needed = metrics.boundingRect(rect, Qt.TextFlag.TextWordWrap, said).height()
    if needed > room.height():
        yield f"its lines need {needed} px, there are {room.height()}"


def _cut_heads(heads: QHeaderView) -> Iterator[str]:
    if heads.property("elides") or heads.isHidden():
        return
    for at in range(heads.count()):
        needed = heads.sectionSizeHint(at)
        tip = heads.model().headerData(at, heads.orientation(), Qt.ItemDataRole.ToolTipRole)
        if not heads.isSectionHidden(at) and heads.sectionSize(at) < needed and not tip:
            yield (
                f"column {heads.model().headerData(at, heads.orientation())} "
                f"{heads.sectionSize(at)} px wide, needs {needed}"
            )


def _compare(needed: float, there: int) -> Iterator[str]:
    if needed > there:
        yield f"its words need {needed:.0f} px, there are {there}"


def _scrolls_inside(widget: QWidget, page: QWidget) -> bool:
    """Whether it lies in a list, a grid or another area that may scroll."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QAbstractScrollArea) and around is not page:
            return True
        around = around.parentWidget()
    return isinstance(widget, QScrollBar)


def _bold(widget: QWidget):
    font = widget.font()
    font.setBold(True)
    return font


def _named(widget: QWidget) -> str:
    said = getattr(widget, "text", None)
    words = said() if callable(said) else ""
    return f"{type(widget).__name__} “{words or widget.accessibleName()}”"


def _box(box: QRect) -> str:
    return f"({box.left()}, {box.top()}) to ({box.right()}, {box.bottom()})"
