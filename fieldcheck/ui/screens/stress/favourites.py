"""The corruptions to choose from, each shown on the present frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QSizePolicy, QWidget

from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.flow import FlowLayout
from fieldcheck.ui.widgets.frame_view import ON_STRIP
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.plain import clear_layout, make_label, make_plain_tip
from fieldcheck.ui.widgets.ring import paint_ring
from fieldcheck.words.corruptions import describe_steps, get_corruption_name, group_by_cause
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

UNDER = 12  # pixels of the name under a thumbnail, the one text that is smaller than a caption
PAD, TALL, TALL_COMPACT, TALL_LOW, GAP = 4, 88, 64, 46, 4
COLUMNS_COMPACT = 5
MORE = "/"  # the key that opens the whole catalogue
LEAST = 56


class Favourites(QWidget):
    """Thumbnails with number and name; one of them is chosen. `chosen(place)` counts from 0. Behind the favourites stands the way to all
    the others, `more`, which carries the name of the chosen one where that is no favourite."""

    chosen = Signal(int)
    more = Signal()

    def __init__(self, look: Theme, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._group = QButtonGroup(self)
        self._by_name = {name: CorruptionThumbnail(look, str(at + 1), get_corruption_name(name), self) for at, name in enumerate(names)}
        self.other = CorruptionThumbnail(look, MORE, tr("All…"), self, f"+{sum(len(own) for _, own in group_by_cause()) - len(names)}")
        self._other_name = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.metrics.scale_px(GAP))
        for at, button in enumerate(self.list_buttons()):
            self._group.addButton(button, at)
        self._group.addButton(self.other, len(self._by_name))
        self._group.idClicked.connect(self._on_clicked)
        self.set_compact(False)

    def list_buttons(self) -> list[CorruptionThumbnail]:
        """In their order."""
        return list(self._by_name.values())

    def select_corruption(self, name: str) -> None:
        """From now on this one is the chosen one; one that is no favourite stands behind them."""
        other = "" if name in self._by_name else name
        if other != self._other_name:
            self._other_name = other
            self.other.set_caption(get_corruption_name(other) if other else tr("All…"))
            self.other.show_picture(None)
        (self.other if other else self._by_name[name]).setChecked(True)

    def show_pictures(self, pictures: Mapping[str, NDArray[np.uint8]]) -> None:
        """(h, w, 3) uint8 RGB each, by the name of the corruption."""
        for name, rgb in pictures.items():
            if name in self._by_name:
                self._by_name[name].show_picture(rgb)
            elif name == self._other_name:
                self.other.show_picture(rgb)

    def show_no_pictures(self) -> None:
        """Shows no thumbnails, as long as there is no frame."""
        for button in (*self.list_buttons(), self.other):
            button.show_picture(None)

    def set_compact(self, compact: bool, low: bool = False) -> None:
        """Two rows of lower ones; `low`: of the lowest in which something can be made out."""
        px, all_of_them = self._look.metrics.scale_px, [*self.list_buttons(), self.other]
        columns = COLUMNS_COMPACT if compact else len(all_of_them)
        lines = -(-len(all_of_them) // columns)
        for at, button in enumerate(all_of_them):
            self._grid.addWidget(button, at // columns, at % columns)
        tall = px(TALL if not compact else TALL_LOW if low else TALL_COMPACT)
        for button in all_of_them:
            button.setMinimumHeight(tall)
        self.setFixedHeight(lines * tall + (lines - 1) * px(GAP))

    def _on_clicked(self, place: int) -> None:
        if place < len(self._by_name):
            self.chosen.emit(place)
        else:
            self.more.emit()


class CorruptionThumbnail(QAbstractButton):
    """One corruption: its picture, or what stands `instead` of one, its number, which is also its key, and its name."""

    def __init__(self, look: Theme, key: str, name: str, parent: QWidget | None = None, instead: str = "") -> None:
        super().__init__(parent)
        self._look, self._key, self._instead = look, key, instead
        self._pixels: NDArray[np.uint8] | None = None
        self._image: QImage | None = None
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setProperty("elides", True)
        self.set_caption(name)

    def set_caption(self, name: str) -> None:
        """Another name under it."""
        self._said = f"{self._key} {name}"
        self.setText(self._said)
        self.setToolTip(make_plain_tip(name))
        self.setAccessibleName(tr("{name}, key {key}").format(name=name, key=self._key))
        self.updateGeometry()
        self.update()

    def show_picture(self, rgb: NDArray[np.uint8] | None) -> None:
        """(h, w, 3) uint8 RGB, contiguous."""
        self._pixels = rgb  # the image looks into this array and does not keep it alive
        self._image = None if rgb is None else QImage(rgb.data, rgb.shape[1], rgb.shape[0], 3 * rgb.shape[1], QImage.Format.Format_RGB888)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(
            QFontMetrics(self._make_font(True)).horizontalAdvance(self._said) + 2 * self._scale_px(PAD), self._scale_px(TALL_COMPACT)
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self._scale_px(LEAST)), self._scale_px(TALL_LOW))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, chosen = self._look.tokens, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        wide = 3 if chosen or self.hasFocus() else 1
        colour = tokens.focus if self.hasFocus() else tokens.accent if chosen or self.underMouse() else tokens.border
        painter.setPen(QPen(QColor(colour), wide))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(wide / 2, wide / 2, -wide / 2, -wide / 2), 4, 4)
        font = self._make_font(chosen)
        line = QFontMetrics(font).height() + 2
        room = self.rect().adjusted(self._scale_px(PAD), self._scale_px(PAD), -self._scale_px(PAD), -self._scale_px(PAD) - line)
        self._paint_picture(painter, room)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        below = QRect(0, room.bottom() + 1, self.width(), self.height() - room.bottom() - 2)
        said = QFontMetrics(font).elidedText(self._said, Qt.TextElideMode.ElideRight, self.width() - self._scale_px(PAD))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, said)
        if chosen and self.hasFocus():
            paint_ring(painter, self.rect(), tokens.focus, tokens.panel)
        painter.end()

    def _paint_picture(self, painter: QPainter, room: QRect) -> None:
        """The middle of the picture, so that the room is filled."""
        painter.fillRect(room, QColor(self._look.tokens.canvas))
        if self._image is None or room.isEmpty():
            painter.setFont(self.font())
            painter.setPen(QColor(ON_STRIP))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._instead)
            return
        width, height = self._image.width(), self._image.height()
        scale = max(room.width() / width, room.height() / height)
        part = QRectF(0, 0, room.width() / scale, room.height() / scale)
        part.moveCenter(QPointF(width / 2, height / 2))
        painter.drawImage(QRectF(room), self._image, part)

    def _make_font(self, bold: bool) -> QFont:
        return self._look.make_font(self.font(), UNDER, bold)

    def _scale_px(self, at_100: float) -> int:
        return self._look.metrics.scale_px(at_100)


class RecipeStepList(QWidget):
    """Hidden while nothing lies under. `taken_out(place)` counts from the one done first."""

    taken_out = Signal(int)

    def __init__(self, look: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._steps: tuple[tuple[str, float], ...] = ()
        self._line = FlowLayout(look.metrics.scale_px(8), self)
        self.buttons: list[KeyButton] = []
        self.hide()

    def show_steps(self, steps: Sequence[tuple[str, float]]) -> None:
        """Corruption and severity of each, in the order in which they are done."""
        if tuple(steps) == self._steps:
            return
        self._steps = tuple(steps)
        clear_layout(self._line)
        self.buttons = []
        self._line.addWidget(make_label(tr("Applied first:"), "caption", "quiet"))
        for place, step in enumerate(self._steps):
            button = KeyButton(self._look, describe_steps([step]) + "  ✕")
            button.setAccessibleName(tr("Remove {step}").format(step=describe_steps([step])))
            button.setToolTip(make_plain_tip(button.accessibleName()))
            button.clicked.connect(partial(self._on_pressed, place))
            self._line.addWidget(button)
            self.buttons.append(button)
        self.setVisible(bool(self._steps))

    def _on_pressed(self, place: int, _on: bool = False) -> None:
        self.taken_out.emit(place)
