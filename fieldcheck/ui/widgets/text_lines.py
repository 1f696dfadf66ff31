"""Text widgets: labels with a fixed number of lines, lists of sentences, and notes that disappear
after a few seconds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QListWidget, QSizePolicy, QWidget

from fieldcheck.safe_text import isolate_rtl_names
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.layouts import PlainLabel, make_plain_tip, set_tone


class FixedLinesLabel(PlainLabel):
    """`lines` of text at most, the last one with an ellipsis where more was said, at its end or
    where `left_out` says. As wide as its layout makes it. A line feed begins another line; those
    that have no room are an ellipsis."""

    def __init__(
        self,
        lines: int = 1,
        size: str = "",
        tone: str = "",
        bold: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self._lines = lines
        self.left_out = Qt.TextElideMode.ElideRight
        self.setProperty("elides", True)
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
            self._update_tool_tip()

    def has_room(self, lines: int) -> bool:
        """Whether so many are enough for all that is said, at the width that it has."""
        before, self._lines = self._lines, lines
        shown, self._lines = " ".join(self.get_shown_lines()), before
        return shown == " ".join(self.text().split())

    def set_text(self, text: str, tone: str = "") -> None:
        """Another text, and its tone."""
        set_tone(self, tone)
        if text != self.text():
            self.setText(text)
            self._update_tool_tip()

    def get_shown_lines(self) -> list[str]:
        """The lines as they are painted."""
        metrics, width = QFontMetrics(self.font()), max(1, self.contentsRect().width())
        left, lines = (
            [part.strip().split(" ") for part in self.text().split("\n") if part.strip()],
            list[str](),
        )
        while left and len(lines) < self._lines - 1:
            words = left[0]
            taken = next(
                (
                    n
                    for n in range(len(words), 0, -1)
                    if metrics.horizontalAdvance(" ".join(words[:n])) <= width
                ),
                0,
            )
            if not taken:
                break
            lines.append(" ".join(words[:taken]))
            left = [words[taken:], *left[1:]] if taken < len(words) else left[1:]
        rest = " ".join([*left[0], *(["…"] if len(left) > 1 else [])]) if left else ""
        return (
            [*lines, metrics.elidedText(rest, self.left_out, width)] if rest or not lines else lines
        )

    def sizeHint(self) -> QSize:
        return QSize(0, QFontMetrics(self.font()).lineSpacing() * self._lines)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_tool_tip()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, shown = QPainter(self), self.get_shown_lines()
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        height, rect = QFontMetrics(self.font()).lineSpacing(), self.contentsRect()
        spare = (
            0
            if self.alignment() & Qt.AlignmentFlag.AlignTop
            else (rect.height() - height * len(shown)) // 2
        )
        top = rect.top() + spare
        for index, line in enumerate(shown):
            box = QRect(rect.left(), top + index * height, rect.width(), height)
            painter.drawText(box, self.alignment() | Qt.AlignmentFlag.AlignVCenter, line)
        painter.end()

    def _update_tool_tip(self) -> None:
        """The whole text is the tooltip where a part of it is not shown."""
        whole = " ".join(self.text().split())
        self.setToolTip("" if " ".join(self.get_shown_lines()) == whole else make_plain_tip(whole))


# Whole sentences one below the other, read with the arrows: for what may be more than a place has
# room for.

LEAST = 40


class LineList(QListWidget):
    """Each line wraps where the place ends."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWordWrap(True)
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
