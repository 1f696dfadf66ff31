"""Small pieces that every screen is put together from: a label of a size, a card, a rule, a row, a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.narrowing import require_value
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.words.direction import isolate_rtl_names

if TYPE_CHECKING:
    import html
else:
    html = LazyModule("html")

Line = TypeVar("Line", QHBoxLayout, QVBoxLayout)


class PlainLabel(QLabel):
    """A text that is never read as markup, in which no name turns what stands beside it, and no line ends between a figure and its %."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(isolate_rtl_names(text).replace(" %", "\u00a0%"))


def make_label(
    text: str = "", size: str = "", tone: str = "", bold: bool = False, wrap: bool = False, parent: QWidget | None = None
) -> QLabel:
    """A text. `size`: caption, heading, title, number, verdict; `tone`: quiet, warn, alarm. Never read as markup."""
    made = PlainLabel(text, parent)
    made.setWordWrap(wrap)
    if size:
        made.setProperty("textSize", size)
    if tone:
        made.setProperty("tone", tone)
    if bold:
        made.setProperty("weight", "bold")
    return made


def make_plain_tip(said: str) -> str:
    """A tool tip that says just this: Qt would read what looks like markup as such, and load what it names, even from another computer."""
    shown = isolate_rtl_names(said)
    return f"<span style='white-space: pre-wrap'>{html.escape(shown)}</span>" if "<" in shown else shown


def set_tone(widget: QWidget, tone: str) -> None:
    """Another tone on a label that is shown already."""
    if (widget.property("tone") or "") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def make_card(look: Theme, layout: QLayout | None = None) -> QFrame:
    """A panel with a border; `layout` (a column by default) is put in with 12 px of padding and gap."""
    frame = QFrame()
    frame.setProperty("card", True)
    inside = layout or QVBoxLayout()
    pad = look.metrics.scale_px(12)
    inside.setContentsMargins(pad, pad, pad, pad)
    inside.setSpacing(look.metrics.scale_px(8))
    frame.setLayout(inside)
    return frame


def make_rule() -> QFrame:
    """A hairline between two parts of a card."""
    line = QFrame()
    line.setProperty("rule", True)
    line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return line


Part = QWidget | QLayout | tuple[QWidget | QLayout, int]  # with a figure: the share of the room that is left


def make_row(look: Theme, *parts: Part, gap: float = 8, on: QWidget | None = None) -> QHBoxLayout:
    """Widgets and layouts side by side, `gap` px apart and with no margin; they fill the widget `on`, where one is named."""
    return _fill_layout(QHBoxLayout(), look, parts, gap, on)


def make_column(look: Theme, *parts: Part, gap: float = 8, on: QWidget | None = None) -> QVBoxLayout:
    """Widgets and layouts below each other, as `make_row` has them side by side."""
    return _fill_layout(QVBoxLayout(), look, parts, gap, on)


def _fill_layout(made: Line, look: Theme, parts: tuple[Part, ...], gap: float, on: QWidget | None) -> Line:
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(look.metrics.scale_px(gap))
    if on is not None:
        on.setLayout(made)
    for part in parts:
        one, share = part if isinstance(part, tuple) else (part, 0)
        if isinstance(one, QWidget):
            made.addWidget(one, share)
        else:
            made.addLayout(one, share)
    return made


def make_scroll_area(widget: QWidget) -> QScrollArea:
    """The widget, scrolled where there is less room than it needs; the bars show only then."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setViewport(QWidget())  # of our own: to tell what Qt's is, PySide makes Python's of every class of widgets, which takes 13 ms
    area.setWidget(widget)
    widget.setAutoFillBackground(False)
    return area


def delete_widget(widget: QWidget) -> None:
    """Deletes a widget that its place needs no more. It stays inside its window until it is gone: Qt shows what a layout was given later,
    and without a parent that would be a window of its own."""
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
