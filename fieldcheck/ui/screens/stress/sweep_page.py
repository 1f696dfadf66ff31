"""The sweep: a heat table for each set that was swept, the curves of one corruption, and the frames
of a cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from fieldcheck.corruptions.messages import get_sweep_set_name
from fieldcheck.domain.run import On
from fieldcheck.i18n.language import tr
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_box_layout, require_value
from fieldcheck.ui.screens.stress.charts import build_sweep_plot
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.charts import ChartTable, PlotView
from fieldcheck.ui.widgets.layouts import (
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
)
from fieldcheck.ui.widgets.pages import BodyStates, PageStack, Placeholder
from fieldcheck.ui.widgets.report_table import ReportTable
from fieldcheck.ui.widgets.thumbnail_grid import Index, ThumbnailGrid, Tile

if TYPE_CHECKING:
    from fieldcheck.analyses.robustness import SweepHeatmap
    from fieldcheck.report.stress_findings import StressFindings, SweepCurve

CLEAN = 1  # the column of the figures of the frames as they were captured
SETS: tuple[On, ...] = ("benchmark", "field", "footage")
TILE = QSize(150, 100)
SIDE, SIDE_COMPACT = 312, 260
LEAST = 160, 80  # pixels of the curves


class HeatTable(ReportTable):
    """`looked_at(row, column)`: the cell under the cursor changed; `opened(row, column)`: Enter or
    a double click on a cell."""

    looked_at = Signal(int, int)
    opened = Signal(int, int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row(), index.column()))

    def compute_minimum_width(self) -> int:
        """In which every heading and the names of its lines, cut at worst, have room."""
        heads = self.horizontalHeader()
        shown = [index for index in range(heads.count()) if not heads.isSectionHidden(index)]
        return sum(heads.sectionSizeHint(index) for index in shown) + 2 * self.frameWidth()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.looked_at.emit(current.row(), current.column())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and self.currentIndex().isValid()
            and not event.modifiers()
        ):
            self.opened.emit(self.currentIndex().row(), self.currentIndex().column())
            return
        super().keyPressEvent(event)


class SweepPage(QWidget, BodyStates):
    """`looked_at` and `opened` carry set, row and column of a cell; `wanted` the visible frames
    without a thumbnail."""

    looked_at = Signal(str, int, int)
    opened = Signal(str, int, int)
    wanted = Signal(object)
    back_asked = Signal()

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._compact = False
        self._there: tuple[On, ...] = ()
        self._heats: dict[On, SweepHeatmap] = {}
        # set, corruption and severity behind each mark of the curves
        self._marks: list[tuple[On, str, float]] = []
        self._front: On | None = None
        self.run = KeyButton(
            theme, tr("Run sweep"), actions.get_key_text("stress.run")
        ).bind_action(actions.get_action("stress.run"))
        self.collect = KeyButton(
            theme, tr("Choose collected failures…"), actions.get_key_text("stress.collect")
        ).bind_action(actions.get_action("stress.collect"))
        self.about, self.matched = make_label(wrap=True), make_label(wrap=True)
        self.strip = JobStrip(theme)
        self.placeholder = Placeholder(theme)
        self.tables = {
            set_name: HeatTable(theme, get_sweep_set_name(set_name)) for set_name in SETS
        }
        self.heads = {set_name: make_label(bold=True, wrap=True) for set_name in SETS}
        self.switches = {
            set_name: KeyButton(theme, get_sweep_set_name(set_name)) for set_name in SETS
        }
        self.pages = PageStack(self.placeholder, self._build_figures(), self._build_frames())
        head = make_row(theme, *self.switches.values(), gap=4)
        head.addWidget(self.about, 1)
        for button in (self.collect, self.run):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        make_column(theme, head, self.strip, self.matched, (self.pages, 1), parent=self)

    @property
    def front_widget(self) -> QWidget | None:
        """The widget that takes key presses: the current table, or the frames of a cell; None where
        neither is shown."""
        if self.pages.current_page is self.frames:
            return self.grid
        return (
            self.tables[self._front]
            if self._front and self.pages.current_page is self.figures
            else None
        )

    def show_empty(self, text: str) -> None:
        """Nothing was swept, and why or what to do."""
        self.placeholder.show_empty(text, [])
        self._show_placeholder()

    def _show_placeholder(self) -> None:
        self.about.setText("")
        self.matched.setText("")
        self._show_matched()
        self.pages.show_page(self.placeholder)

    def show_findings(self, stress_findings: StressFindings) -> None:
        """The heat tables as they are now."""
        self._there, self._heats = (
            tuple(heat.on for heat in stress_findings.heats),
            {heat.on: heat for heat in stress_findings.heats},
        )
        # of few lines, however large the text
        self.about.setMinimumWidth(self._theme.metrics.scale_px(240))
        self.about.setText(
            tr("Press Enter or double-click a cell to show frames with a changed prediction.")
        )
        self.matched.setText(stress_findings.matched)
        self._show_matched()
        for heat in stress_findings.heats:
            table = self.tables[heat.on]
            index = table.currentIndex()
            table.show_table(heat.table)
            self.heads[heat.on].setText(_format_heading(heat))
            # the same in every line: it stands in the heading
            table.setColumnHidden(CLEAN, heat.first > CLEAN)
            table.setCurrentIndex(
                table.lines.index(max(0, index.row()), max(heat.first, index.column()))
            )
        if self._front not in self._there:
            self._front = self._there[0] if self._there else None
        self._arrange_tables()
        if self.pages.current_page is not self.frames:
            self.pages.show_page(self.figures)
        front: On = require_value(self._front)
        # the panel is of the table in front, whichever was filled last
        index = self.tables[front].currentIndex()
        self.looked_at.emit(front, index.row(), index.column())

    def show_curves(self, name: str, curves: Sequence[SweepCurve], text: str) -> None:
        """One corruption: its curves, what the cell says, and whether the model knows how bad it
        is."""
        self.name.setText(name)
        self._marks = [
            (curve.on, curve.corruption, severity)
            for curve in curves
            for severity, _ in curve.right
        ]
        self.curves.show_plot(build_sweep_plot(name, curves))
        self.said.setText(text)
        self.fading.setText("\n".join(curve.caption for curve in curves[:1]))
        self.said.setToolTip(make_plain_tip(self.fading.text()))

    def show_frames(self, text: str, tiles: Sequence[Tile]) -> None:
        """The frames of a cell."""
        self.cell.setText(text)
        self.grid.show_tiles(tiles)
        self.pages.show_page(self.frames)
        self.grid.setFocus()

    def show_pictures(self, pictures: Mapping[str, QImage]) -> None:
        """Small pictures of the frames of a cell that have come."""
        self.grid.show_images(pictures)

    def show_tables(self) -> bool:
        """The tables again; whether frames were shown."""
        if self.pages.current_page is not self.frames:
            return False
        self.pages.show_page(self.figures)
        if self._front:
            self.tables[self._front].setFocus()
        return True

    def show_running(self, job: Job | None) -> None:
        """The sweep under way, or the last one where it was stopped."""
        self.strip.show_job(job)

    def set_run_label(self, runs: bool) -> None:
        """Sets the button's label: what it does now."""
        self.run.set_label(tr("Stop") if runs else tr("Run sweep"))

    def set_compact(self, compact: bool) -> None:
        """One table at a time, a narrower panel."""
        self._compact = compact
        self._show_matched()
        self.side.setFixedWidth(self._theme.metrics.scale_px(SIDE_COMPACT if compact else SIDE))
        # there is no room to write them; they are said where the pointer rests
        for part in (self._legend, self.fading):
            part.setVisible(not compact)
        self._arrange_tables()

    def _show_matched(self) -> None:
        """What the field looks like; in a narrow window where the pointer rests on the line
        above."""
        self.about.setToolTip(make_plain_tip(self.matched.text()))
        self.matched.setVisible(bool(self.matched.text()) and not self._compact)

    def _open_mark(self, row: int) -> None:
        """The frames of the cell that a mark of the curves is of; there is none of the frames as
        they were captured."""
        set_name, name, severity = self._marks[row]
        heat = self._heats.get(set_name)
        if heat is not None and severity in heat.severities:
            self.opened.emit(
                set_name, heat.names.index(name), heat.first + heat.severities.index(severity)
            )

    def _on_table_selected(self, set_name: On, _checked: bool = False) -> None:
        self._front = set_name
        self.pages.show_page(self.figures)
        self._arrange_tables()
        index = self.tables[set_name].currentIndex()
        self.looked_at.emit(set_name, index.row(), index.column())
        self.tables[set_name].setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange_tables()

    def _count_columns(self) -> int:
        """How many tables have room for their words beside each other."""
        gap = self._theme.metrics.scale_px(12)
        width = (self.width() - self.side.width() - 2 * gap) // 2
        needed = max(
            (self.tables[set_name].compute_minimum_width() for set_name in self._there), default=0
        )
        return 1 if self._compact or needed > width else 2

    def _arrange_tables(self) -> None:
        beside = self._count_columns()
        start = self._there.index(self._front) if self._front in self._there else 0
        start = min(start, max(0, len(self._there) - beside))
        shown = self._there[start : start + beside]
        for set_name in SETS:
            self.parts[set_name].setVisible(set_name in shown)
            self.switches[set_name].setVisible(
                set_name in self._there and len(self._there) > beside
            )
            self.switches[set_name].setChecked(set_name == self._front)
        wide = (self.width() - self.side.width()) // max(
            1, len(shown)
        ) - self._theme.metrics.scale_px(12)
        tall = max((self.heads[set_name].heightForWidth(wide) for set_name in shown), default=0)
        for set_name in shown:
            # the tables begin in one line, however long the words above one of them are
            self.heads[set_name].setMinimumHeight(tall)

    def _build_figures(self) -> QWidget:
        theme = self._theme
        self.figures, self.parts = QWidget(), {}
        across = make_row(theme, gap=12)
        for set_name in SETS:
            self.parts[set_name] = QWidget()
            make_column(
                theme,
                self.heads[set_name],
                (self.tables[set_name], 1),
                gap=4,
                parent=self.parts[set_name],
            )
            across.addWidget(self.parts[set_name], 1)
            self.tables[set_name].looked_at.connect(partial(self.looked_at.emit, set_name))
            self.tables[set_name].opened.connect(partial(self.opened.emit, set_name))
            self.switches[set_name].setCheckable(True)
            self.switches[set_name].clicked.connect(partial(self._on_table_selected, set_name))
        whole = make_row(theme, gap=12)
        whole.addLayout(across, 1)
        self.side = self._build_panel()
        whole.addWidget(self.side)
        self.figures.setLayout(whole)
        return self.figures

    def _build_panel(self) -> QFrame:
        made = make_card(self._theme)
        self.name, self.said = make_label(bold=True, wrap=True), make_label(wrap=True)
        self.curves = PlotView(self._theme, tr("Severity curves"), least=LEAST)
        self.curves.mark_clicked.connect(self._open_mark)
        self.figures_of_curves = ChartTable(self._theme, self.curves)
        self.fading = make_label(size="caption", tone="quiet", wrap=True)
        legend = tr(
            "□ Benchmark, ● Field, △ Footage. Dashed: median confidence. Click a mark to show "
            "its frames."
        )
        self._legend = make_label(legend, "caption", "quiet", wrap=True)
        self.curves.setToolTip(make_plain_tip(legend))
        for widget in (self.name, self.figures_of_curves, self._legend, self.said, self.fading):
            get_box_layout(made).addWidget(widget, int(widget is self.figures_of_curves))
        made.setFixedWidth(self._theme.metrics.scale_px(SIDE))
        return made

    def _build_frames(self) -> QWidget:
        theme = self._theme
        self.frames = QWidget()
        inside = make_column(theme, parent=self.frames)
        self.cell = make_label(bold=True, wrap=True)
        self.back = KeyButton(theme, tr("Back to table"), self._actions.get_key_text("escape"))
        self.back.clicked.connect(self.back_asked)
        head = make_row(theme, self.cell, self.back)
        head.setStretch(0, 1)
        self.grid = ThumbnailGrid(
            theme,
            tr("Frames with a changed prediction"),
            TILE * (theme.metrics.percent / 100),
            stacked=True,
        )
        self.grid.images_requested.connect(self.wanted)
        inside.addLayout(head)
        inside.addWidget(self.grid, 1)
        return self.frames


def _format_heading(heat: SweepHeatmap) -> str:
    """What the figures are of, how many they are, and how it was before anything was done."""
    lines = [f"{heat.table.caption}: {heat.heading}"]
    if heat.first > CLEAN:
        lines.append(f"{heat.table.heads[CLEAN].text} {heat.table.rows[0][CLEAN].text}")
    if heat.partial:
        lines.append(tr("stopped early"))
    return " · ".join(lines)
