"""View of the Explore screen: the result, frames in four views, similarity map, label reviews and
charts, each behind its tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_layout
from fieldcheck.ui.screens.explore.breakdown import BreakdownView
from fieldcheck.ui.screens.explore.fix_panel import FixView
from fieldcheck.ui.screens.explore.gallery_view import FilterBar, FramesView
from fieldcheck.ui.screens.explore.items import MODES, VIEWS
from fieldcheck.ui.screens.explore.label_review_view import EDGE, GAP, LabelReviewView
from fieldcheck.ui.screens.explore.similarity_map import SimilarityMapView
from fieldcheck.ui.screens.explore.tables_and_charts import ChartsView
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    make_column,
    make_label,
    make_row,
    make_rule,
    set_focus_target,
)
from fieldcheck.ui.widgets.pages import CARDS, Block, PageButtons, PageStack, Placeholder
from fieldcheck.ui.widgets.result_view import ResultContent, ResultView
from fieldcheck.ui.widgets.thumbnail_grid import RING

if TYPE_CHECKING:
    from fieldcheck.report.explore_data import ExploreData

OUTLINE: tuple[Block, ...] = (
    (0, 0, 1, 0.39),
    (0, 0.42, 0.33, 0.58),
    (0.345, 0.42, 0.4, 0.58),
    (0.76, 0.42, 0.24, 0.58),
)


BAR: tuple[Block, ...] = tuple((0.075 * index, 0, 0.065, 0.05) for index in range(7))
SIDE: tuple[Block, ...] = (
    (0.765, 0.08, 0.235, 0.92),
    (0.778, 0.1, 0.209, 0.23),
    (0.778, 0.36, 0.1, 0.17),
    *((0.778, 0.58 + 0.06 * line, 0.17, 0.03) for line in range(5)),
)
TILES: tuple[Block, ...] = tuple(
    block
    for line in range(3)
    for column in range(4)
    for block in (
        (0.19 * column, 0.08 + 0.31 * line, 0.178, 0.215),
        (0.19 * column, 0.305 + 0.31 * line, 0.08, 0.025),
        (0.19 * column, 0.34 + 0.31 * line, 0.11, 0.025),
    )
)
MATRIX: tuple[Block, ...] = (
    (0, 0.08, 0.745, 0.92),
    *(
        (0.13 + 0.082 * column, 0.16 + 0.105 * line, 0.078, 0.098)
        for line in range(7)
        for column in range(7)
    ),
)
TABLE: tuple[Block, ...] = (
    (0, 0.08, 1, 0.92),
    *((0.02, 0.14 + 0.085 * line, 0.96, 0.05) for line in range(10)),
)
REVIEW: tuple[Block, ...] = (
    (0, 0, 0.21, 1),
    *(
        (0.01 + 0.1 * column, 0.06 + 0.19 * line, 0.09, 0.12)
        for line in range(5)
        for column in range(2)
    ),
    (0.22, 0, 0.55, 1),
    (0.78, 0, 0.22, 1),
)
OUTLINES = {
    "grid": (*BAR, *TILES, *SIDE),
    "confusion": (*BAR, *MATRIX, *SIDE),
    "classes": (*BAR, *TABLE),
    "slices": (*BAR, *TABLE),
    "map": (*BAR, (0, 0.08, 1, 0.84)),
    "look": REVIEW,
    "doubt": REVIEW,
}
"""What stands in the place of a part, or of a view of the frames, while the frames are read."""


def get_view_name(view: str) -> str:
    """One of the four views of the frames."""
    return {
        "grid": tr("Grid"),
        "confusion": tr("Confusion"),
        "classes": tr("By class"),
        "slices": tr("Slices"),
    }[view]


class FramesPage(QWidget):
    """The frames as a grid, or by confusion, class or slice. The tabs of the four views stand at
    the same place in each."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.views: dict[str, KeyButton] = {}
        for view in VIEWS:
            action = f"explore.{view}"
            tab = KeyButton(theme, get_view_name(view), actions.get_key_text(action), role="tab")
            tab.setCheckable(True)
            self.views[view] = tab.bind_action(actions.get_action(action))
        bar = FilterBar(theme, actions, tuple(self.views.values()))
        self.frames, self.breakdown = FramesView(theme, actions, bar), BreakdownView(theme, actions)
        self.pages = PageStack(self.frames, self.breakdown)
        # the grid keeps room for the ring round a picture, so that pictures begin below the tabs
        make_column(theme, bar, (self.pages, 1), gap=8, parent=self)
        for part in (bar, self.breakdown):
            get_layout(part).setContentsMargins(RING, 0, 0, 0)

    def show_view(self, view: str) -> QWidget:
        """One of the four. Returns what takes the keys."""
        for code, tab in self.views.items():
            tab.setChecked(code == view)
        in_grid = view == "grid"
        self.frames.bar.set_in_grid(in_grid)
        to = self.frames.grid if in_grid else self.breakdown.show_part(view)
        self.pages.show_page(self.frames if in_grid else self.breakdown)
        return to

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        self.frames.set_compact(compact)
        self.breakdown.set_compact(compact)


class ExploreView(QWidget):
    """Figures come finished; a change that is being worked out greys them until the new ones are
    there."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self.strip = JobStrip(theme)
        self.busy = make_label(tr("Computing results …"), tone="quiet")
        self.busy.hide()
        self.result = ResultView(theme)
        self.note = make_label(size="caption", tone="quiet", wrap=True)
        self.note.hide()
        self.figures = QWidget()
        make_column(theme, (self.result, 1), self.note, gap=6, parent=self.figures)
        self.placeholder, self.reading = Placeholder(theme, OUTLINE), Placeholder(theme)
        self.reading.show_loading(tr("Reading the frames …"))
        self.pages = PageStack(self.placeholder, self.figures)
        self.gap = QWidget()
        make_column(theme, self.strip, (self.pages, 1), parent=self.gap)
        self.frames_page, self.map = FramesPage(theme, actions), SimilarityMapView(theme, actions)
        self.frames, self.breakdown = self.frames_page.frames, self.frames_page.breakdown
        self.look_again, self.doubts = (
            LabelReviewView(theme, actions),
            LabelReviewView(theme, actions),
        )
        self.charts, self.fix = ChartsView(theme), FixView(theme, actions)
        texts = {
            "gap": tr("Result"),
            "frames": tr("Frames"),
            "map": tr("Map"),
            "look": tr("Label review"),
            "doubt": tr("Label errors"),
            "charts": tr("Charts"),
            "fix": tr("Fix search"),
        }
        self.modes = PageButtons(theme, actions, "explore", texts)
        line = QWidget()
        flow = FlowLayout(0, line)
        for button in self.modes.buttons.values():
            flow.addWidget(button)
        tabs = make_row(theme, (line, 1), self.busy, gap=12)
        pages = (
            self.gap, self.frames_page, self.map, self.look_again, self.doubts, self.charts,
            self.fix,
        )  # fmt: skip
        self._parts = dict(zip(MODES, pages, strict=True))
        self._reading_page = QWidget()
        make_column(theme, (self.reading, 1), parent=self._reading_page)
        edge, gap = theme.metrics.scale_px(EDGE), theme.metrics.scale_px(GAP)
        tabs.setContentsMargins(edge + theme.metrics.scale_px(2), 0, edge, 0)
        for page in (*pages, self._reading_page):
            # the frame of a review reaches the edges of the window
            if not isinstance(page, LabelReviewView):
                ring = RING if page is self.frames_page else 0
                get_layout(page).setContentsMargins(edge - ring, gap, edge, edge)
        self.parts = PageStack(*self._parts.values(), self._reading_page)
        self._part: QWidget = self.gap  # that was turned to
        head = make_column(theme, tabs, make_rule(), gap=0)
        make_column(theme, head, (self.parts, 1), parent=self).setSpacing(0)
        self.show_view("grid")

    def show_part(self, mode: str) -> None:
        """Shows one of the parts; keys go to what it lists."""
        self.modes.show_part(mode)
        self._part = self._parts[mode]
        self.parts.show_page(self._part)
        lists: dict[str, QWidget | None] = {
            "gap": None,
            "frames": self._frames_focus,
            "map": self.map.cloud,
            "look": self.look_again.grid,
            "doubt": self.doubts.grid,
            "charts": None,
            "fix": self.fix.table,
        }
        self._move_focus(lists[mode])

    @property
    def _outlined(self) -> str:
        """The part that was turned to; of the frames the view."""
        mode = next(mode for mode, part in self._parts.items() if part is self._part)
        return self._view if mode == "frames" else mode

    def show_view(self, view: str) -> None:
        """One of the four views of the frames."""
        self._view = view
        self._frames_focus = self.frames_page.show_view(view)
        if self.parts.current_page is self.frames_page:
            self._move_focus(self._frames_focus)

    def show_counts(self, counts: Mapping[str, int | None]) -> None:
        """How many there are behind each tab, where that is known."""
        for mode, n in counts.items():
            self.modes.set_count(mode, "" if n is None else format_number(n))

    def show_empty(self, text: str, actions: Sequence[str]) -> None:
        """Shows the empty state: what is missing, and the buttons of these actions."""
        buttons = [
            KeyButton(
                self._theme,
                self._actions.get_action(action).text(),
                self._actions.get_key_text(action),
                primary=index == 0,
            ).bind_action(self._actions.get_action(action))
            for index, action in enumerate(actions)
        ]
        self.placeholder.show_empty(text, buttons)
        self.charts.show_plots(())
        self.breakdown.show_empty(text)
        self._show_placeholder()

    def show_loading(self, sentence: str) -> None:
        """The first figures are being worked out: their outline."""
        self.placeholder.show_loading(sentence)
        self.charts.show_loading()
        self.breakdown.show_loading(sentence)
        self._show_placeholder()

    def show_failed(self, sentence: str) -> None:
        """The figures could not be worked out."""
        self.placeholder.show_failed(sentence)
        self.charts.show_failed(sentence)
        self.breakdown.show_failed(sentence)
        self._show_placeholder()

    def show_frames_loading(self, reading: bool) -> None:
        """The part that was turned to, or the outline of what its frames will be."""
        self.reading.set_outline(OUTLINES.get(self._outlined, CARDS))
        self.parts.show_page(self._reading_page if reading else self._part)

    def _show_placeholder(self) -> None:
        self.busy.hide()
        self.pages.show_page(self.placeholder)

    def show_first_figures(self, content: ResultContent) -> None:
        """The result, while everything else of this state is still worked out."""
        self.result.show_result(content)
        self.charts.show_loading()
        self.breakdown.show_loading(tr("Computing results …"))
        self.note.hide()
        self.busy.show()
        self.figures.setEnabled(True)
        self.pages.show_page(self.figures)

    def show_figures(self, explore_data: ExploreData, content: ResultContent, note: str) -> None:
        """The figures as they are now; `note` says which frames nothing is shown of."""
        self.result.show_result(content)
        self.charts.show_plots(explore_data.plots)
        self.breakdown.show_figures(explore_data)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        self.pages.show_page(self.figures)

    def set_stale(self, working: bool) -> None:
        """Whether other figures are being worked out: those that are shown are old then."""
        self.busy.setVisible(working)
        self.figures.setEnabled(not working)
        self.breakdown.card.setEnabled(not working)
        self.charts.set_stale(working)

    def show_job(self, job: Job | None) -> None:
        """The run under way, or the last one where it was cancelled."""
        self.strip.show_job(job)

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        for part in (self.result, self.frames_page, self.look_again, self.doubts):
            part.set_compact(compact)

    def heightForWidth(self, width: int) -> int:
        """The least height, not the one that would be nicest: tables and pictures scroll in the
        room that there is."""
        return get_layout(self).totalMinimumHeightForWidth(width)

    def _move_focus(self, to: QWidget | None) -> None:
        set_focus_target(self, to)
        if self.isVisible():  # whatever had the keys may be hidden now
            (to or self).setFocus(Qt.FocusReason.OtherFocusReason)
