"""Stacked pages: as large as the page that is shown, with placeholders, panels over the window, and
the panel beside a picture: a surface as high as the screen, what scrolls in it, and its
headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import cos, pi, sin
from typing import Literal

from PySide6.QtCore import (
    QEasingCurve,
    QEvent,
    QObject,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QVariantAnimation,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsDropShadowEffect,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.i18n.language import tr
from fieldcheck.ui.qt_types import get_application, require_value
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.choice_buttons import PAD
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    clear_layout,
    make_column,
    make_label,
    make_rule,
    set_tone,
)


class PageStack(QWidget):
    """Shows one of its pages, the first one to begin with, and asks only for the room of that
    one."""

    def __init__(self, *pages: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = pages
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for page in pages:
            column.addWidget(page)
        self.show_page(pages[0])

    def show_page(self, page: QWidget) -> None:
        """Shows this one of them."""
        self._shown = page
        for widget in self._pages:
            if widget is not page:
                widget.hide()  # first, so that never two of them ask for room
        page.show()

    @property
    def current_page(self) -> QWidget:
        """The page that is shown."""
        return self._shown


class PageButtons:
    """Tabs: says which part is shown; what a press does is the action's, `SCREEN.PART`. They stand
    above a hairline (`make_line`), in more lines where there is little room."""

    def __init__(
        self, theme: Theme, actions: Actions, screen: str, names: Mapping[str, str]
    ) -> None:
        self.buttons: dict[str, KeyButton] = {}
        for part, text in names.items():
            action = f"{screen}.{part}"
            self.buttons[part] = KeyButton(
                theme, text, actions.get_key_text(action), role="tab"
            ).bind_action(actions.get_action(action))
            self.buttons[part].setCheckable(True)
        self.show_part(next(iter(names)))

    def make_line(self, theme: Theme) -> QWidget:
        """The widget that they stand in."""
        line, tabs = QWidget(), QWidget()
        flow = FlowLayout(0, tabs)
        for button in self.buttons.values():
            flow.addWidget(button)
        make_column(theme, tabs, make_rule(), gap=0, parent=line)
        return line

    def set_count(self, part: str, count: str) -> None:
        """How much there is in this part; nothing for an empty text."""
        self.buttons[part].set_count(count)

    def show_part(self, part: str) -> None:
        """This one is shown."""
        for code, button in self.buttons.items():
            button.setChecked(code == part)


# Placeholder of a body that is not there: loading with the outlines of what comes, empty with what
# brings it, or failed.

Block = tuple[float, float, float, float]
State = Literal["loading", "empty", "failed"]
CARDS: tuple[Block, ...] = ((0, 0, 0.64, 0.44), (0, 0.46, 0.64, 0.54), (0.65, 0, 0.35, 1))
RADIUS, AROUND, CARD_RADIUS = 4, 16, 10
DASHES = (3, 3)  # of an edge, in its widths: drawn and not
DRAWING, DRAWN_FROM = QSize(228, 128), 320
HOLES = 6
PART = "#858D96"  # the part on the frame, on the dark canvas of every theme


class Placeholder(QWidget):
    """A sentence in the middle, buttons under it; where there is nothing to show, a drawing above
    it and a dashed edge around. `outline`: blocks that are painted while it is loading, each x, y,
    width and height as shares of the whole; one inside an earlier one is a part of that card.
    `retry_requested`: what failed is to be read once more."""

    retry_requested = Signal()

    def __init__(self, theme: Theme, outline: Sequence[Block] = CARDS) -> None:
        super().__init__()
        self._theme, self._outline = theme, tuple(outline)
        self.state: State = "empty"
        self.sentence = ""
        self._drawing = _EmptyDrawing(theme)
        self._sentence = make_label(size="heading", wrap=True)
        self._more = make_label(tone="quiet", wrap=True)
        for label in (self._sentence, self._more):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.metrics.scale_px(8))
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._drawing, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._sentence)
        column.addWidget(self._more)
        column.addSpacing(theme.metrics.scale_px(16))
        column.addLayout(self._buttons)
        column.addStretch(3)

    def set_outline(self, outline: Sequence[Block]) -> None:
        """Another outline, for a place in which other things come by turns."""
        if self._outline != tuple(outline):
            self._outline = tuple(outline)
            self.update()

    def show_loading(self, sentence: str) -> None:
        """The body is being read or worked out: its outline, and what is being done."""
        self._show_state("loading", sentence, ())

    def show_empty(self, sentence: str, buttons: Sequence[KeyButton]) -> None:
        """There is nothing to show, which is known: what is missing, its first sentence in bold,
        and the buttons that bring it; they become this widget's own."""
        self._show_state("empty", sentence, buttons)

    def show_failed(self, sentence: str) -> None:
        """The body could not be read: what happened, and the button that reads it again."""
        button = KeyButton(self._theme, tr("Read again"))
        button.clicked.connect(self.retry_requested)
        self._show_state("failed", sentence, (button,))

    def list_outline_rects(self) -> list[QRectF]:
        """Where the blocks of the outline are painted, in pixels; none but while it is loading."""
        if self.state != "loading":
            return []
        width, height, gap = self.width(), self.height(), self._theme.metrics.scale_px(RADIUS)
        return [
            QRectF(x * width, y * height, w * width - gap, h * height - gap)
            for x, y, w, h in self._outline
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rects = self.list_outline_rects()
        for index, rect in enumerate(rects):
            inside = any(card.contains(rect) for card in rects[:index])
            painter.setPen(QColor(self._theme.tokens.hairline))
            painter.setBrush(
                QColor(self._theme.tokens.hover if inside else self._theme.tokens.panel)
            )
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        painter.setBrush(QColor(self._theme.tokens.panel))
        if self.state == "loading":  # no edge of the outline runs through the words
            painter.drawRoundedRect(self._get_text_rect(), RADIUS, RADIUS)
        elif self.state == "empty":
            painter.setPen(make_dashed_pen(self._theme))
            edge = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(edge, CARD_RADIUS, CARD_RADIUS)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_drawing()

    def _show_drawing(self) -> None:
        """The drawing goes first where there is little room."""
        fits = self.height() >= self._theme.metrics.scale_px(DRAWN_FROM)
        self._drawing.setVisible(self.state == "empty" and fits and bool(self.sentence))

    def _get_text_rect(self) -> QRectF:
        """Where the sentence stands, with some room around it."""
        wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        around, pad = self._sentence.geometry(), self._theme.metrics.scale_px(AROUND)
        inside = self._sentence.fontMetrics().boundingRect(around, wrapped, self._sentence.text())
        return QRectF(inside.adjusted(-pad, -pad // 2, pad, pad // 2))

    def _show_state(self, state: State, sentence: str, buttons: Sequence[KeyButton]) -> None:
        self.state, self.sentence = state, sentence
        first, more = split_first_sentence(sentence) if state == "empty" else (sentence, "")
        self._sentence.setText(first)
        self._sentence.setVisible(bool(first))
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self._show_drawing()
        set_tone(self._sentence, "quiet" if state == "loading" else "")
        self.setAccessibleName(sentence if state == "loading" else "")
        clear_layout(self._buttons)
        self._buttons.addStretch()
        for button in buttons:
            self._buttons.addWidget(button)
        self._buttons.addStretch()
        self.update()


def make_dashed_pen(theme: Theme) -> QPen:
    """The edge of a place that something can be dropped on."""
    pen = QPen(QColor(theme.tokens.border), 1)
    pen.setDashPattern(DASHES)
    return pen


def split_first_sentence(text: str) -> tuple[str, str]:
    """The first sentence without its full stop, as a title, and the others."""
    first, _, more = text.partition(". ")
    return (first if more else first.removesuffix(".")), more


class _EmptyDrawing(QWidget):
    """A frame with a part on it before two empty ones, for the eye only."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(DRAWING * (theme.metrics.percent / 100))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self.width() / DRAWING.width(), self.height() / DRAWING.height())
        painter.setPen(QPen(QColor(tokens.edge), 1.5))
        painter.setBrush(QColor(tokens.hover))
        for left in (6, 126):
            painter.drawRoundedRect(QRectF(left, 34, 96, 60), 6, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.canvas))
        painter.drawRoundedRect(QRectF(46, 20, 136, 88), 8, 8)
        painter.setBrush(QColor(PART))
        painter.drawEllipse(QPointF(114, 64), 28, 28)
        painter.setBrush(QColor(tokens.canvas))
        painter.drawEllipse(QPointF(114, 64), 10, 10)
        for index in range(HOLES):
            angle = pi / 2 + index * 2 * pi / HOLES
            painter.drawEllipse(QPointF(114 + 19 * cos(angle), 64 + 19 * sin(angle)), 3.5, 3.5)
        painter.end()


class BodyStates:
    """What a view shows in the place of its body while that is not there. A view whose body stands
    elsewhere than in `pages`, or that hides more, says so in `_show_placeholder`."""

    placeholder: Placeholder
    pages: PageStack

    def show_loading(self, sentence: str) -> None:
        """The body is being read or worked out."""
        self._show_placeholder()
        self.placeholder.show_loading(sentence)

    def show_failed(self, sentence: str) -> None:
        """The body could not be read or worked out."""
        self._show_placeholder()
        self.placeholder.show_failed(sentence)

    def _show_placeholder(self) -> None:
        self.pages.show_page(self.placeholder)


# A panel that lies over the window until Esc or a click beside it: what jobs, messages, finder and
# key sheet stand in.


class Popover(QFrame):
    """`title` on top, the content below. It is deleted when it is closed; the focus goes back to
    where it was. `stays`: a press beside it does not close it."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        title: str,
        closed: Callable[[], None],
        stays: bool = False,
    ) -> None:
        super().__init__(parent)
        self._stays = stays
        self.setProperty("popover", True)
        self.setAccessibleName(title)
        self._closed = closed
        self._focus_before = QApplication.focusWidget()
        self._column = QVBoxLayout(self)
        pad = theme.metrics.scale_px(12)
        self._column.setContentsMargins(pad, pad, pad, pad)
        self._column.setSpacing(theme.metrics.scale_px(8))
        self._column.addWidget(make_label(title, "heading"))
        self.setGraphicsEffect(make_shadow(theme, self))
        get_application().installEventFilter(self)

    def add_content(self, widget: QWidget) -> None:
        """Puts the content in."""
        self._column.addWidget(widget)

    def open_at(self, x: int, y: int, width: int, height: int, focus: QWidget | None) -> None:
        """Shows it with its left upper corner at `x`, `y` of the window, inside its borders; keys
        go to `focus`, or stay where they are."""
        parent = require_value(self.parentWidget())
        self.resize(min(width, parent.width() - 16), min(height, parent.height() - 16))
        self.move(
            max(8, min(x, parent.width() - self.width() - 8)),
            max(8, min(y, parent.height() - self.height() - 8)),
        )
        self.show()
        self.raise_()
        if focus is not None:
            focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_popover(self) -> None:
        """Closes it. Twice does no harm."""
        if self.isHidden():
            return
        get_application().removeEventFilter(self)
        self.hide()
        before = self._focus_before
        self._focus_before = None
        try:
            if before is not None and before.isVisible():
                before.setFocus(Qt.FocusReason.PopupFocusReason)
        except RuntimeError:  # what had the focus was deleted meanwhile
            require_value(self.parentWidget()).setFocus()
        self.deleteLater()
        self._closed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_popover()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()  # Esc closes this before it does anything else
            return True
        if (
            event.type() == QEvent.Type.MouseButtonPress
            and not self._stays
            and isinstance(watched, QWidget)
            and not self._contains_widget(watched)
        ):
            self.close_popover()
        return False

    def _contains_widget(self, widget: QWidget) -> bool:
        return widget is self or self.isAncestorOf(widget) or widget.window() is not self.window()


SHADOW, SHADOW_DOWN, SHADE = 20, 6, 0.25


def make_shadow(theme: Theme, parent: QWidget) -> QGraphicsDropShadowEffect:
    """The shadow of what floats over the window."""
    shadow = QGraphicsDropShadowEffect(parent)
    shadow.setBlurRadius(theme.metrics.scale_px(SHADOW))
    shadow.setOffset(0, theme.metrics.scale_px(SHADOW_DOWN))
    shadow.setColor(QColor.fromRgbF(0.0, 0.0, 0.0, SHADE))
    return shadow


# Fading from what a place showed to what it shows now, in a tenth of a second; nothing moves where
# the system asks for less motion.

FADE_MS = 100


class Fade(QWidget):
    """Picture of what a place showed before, over what it shows now, until it is gone. Mouse and
    keys go through it."""

    def __init__(self, before: QPixmap, parent: QWidget) -> None:
        super().__init__(parent)
        self._before, self._share = before, 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(parent.rect())
        self._running = QVariantAnimation(self, startValue=1.0, endValue=0.0)
        self._running.setDuration(FADE_MS)
        self._running.setEasingCurve(QEasingCurve.Type.OutQuad)
        self._running.valueChanged.connect(self._show_share)
        self._running.finished.connect(self.deleteLater)

    def start_fade(self) -> None:
        """Lies over everything in its place, and goes."""
        self.show()
        self.raise_()
        self._running.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setOpacity(self._share)
        painter.drawPixmap(0, 0, self._before)
        painter.end()

    def _show_share(self, share: float) -> None:
        self._share = share
        self.update()


def make_fade(parent: QWidget, moves: bool) -> Fade | None:
    """The fade away from what `parent` shows now, to be begun once it shows something else; None
    where nothing is shown or nothing moves."""
    return Fade(parent.grab(), parent) if moves and parent.isVisible() else None


PANEL = 320  # pixels at 100 % of its width


class SidePanel(QWidget):
    """The panel beside the picture: a surface with a hairline at its left edge."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        column = QVBoxLayout(self)
        px = theme.metrics.scale_px
        column.setContentsMargins(px(PAD) + 1, 0, px(PAD), px(PAD))
        column.setSpacing(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.tokens.panel))
        line = QRect(0, 0, 1, self.height())
        painter.fillRect(line, QColor(self._theme.tokens.hairline))
        painter.end()


class FittingArea(QScrollArea):
    """Scrolls what has less room than it needs, and takes no more room than that."""

    def sizeHint(self) -> QSize:
        return require_value(self.widget()).sizeHint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another size of what is inside is another size of this."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class ButtonGrid(QWidget):
    """Buttons in one column or two, those that are there in their order."""

    def __init__(self, theme: Theme, *buttons: KeyButton) -> None:
        super().__init__()
        self.buttons, self._columns = buttons, 1
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(max(theme.metrics.gap, theme.metrics.scale_px(8)))
        self._grid.setVerticalSpacing(theme.metrics.gap if theme.metrics.gloves else 0)
        self._place_buttons()

    def set_columns(self, columns: int) -> None:
        """From now on so many."""
        if columns != self._columns:
            self._columns = columns
            self._place_buttons()

    def show_only(self, *buttons: KeyButton) -> None:
        """Only these of them are there."""
        for button in self.buttons:
            button.setVisible(button in buttons)
        self._place_buttons()

    def _place_buttons(self) -> None:
        for button in self.buttons:
            self._grid.removeWidget(button)
        there = [button for button in self.buttons if not button.isHidden()] or self.buttons
        for index, button in enumerate(there):
            self._grid.addWidget(button, index // self._columns, index % self._columns)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, int(self._columns > 1))


def make_fitting_area(inside: QWidget) -> FittingArea:
    """The area around it; it scrolls up and down alone."""
    area = FittingArea()
    area.setWidgetResizable(True)
    area.setFrameShape(FittingArea.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    inside.setAutoFillBackground(False)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
