"""Text widgets: labels with a fixed number of lines, lists of sentences, and notes that disappear
after a few seconds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QListWidget,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from fieldcheck.safe_text import isolate_rtl_names
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.layouts import PlainLabel, make_plain_tip, set_tone

ANYWHERE = QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere


def break_lines(text: str, font: QFont, width: int) -> list[str]:
    """Breaks a text into lines that are no wider than a place.

    Args:
        text: What is to be broken, between words, and within a word that is longer than a line. A
            line feed begins another line.
        font: What it is written in.
        room: Pixels.

    Returns:
        The lines; none of an empty text.
    """
    option, lines, wide = QTextOption(), list[str](), QFontMetrics(font).horizontalAdvance
    for part in filter(None, (part.strip() for part in text.split("\n"))):
        if wide(part) <= width:
            lines.append(part)
            continue
        # with that mode Qt also breaks a word that fits, for the overhang of its last letter
        long = any(wide(word) > width for word in part.split(" "))
        option.setWrapMode(ANYWHERE if long else QTextOption.WrapMode.WordWrap)
        laid, units = QTextLayout(part, font), part.encode("utf-16-le")
        laid.setTextOption(option)
        laid.beginLayout()
        while (line := laid.createLine()).isValid():
            line.setLineWidth(max(1, width))
            start, end = line.textStart(), line.textStart() + line.textLength()
            lines.append(units[2 * start : 2 * end].decode("utf-16-le").strip())
        laid.endLayout()
    return lines


def break_into(most: int, text: str, font: QFont, width: int) -> list[str]:
    """The lines of a text, at `most` so many: of a longer one the middle is left out, so that both
    ends of a name are there."""
    lines = break_lines(text, font, width)
    if len(lines) <= most:
        return lines
    wide, end = QFontMetrics(font).horizontalAdvance, text
    while len(end) > 1 and wide(f"…{end}") > width:
        end = end[1:]
    return [*lines[: most - 1], f"…{end.lstrip()}"]


def compute_text_height(font: QFont, lines: int) -> int:
    """Pixels of so many lines: between two of them lies what the font leaves there."""
    metrics = QFontMetrics(font)
    return lines * metrics.height() + max(0, lines - 1) * metrics.leading()


class _LinesLabel(PlainLabel):
    """Paints lines of text, as wide as its layout makes it. A line feed begins another line."""

    def __init__(self, lines: int = 1, size: str = "", tone: str = "", bold: bool = False) -> None:
        super().__init__("")
        self._lines = lines
        self.setProperty("elides", True)  # it is never as wide as its text would like
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for name, value in (("textSize", size), ("weight", "bold" if bold else "")):
            if value:
                self.setProperty(name, value)
        set_tone(self, tone)

    def set_lines(self, lines: int) -> None:
        """From now on this many; its height is another then."""
        if lines != self._lines:
            self._lines = lines
            self.updateGeometry()
            self._on_lines_change()

    def set_text(self, text: str, tone: str = "") -> None:
        """Another text, and its tone."""
        set_tone(self, tone)
        if text != self.text():
            self.setText(text)
            self._on_lines_change()

    def get_shown_lines(self) -> list[str]:
        """The lines as they are painted: those of the text, where a class breaks none."""
        return self.text().splitlines()

    def sizeHint(self) -> QSize:
        return QSize(0, compute_text_height(self.font(), self._lines))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._on_lines_change()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, shown = QPainter(self), self.get_shown_lines()
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        metrics, rect = QFontMetrics(self.font()), self.contentsRect()
        spare = (
            0
            if self.alignment() & Qt.AlignmentFlag.AlignTop
            else (rect.height() - compute_text_height(self.font(), len(shown))) // 2
        )
        top = rect.top() + spare
        for index, line in enumerate(shown):
            line_top = top + index * metrics.lineSpacing()
            box = QRect(rect.left(), line_top, rect.width(), metrics.height())
            painter.drawText(box, self.alignment() | Qt.AlignmentFlag.AlignVCenter, line)
        painter.end()

    def _on_lines_change(self) -> None:
        """Its text, its width or the number of its lines is another."""


class FixedLinesLabel(_LinesLabel):
    """A name or a path on `lines` lines at most: where it is longer, the middle of the last one is
    an ellipsis, or what `left_out` says, and the whole of it is the tooltip. Words of the program
    belong on a ReservedLinesLabel, unless nothing may move with them."""

    left_out = Qt.TextElideMode.ElideMiddle

    def get_shown_lines(self) -> list[str]:
        """The lines as they are painted."""
        width = self.contentsRect().width()
        lines = break_lines(self.text(), self.font(), width) or [""]
        whole, rest = lines[: self._lines - 1], " ".join(lines[self._lines - 1 :])
        fitting = QFontMetrics(self.font()).elidedText(rest, self.left_out, max(1, width))
        return [*whole, fitting] if rest or not whole else whole

    def _on_lines_change(self) -> None:
        """The whole text is the tooltip where a part of it is not shown."""
        whole = " ".join(self.text().split())
        self.setToolTip("" if " ".join(self.get_shown_lines()) == whole else make_plain_tip(whole))


class ReservedLinesLabel(_LinesLabel):
    """Keeps `lines` lines free, so that nothing moves with what is said, and takes more where those
    are too few: nothing of it is left out."""

    def __init__(self, lines: int = 1, size: str = "", tone: str = "", bold: bool = False) -> None:
        self._needed = 1
        super().__init__(lines, size, tone, bold)

    def get_shown_lines(self) -> list[str]:
        """The lines as they are painted."""
        return break_lines(self.text(), self.font(), self.contentsRect().width()) or [""]

    def sizeHint(self) -> QSize:
        lines = max(self._lines, self._needed)
        return QSize(0, compute_text_height(self.font(), lines))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._on_lines_change()

    def _on_lines_change(self) -> None:
        needed = len(self.get_shown_lines())
        if needed != self._needed:
            self._needed = needed
            self.updateGeometry()


# Whole sentences one below the other, read with the arrows: for what may be more than a place has
# room for.

LEAST = 40


PADDING = 5  # pixels on each side of an item, with its border


class _WrappedLines(QStyledItemDelegate):
    """Asks for the height that a line has between the paddings: Qt measures it without them."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        between = QStyleOptionViewItem(option)
        between.rect = option.rect.adjusted(PADDING, 0, -PADDING, 0)
        return super().sizeHint(between, index)


class LineList(QListWidget):
    """Each line wraps where the place ends."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setWordWrap(True)
        self.setItemDelegate(_WrappedLines(self))
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setMinimumHeight(theme.metrics.scale_px(LEAST))

    def set_lines(self, lines: Sequence[str]) -> None:
        """These lines and no others."""
        if list(lines) != self.get_lines():
            self.clear()
            self.addItems([isolate_rtl_names(line) for line in lines])

    def get_lines(self) -> list[str]:
        """Lines as they stand there."""
        return [self.item(index).text() for index in range(self.count())]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


# A note that is over after a few seconds: why a key did nothing. Whoever shows it puts it in the
# place of what lasts.

STAYS_MS = 6000


class TransientNote(QObject):
    """`text`: the note as long as it stands, else empty. `changed` comes with every other text."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self._timer = QTimer(self, interval=STAYS_MS, singleShot=True)
        self._timer.timeout.connect(self.clear_note)

    def show_note(self, text: str, lasts: bool = False) -> None:
        """This from now on, for a few seconds; empty ends the one before. `lasts`: until it is
        ended."""
        self.text = text
        if text and not lasts:
            self._timer.start()
        else:
            self._timer.stop()
        self.changed.emit()

    def clear_note(self) -> None:
        """It is over, as with the frame that it was about."""
        if self.text:
            self.show_note("")
