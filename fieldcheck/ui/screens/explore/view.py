"""View of the Explore screen: headline with scores and gap, accuracy by class, confusion matrix,
and most confident errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from fieldcheck.i18n.language import capitalise, tr
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_box_layout, get_layout
from fieldcheck.ui.screens.explore.fix_panel import FixView
from fieldcheck.ui.screens.explore.gallery_view import FramesView
from fieldcheck.ui.screens.explore.label_review_view import LabelReviewView
from fieldcheck.ui.screens.explore.similarity_map import SimilarityMapView
from fieldcheck.ui.screens.explore.state import MODES
from fieldcheck.ui.screens.explore.tables import ChartsView, ExploreTables
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import LARGE, NUMBER, TITLE, Theme, paint_icon
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.charts import DumbbellChart
from fieldcheck.ui.widgets.image_view import ImagePair, ImageView
from fieldcheck.ui.widgets.layouts import (
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    set_focus_target,
)
from fieldcheck.ui.widgets.pages import PageButtons, PageStack, Placeholder
from fieldcheck.ui.widgets.text_lines import FixedLinesLabel, ReservedLinesLabel
from fieldcheck.ui.widgets.thumbnail_grid import ThumbnailGrid, Tile

if TYPE_CHECKING:
    from fieldcheck.domain.report import GapChart
    from fieldcheck.report.explore_data import ExploreData

# The headline of the report: verdict in word and shape, scores and gap with their ranges, and what
# these rest on.

SHAPES = {
    "octagon": "octagon",
    "triangle": "triangle",
    "tick": "check",
    "ring": "ring",
    "unequal": "unequal",
}
"""The report's signs → icons of the same shape."""
SCORES = 2  # sentences of the headline that carry the scores and the gap
MOST_WIDE = 480  # pixels of the word at its largest
# sentences under the scores; the others stand in the tool tip and in the report
MOST_UNDER, MOST_UNDER_COMPACT = 4, 2


class VerdictBadge(QWidget):
    """The word with its shape before it, on a ground that is red only for "not ready"."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._said, self._sign, self._size = theme, "", "ring", NUMBER
        self._largest = NUMBER
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_compact(self, compact: bool) -> None:
        """Smaller where there is little room, and still larger than all else."""
        self._largest = TITLE if compact else NUMBER
        self._fit_text()

    def _fit_text(self) -> None:
        """A long verdict is not as large, so that the chart keeps its room."""
        self._size = self._largest
        if QFontMetrics(self._make_font()).horizontalAdvance(
            self._said
        ) > self._theme.metrics.scale_px(MOST_WIDE):
            self._size = TITLE
        self.updateGeometry()
        self.update()

    def show_verdict(self, text: str, sign: str) -> None:
        """The word, and the report's name of its shape."""
        self._said, self._sign = text, sign
        self.setAccessibleName(text)
        self._fit_text()

    @property
    def verdict_text(self) -> str:
        """The word."""
        return self._said

    def sizeHint(self) -> QSize:
        px = self._theme.metrics.scale_px
        return QSize(
            QFontMetrics(self._make_font()).horizontalAdvance(self._said)
            + px(self._size)
            + px(8)
            + 2 * px(14),
            px(self._size + 16),
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        px, (ground, ink) = self._theme.metrics.scale_px, self._get_colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(ground))
        painter.setPen(QColor(self._theme.tokens.border))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        paint_icon(
            painter,
            SHAPES[self._sign],
            QRect(px(14), (self.height() - px(self._size)) // 2, px(self._size), px(self._size)),
            ink,
        )
        painter.setFont(self._make_font())
        painter.setPen(QColor(ink))
        left = px(14) + px(self._size) + px(8)
        painter.drawText(
            QRect(left, 0, self.width() - left, self.height()),
            Qt.AlignmentFlag.AlignVCenter,
            self._said,
        )
        painter.end()

    def _get_colours(self) -> tuple[str, str]:
        tokens = self._theme.tokens
        if not self.isEnabled():
            return tokens.panel, tokens.disabled
        if self._sign == "octagon":
            return tokens.alarm, tokens.on_alarm
        if self._sign in ("triangle", "unequal"):
            return tokens.warn, tokens.on_warn
        return tokens.panel, tokens.text

    def _make_font(self) -> QFont:
        return self._theme.make_font(self.font(), self._size, True)


class HeadlinePanel(QWidget):
    """Every sentence as the report prints it; this widget lays them out and adds none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = VerdictBadge(theme)
        self.scores = make_label(size="heading", wrap=True)
        self.open = make_label(bold=True, wrap=True)
        self.under = make_label(size="caption", tone="quiet", wrap=True)
        self._under: tuple[str, ...] = ()
        self.counts = make_label(size="caption", tone="quiet", wrap=True)
        self.chart = DumbbellChart(theme)
        self._px, self._percent = theme.metrics.scale_px, theme.metrics.percent
        self._has_chart = self._compact = False
        self._words = make_column(theme, self.scores, self.open, self.under, self.counts, gap=4)
        self._line = line = QHBoxLayout()
        frame: QFrame = make_card(theme, line)
        line.addLayout(self._words, 3)
        line.addWidget(self.chart, 2)
        self._whole = whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        self.set_compact(False)

    def set_compact(self, compact: bool) -> None:
        """Where there is room the verdict stands above all, with the chart beside it; else at the
        right, and without. In large text it stands above all anyway: beside it the scores would
        have no room for a line."""
        self._compact = compact
        self.verdict.set_compact(compact)
        beside, above = self._px(12), self._px(4 if compact else 8)
        self._line.setContentsMargins(beside, above, beside, above)
        self._words.setSpacing(self._px(2 if compact else 4))
        for layout in (self._line, self._words):
            layout.removeWidget(self.verdict)
        if compact and self._percent < LARGE:
            self._line.addWidget(self.verdict, 0, Qt.AlignmentFlag.AlignTop)
        else:
            self._words.insertWidget(0, self.verdict, 0, Qt.AlignmentFlag.AlignLeft)
        self.chart.setVisible(self._has_chart and not compact)
        self._show_details()
        self._fit_line_heights()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_line_heights()

    def _fit_line_heights(self) -> None:
        """No lower than its lines at this width: a column that is short of room takes it from
        whatever wraps."""
        self.setMinimumHeight(max(0, self._whole.minimumHeightForWidth(self.width())))

    def _show_details(self) -> None:
        """The first sentences, all of them in the tool tip."""
        most = MOST_UNDER_COMPACT if self._compact else MOST_UNDER
        self.under.setText(" ".join(self._under[:most]) + (" …" if len(self._under) > most else ""))
        self.under.setToolTip(make_plain_tip(" ".join(self._under)))

    def show_chart(self, chart: GapChart | None) -> None:
        """Both scores with their ranges on one axis; None: there is nothing to draw."""
        self._has_chart = chart is not None
        self.chart.setVisible(self._has_chart and not self._compact)
        if chart is not None:
            self.chart.show_scores(chart)

    def show_headline(
        self,
        verdict: str,
        sign: str,
        headline: tuple[str, ...],
        reason: str,
        under: tuple[str, ...],
        counts: tuple[str, ...],
    ) -> None:
        """`headline`: scores, gap, what is open. `reason`: of the verdict. `under`: what the
        ranges are of. `counts`: the same in frames."""
        self.verdict.show_verdict(verdict, sign)
        self.scores.setText(" ".join(headline[:SCORES]))
        self.open.setText(" ".join((*([capitalise(reason)] if reason else []), *headline[SCORES:])))
        self.open.setVisible(bool(self.open.text()))
        self._under = under
        self._show_details()
        self.counts.setText(" ".join(counts))
        self.counts.setVisible(bool(counts))
        self._fit_line_heights()

    def get_text(self) -> str:
        """Everything in one text, for whoever does not see it."""
        return " ".join(
            part
            for part in (
                self.scores.text(),
                self.open.text(),
                " ".join(self._under),
                self.counts.text(),
            )
            if part
        )


TILE = QSize(116, 65)  # three beside each other at 1366 pixels
SIDE, SIDE_COMPACT = 300, 230
OUTLINE = (
    (0, 0, 1, 0.2),
    (0, 0.22, 0.37, 0.78),
    (0.76, 0.22, 0.24, 0.78),
    *(
        (0.38 + 0.125 * column, 0.22 + 0.26 * line, 0.12, 0.25)
        for line in range(3)
        for column in range(3)
    ),
)


class _LeastHeightRow(QHBoxLayout):
    """A row that requests its minimum height only. Qt's column takes the preferred height of
    wrapping widgets as their minimum and takes missing space from all rows alike, which put the
    captions of the headline under the tables."""

    def hasHeightForWidth(self) -> bool:
        return False


class ExploreView(QWidget):
    """Figures come finished; a change that is being worked out greys them until the new ones are
    there."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._small: dict[str, tuple[tuple[tuple[str, str], ...], str, str]] = {}
        self._images: dict[str, QImage] = {}
        self._has_tiles = True
        self.strip = JobStrip(theme)
        self.busy = make_label(tr("Computing results …"), tone="quiet")
        self.busy.hide()
        self.band = HeadlinePanel(theme)
        self.tables = ExploreTables(theme)
        # over the whole width: beside the tables it would take many short lines
        self.note = ReservedLinesLabel(1, "caption", "quiet")
        self.worst = self._build_errors_part()
        self.side = self._build_side_panel()
        self.figures = QWidget()
        lower = _LeastHeightRow()
        lower.setSpacing(theme.metrics.scale_px(12))
        lower.addWidget(self.tables)
        lower.addWidget(self.worst, 1)
        lower.addWidget(self.side)
        make_column(theme, self.band, self.note, (lower, 1), parent=self.figures)
        self.placeholder, self.reading = Placeholder(theme, OUTLINE), Placeholder(theme)
        self.reading.show_loading(tr("Reading the frames …"))
        self.pages = PageStack(self.placeholder, self.figures)
        self.gap = QWidget()
        of_gap = make_column(theme, parent=self.gap)
        for part, stretch in ((self.strip, 0), (self.busy, 0), (self.pages, 1)):
            of_gap.addWidget(part, stretch)
        self.frames, self.map = FramesView(theme, actions), SimilarityMapView(theme, actions)
        self.look_again, self.doubts = (
            LabelReviewView(theme, actions),
            LabelReviewView(theme, actions),
        )
        self.charts, self.fix = ChartsView(theme), FixView(theme, actions)
        texts = {
            "gap": tr("Gap"),
            "frames": tr("Frames"),
            "map": tr("Similarity map"),
            "look": tr("Label review"),
            "doubt": tr("Suspected label errors"),
            "charts": tr("Charts"),
            "fix": tr("What would help?"),
        }
        self.modes = PageButtons(theme, actions, "explore", texts)
        self.parts = PageStack(
            self.gap, self.frames, self.map, self.look_again, self.doubts, self.charts, self.fix,
            self.reading,
        )  # fmt: skip
        self._part: QWidget = self.gap  # that was turned to
        make_column(theme, self.modes.make_line(theme), (self.parts, 1), parent=self)

    def show_part(self, mode: str) -> None:
        """Shows one of the parts; keys go to what it lists."""
        pages = (
            self.gap, self.frames, self.map, self.look_again, self.doubts, self.charts, self.fix,
        )  # fmt: skip
        part = dict(zip(MODES, pages, strict=True))[mode]
        self.modes.show_part(mode)
        self._part = part
        self.parts.show_page(part)
        of_gap = self.grid if self.pages.current_page is self.figures else None
        lists = (
            of_gap,
            self.frames.grid,
            self.map.cloud,
            self.look_again.grid,
            self.doubts.grid,
            self.charts.titles,
            self.fix.table,
        )
        to: QWidget | None = lists[MODES.index(mode)]
        set_focus_target(self, to)
        if self.isVisible():  # whatever had the keys may be hidden now
            (to or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_empty(self, text: str, actions: Sequence[str]) -> None:
        """Shows the empty state: what is missing, and the buttons of these actions."""
        buttons = [
            KeyButton(
                self._theme,
                self._actions.get_action(action).text(),
                self._actions.get_key_text(action),
            ).bind_action(self._actions.get_action(action))
            for action in actions
        ]
        self.placeholder.show_empty(text, buttons)
        self.charts.show_plots(())
        self._show_placeholder()

    def show_loading(self, sentence: str) -> None:
        """The first figures are being worked out: their outline."""
        self.placeholder.show_loading(sentence)
        self.charts.show_loading()
        self._show_placeholder()

    def show_failed(self, sentence: str) -> None:
        """The figures could not be worked out."""
        self.placeholder.show_failed(sentence)
        self.charts.show_failed(sentence)
        self._show_placeholder()

    def show_frames_loading(self, reading: bool) -> None:
        """The part that was turned to, or that its frames are being read."""
        self.parts.show_page(self.reading if reading else self._part)

    def _show_placeholder(self) -> None:
        self._move_focus(None)
        self.busy.hide()
        self.pages.show_page(self.placeholder)

    def show_comparison(self, frame_id: str, image: QImage | None, text: str) -> None:
        """The benchmark picture most like the frame that is looked at, under it; none where there
        are no vectors yet."""
        if frame_id != self.grid.get_current_subject():
            return
        self.other.show_image(image, text)
        self.other.setVisible(image is not None)
        self.nearest.set_text(text)
        self.nearest.setVisible(image is not None)

    def show_first_figures(
        self, explore_data: ExploreData, images: Mapping[str, QImage], tiles: Sequence[Tile]
    ) -> None:
        """Scores, gap and most confident errors, while everything else of this state is still
        worked out."""
        verdict = explore_data.verdict or tr("Computing the verdict …")
        self.band.show_headline(
            verdict,
            explore_data.sign,
            explore_data.headline,
            explore_data.reason,
            explore_data.under,
            explore_data.counts,
        )
        self.band.show_chart(explore_data.chart)
        self.charts.show_loading()
        self.tables.setVisible(False)
        self.note.setVisible(False)
        self._show_errors(explore_data, images, tiles)
        self.busy.setVisible(True)
        self.figures.setEnabled(True)

    def show_figures(
        self,
        explore_data: ExploreData,
        images: Mapping[str, QImage],
        tiles: Sequence[Tile],
        note: str,
    ) -> None:
        """The figures as they are now; `note` says which frames nothing is shown of."""
        self.band.show_headline(
            explore_data.verdict,
            explore_data.sign,
            explore_data.headline,
            explore_data.reason,
            explore_data.under,
            explore_data.counts,
        )
        self.band.show_chart(explore_data.chart)
        self.charts.show_plots(explore_data.plots)
        self.tables.show_figures(explore_data)
        self.tables.setVisible(
            bool(explore_data.classes or explore_data.confusion or explore_data.slices)
        )
        self.note.set_text(
            " ".join(part for part in (explore_data.no_worst, note) if part), "quiet"
        )
        self.note.setVisible(bool(self.note.text()))
        self._show_errors(explore_data, images, tiles)

    def _show_errors(
        self, explore_data: ExploreData, images: Mapping[str, QImage], tiles: Sequence[Tile]
    ) -> None:
        self._images = dict(images)
        self._small = {
            confident_error.frame_id: (
                confident_error.lines,
                confident_error.small,
                confident_error.alt,
            )
            for confident_error in explore_data.worst
        }
        self.grid.show_tiles(tiles)
        self.grid.show_images(images)
        self._has_tiles = bool(tiles)
        self._fit_side()
        self.show_error_frame(self.grid.get_current_subject())
        self.pages.show_page(self.figures)
        self._move_focus(self.grid if tiles else self.tables.class_table)

    def _move_focus(self, to: QWidget | None) -> None:
        if self.parts.current_page is self.gap:
            set_focus_target(self, to)

    def set_stale(self, working: bool) -> None:
        """Whether other figures are being worked out: those that are shown are old then."""
        self.busy.setVisible(working)
        self.figures.setEnabled(not working)
        self.charts.set_stale(working)

    def show_job(self, job: Job | None) -> None:
        """The run under way, or the last one where it was cancelled."""
        self.strip.show_job(job)

    def show_error_frame(self, frame_id: str) -> None:
        """This worst frame is looked at."""
        lines, small, alt = self._small.get(frame_id, ((), "", ""))
        self.still.show_image(self._images.get(frame_id), alt)
        rows = list(lines) + [("", "")] * (len(self.facts) - len(lines))
        for (name, answer), (name_shown, shown) in zip(rows, self.facts, strict=True):
            name_shown.set_text(name)
            shown.setText(answer)
        self.small.set_text(small)

    def set_compact(self, compact: bool) -> None:
        """Narrow windows show one of the two tables at a time."""
        px = self._theme.metrics.scale_px
        self.side.setFixedWidth(px(SIDE_COMPACT if compact else SIDE))
        self.band.set_compact(compact)
        self.tables.set_compact(compact)
        for part in (self.frames, self.look_again, self.doubts):
            part.set_compact(compact)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_side()

    def _fit_side(self) -> None:
        """The frame that is looked at stands beside the figures where there is room: else the page
        would be wider than the window, and the verdict out of it. The frame is also shown among the
        frames."""
        parent = self.parentWidget() or self
        beside = 2 * self._theme.metrics.scale_px(12) + self.side.width()
        needed = (
            max(self.tables.minimumSizeHint().width(), self.tables.minimumWidth())
            + self.worst.minimumSizeHint().width()
            + beside
        )
        self.side.setVisible(self._has_tiles and needed <= parent.width())

    def heightForWidth(self, width: int) -> int:
        """The least height, not the one that would be nicest: tables and pictures scroll in the
        room that there is."""
        return get_layout(self).totalMinimumHeightForWidth(width)

    def _build_errors_part(self) -> QWidget:
        part = QWidget()
        inside = make_column(self._theme, gap=4, parent=part)
        size = TILE * (self._theme.metrics.percent / 100)
        self.grid = ThumbnailGrid(
            self._theme,
            tr("Wrong predictions on labelled frames, most confident first"),
            size,
            stacked=True,
        )
        self.grid.frame_chosen.connect(self.show_error_frame)
        inside.addWidget(make_label(tr("Most confident errors"), bold=True, wrap=True))
        inside.addWidget(self.grid, 1)
        return part

    def _build_side_panel(self) -> QFrame:
        frame = make_card(self._theme)
        frame.setFixedWidth(self._theme.metrics.scale_px(SIDE))
        self.still = ImageView(self._theme, tr("Selected frame"))
        self.other = ImageView(self._theme, tr("Most similar benchmark image"))
        px, inside = self._theme.metrics.scale_px, get_box_layout(frame)
        inside.setSpacing(px(4))
        inside.setContentsMargins(px(12), px(8), px(12), px(8))
        inside.addWidget(ImagePair(self._theme, self.still, self.other), 1)
        self.facts = []
        for _ in range(2):
            name, label = ReservedLinesLabel(tone="quiet"), make_label(bold=True, wrap=True)
            name.setFixedWidth(px(108))
            name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            line = QHBoxLayout()
            line.addWidget(name, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(label, 1)
            inside.addLayout(line)
            self.facts.append((name, label))
        self.small = ReservedLinesLabel(2, size="caption", tone="quiet")
        self.nearest = FixedLinesLabel(size="caption", tone="quiet")
        inside.addWidget(self.small)
        inside.addWidget(self.nearest)
        for part in (self.other, self.nearest):
            part.setVisible(False)
        return frame
