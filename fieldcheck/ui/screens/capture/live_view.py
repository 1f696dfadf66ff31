"""View of the live camera page: frame with meters, signs and timeline, and the panel beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFont,
    QFontMetrics,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_minutes
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.capture.source_panel import SourcePanel
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import BODY, CAPTION, LARGE, Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.pages import PANEL, Placeholder, SidePanel, make_fitting_area

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# The live picture, with what must be seen without looking elsewhere: that it records, or that no
# signal comes.

PLATE, ON_PLATE, DISC, DARK_DISC = "#101214", "#FFFFFF", "#FF7B72", "#8A929B"
"""What stands over a picture looks the same in every theme."""
VEIL = 150  # of 255: how dark a picture becomes that is no longer live
LEAST = QSize(240, 150)
PAD, GAP = 10, 16
RING = "#7AB2FF"
BY_KEYS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class LiveCanvas(QWidget):
    """Paints the newest image. `resized` is emitted when its size changes."""

    resized = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._pixels: NDArray[np.uint8] | None = None
        self._image: QImage | None = None
        self._recording, self._lost = "", ""
        self._ring = False
        self._info: tuple[str, ...] = ()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_frame(self, rgb: NDArray[np.uint8]) -> None:
        """(h, w, 3) uint8, which must not change any more."""
        height, width = rgb.shape[:2]
        rows = rgb if rgb.strides == (3 * width, 3, 1) else rgb.copy()
        self._pixels = rows  # the image looks into this array and does not keep it alive
        self._image = QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        self.update()

    def clear(self) -> None:
        """Show no image."""
        self._pixels = self._image = None
        self.update()

    def show_state(self, recording: str, lost: str, info: Sequence[str], description: str) -> None:
        """`recording`: what stands beside the disc, empty for none; `lost`: why the picture is
        grey; `info`: lines of figures."""
        texts = (recording, lost, tuple(info))
        if texts != (self._recording, self._lost, self._info):
            self._recording, self._lost, self._info = texts
            self.update()
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)

    @property
    def overlay_text(self) -> tuple[str, str, tuple[str, ...]]:
        """Overlay text of the live picture: of the recording, of the signal, of the figures."""
        return self._recording, self._lost, self._info

    @property
    def has_frame(self) -> bool:
        """Whether a picture is shown, live or not."""
        return self._image is not None

    def get_image_rect(self) -> QRect:
        """Where the picture is painted; empty without one."""
        if self._image is None:
            return QRect()
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(
            (self.width() - size.width()) // 2,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(
            self._theme.metrics.scale_px(LEAST.width()),
            self._theme.metrics.scale_px(LEAST.height()),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The ring is for those who come here by keys: the picture has the keys anyway."""
        self._ring = event.reason() in BY_KEYS
        super().focusInEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.canvas))
        if self._image is not None:
            grey = (
                self._image.convertToFormat(QImage.Format.Format_Grayscale8)
                if self._lost
                else self._image
            )
            painter.drawImage(self.get_image_rect(), grey)
        if self._lost:
            painter.fillRect(self.rect(), QColor(0, 0, 0, VEIL))
            self._paint_text_plate(
                painter, self._lost, self.rect().center().y(), disc=False, centred=True
            )
        if self._recording:
            self._paint_text_plate(
                painter,
                self._recording,
                self.get_image_rect().top() + self._scale_px(GAP),
                disc=True,
                centred=False,
            )
        self._paint_info(painter)
        if self.hasFocus() and self._ring:
            painter.setPen(QPen(QColor(RING), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()

    def _paint_text_plate(
        self, painter: QPainter, text: str, top: int, disc: bool, centred: bool
    ) -> None:
        font = self._make_font(BODY, bold=True)
        metrics, pad = QFontMetrics(font), self._scale_px(PAD)
        mark = metrics.ascent() + pad if disc else 0
        width, height = metrics.horizontalAdvance(text) + mark + 2 * pad, metrics.height() + pad
        inside = self.get_image_rect().left() + self._scale_px(GAP)
        left = (self.width() - width) // 2 if centred else inside
        box = QRect(left, top - height // 2 if centred else top, width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(PLATE))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        if disc:
            if self._lost:  # No frames arrive, so the record disc is dark.
                painter.setPen(QColor(DARK_DISC))
            painter.setBrush(Qt.BrushStyle.NoBrush if self._lost else QColor(DISC))
            side = metrics.ascent()
            painter.drawEllipse(box.left() + pad, box.center().y() - side // 2 + 1, side, side)
        painter.setPen(QColor(ON_PLATE))
        painter.setFont(font)
        painter.drawText(box.adjusted(pad + mark, 0, -pad, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_info(self, painter: QPainter) -> None:
        if not self._info:
            return
        font = self._make_font(CAPTION, bold=False)
        metrics, pad = QFontMetrics(font), self._scale_px(PAD)
        width = max(metrics.horizontalAdvance(line) for line in self._info) + 2 * pad
        height = len(self._info) * metrics.height() + pad
        box = QRect(
            self._scale_px(GAP), self.height() - height - self._scale_px(GAP), width, height
        )
        painter.fillRect(box, QColor(PLATE))
        painter.setPen(QColor(ON_PLATE))
        painter.setFont(font)
        painter.drawText(
            box.adjusted(pad, pad // 2, -pad, 0), Qt.AlignmentFlag.AlignTop, "\n".join(self._info)
        )

    def _make_font(self, size: int, bold: bool) -> QFont:
        return self._theme.make_font(self.font(), size, bold)

    def _scale_px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)


# A bar that says how bad something is: a name, a word, a fill, and a tick from which on it is much.

METER_BAR_HEIGHT, TICK = 4, 10


class QualityMeter(QWidget):
    """`share` and `limit` run from 0, nothing of it, to 1. Beyond the limit the bar is amber and ▲
    stands before the word; `least`: the limit is the least that is good."""

    def __init__(self, theme: Theme, name: str, least: bool = False) -> None:
        super().__init__()
        self._theme, self._name, self._least = theme, name, least
        self._text, self._share, self._limit = "", 0.0, 1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_value("", 0.0, 1.0)

    def show_value(self, text: str, share: float, limit: float) -> None:
        """`text`: the figure with its word."""
        if (text, share, limit) == (self._text, self._share, self._limit):
            return
        self._text, self._share, self._limit = text, min(1.0, max(0.0, share)), limit
        self.setAccessibleName(f"{self._name}: {self.value_text}" if text else self._name)
        self.update()

    @property
    def is_beyond_limit(self) -> bool:
        """Whether it is beyond its limit; never before there is a value."""
        if not self._text:
            return False
        return self._share < self._limit if self._least else self._share > self._limit

    @property
    def value_text(self) -> str:
        """Mark and word."""
        return f"▲ {self._text}" if self.is_beyond_limit else self._text

    def sizeHint(self) -> QSize:
        return QSize(
            self._theme.metrics.scale_px(160),
            QFontMetrics(self._make_font(False)).height() + self._theme.metrics.scale_px(TICK + 4),
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(100), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._theme.tokens, self._theme.metrics.scale_px
        painter = QPainter(self)
        line = QRect(0, 0, self.width(), QFontMetrics(self._make_font(False)).height())
        painter.setFont(self._make_font(False))
        painter.setPen(QColor(tokens.text))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, self._name)
        left = QFontMetrics(self._make_font(False)).horizontalAdvance(self._name) + px(8)
        painter.setFont(self._make_font(self.is_beyond_limit))
        painter.setPen(QColor(tokens.warn_text if self.is_beyond_limit else tokens.text2))
        fitting = QFontMetrics(painter.font()).elidedText(
            self.value_text, Qt.TextElideMode.ElideRight, self.width() - left
        )
        painter.drawText(line.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignRight, fitting)
        top = line.bottom() + px(5)
        bar = QRect(0, top, self.width(), px(METER_BAR_HEIGHT))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.pressed))
        painter.drawRoundedRect(bar, bar.height() / 2, bar.height() / 2)
        filled = QRect(0, top, round(self.width() * self._share), bar.height())
        painter.setBrush(QColor(tokens.warn_mark if self.is_beyond_limit else tokens.text2))
        painter.drawRoundedRect(filled, bar.height() / 2, bar.height() / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        tick = round(self.width() * self._limit)
        painter.fillRect(
            QRect(tick - 1, top - (px(TICK) - px(METER_BAR_HEIGHT)) // 2, 2, px(TICK)),
            QColor(tokens.text),
        )
        painter.end()

    def _make_font(self, bold: bool) -> QFont:
        return self._theme.make_font(self.font(), BODY, bold)


# Timeline of a recording so far, against its target: stretches of light, marked moments, gaps.

TIMELINE_BAR_HEIGHT, MARK, SIDE = 24, 8, 15
TIMELINE_HEIGHT = 74
LOWEST = 228  # of the page: picture and timeline
ON_STRIP, STRETCH, NOW, ON_NOW = "#C3C9D0", "#30353A", "#7AB2FF", "#0C1726"
EDGE, GAP_COLOUR, MARK_COLOUR = "#474E55", "#FF7B72", "#F5B54A"
"""The strip stands on the dark of the canvas, which is the same in every theme."""
TARGET_S = 600.0
STEP_S = 120.0


@dataclass(frozen=True, slots=True)
class LightStretch:
    """From `start_s` on the light was so, in words, until the next stretch."""

    start_s: float
    caption: str


@dataclass(frozen=True, slots=True)
class TimelineContent:
    """Content of the timeline. `singles`: when single frames were taken; `gaps` are (begin,
    seconds); `summary` says all of it in words."""

    seconds: float = 0.0
    stretches: tuple[LightStretch, ...] = ()
    marks: tuple[float, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    target: str = ""
    summary: str = ""
    singles: tuple[float, ...] = ()


class RecordingTimeline(QWidget):
    """Ten minutes from edge to edge, or all of a longer recording."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.line = TimelineContent()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_timeline(self, line: TimelineContent) -> None:
        """Another state of the recording."""
        if line != self.line:
            self.line = line
            self.setAccessibleDescription(line.summary)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._scale_px(400), self._scale_px(TIMELINE_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._scale_px(200), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.canvas))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._make_font())
        letters = QFontMetrics(self._make_font()).height()
        top = (self.height() - 2 * letters - self._scale_px(TIMELINE_BAR_HEIGHT + 4)) // 2 + letters
        side = self._scale_px(SIDE)
        bar = QRect(side, top, self.width() - 2 * side, self._scale_px(TIMELINE_BAR_HEIGHT))
        self._paint_rest(painter, bar)
        self._paint_light_stretches(painter, bar)
        for begin, seconds in self.line.gaps:
            self._paint_gap(painter, bar, begin, seconds)
        self._paint_marks(painter, top)
        self._paint_scale(painter, bar.bottom() + self._scale_px(3))
        painter.end()

    def _paint_rest(self, painter: QPainter, bar: QRect) -> None:
        """What is not recorded yet, of which only the edge is there."""
        rest = QRectF(bar).adjusted(0.5, 0.5, -0.5, -0.5)
        if self.line.seconds > 0:
            rest.setLeft(min(self._get_x(self.line.seconds) + 2.5, rest.right()))
        painter.setPen(QColor(EDGE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if rest.width() > 4:
            painter.drawRoundedRect(rest, 4, 4)

    def _paint_light_stretches(self, painter: QPainter, bar: QRect) -> None:
        line = self.line
        ends = (*(stretch.start_s for stretch in line.stretches[1:]), line.seconds)
        last = line.stretches[-1] if line.stretches else None
        # Without a stretch there is no end.
        for stretch, end in zip(line.stretches, ends, strict=False):
            left, right = self._get_x(stretch.start_s), self._get_x(min(end, line.seconds))
            box = QRect(left, bar.top(), max(2, right - left - 2), bar.height())
            now = stretch is last
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(NOW if now else STRETCH))
            painter.drawRoundedRect(box, 3, 3)
            font = self._theme.make_font(self.font(), CAPTION, bold=now)
            painter.setFont(font)
            painter.setPen(QColor(ON_NOW if now else ON_PLATE))
            rect = box.adjusted(self._scale_px(8), 0, -self._scale_px(4), 0)
            fitting = QFontMetrics(font).elidedText(
                stretch.caption, Qt.TextElideMode.ElideRight, max(0, rect.width())
            )
            if len(fitting) > 2:
                painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter, fitting)
        painter.setFont(self._make_font())

    def _paint_gap(self, painter: QPainter, bar: QRect, begin: float, seconds: float) -> None:
        """Hatched, so that it is told apart without its colour."""
        box = QRect(
            self._get_x(begin),
            bar.top(),
            max(3, self._get_x(begin + seconds) - self._get_x(begin)),
            bar.height(),
        )
        painter.fillRect(box, QColor(self._theme.tokens.canvas))
        painter.fillRect(box, QBrush(QColor(GAP_COLOUR), Qt.BrushStyle.BDiagPattern))

    def _paint_marks(self, painter: QPainter, top: int) -> None:
        letters, free = QFontMetrics(self._make_font()), -1
        high = letters.height()
        marks = [(time_s, "M", _make_arrow) for time_s in self.line.marks] + [
            (time_s, "S", _make_diamond) for time_s in self.line.singles
        ]
        for time_s, letter, shape in sorted(marks, key=lambda mark: mark[0]):
            x, half = self._get_x(time_s), self._scale_px(MARK) / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(MARK_COLOUR))
            painter.drawPolygon(shape(x, top, half))
            text = f"{letter} {format_minutes(time_s)}"
            wide = letters.horizontalAdvance(text)
            left = min(max(0, int(x + half + self._scale_px(4))), self.width() - wide)
            if left > free:
                painter.setPen(QColor(ON_PLATE))
                painter.drawText(
                    QRect(left, top - high - 1, wide, high), Qt.AlignmentFlag.AlignVCenter, text
                )
                free = left + wide + self._scale_px(6)

    def _paint_scale(self, painter: QPainter, top: int) -> None:
        letters = QFontMetrics(self._make_font())
        painter.setPen(QColor(ON_STRIP))
        whole, edge = self._get_shown_seconds(), self.width() - self._scale_px(SIDE)
        end = (
            f"{format_minutes(TARGET_S)} {self.line.target}".strip()
            if whole == TARGET_S
            else format_minutes(whole)
        )
        right = edge - letters.horizontalAdvance(end)
        painter.drawText(
            QRect(right, top, edge - right, letters.height()), Qt.AlignmentFlag.AlignVCenter, end
        )
        step = STEP_S if whole <= TARGET_S else STEP_S * max(1, round(whole / TARGET_S))
        time_s, free = 0.0, -1
        while time_s < whole:
            text = format_minutes(time_s)
            left = min(self._get_x(time_s), self.width())
            wide = letters.horizontalAdvance(text)
            if left > free and left + wide + self._scale_px(8) < right:
                painter.drawText(
                    QRect(left, top, wide, letters.height()), Qt.AlignmentFlag.AlignVCenter, text
                )
                free = left + wide + self._scale_px(8)
            time_s += step

    def _get_shown_seconds(self) -> float:
        return max(TARGET_S, self.line.seconds)

    def _get_x(self, seconds: float) -> int:
        side = self._scale_px(SIDE)
        return side + round((self.width() - 2 * side) * seconds / self._get_shown_seconds())

    def _make_font(self) -> QFont:
        return self._theme.make_font(self.font(), CAPTION)

    def _scale_px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)


def _make_arrow(x: float, bottom: float, half: float) -> QPolygonF:
    """A triangle that stands on its tip."""
    return QPolygonF(
        [
            QPointF(x - half, bottom - 2 * half),
            QPointF(x + half, bottom - 2 * half),
            QPointF(x, bottom - 1),
        ]
    )


def _make_diamond(x: float, bottom: float, half: float) -> QPolygonF:
    """A square that stands on its tip."""
    middle = bottom - half - 1
    return QPolygonF(
        [
            QPointF(x - half, middle),
            QPointF(x, middle - half),
            QPointF(x + half, middle),
            QPointF(x, middle + half),
        ]
    )


class LiveView(QWidget):
    """Shows one camera at a time: the picture with its strip, and the panel beside it."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._compact = False
        self.canvas = LiveCanvas(theme, tr("Live view"))
        self.placeholder = Placeholder(theme)
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.stack.addWidget(self.canvas)
        self.stack.addWidget(self.placeholder)
        self.timeline = RecordingTimeline(theme, tr("Recorded time"))
        self.brightness, self.sharpness, self.clipped = (
            QualityMeter(theme, name, least)
            for name, least in (
                (tr("Brightness"), True),
                (tr("Sharpness"), True),
                (tr("Clipped"), False),
            )
        )
        self.panel = SourcePanel(theme, actions, (self.brightness, self.sharpness, self.clipped))
        self.left = QVBoxLayout()
        self.left.setSpacing(0)
        self.left.addWidget(self.stack, 1)
        self.left.addWidget(self.timeline)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self.left, 1)
        row.addWidget(self._build_side())

    def has_header_beside(self) -> bool:
        """Whether the header of the window has room over the picture alone."""
        return not self._compact and self._theme.metrics.percent < LARGE

    def show_camera(self) -> None:
        """The picture, empty at first, in place of the sentence that there is none."""
        self.canvas.clear()
        self.stack.setCurrentWidget(self.canvas)

    def show_loading(self, sentence: str) -> None:
        """Which cameras there are is being looked for."""
        self.placeholder.show_loading(sentence)
        self.canvas.clear()
        self.stack.setCurrentWidget(self.placeholder)

    def show_empty(self, text: str, actions: Mapping[str, str]) -> None:
        """No camera: a sentence, and buttons for these actions with what stands on them."""
        buttons = [
            KeyButton(self._theme, name, self._actions.get_key_text(key)).bind_action(
                self._actions.get_action(key)
            )
            for key, name in actions.items()
        ]
        self.placeholder.show_empty(text, buttons)
        self.canvas.clear()
        self.stack.setCurrentWidget(self.placeholder)

    def show_frame(
        self, rgb: NDArray[np.uint8], meters: Sequence[tuple[str, float, float]]
    ) -> None:
        """A frame, (H, W, 3) uint8 RGB, and what the meters say of it: brightness, sharpness,
        clipped."""
        self.canvas.show_frame(rgb)
        shown = (self.brightness, self.sharpness, self.clipped)
        for meter, value in zip(shown, meters, strict=True):
            meter.show_value(*value)

    def show_state(self, recording: str, lost: str, info: Sequence[str], description: str) -> None:
        """Shows the overlay text over the picture."""
        self.canvas.show_state(recording, lost, info, description)

    def set_recording(self, recording: bool) -> None:
        """While it records the panel shows what is told and looked at then, and no settings."""
        self.panel.set_recording(recording)

    def get_image_size(self) -> tuple[int, int]:
        """How many of the screen the picture has, across and down."""
        ratio = self.canvas.devicePixelRatioF()
        return round(self.canvas.width() * ratio), round(self.canvas.height() * ratio)

    def show_facts(self, text: str) -> None:
        """Shows the recording so far in figures."""
        self.panel.show_facts(text)

    def show_timeline(self, line: TimelineContent) -> None:
        """The recording so far."""
        self.timeline.show_timeline(line)

    def set_compact(self, compact: bool) -> None:
        """Small windows show less of the panel at a time."""
        self._compact = compact
        self.panel.set_compact(compact)

    def hasHeightForWidth(self) -> bool:
        """The picture and the list of the panel take what there is, so no line that wraps makes the
        page higher than the window."""
        return False

    def minimumSizeHint(self) -> QSize:
        inside = self.layout()
        needed = inside.minimumSize().width() if inside is not None else 0
        px = self._theme.metrics.scale_px
        return QSize(max(px(600), needed), max(px(LOWEST), self._get_side_height()))

    def _get_side_height(self) -> int:
        """Least height of the side panel: its upper part scrolls, its foot does not."""
        column = get_box_layout(self._side)
        return max(column.minimumHeightForWidth(self._side.width()), column.minimumSize().height())

    def _build_side(self) -> QWidget:
        self._side = side = SidePanel(self._theme)
        column = get_box_layout(side)
        column.addWidget(make_fitting_area(self.panel), 1)
        column.addStretch()
        column.addWidget(self.panel.foot)
        side.setFixedWidth(self._theme.metrics.scale_px(PANEL) + 1)
        return side
