"""The rail: the project, the path of a visit with how far each step is, and everything else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QEnterEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMoveEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QVBoxLayout, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.ui.qt_types import get_application
from fieldcheck.ui.screen import Badge, ScreenSpec
from fieldcheck.ui.theme import (
    BODY,
    CAPTION,
    RADIUS,
    RAIL,
    RAIL_COMPACT,
    Theme,
    make_tabular_font,
    paint_icon,
)
from fieldcheck.ui.widgets.buttons import ClickedByToggle
from fieldcheck.ui.widgets.layouts import make_label, make_plain_tip

BEFORE, AFTER = (Qt.Key.Key_Up, Qt.Key.Key_Left), (Qt.Key.Key_Down, Qt.Key.Key_Right)
WALKS: dict[int, int] = {
    **dict.fromkeys(BEFORE, -1),
    **dict.fromkeys(AFTER, 1),
    Qt.Key.Key_Home: -99,
    Qt.Key.Key_End: 99,
}
NO_BADGE = Badge("none", "")
PROJECT, STEP, STEP_COMPACT, MORE, MORE_COMPACT = 48, 44, 56, 34, 36  # heights
NODE, NODE_ICON, ICON, LINE, MARK = 28, 16, 18, 2, 10
LEAST = 26  # of an item's height where the window is low
# of the compact rail: beside its items, letters of the names under them, and room beside a name
SIDE_COMPACT, NAME, NAME_PAD = 2, 11, 4
BEGUN = ("going", "done", "look", "failed", "recording")
WAITING = ("not_yet", "optional")
SHAPES = {"look": "triangle", "failed": "octagon", "recording": "octagon"}


class SidebarItem(ClickedByToggle, QAbstractButton):
    """One screen of the rail. Its state is a number or a shape; the words are its accessible name,
    and its tooltip in the compact rail."""

    heights = (MORE, MORE_COMPACT)
    inset = 0  # of its ground, above and below

    def __init__(self, theme: Theme, icon: str, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._icon, self._name = theme, icon, name
        self._badge, self._compact, self._over = NO_BADGE, False, False
        self.quiet = False
        self.setCheckable(True)
        self.setProperty("walks", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Maximum)
        self.show_badge(NO_BADGE)

    def show_badge(self, badge: Badge) -> None:
        """Another state of the screen."""
        self._badge = badge
        text = (
            tr("Step {name}, {state}", name=self._name, state=badge.text)
            if badge.text
            else self._name
        )
        self.setAccessibleName(text)
        self.setToolTip(make_plain_tip(text if self._compact else ""))
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Only the icon, with a name below it where there is room."""
        self._compact = compact
        self.show_badge(self._badge)
        self.updateGeometry()

    def get_text_width(self) -> int:
        """Pixels for the name beside the icon."""
        mark = self._scale_px(MARK) if self._badge.state in SHAPES else self._measure_count()
        return self.width() - self._get_text_left() - mark - self._scale_px(4)

    def sizeHint(self) -> QSize:
        return QSize(self._scale_px(40), self._scale_px(self.heights[self._compact]))

    def minimumSizeHint(self) -> QSize:
        """Items stand closer where large text or a low window leaves less room."""
        return QSize(self._scale_px(40), max(self._scale_px(LEAST - 4), LEAST))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes there as Space does; arrows are the rail's."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in WALKS:
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
        tokens = self._theme.tokens
        if self.isChecked() or self._over:
            framed = self.isChecked() and tokens.panel == tokens.rail
            painter.setPen(QColor(tokens.border) if framed else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.panel if self.isChecked() else tokens.hover))
            away = self._scale_px(self.inset) + 0.5
            box = QRectF(self.rect()).adjusted(0.5, away, -0.5, -away)
            painter.drawRoundedRect(box, self._scale_px(RADIUS), self._scale_px(RADIUS))
        self._paint_item(painter)
        painter.end()

    def _paint_item(self, painter: QPainter) -> None:
        tokens, size = self._theme.tokens, self._scale_px(ICON)
        size = min(size, self.height() - 4)
        left = (self.width() - size) // 2 if self._compact else self._scale_px(10)
        colour = tokens.accent if self.isChecked() else tokens.text2
        box = QRect(left, (self.height() - size) // 2, size, size)
        paint_icon(painter, self._icon, box, colour)
        if self._compact:
            top = (self.height() - size) // 2 - self._scale_px(MARK // 2)
            self._paint_mark(painter, left + size - self._scale_px(2), max(0, top))
        else:
            self._paint_name(painter, self.rect())
            self._paint_state(painter)

    def _get_text_left(self) -> int:
        return self._scale_px(10 + ICON + 12)

    def _get_name(self) -> str:
        return self._name

    def _is_bold(self) -> bool:
        return self.isChecked()

    def _get_name_colour(self) -> str:
        tokens = self._theme.tokens
        return tokens.text2 if self.quiet and not self.isChecked() else tokens.text

    def _paint_name(self, painter: QPainter, box: QRect) -> None:
        font = self._theme.make_font(self.font(), BODY, bold=self._is_bold())
        painter.setFont(font)
        painter.setPen(QColor(self._get_name_colour()))
        wide = self.get_text_width()
        text = QFontMetrics(font).elidedText(
            self._get_name(), Qt.TextElideMode.ElideMiddle, wide + 1
        )
        area = QRect(self._get_text_left(), box.top(), wide + 1, box.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_state(self, painter: QPainter) -> None:
        """The number or the shape at the end of the line."""
        if self._badge.state in SHAPES:
            top = (self.height() - self._scale_px(MARK)) // 2
            self._paint_mark(painter, self.width() - self._scale_px(MARK + 8), top)
            return
        painter.setFont(self._make_count_font())
        painter.setPen(QColor(self._theme.tokens.text2))
        area = self.rect().adjusted(0, 0, -self._scale_px(10), 0)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, right, self._badge.count)

    def _paint_mark(self, painter: QPainter, left: int, top: int) -> None:
        """A shape for what needs a look."""
        if (shape := SHAPES.get(self._badge.state)) is not None:
            tokens, side = self._theme.tokens, self._scale_px(MARK)
            colour = tokens.warn_mark if self._badge.state == "look" else tokens.alarm
            box = QRect(left, top, side, side)
            if self._badge.state == "recording":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(colour))
                painter.drawEllipse(box)
            else:
                paint_icon(painter, shape, box, colour)

    def _measure_count(self) -> int:
        wide = QFontMetrics(self._make_count_font()).horizontalAdvance(self._badge.count)
        return wide + self._scale_px(10) if wide else 0

    def _make_count_font(self) -> QFont:
        return make_tabular_font(self._theme.make_font(self.font(), CAPTION))

    def _scale_px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)


class ProjectItem(SidebarItem):
    """The project that is open, on top of the rail."""

    heights, inset = (PROJECT, PROJECT), 4
    project, opening = "", False

    def _get_name(self) -> str:
        return self.project or ("" if self.opening else tr("No project"))

    def _is_bold(self) -> bool:
        return bool(self.project)

    def _get_name_colour(self) -> str:
        return self._theme.tokens.text if self.project else self._theme.tokens.text2

    def _get_text_left(self) -> int:
        return self._scale_px(10 + ICON + 10)

    def _paint_item(self, painter: QPainter) -> None:
        tokens, size = self._theme.tokens, self._scale_px(ICON)
        left = (self.width() - size) // 2 if self._compact else self._scale_px(10)
        box = QRect(left, (self.height() - size) // 2, size, size)
        paint_icon(painter, self._icon, box, tokens.text)
        if not self._compact:
            self._paint_name(painter, self.rect())


class StepItem(SidebarItem):
    """A step of the path: its node lies on the line that joins the steps. `before` and `after`: how
    much of the line to the step before and to the next one is done, 0 to 1."""

    heights = (STEP, STEP_COMPACT)

    def __init__(self, theme: Theme, icon: str, name: str, parent: QWidget) -> None:
        super().__init__(theme, icon, name, parent)
        self.before: float | None = None
        self.after: float | None = None
        self.named = True

    def _get_text_left(self) -> int:
        return self._scale_px(6 + NODE + 10)

    def _get_name_colour(self) -> str:
        tokens = self._theme.tokens
        waits = self._badge.state in WAITING and not self.isChecked()
        return tokens.text2 if waits else tokens.text

    def _paint_item(self, painter: QPainter) -> None:
        node = self._get_node_rect()
        self._paint_line(painter, node)
        self._paint_node(painter, node)
        if not self._compact:
            self._paint_name(painter, self.rect())
            self._paint_state(painter)
            return
        if self._has_name_below():
            painter.setFont(self._make_small_font(self.isChecked()))
            painter.setPen(QColor(self._get_name_colour()))
            box = QRect(0, node.bottom() + 1, self.width(), self._scale_px(18))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._name)
        self._paint_mark(painter, node.right() - self._scale_px(4), node.top())

    def _get_node_rect(self) -> QRect:
        side = min(self._scale_px(NODE), self.height() - 4)
        if not self._compact:
            return QRect(self._scale_px(6), (self.height() - side) // 2, side, side)
        top = self._scale_px(4) if self._has_name_below() else (self.height() - side) // 2
        return QRect((self.width() - side) // 2, top, side, side)

    def _has_name_below(self) -> bool:
        return self._compact and self.named

    def fits_below(self, width: int) -> bool:
        """Whether the name has room under its node, also while its screen is shown."""
        return QFontMetrics(self._make_small_font(True)).horizontalAdvance(self._name) <= width

    def _make_small_font(self, bold: bool) -> QFont:
        return self._theme.make_font(self.font(), NAME, bold)

    def _paint_line(self, painter: QPainter, node: QRect) -> None:
        wide = max(LINE, self._scale_px(LINE))
        left = node.center().x() - wide // 2 + 1
        below = node.bottom() + 1 + (self._scale_px(18) if self._has_name_below() else 0)
        if self.before is not None:
            self._paint_part(painter, QRect(left, 0, wide, node.top()), 2 * self.before - 1)
        if self.after is not None:
            part = QRect(left, below, wide, max(0, self.height() - below))
            self._paint_part(painter, part, 2 * self.after)

    def _paint_part(self, painter: QPainter, box: QRect, share: float) -> None:
        tokens = self._theme.tokens
        done_height = round(box.height() * min(1.0, max(0.0, share)))
        painter.setPen(Qt.PenStyle.NoPen)  # `fillRect` makes Python's of all gradients there are
        painter.setBrush(QColor(tokens.edge))
        painter.drawRect(box)
        painter.setBrush(QColor(tokens.accent))
        painter.drawRect(QRect(box.topLeft(), QSize(box.width(), done_height)))

    def _paint_node(self, painter: QPainter, node: QRect) -> None:
        tokens, here = self._theme.tokens, self.isChecked()
        begun = self._badge.state in BEGUN
        fill = tokens.accent if here else tokens.panel if begun else tokens.rail
        ring = tokens.accent if here or begun else tokens.edge
        ink = tokens.on_accent if here else tokens.accent if begun else tokens.text2
        painter.setBrush(QColor(fill))
        painter.setPen(QPen(QColor(ring), 1.5))
        painter.drawEllipse(QRectF(node).adjusted(0.75, 0.75, -0.75, -0.75))
        side = min(self._scale_px(NODE_ICON), node.width() - 4)
        corner = node.center() - QPoint(side // 2, side // 2) + QPoint(1, 1)
        paint_icon(painter, self._icon, QRect(corner, QSize(side, side)), ink)


class Sidebar(QWidget):
    """Project, path, and below "More" the rest. `steps` pairs each screen with the action that
    shows it. One stop for Tab: arrows, Home and End walk in it. While it is collapsed and has the
    keys it lies open."""

    def __init__(self, theme: Theme, steps: Sequence[tuple[ScreenSpec, QAction]]) -> None:
        super().__init__()
        self.setProperty("surface", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme, self._collapsed = theme, False
        self.setAccessibleName(tr("Steps"))
        self.items: dict[str, SidebarItem] = {}
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        path = [(spec, action) for spec, action in steps if spec.requires]
        first = [(spec, action) for spec, action in steps if spec.order == 1]
        rest = [pair for pair in steps if pair not in path and pair not in first]
        for spec, action in first:
            self._add_item(ProjectItem(theme, spec.icon, spec.name(), self), spec, action)
        self._column.addSpacing(theme.metrics.scale_px(8))
        for spec, action in path:
            self._add_item(StepItem(theme, spec.icon, spec.name(), self), spec, action)
        self._column.addStretch(1)
        self.more = make_label(tr("More"), "caption", "quiet", bold=True, parent=self)
        self.more.setFixedHeight(theme.metrics.scale_px(24))
        self.more.setIndent(theme.metrics.scale_px(10))
        self._column.addWidget(self.more)
        for spec, action in rest:
            self._add_item(SidebarItem(theme, spec.icon, spec.name(), self), spec, action)
            self.items[spec.id].quiet = spec.needs_project
        self._needs_project = [spec.id for spec, _ in rest if spec.needs_project]
        self._join_steps()
        self.set_compact(False)
        get_application().focusChanged.connect(self._on_focus_change)

    def _add_item(self, item: SidebarItem, spec: ScreenSpec, action: QAction) -> None:
        item.clicked.connect(action.trigger)
        self._column.addWidget(item)
        self.items[spec.id] = item

    def set_compact(self, compact: bool) -> None:
        """Icons only, until the rail has the keys."""
        self._collapsed = compact
        self._update_width()

    def show_project(self, name: str, opening: bool = False) -> None:
        """Which project is open; none for an empty name, unless one is `opening`."""
        for item in self.items.values():
            if isinstance(item, ProjectItem):
                item.project, item.opening = name, opening
                item.update()
        for screen in self._needs_project:
            self.items[screen].quiet = not name
            self.items[screen].update()

    def set_current(self, screen: str) -> None:
        """Which screen is shown."""
        for name, item in self.items.items():
            item.setChecked(name == screen)
        self._set_tab_stop(self.items[screen])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        items, step = list(self.items.values()), WALKS.get(event.key())
        index = next((index for index, item in enumerate(items) if item.hasFocus()), -1)
        if step is None or index < 0:
            super().keyPressEvent(event)
            return
        to = items[min(max(0, index + step), len(items) - 1)]
        self._set_tab_stop(to)
        to.setFocus(Qt.FocusReason.TabFocusReason)

    def show_badges(self, badges: dict[str, Badge]) -> None:
        """How far every step is."""
        for name, badge in badges.items():
            self.items[name].show_badge(badge)
        self._join_steps()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_names()

    def _set_tab_stop(self, here: SidebarItem) -> None:
        """Tab comes to this one of them."""
        for item in self.items.values():
            item.setFocusPolicy(Qt.FocusPolicy.TabFocus if item is here else Qt.FocusPolicy.NoFocus)

    def _list_path(self) -> list[StepItem]:
        return [item for item in self.items.values() if isinstance(item, StepItem)]

    def _join_steps(self) -> None:
        """The line between two steps is as long done as the upper one is."""
        path = self._list_path()
        for upper, lower in pairwise(path):
            done_share = 1.0 if upper._badge.state == "done" else upper._badge.share or 0.0
            upper.after = lower.before = done_share
            upper.update()
            lower.update()

    def _on_focus_change(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._collapsed:
            self._update_width(opened=now is not None and self.isAncestorOf(now))

    def _update_width(self, opened: bool | None = None) -> None:
        focus = QApplication.focusWidget()
        if opened is None:
            opened = focus is not None and self.isAncestorOf(focus)
        compact, px = self._collapsed and not opened, self._theme.metrics.scale_px
        side = px(SIDE_COMPACT if compact else 8)
        self._column.setContentsMargins(side, 0, side, px(6 if compact else 8))
        self.setFixedWidth(px(RAIL_COMPACT if compact else RAIL))
        for item in self.items.values():
            item.set_compact(compact)
        self.more.setVisible(not compact)
        self._update_names()
        if self._collapsed and opened:
            self.raise_()

    def _update_names(self) -> None:
        """Names stand under all nodes of the compact rail, or under none."""
        path, px = self._list_path(), self._theme.metrics.scale_px
        name_width = px(RAIL_COMPACT) - 2 * px(SIDE_COMPACT + NAME_PAD)
        low = self.height() < self._column.sizeHint().height()
        named = not low and all(item.fits_below(name_width) for item in path)
        for item in path:
            item.named = named
            item.update()


class RailSlot(QWidget):
    """The room of the rail in the window. The rail lies over it, and beyond it while it is open."""

    def __init__(self, theme: Theme, sidebar: Sidebar, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._sidebar, self._window = theme, sidebar, window
        sidebar.setParent(window)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """The rail's own width while it does not have the keys."""
        self._sidebar.set_compact(compact)
        self.setFixedWidth(self._theme.metrics.scale_px(RAIL_COMPACT if compact else RAIL))

    def moveEvent(self, event: QMoveEvent) -> None:
        super().moveEvent(event)
        self._place_sidebar()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_sidebar()

    def _place_sidebar(self) -> None:
        corner = self.mapTo(self._window, QPoint(0, 0))
        self._sidebar.setGeometry(QRect(corner, QSize(self._sidebar.width(), self.height())))
