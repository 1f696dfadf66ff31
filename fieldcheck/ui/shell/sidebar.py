"""The rail: the steps of a visit with how far each one is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QEnterEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.ui.screen import Badge, ScreenSpec
from fieldcheck.ui.theme import CAPTION, RAIL, RAIL_COMPACT, RAIL_ITEM, Theme, paint_icon
from fieldcheck.ui.widgets.layouts import make_column, make_plain_tip

BEFORE, AFTER = (Qt.Key.Key_Up, Qt.Key.Key_Left), (Qt.Key.Key_Down, Qt.Key.Key_Right)
STEPS: dict[int, int] = {
    **dict.fromkeys(BEFORE, -1),
    **dict.fromkeys(AFTER, 1),
    Qt.Key.Key_Home: -99,
    Qt.Key.Key_End: 99,
}
NO_BADGE = Badge("none", "")
LEAST_ICON = 22  # where all of them stand as close as they may
# states whose mark is shown where there is no room for words
MARKED = ("ready", "done", "look", "failed", "recording")


class SidebarItem(QAbstractButton):
    """One step: icon, name, badge. In the compact rail the icon with a mark; the words are its
    tooltip."""

    def __init__(self, theme: Theme, icon: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._icon, self._said = theme, icon, name
        self._badge, self._compact, self._over = NO_BADGE, False, False
        self.setCheckable(True)
        self.setProperty("walks", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Maximum)
        self.show_badge(NO_BADGE)

    def show_badge(self, badge: Badge) -> None:
        """Another state of the step."""
        self._badge = badge
        text = (
            tr("Step {name}, {state}").format(name=self._said, state=badge.text)
            if badge.text
            else self._said
        )
        self.setAccessibleName(text)
        self.setToolTip(make_plain_tip(text if self._compact else ""))
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Only the icon and a mark."""
        self._compact = compact
        self.show_badge(self._badge)

    def sizeHint(self) -> QSize:
        return QSize(
            self._theme.metrics.scale_px(RAIL_COMPACT if self._compact else RAIL),
            max(self._theme.metrics.scale_px(RAIL_ITEM), 38),
        )

    def minimumSizeHint(self) -> QSize:
        """Icons stand closer, and are a little smaller, where large text leaves less room."""
        hint = self.sizeHint()
        return (
            QSize(hint.width(), max(self._theme.metrics.scale_px(LEAST_ICON) + 2, 38))
            if self._compact
            else hint
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes there as Space does; arrows are the rail's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in STEPS:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens, px, here = self._theme.tokens, self._theme.metrics.scale_px, self.isChecked()
        if here:
            painter.fillRect(self.rect(), QColor(tokens.panel))
            painter.fillRect(QRect(0, 0, px(4), self.height()), QColor(tokens.accent))
        elif self._over:
            painter.fillRect(self.rect(), QColor(tokens.window))
        colour = tokens.text
        size = min(px(24), self.height() - 2)
        left = (self.width() - size) // 2 if self._compact else px(16)
        paint_icon(
            painter, self._icon, QRect(left, (self.height() - size) // 2, size, size), colour
        )
        if self._compact:
            self._paint_mark(painter, QRect(left + size - px(2), px(6), px(16), px(16)))
        else:
            self._paint_words(painter, here)
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens.focus), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(2, 2, -2, -2))
        painter.end()

    def _paint_words(self, painter: QPainter, here: bool) -> None:
        tokens, px = self._theme.tokens, self._theme.metrics.scale_px
        left, width = px(52), self.width() - px(52) - px(4)
        font = self.font()
        font.setBold(here)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        lines = bool(self._badge.text)
        top = QRect(left, px(4) if lines else 0, width, px(24) if lines else self.height())
        painter.drawText(
            top,
            Qt.AlignmentFlag.AlignVCenter,
            QFontMetrics(font).elidedText(self._said, Qt.TextElideMode.ElideRight, width),
        )
        if not lines:
            return
        small = self.font()
        small.setPixelSize(px(CAPTION))
        painter.setFont(small)
        text = QFontMetrics(small).elidedText(
            self._badge.caption, Qt.TextElideMode.ElideRight, width
        )
        box = QRect(left, px(26), width, px(20))
        loud = {
            "look": (tokens.warn, tokens.on_warn),
            "failed": (tokens.alarm, tokens.on_alarm),
        }.get(self._badge.state)
        if loud:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(loud[0]))
            painter.drawRoundedRect(box.adjusted(-px(3), 0, 0, 0), 3, 3)
            painter.setPen(QColor(loud[1]))
        elif self._badge.state == "recording":
            painter.setPen(QColor(tokens.alarm))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text[:1])
            wide = QFontMetrics(small).horizontalAdvance(f"{text[:1]} ")
            painter.setPen(QColor(tokens.text))
            text, box = text[1:].lstrip(), box.adjusted(wide, 0, 0, 0)
        else:
            quiet = self._badge.state in ("not_yet", "optional")
            painter.setPen(QColor(tokens.text2 if quiet else tokens.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
        if self._badge.share is not None:
            self._paint_bar(
                painter,
                QRect(left, self.height() - px(5), width - px(12), px(3)),
                self._badge.share,
            )

    def _paint_bar(self, painter: QPainter, box: QRect, share: float) -> None:
        painter.fillRect(box, QColor(self._theme.tokens.border))
        painter.fillRect(
            QRect(box.x(), box.y(), round(box.width() * share), box.height()),
            QColor(self._theme.tokens.accent),
        )

    def _paint_mark(self, painter: QPainter, box: QRect) -> None:
        mark = (
            self._badge.caption[:1]
            if self._badge.state in MARKED
            else "…"
            if self._badge.share
            else ""
        )
        if mark:
            font = self.font()
            font.setPixelSize(self._theme.metrics.scale_px(CAPTION))
            painter.setFont(font)
            painter.setPen(QColor(self._theme.tokens.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark)


class Sidebar(QWidget):
    """All steps from top to bottom, settings and help at the foot. `steps` pairs each screen with
    the action that shows it. One stop for Tab: arrows, Home and End walk in it."""

    def __init__(
        self,
        theme: Theme,
        steps: Sequence[tuple[ScreenSpec, QAction]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self.setAccessibleName(tr("Steps"))
        self.items: dict[str, SidebarItem] = {}
        inside = make_column(theme, gap=0, parent=self)
        at_foot = False
        for spec, action in steps:
            if not spec.is_step and not at_foot:
                inside.addStretch()
                at_foot = True
            item = SidebarItem(theme, spec.icon, spec.name(), self)
            item.clicked.connect(action.trigger)
            inside.addWidget(item)
            self.items[spec.id] = item
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Icons only."""
        self.setFixedWidth(self._theme.metrics.scale_px(RAIL_COMPACT if compact else RAIL))
        for item in self.items.values():
            item.set_compact(compact)

    def set_current(self, screen: str) -> None:
        """Which screen is shown."""
        for name, item in self.items.items():
            item.setChecked(name == screen)
        self._set_tab_stop(self.items[screen])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        items, step = list(self.items.values()), STEPS.get(event.key())
        index = next((index for index, item in enumerate(items) if item.hasFocus()), -1)
        if step is None or index < 0:
            super().keyPressEvent(event)
            return
        to = items[min(max(0, index + step), len(items) - 1)]
        self._set_tab_stop(to)
        to.setFocus(Qt.FocusReason.TabFocusReason)

    def _set_tab_stop(self, here: SidebarItem) -> None:
        """Tab comes to this one of them."""
        for item in self.items.values():
            item.setFocusPolicy(Qt.FocusPolicy.TabFocus if item is here else Qt.FocusPolicy.NoFocus)

    def show_badges(self, badges: dict[str, Badge]) -> None:
        """How far every step is."""
        for name, badge in badges.items():
            self.items[name].show_badge(badge)
