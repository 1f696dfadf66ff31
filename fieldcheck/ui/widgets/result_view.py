"""Result of a project: verdict, scores and gap, reasons, most confident errors, and what would
narrow the interval. Shown after the last label and as the first tab of Explore."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLayout, QSizePolicy, QWidget

from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.ui.colours_and_high_contrast import Tokens
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.theme import BODY, CAPTION, LARGE, Theme, paint_icon
from fieldcheck.ui.widgets.buttons import BareButton, KeyButton
from fieldcheck.ui.widgets.charts import DumbbellChart
from fieldcheck.ui.widgets.images_and_zoom import paint_cropped
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    clear_layout,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
)
from fieldcheck.ui.widgets.text_lines import break_into, break_lines

if TYPE_CHECKING:
    from fieldcheck.domain.report import GapChart
    from fieldcheck.report.summary_page import Outlook, Reason


@dataclass(frozen=True, slots=True)
class ErrorPicture:
    """One of the most confident errors. `lines` stand under it, `description` is for screen
    readers."""

    frame_id: str
    label: str
    prediction: str
    lines: tuple[str, ...]
    image: QImage
    description: str


@dataclass(frozen=True, slots=True)
class ResultContent:
    """Everything on the page. `headline`: scores and gap, or what is missing; `under`: what the
    intervals are of; `details` are its tool tip; `change` since the visit before; `n_wrong` frames
    are wrong in all.
    `next_step`: a sentence, where there is no result yet."""

    verdict: str
    sign: str
    headline: str
    under: str = ""
    details: str = ""
    change: str = ""
    next_step: str = ""
    chart: GapChart | None = None
    reasons: Sequence[Reason] = ()
    errors: Sequence[ErrorPicture] = ()
    no_errors: str = ""
    n_wrong: int = 0
    outlook: Outlook | None = None


# The shape before a verdict or a reason: the report's own, so that it means the same in black and
# white.

SIGN_ICONS = {
    "octagon": "octagon",
    "triangle": "triangle",
    "tick": "check",
    "ring": "ring",
    "unequal": "unequal",
}


def get_sign_colour(tokens: Tokens, sign: str) -> str:
    """Red is for a limit that is not met, and for nothing else."""
    warn = tokens.warn_mark
    return {"octagon": tokens.alarm, "triangle": warn, "tick": tokens.ok, "unequal": warn}.get(
        sign, tokens.text2
    )


ICON_EDGE = 0.12


class SignIcon(QWidget):
    """A shape as large as the letters beside it. It says nothing to a screen reader: the word
    beside it does."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.sign, self._side = theme, "", 40
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_sign(self, sign: str, side: int) -> None:
        """Another shape in a box of `side` pixels at 100 %."""
        self.sign, self._side = sign, side
        self.setVisible(bool(sign))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        side = self._theme.metrics.scale_px(self._side)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        colour = get_sign_colour(tokens, self.sign) if self.isEnabled() else tokens.disabled
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # the shape itself, without the room that an icon has around it, is as large as the box
        around = round(self.width() * ICON_EDGE)
        box = self.rect().adjusted(-around, -around, around, around)
        paint_icon(painter, SIGN_ICONS[self.sign], box, colour)
        painter.end()


# Reasons, as many as there is room for.

SIGN_SIDE, SIGN_GAP, REASON_GAP, LINE = 14, 12, 14, 1.45


class ReasonList(QWidget):
    """Each reason with its shape: a bold line, and the figures under it. Those that there is no
    room for are counted in the last line, and all of them are the tool tip."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._reasons: tuple[Reason, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def show_reasons(self, reasons: Sequence[Reason]) -> None:
        """Other reasons, the worst first."""
        self._reasons = tuple(reasons)
        text = "\n".join(f"{reason.title}. {reason.text}".strip() for reason in self._reasons)
        self.setAccessibleName(text)
        self.setToolTip(make_plain_tip(text))
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._px(160), self._get_least_height(self.width() or self._px(300)))

    def sizeHint(self) -> QSize:
        return QSize(self._px(300), self._get_height(self._reasons, self.width()))

    def _get_least_height(self, width: int) -> int:
        """The first reason whole, and the count of the others."""
        more = self._get_more_height() if len(self._reasons) > 1 else 0
        return self._get_height(self._reasons[:1], width) + more

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != self.width():
            self.updateGeometry()

    def list_shown(self) -> tuple[Reason, ...]:
        """The reasons that fit whole."""
        n = len(self._reasons)
        for shown in range(n, 1, -1):
            more = self._get_more_height() if shown < n else 0
            if self._get_height(self._reasons[:shown], self.width()) + more <= self.height():
                return self._reasons[:shown]
        return self._reasons[:1]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, top = QPainter(self), self._theme.tokens, 0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = self.list_shown()
        left, text_width = self._px(SIGN_SIDE + SIGN_GAP), self._get_text_room(self.width())
        for reason in shown:
            side, line = self._px(SIGN_SIDE), self._get_line_height()
            colour = get_sign_colour(tokens, reason.sign)
            box = QRect(0, top + (line - side) // 2, side, side)
            paint_icon(painter, SIGN_ICONS[reason.sign], box, colour)
            for bold, text in ((True, reason.title), (False, reason.text)):
                painter.setFont(self._theme.make_font(self.font(), BODY, bold))
                painter.setPen(QColor(tokens.text if bold else tokens.text2))
                for part in break_lines(text, painter.font(), text_width):
                    painter.drawText(
                        QRect(left, top, text_width, line), Qt.AlignmentFlag.AlignVCenter, part
                    )
                    top += line
            top += self._px(REASON_GAP)
        hidden = len(self._reasons) - len(shown)
        if hidden:
            painter.setFont(self._theme.make_font(self.font(), CAPTION))
            painter.setPen(QColor(tokens.text2))
            text = tr_plural("{n} more in the report", "{n} more in the report", hidden)
            box = QRect(left, top, text_width, self._px(CAPTION * 1.5))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text.format(n=hidden))
        painter.end()

    def _get_height(self, reasons: Sequence[Reason], width: int) -> int:
        text_width, lines = self._get_text_room(width), 0
        for reason in reasons:
            for bold, text in ((True, reason.title), (False, reason.text)):
                lines += len(
                    break_lines(text, self._theme.make_font(self.font(), BODY, bold), text_width)
                )
        gaps = max(0, len(reasons) - 1) * self._px(REASON_GAP)
        return lines * self._get_line_height() + gaps

    def _get_more_height(self) -> int:
        """Of the line that counts the others, with the gap above it."""
        return self._px(REASON_GAP) + self._px(CAPTION * 1.5)

    def _get_text_room(self, width: int) -> int:
        return max(self._px(100), width - self._px(SIGN_SIDE + SIGN_GAP))

    def _get_line_height(self) -> int:
        return self._px(BODY * LINE)

    def _px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)


# Errors: the middle of the frame, what it is and what the model said.

LEAST_PICTURE, CORNER, MOST_LINES = (84, 56), 4, 2


class ErrorTile(BareButton):
    """A press opens the frame. The picture takes the height that is left, cut at its sides. Of
    names that need more than two lines both ends are shown, and all of them in the tool tip."""

    def __init__(self, theme: Theme, error: ErrorPicture) -> None:
        super().__init__()
        self._theme, self._error, self._lines = theme, error, error.lines
        self.setProperty("role", "picture")
        self.setAccessibleName(error.description)
        self.setToolTip(make_plain_tip(error.description))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def minimumSizeHint(self) -> QSize:
        width = self._px(LEAST_PICTURE[0])
        return QSize(
            width, self._px(LEAST_PICTURE[1]) + self._get_words_height(self.width() or width)
        )

    def sizeHint(self) -> QSize:
        return QSize(self._px(136), self._px(144) + self._get_words_height(self._px(136)))

    def set_low(self, low: bool) -> None:
        """In a low window with the first line of its words only."""
        self._lines = self._error.lines[:1] if low else self._error.lines
        self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # its words may have another number of lines

    def get_picture_rect(self) -> QRect:
        """Where the picture is painted."""
        height = self.height() - self._get_words_height(self.width())
        most = max(self._px(240), round(1.3 * self.width()))
        return QRect(0, 0, self.width(), max(1, min(height, most)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, box = QPainter(self), self._theme.tokens, self.get_picture_rect()
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        paint_cropped(painter, self._error.image, box, self._px(CORNER), tokens.canvas)
        top = box.bottom() + self._px(10)
        colours = (tokens.text, tokens.alarm)
        names = (f"{self._error.label} →", self._error.prediction)
        for text, colour in zip(names, colours, strict=True):
            top = self._draw_lines(painter, text, top, BODY, True, colour)
        top += self._px(6)
        for text in self._lines:
            top = self._draw_lines(painter, text, top, CAPTION, False, tokens.text2)
        painter.end()

    def _draw_lines(
        self, painter: QPainter, text: str, top: int, size: int, bold: bool, colour: str
    ) -> int:
        painter.setFont(self._theme.make_font(self.font(), size, bold))
        painter.setPen(QColor(colour))
        height = self._px(size * 1.35)
        for line in break_into(MOST_LINES, text, painter.font(), self.width()):
            painter.drawText(
                QRect(0, top, self.width(), height), Qt.AlignmentFlag.AlignVCenter, line
            )
            top += height
        return top

    def _get_words_height(self, width: int) -> int:
        names = (f"{self._error.label} →", self._error.prediction)
        height = self._px(16)
        for texts, size, bold in ((names, BODY, True), (self._lines, CAPTION, False)):
            font = self._theme.make_font(self.font(), size, bold)
            lines = sum(len(break_into(MOST_LINES, text, font, width)) for text in texts)
            height += lines * self._px(size * 1.35)
        return height

    def _px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)


# What would narrow the interval: clips of today and those of the next step on one scale.

SCALE_HEIGHT, TRACK, TICK = 66, 6, 18


class ClipScale(QWidget):
    """How many clips there are and how many are wanted, with the interval that is expected."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._outlook: Outlook | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_outlook(self, outlook: Outlook) -> None:
        """Another scale."""
        self._outlook = outlook
        self.setAccessibleName(" ".join(self._list_words(outlook)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._px(160), self._px(SCALE_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._px(120), self._px(SCALE_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        outlook = self._outlook
        if outlook is None or not outlook.wanted:
            return
        painter, tokens, width = QPainter(self), self._theme.tokens, self.width()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = max(self._px(TRACK), round(width * outlook.clips / outlook.wanted))
        painter.setPen(Qt.PenStyle.NoPen)
        for end, colour in ((width, tokens.pressed), (here, tokens.accent)):
            painter.setBrush(QColor(colour))
            radius = self._px(TRACK) / 2
            painter.drawRoundedRect(QRectF(0, self._px(12), end, self._px(TRACK)), radius, radius)
        for x, colour in ((here, tokens.text), (width - 1, tokens.text2)):
            painter.setPen(QPen(QColor(colour), 2))
            painter.drawLine(QPointF(x - 1, self._px(6)), QPointF(x - 1, self._px(6 + TICK)))
        self._draw_words(painter, outlook, here)
        painter.end()

    def _draw_words(self, painter: QPainter, outlook: Outlook, here: int) -> None:
        tokens, right = self._theme.tokens, int(Qt.AlignmentFlag.AlignRight)
        now, wanted, expected = self._list_words(outlook)
        bold, plain = (
            self._theme.make_font(self.font(), CAPTION, is_bold) for is_bold in (True, False)
        )
        line = self._px(17)
        painter.setFont(plain)
        painter.setPen(QColor(tokens.text2))
        painter.drawText(QRect(0, self._px(30), self.width(), line), right, wanted)
        painter.drawText(QRect(0, self._px(30) + line, self.width(), line), right, expected)
        wide = QFontMetrics(bold).horizontalAdvance(now) + 2
        most = self.width() - QFontMetrics(plain).horizontalAdvance(wanted) - self._px(8) - wide
        painter.setFont(bold)
        painter.setPen(QColor(tokens.text))
        left = max(0, min(here - wide // 2, most))
        painter.drawText(QRect(left, self._px(30), wide, line), 0, now)

    @staticmethod
    def _list_words(outlook: Outlook) -> tuple[str, str, str]:
        return (
            format_clips(outlook.clips),
            format_clips(outlook.wanted),
            tr("expected {width}", width=outlook.expected),
        )

    def _px(self, at_100: float) -> int:
        return self._theme.metrics.scale_px(at_100)


def format_clips(n: int) -> str:
    """A number of clips."""
    return tr_plural("{n} clip", "{n} clips", n, n=n)


class OutlookCard(QFrame):
    """`followed`: its one action is asked for."""

    followed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.width_label = make_label(size="number")
        self.source = make_label(tone="quiet")
        self.scale = ClipScale(theme)
        self.text = make_label(wrap=True)
        self.note = make_label(tone="quiet", wrap=True)
        self.button = KeyButton(theme, "", icon="camera", role="link")
        self.button.clicked.connect(self.followed)
        self._px = theme.metrics.scale_px
        figures = FlowLayout(self._px(10))  # a long unit has its line for itself
        for part in (self.width_label, self.source):
            figures.addWidget(part)
        self._column = column = make_column(
            theme,
            make_label(tr("Narrower interval"), size="heading", bold=True, wrap=True),
            figures,
            self.scale,
            self.text,
            self.note,
            parent=self,
        )
        column.addStretch(1)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.set_compact(False)

    def show_outlook(self, outlook: Outlook) -> None:
        """Other words and figures."""
        self.width_label.setText(outlook.half_width)
        self.source.setText(
            tr_plural("from {n} clip", "from {n} clips", outlook.clips, n=outlook.clips)
        )
        self.scale.setVisible(bool(outlook.wanted))
        if outlook.wanted:
            self.scale.show_outlook(outlook)
        self.text.setText(outlook.text)
        self.note.setText(outlook.note)
        self.button.setToolTip(make_plain_tip(f"{outlook.text} {outlook.note}".strip()))
        self._show_words()
        labels = {"record": tr("Record clips"), "label": tr("Label frames"), "": ""}
        self.button.set_label(labels[outlook.action])
        self.button.setVisible(bool(outlook.action))

    def set_compact(self, compact: bool) -> None:
        """Without what is nice to know, where there is little room."""
        pad, gap = self._px(10 if compact else 16), self._px(4 if compact else 6)
        self._column.setContentsMargins(pad, pad, pad, gap)
        self._column.setSpacing(gap)
        self._is_compact = compact
        self._show_words()

    def _show_words(self) -> None:
        """In a low window the scale says what the words would."""
        scaled = not self.scale.isHidden()
        self.text.setHidden(self._is_compact and scaled)
        self.note.setHidden(self._is_compact or not self.note.text())


# The page.

VERDICT_SIDE, SMALL_SIDE = 40, 26
LOW = 520  # pixels of height under which the verdict has the size of a number
SHARES = (388, 466, 276)  # of the three cards
WORDS_SHARE, CHART_SHARE = 9, 11  # of the first card
ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class ResultView(QWidget):
    """`frame_opened(id)`: an error is to be looked at; `errors_opened`: all of them;
    `outlook_followed`: what narrows the interval is to be done."""

    frame_opened, errors_opened, outlook_followed = Signal(str), Signal(), Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._px = theme, theme.metrics.scale_px
        self._content: ResultContent | None = None
        self._low = self._compact = False
        self.sign = SignIcon(theme)
        self.verdict = make_label(size="verdict", wrap=True)
        self.headline = make_label(size="heading", bold=True, wrap=True)
        self.under = make_label(tone="quiet", wrap=True)
        self.change = make_label(tone="quiet", wrap=True)
        self.next = make_label(bold=True, wrap=True)
        self.chart = DumbbellChart(theme)
        self.top = self._build_top()
        self.reasons = ReasonList(theme)
        self.show_all = KeyButton(theme, "", role="link")
        self.show_all.clicked.connect(self.errors_opened)
        self.no_errors = make_label(tone="quiet", wrap=True)
        self.tiles = QWidget()
        self._tiles = make_row(theme, gap=12, parent=self.tiles)
        self._error_tiles: list[ErrorTile] = []
        title = make_label(tr("Reasons"), size="heading", bold=True, wrap=True)
        self.reasons_card = self._build_card(title, self.reasons)
        title = make_label(tr("Most confident errors"), size="heading", bold=True, wrap=True)
        self._errors_heading = title
        head = make_row(theme, (title, 1), self.show_all)
        self.errors_card = self._build_card(head, self.tiles, self.no_errors)
        self._reasons_layout = get_box_layout(self.reasons_card)
        self._errors_layout = get_box_layout(self.errors_card)
        self._pad_cards()
        self.outlook = OutlookCard(theme)
        self.outlook.followed.connect(self.outlook_followed)
        large = theme.metrics.percent >= LARGE
        self._cards = QBoxLayout(DOWN if large else ACROSS)
        self.cards = QWidget()
        self.cards.setLayout(self._cards)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.setSpacing(self._px(16))
        for card, share in zip(
            (self.reasons_card, self.errors_card, self.outlook), SHARES, strict=True
        ):
            self._cards.addWidget(card, share)
        self._whole = make_column(theme, self.top, (self.cards, 1), gap=16, parent=self)

    def show_result(self, content: ResultContent) -> None:
        """From now on this. The same again changes nothing."""
        if content == self._content:
            return
        self._content = content
        self.sign.show_sign(content.sign, SMALL_SIDE if self._low else VERDICT_SIDE)
        for label, text in (
            (self.verdict, content.verdict),
            (self.headline, content.headline),
            (self.under, content.under),
            (self.change, content.change),
            (self.next, content.next_step),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self.change.setHidden(self._low or not content.change)
        self.under.setToolTip(make_plain_tip(content.details))
        self.chart.setVisible(content.chart is not None)
        if content.chart is not None:
            self.chart.show_scores(content.chart, get_sign_colour(self._theme.tokens, content.sign))
        self.reasons.show_reasons(content.reasons)
        self.reasons_card.setVisible(bool(content.reasons))
        self.outlook.setVisible(content.outlook is not None)
        if content.outlook is not None:
            self.outlook.show_outlook(content.outlook)
        self._show_errors(content)
        self.setAccessibleName(self.get_text())

    def get_text(self) -> str:
        """Everything in one text, for whoever does not see it."""
        content = self._content
        if content is None:
            return ""
        reasons = [f"{reason.title}. {reason.text}".strip() for reason in content.reasons]
        parts = (content.verdict, content.headline, *reasons, content.under, content.details)
        parts = (*parts, content.change, content.next_step)
        return " ".join(part for part in parts if part)

    def list_tiles(self) -> list[ErrorTile]:
        """The errors that are shown."""
        return list(self._error_tiles)

    def set_compact(self, compact: bool) -> None:
        """In narrow windows, which are low too."""
        self._compact = compact
        self._fit_height()

    def minimumSizeHint(self) -> QSize:
        """With cards below each other as high as all of them ask for: where words that wrap have
        less than that, Qt gives each part the same height, also less than its least."""
        least = self._whole.totalMinimumSize()
        if self._cards.direction() == DOWN and self._whole.hasHeightForWidth():
            least.setHeight(max(least.height(), self._whole.totalHeightForWidth(self.width())))
        return least

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()
        self._fit_height()

    def _fit_height(self) -> None:
        """A low window has smaller letters and a lower chart."""
        low = self._compact or self.height() < self._px(LOW)
        if low == self._low:
            return
        self._low = low
        size = "number" if self._low else "verdict"
        self.verdict.setProperty("textSize", size)
        self.verdict.style().unpolish(self.verdict)
        self.verdict.style().polish(self.verdict)
        self.sign.show_sign(self.sign.sign, SMALL_SIDE if self._low else VERDICT_SIDE)
        self.chart.set_low(self._low)
        self.change.setHidden(self._low or not self.change.text())
        self._words.setSpacing(self._px(4 if self._low else 8))
        self._pad_cards()
        for tile in self.list_tiles():
            tile.set_low(self._low)
        beside, above = self._px(16 if self._low else 24), self._px(10 if self._low else 16)
        self._top.setContentsMargins(beside, above, beside, above)
        self._whole.setSpacing(self._px(10 if self._low else 16))
        self.outlook.set_compact(self._low)

    def _pad_cards(self) -> None:
        """The headings of both cards stand on one line, though one has a button beside it."""
        pad, gap = self._px(10 if self._low else 16), self._px(8 if self._low else 12)
        self._errors_heading.ensurePolished()  # a heading's font comes with the style sheet
        heading = self._errors_heading.sizeHint().height()
        higher = max(0, self.show_all.sizeHint().height() - heading) // 2
        for layout, above in ((self._reasons_layout, 0), (self._errors_layout, higher)):
            layout.setContentsMargins(pad, max(0, pad - above), pad, pad)
            layout.setSpacing(gap)

    def _build_top(self) -> QFrame:
        line = make_row(self._theme, self.sign, (self.verdict, 1), gap=14)
        line.setAlignment(self.sign, Qt.AlignmentFlag.AlignVCenter)
        self._words = words = make_column(
            self._theme, line, self.headline, self.under, self.change, self.next, gap=8
        )
        words.addStretch(1)
        self._top = QHBoxLayout()
        frame: QFrame = make_card(self._theme, self._top)
        self._top.setContentsMargins(self._px(24), self._px(16), self._px(24), self._px(16))
        self._top.setSpacing(self._px(24))
        self._top.addLayout(words, WORDS_SHARE)
        self._top.addWidget(self.chart, CHART_SHARE)
        return frame

    def _build_card(self, *parts: QWidget | QLayout) -> QFrame:
        frame = make_card(self._theme)
        inside = get_box_layout(frame)
        for part in parts:
            if isinstance(part, QLayout):
                inside.addLayout(part)
            else:
                inside.addWidget(part, int(part in (self.reasons, self.tiles)))
        return frame

    def _show_errors(self, content: ResultContent) -> None:
        clear_layout(self._tiles)
        self._error_tiles = [ErrorTile(self._theme, error) for error in content.errors]
        for tile, error in zip(self._error_tiles, content.errors, strict=True):
            tile.set_low(self._low)
            tile.clicked.connect(self._make_opener(error.frame_id))
            self._tiles.addWidget(tile, 1)
        self.tiles.setVisible(bool(content.errors))
        self.no_errors.setText(content.no_errors)
        self.no_errors.setVisible(bool(content.no_errors) and not content.errors)
        self.errors_card.setVisible(bool(content.errors or content.no_errors))
        self.show_all.set_label(tr("Show all {n}", n=content.n_wrong))
        self.show_all.setVisible(bool(content.errors) and content.n_wrong > 0)
        self._pad_cards()

    def _make_opener(self, frame_id: str) -> Callable[[], None]:
        return lambda: self.frame_opened.emit(frame_id)
