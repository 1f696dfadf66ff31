"""The recent projects: one tab stop, arrows go from line to line, Enter opens."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.i18n.language import tr
from fieldcheck.ui.screens.home.captions import BROKEN, MISSING, RecentProjectRow
from fieldcheck.ui.theme import Theme, paint_icon
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.image_view import decode_image
from fieldcheck.ui.widgets.layouts import make_column, make_label, make_plain_tip, set_tone

PICTURE = QSize(78, 44)


class RecentList(QScrollArea):
    """`open_requested`, `locate_requested` and `remove_requested` carry the path of a line."""

    open_requested = Signal(str)
    locate_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[_RecentRow] = []
        self._at = 0
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Recent projects"))
        self.setMinimumHeight(theme.metrics.scale_px(60))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def show_projects(self, lines: list[RecentProjectRow]) -> None:
        """These and no others, the current one at the top."""
        inside = QWidget()
        inside.setProperty("surface", "panel")
        whole = make_column(self._theme, gap=0, parent=inside)
        self._rows = [_RecentRow(self._theme, line, self) for line in lines]
        for row in self._rows:
            whole.addWidget(row)
        whole.addStretch()
        self.setWidget(inside)
        self._move_to_line(0)

    def show_project(self, line: RecentProjectRow) -> None:
        """Shows what is known of one project now."""
        for index, row in enumerate(self._rows):
            if row.line.path == line.path:
                row.show_project(line)
                if index == self._at:
                    self._move_to_line(index)

    @property
    def lines(self) -> list[RecentProjectRow]:
        """Lines of the list, as shown."""
        return [row.line for row in self._rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self._rows:
            self._move_to_line(max(0, min(len(self._rows) - 1, self._at + step)))
        elif (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            if self._rows:
                self._rows[self._at].run_default_action()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._move_to_line(self._at)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark_current()

    def _move_to_line(self, index: int) -> None:
        self._at = index
        self._mark_current()
        if self._rows:
            self.ensureWidgetVisible(self._rows[index], 0, 0)
            self.setAccessibleDescription(self._rows[index].accessibleName())
        else:
            self.setAccessibleDescription("")

    def _mark_current(self) -> None:
        for index, row in enumerate(self._rows):
            row.set_current(index == self._at, self.hasFocus())


class _RecentRow(QFrame):
    """Picture, name and time, how far, outcome, buttons."""

    def __init__(self, theme: Theme, line: RecentProjectRow, owner: RecentList) -> None:
        super().__init__()
        self.line, self._theme, self._owner = line, theme, owner
        self._current = self._focused = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        px = theme.metrics.scale_px
        self._picture = _Thumbnail(theme)
        self._name = make_label(bold=True)
        self._when = make_label(size="caption", tone="quiet")
        self._labelled = make_label(wrap=True)
        self._next = make_label(size="caption", tone="quiet")
        self._outcome = make_label(wrap=True)
        self._open, self._enter = (
            KeyButton(theme, tr("Open")),
            KeyButton(theme, tr("Open"), "Enter"),
        )
        # so that the columns stand below each other
        self._open.setMinimumWidth(self._enter.sizeHint().width())
        self._find = KeyButton(theme, tr("Locate…"))
        self._remove = KeyButton(theme, tr("Remove from list"))
        for button in (self._open, self._enter):
            button.clicked.connect(lambda: owner.open_requested.emit(self.line.path))
        self._find.clicked.connect(lambda: owner.locate_requested.emit(self.line.path))
        self._remove.clicked.connect(lambda: owner.remove_requested.emit(self.line.path))
        for shown in (self._name, self._when, self._next):
            shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        for shown in (self._labelled, self._outcome):
            shown.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        named, far = QVBoxLayout(), QVBoxLayout()
        for lines, parts in (
            (named, (self._name, self._when)),
            (far, (self._labelled, self._next)),
        ):
            lines.setSpacing(0)
            lines.addStretch()
            for part in parts:
                lines.addWidget(part)
            lines.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(px(6), px(5), px(6), px(5))
        row.setSpacing(px(12))
        row.addWidget(self._picture)
        row.addLayout(named, 3)
        row.addLayout(far, 3)
        row.addWidget(self._outcome, 4)
        for button in (self._find, self._remove, self._open, self._enter):
            row.addWidget(button)
        self.show_project(line)

    def show_project(self, line: RecentProjectRow) -> None:
        """What is known of it now."""
        self.line = line
        self._name.setText(line.name)
        self._when.setText(line.when)
        self._when.setToolTip(make_plain_tip(line.path))
        self._labelled.setText(line.labelled)
        self._next.setText(line.next)
        self._next.setVisible(bool(line.next))
        self._outcome.setText(line.outcome)
        self._outcome.setVisible(bool(line.outcome))
        self._outcome.setProperty("weight", "bold" if line.reported else "")
        set_tone(self._outcome, "" if line.reported else "quiet")
        lost = line.state in (MISSING, BROKEN)
        self._find.setVisible(line.state == MISSING)
        self._remove.setVisible(lost)
        self._update_open_key()
        self._picture.show_thumbnail(line.thumbnail, lost)
        self.setAccessibleName(
            ", ".join(
                part
                for part in (line.name, line.when, line.labelled, line.next, line.outcome)
                if part
            )
        )

    def run_default_action(self) -> None:
        """What Enter does: open it, or look for it."""
        (
            self._owner.locate_requested
            if self.line.state == MISSING
            else self._owner.open_requested
        ).emit(self.line.path)

    def set_current(self, current: bool, focused: bool) -> None:
        """Set whether this row is the current one, and whether the list has the focus."""
        self._current, self._focused = current, focused
        self._update_open_key()
        self.update()

    def _update_open_key(self) -> None:
        """The key stands on the button of the line that it opens."""
        there = self.line.state != MISSING
        self._open.setVisible(there and not self._current)
        self._enter.setVisible(there and self._current)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(QColor(self._theme.tokens.hairline), 1))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())
        if self._current and self._focused:
            painter.setPen(QPen(QColor(self._theme.tokens.focus), 3))
            painter.drawRoundedRect(self.rect().adjusted(2, 2, -3, -3), 4, 4)
        painter.end()


class _Thumbnail(QLabel):
    """A thumbnail, or an icon in a dashed frame where there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._image, self._lost = theme, QImage(), False
        self.setFixedSize(
            theme.metrics.scale_px(PICTURE.width()), theme.metrics.scale_px(PICTURE.height())
        )

    def show_thumbnail(self, jpeg: bytes, lost: bool) -> None:
        """This one; `lost` says that there is no project behind it."""
        self._image, self._lost = decode_image(jpeg) if jpeg else QImage(), lost
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            scaled = self._image.size().scaled(
                self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding
            )
            rect = QRect(
                (self.width() - scaled.width()) // 2,
                (self.height() - scaled.height()) // 2,
                scaled.width(),
                scaled.height(),
            )
            painter.drawImage(rect, self._image)
        else:
            colour = self._theme.tokens.text2
            painter.setPen(QPen(QColor(colour), 1, Qt.PenStyle.DashLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            side = self._theme.metrics.scale_px(20)
            box = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
            paint_icon(painter, "link-off" if self._lost else "image", box, colour)
        painter.end()
