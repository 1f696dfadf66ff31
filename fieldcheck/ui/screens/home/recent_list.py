"""The recent projects of the start page: one row each with a thumbnail, how far it is, and its
verdict or next step."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.ui.screens.home.captions import BROKEN, MISSING, ElidedLabel, RecentProjectRow
from fieldcheck.ui.theme import LARGE, Theme, paint_icon
from fieldcheck.ui.widgets.buttons import OWN_RING, KeyButton, VerdictSign
from fieldcheck.ui.widgets.choice_buttons import get_chosen_ground
from fieldcheck.ui.widgets.images_and_zoom import decode_image
from fieldcheck.ui.widgets.layouts import (
    PlainLabel,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    set_tone,
)

PICTURE = QSize(88, 50)
ROW, BAR, BAR_WIDTH, MOST_SEEN = 72, 4, 120, 3
NAME_WIDTH, FAR_WIDTH, LAST_WIDTH = 80, 132, 178
RADIUS, PAD, EDGE = 6, 12, 2
CHIP_HEIGHT, CHIP_PAD, CHIP_SIGN, CHIP_GAP = 24, 10, 12, 6


class RecentList(QScrollArea):
    """One tab stop: arrows go from row to row, Enter opens, and so does a click.
    `open_requested`, `locate_requested` and `remove_requested` carry the path of a row."""

    open_requested = Signal(str)
    locate_requested = Signal(str)
    remove_requested = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[_RecentRow] = []
        self._index = 0
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Recent projects"))
        self.setProperty(OWN_RING, True)  # round the row
        self.setMinimumHeight(theme.metrics.scale_px(ROW))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def show_projects(self, lines: list[RecentProjectRow]) -> None:
        """These and no others, the current one at the top."""
        inside = QWidget()
        inside.setProperty("surface", "panel")
        whole = make_column(self._theme, gap=2, parent=inside)
        self._rows = [_RecentRow(self._theme, line, self) for line in lines]
        for row in self._rows:
            whole.addWidget(row)
        whole.addStretch()
        self.setWidget(inside)
        self.setMinimumWidth(inside.minimumSizeHint().width())
        # large text leaves the page to be scrolled, and not one row of the list
        metrics = self._theme.metrics
        seen = MOST_SEEN if metrics.percent >= LARGE else 1
        self.setMinimumHeight(metrics.scale_px(ROW) * max(1, min(seen, len(lines))))
        self._move_to_line(0)

    def show_project(self, line: RecentProjectRow) -> None:
        """Shows what is known of one project now."""
        for index, row in enumerate(self._rows):
            if row.line.path == line.path:
                row.show_project(line)
                if index == self._index:
                    self._move_to_line(index)

    @property
    def lines(self) -> list[RecentProjectRow]:
        """Rows of the list, as shown."""
        return [row.line for row in self._rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self._rows:
            self._move_to_line(max(0, min(len(self._rows) - 1, self._index + step)))
        elif (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            if self._rows:
                self._rows[self._index].run_default_action()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._move_to_line(self._index)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._mark_current()

    def _move_to_line(self, index: int) -> None:
        self._index = index
        self._mark_current()
        if self._rows:
            self.ensureWidgetVisible(self._rows[index], 0, 0)
            self.setAccessibleDescription(self._rows[index].accessibleName())
        else:
            self.setAccessibleDescription("")

    def _mark_current(self) -> None:
        for index, row in enumerate(self._rows):
            row.set_current(index == self._index and self.hasFocus())


class _RecentRow(QFrame):
    """Thumbnail, name and time, how far, and the verdict or the next step; a project that is not
    there has its two buttons in their place."""

    def __init__(self, theme: Theme, line: RecentProjectRow, owner: RecentList) -> None:
        super().__init__()
        self.line, self._theme, self._owner = line, theme, owner
        self._current = self._hovered = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        px = theme.metrics.scale_px
        self.setMinimumHeight(max(px(ROW), theme.metrics.target))
        self._picture = _Thumbnail(theme)
        self._picture.setVisible(theme.metrics.percent < LARGE)
        self._name = ElidedLabel(bold=True)
        self._when = ElidedLabel()
        self._when.setProperty("tone", "quiet")
        self._labelled = make_label(wrap=True)
        self._bar = _ProgressLine(theme)
        self._outcome = VerdictChip(theme)
        self._next = make_label(tone="quiet", wrap=True)
        self._locate = KeyButton(theme, tr("Locate…"))
        self._remove = KeyButton(theme, tr("Remove from list"))
        self._locate.clicked.connect(lambda: owner.locate_requested.emit(self.line.path))
        self._remove.clicked.connect(lambda: owner.remove_requested.emit(self.line.path))
        named = QWidget()
        named.setMinimumWidth(px(NAME_WIDTH))
        _make_middle_column(theme, 0, self._name, self._when, parent=named)
        self._far = QWidget()
        self._far.setMinimumWidth(px(FAR_WIDTH))
        _make_middle_column(theme, 6, self._labelled, self._bar, parent=self._far)
        self._last = QWidget()
        self._last.setMinimumWidth(px(LAST_WIDTH))
        _make_middle_column(theme, 4, self._outcome, self._next, parent=self._last)
        row = make_row(
            theme, self._picture, (named, 5), (self._far, 2), (self._last, 3), gap=16, parent=self
        )
        row.addWidget(self._locate)
        row.addWidget(self._remove)
        row.setContentsMargins(px(PAD), px(4), px(PAD), px(4))
        self.show_project(line)

    def show_project(self, line: RecentProjectRow) -> None:
        """What is known of it now."""
        self.line = line
        self._name.setText(line.name)
        self._when.setText(line.when)
        self._when.setToolTip(make_plain_tip(line.path))
        self._labelled.setText(line.labelled)
        self._bar.show_share(line.share)
        self._outcome.show_verdict(line.sign, line.outcome, line.verdict)
        self._next.setText("" if line.outcome else line.next)
        self._next.setVisible(bool(self._next.text()))
        is_missing = line.state in (MISSING, BROKEN)
        self._far.setVisible(line.state != MISSING)
        self._last.setVisible(not is_missing)
        self._locate.setVisible(line.state == MISSING)
        self._remove.setVisible(is_missing)
        self.setCursor(
            Qt.CursorShape.ArrowCursor
            if line.state == MISSING
            else Qt.CursorShape.PointingHandCursor
        )
        self._picture.show_thumbnail(line.thumbnail, is_missing)
        self.setAccessibleName(
            ", ".join(
                part
                for part in (line.name, line.when, line.labelled, line.outcome or line.next)
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

    def set_current(self, current: bool) -> None:
        """Set whether the keys belong to this row."""
        self._current = current
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.run_default_action()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hovered = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hovered = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        if not (self._current or self._hovered):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.focus), EDGE) if self._current else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(get_chosen_ground(tokens) if self._current else tokens.hover))
        inside = QRectF(self.rect()).adjusted(EDGE / 2, EDGE / 2, -EDGE / 2, -EDGE / 2)
        painter.drawRoundedRect(inside, RADIUS, RADIUS)
        painter.end()


def _make_middle_column(
    theme: Theme, gap: int, *parts: QWidget, parent: QWidget | None = None
) -> QVBoxLayout:
    """The parts below each other, in the middle of the row."""
    column = make_column(theme, gap=gap, parent=parent)
    column.addStretch()
    for part in parts:
        column.addWidget(
            part,
            0,
            Qt.AlignmentFlag.AlignLeft if isinstance(part, VerdictChip) else Qt.AlignmentFlag(0),
        )
    column.addStretch()
    return column


class _ProgressLine(QWidget):
    """A thin bar, 0 to 1; nothing where there is nothing to be done."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._share: float | None = None
        self.setFixedHeight(theme.metrics.scale_px(BAR))

    def show_share(self, share: float | None) -> None:
        """How much of it is done; None hides the bar."""
        self._share = share
        self.setVisible(share is not None)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._share is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width = min(self.width(), self._theme.metrics.scale_px(BAR_WIDTH))
        for share, colour in (
            (1.0, self._theme.tokens.edge),
            (self._share, self._theme.tokens.accent),
        ):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(0, 0, width * share, self.height()), 2, 2)
        painter.end()


class VerdictChip(PlainLabel):
    """A verdict with its shape on a ground of its tone. Its text goes on in the next line where
    there is little room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("")
        self._theme = theme
        self._sign = VerdictSign(theme, self)
        px = theme.metrics.scale_px
        self._sign.setFixedSize(px(CHIP_SIGN), px(CHIP_SIGN))
        self.setWordWrap(True)
        self.setProperty("textSize", "caption")
        left = px(CHIP_PAD) + px(CHIP_SIGN) + px(CHIP_GAP)
        self.setContentsMargins(left, px(2), px(CHIP_PAD), px(2))
        self.setMinimumHeight(px(CHIP_HEIGHT))

    def show_verdict(self, sign: str, text: str, whole: str) -> None:
        """The word with its shape; `whole` is the sentence with its intervals, for the tooltip."""
        self._sign.show_kind(sign)
        set_tone(self, {"octagon": "alarm", "tick": "ok"}.get(sign, "warn"))
        self.setText(text)
        self.setToolTip(make_plain_tip(whole))
        self.setVisible(bool(text))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """One line, where there is room for it."""
        margins = self.contentsMargins()
        width = QFontMetrics(self.font()).horizontalAdvance(self.text()) + 2
        return QSize(width + margins.left() + margins.right(), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._sign.move(
            self._theme.metrics.scale_px(CHIP_PAD), (self.height() - self._sign.height()) // 2
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        soft = {"octagon": tokens.alarm_soft, "tick": tokens.ok_soft}
        ground = soft.get(self._sign.kind, tokens.warn_soft)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        radius = self._theme.metrics.scale_px(CHIP_HEIGHT) / 2
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.end()
        super().paintEvent(event)


class _Thumbnail(QWidget):
    """A thumbnail, or an icon in a dashed frame where there is none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._image, self._is_missing = theme, QImage(), False
        self.setFixedSize(
            theme.metrics.scale_px(PICTURE.width()), theme.metrics.scale_px(PICTURE.height())
        )

    def show_thumbnail(self, jpeg: bytes, is_missing: bool) -> None:
        """This one; `is_missing` says that there is no project behind it."""
        self._image, self._is_missing = decode_image(jpeg) if jpeg else QImage(), is_missing
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._image.isNull():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            rounded = QPainterPath()
            rounded.addRoundedRect(QRectF(self.rect()), 4, 4)
            painter.setClipPath(rounded)
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
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            side = self._theme.metrics.scale_px(20)
            box = QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)
            paint_icon(painter, "link-off" if self._is_missing else "image", box, colour)
        painter.end()
