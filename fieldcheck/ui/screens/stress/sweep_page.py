"""The sweep: a heat table for each set that was swept, the curves of one corruption, and the frames
of a cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import isnan
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from fieldcheck.analyses.blocks import Cell
from fieldcheck.corruptions.messages import get_severity_name, get_sweep_set_name
from fieldcheck.domain.robustness import SEVERITIES
from fieldcheck.domain.run import On
from fieldcheck.i18n.language import tr
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_box_layout, require_value
from fieldcheck.ui.screens.stress.charts import build_sweep_plot
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import CAPTION, LARGE, Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.charts import ChartTable, PlotView
from fieldcheck.ui.widgets.layouts import (
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_scroll_area,
)
from fieldcheck.ui.widgets.pages import BodyStates, PageStack, Placeholder
from fieldcheck.ui.widgets.report_table import ReportTable
from fieldcheck.ui.widgets.thumbnail_grid import Index, ThumbnailGrid, Tile

if TYPE_CHECKING:
    from fieldcheck.analyses.blocks import Table
    from fieldcheck.analyses.robustness import SweepHeatmap
    from fieldcheck.report.stress_findings import StressFindings, SweepCurve

QWIDGETSIZE_MAX = (1 << 24) - 1  # Qt's own, which PySide6 does not name
CLEAN = 1  # the column of the figures of the frames as they were captured
SETS: tuple[On, ...] = ("benchmark", "field", "footage")
TILE = QSize(150, 100)
NAME = 0
STEPS = (5, 15, 25, 40, 60)
"""Loss in percentage points from which on a cell has the next step of its colour."""
HEAT_ROW = 33
SIDE, SIDE_COMPACT = 308, 260
OUTLINE = (
    (0, 0, 0.72, 1),
    *(
        block
        for line in range(12)
        for block in (
            (0.015, 0.16 + 0.065 * line, 0.1, 0.03),
            (0.2, 0.15 + 0.065 * line, 0.2, 0.055),
            (0.44, 0.15 + 0.065 * line, 0.2, 0.055),
        )
    ),
    (0.735, 0, 0.265, 0.72),
    (0.75, 0.22, 0.23, 0.36),
    (0.735, 0.74, 0.265, 0.26),
)
LEAST = 160, 80  # pixels of the curves


class HeatCells(QStyledItemDelegate):
    """Paints a cell with the step of its loss, rounded, and a ring round the present one."""

    def __init__(self, theme: Theme, table: HeatTable) -> None:
        super().__init__(table)
        self._theme, self._table = theme, table

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        px = self._theme.metrics.scale_px
        size = super().sizeHint(option, index)
        return QSize(max(size.width() + px(12), px(60)), px(HEAT_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, cell = self._theme.tokens, QRectF(option.rect).adjusted(1, 1, -1, -1)
        step = self._table.get_step(index.row(), index.column())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = tokens.text
        if step is not None:
            painter.setPen(QColor(tokens.hairline) if not step else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.sweep[step]))
            painter.drawRoundedRect(cell, 4, 4)
            colour = tokens.on_sweep[step]
        elif self._table.is_quiet(index.row(), index.column()):
            colour = tokens.text2
        font = QFont(option.font)
        current = self._table.is_looked_at and index == self._table.currentIndex()
        if index.column() != NAME or current:
            font.setWeight(QFont.Weight.DemiBold if current else QFont.Weight.Medium)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        centred = step is not None or index.data(Qt.ItemDataRole.DisplayRole) == ""
        align = Qt.AlignmentFlag.AlignCenter if centred else Qt.AlignmentFlag.AlignVCenter
        text_area = cell.toRect() if centred else cell.toRect().adjusted(4, 0, -2, 0)
        text = QFontMetrics(font).elidedText(
            str(index.data(Qt.ItemDataRole.DisplayRole)),
            Qt.TextElideMode.ElideRight,
            text_area.width(),
        )
        painter.drawText(text_area, align, text)
        if current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for shade, inset in ((tokens.focus, 0.0), (tokens.panel, 2.0)):
                painter.setPen(QPen(QColor(shade), 2 if not inset else 1))
                painter.drawRoundedRect(cell.adjusted(inset, inset, -inset, -inset), 4, 4)
        painter.restore()


class HeatTable(ReportTable):
    """`looked_at(row, column)`: the cell under the cursor changed; `opened(row, column)`: Enter or
    a double click on a cell."""

    looked_at = Signal(int, int)
    opened = Signal(int, int)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._heat: SweepHeatmap | None = None
        self.is_looked_at = False
        self.setItemDelegate(HeatCells(theme, self))
        self.setProperty("bare", True)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.verticalHeader().setDefaultSectionSize(theme.metrics.scale_px(HEAT_ROW))
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row(), index.column()))

    def show_heat(self, heat: SweepHeatmap) -> None:
        """The figures of one set, with the tipping point as a word."""
        self._heat = heat
        table = heat.table
        if heat.tips:
            rows = tuple(
                (*row[:-1], Cell(tip)) for row, tip in zip(table.rows, heat.tips, strict=True)
            )
            heads = (*table.heads[:-1], Cell(table.heads[-1].text))
            table = replace(table, rows=rows, heads=heads)
        # how many they are stands above the table
        figures = slice(heat.first, heat.first + len(heat.severities))
        rows = tuple(
            (
                *row[: figures.start],
                *(replace(cell, text=cell.text.partition(" (n = ")[0]) for cell in row[figures]),
                *row[figures.stop :],
            )
            for row in table.rows
        )
        table = replace(table, rows=rows)
        self.show_table(table)

    def set_looked_at(self, looked_at: bool) -> None:
        """Whether the panel is of its present cell, which has a ring then."""
        if looked_at != self.is_looked_at:
            self.is_looked_at = looked_at
            self.viewport().update()

    def show_names(self, shown: bool) -> None:
        """Whether its lines are named here, or by the table that it stands beside."""
        self.setColumnHidden(NAME, not shown)
        last = self.lines.columnCount() - 1
        mode = QHeaderView.ResizeMode.ResizeToContents if shown else QHeaderView.ResizeMode.Stretch
        if last > NAME:
            self.horizontalHeader().setSectionResizeMode(last, mode)

    def get_step(self, row: int, column: int) -> int | None:
        """The step of a cell's loss, 0 to 5; None for a cell that is no figure of a severity."""
        heat = self._heat
        index = column - heat.first if heat is not None else -1
        if heat is None or not 0 <= index < len(heat.severities) or row >= len(heat.losses):
            return None
        loss = heat.losses[row][index]
        return None if isnan(loss) else bisect_right(STEPS, 100 * loss + 1e-9)

    def is_quiet(self, row: int, column: int) -> bool:
        """Whether a cell says that nothing tipped before the strongest severity."""
        heat = self._heat
        if heat is None or not heat.tips or column != heat.first + len(heat.severities):
            return False
        return heat.tips[row] in {get_severity_name(SEVERITIES["severe"]), tr("not reached")}

    def compute_figures_width(self, has_names: bool) -> int:
        """In which its severities have room, with the names of its lines where it has them."""
        heat = self._heat
        if heat is None:
            return 0
        columns = range(heat.first, heat.first + len(heat.severities))
        names = self.sizeHintForColumn(NAME) if has_names else 0
        return names + sum(
            max(self.horizontalHeader().sectionSizeHint(index), self.sizeHintForColumn(index))
            for index in columns
        )

    def show_tips(self, shown: bool) -> None:
        """Whether the tipping points stand here, or in the table of all of them."""
        if self._heat is not None and self._heat.tips:
            self.setColumnHidden(self._heat.first + len(self._heat.severities), not shown)

    def compute_minimum_width(self) -> int:
        """In which every heading and the names of its lines, cut at worst, have room."""
        heads = self.horizontalHeader()
        shown = [index for index in range(heads.count()) if not heads.isSectionHidden(index)]
        figures = [index for index in shown if self.get_step(0, index) is not None]
        return (
            sum(heads.sectionSizeHint(index) for index in shown if index not in figures)
            + sum(max(heads.sectionSizeHint(i), self.sizeHintForColumn(i)) for i in figures)
            + 2 * self.frameWidth()
        )

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


class TippingTable(HeatTable):
    """The tipping points of all corruptions on all labelled sets; its lines are named by the heat
    table that it stands beside, which goes to the line of its present cell."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self._whole: Table | None = None
        self.has_ranges = False

    def show_findings(self, table: Table | None) -> None:
        """Other tipping points; None where there are none."""
        self._whole = table
        self._show()

    def show_ranges(self, shown: bool) -> None:
        """Whether n and the intervals stand here too; else n stands above the heat tables, and the
        interval of the present cell in the panel."""
        if shown != self.has_ranges:
            self.has_ranges = shown
            self._show()

    def _show(self) -> None:
        table = self._whole
        if table is not None and not self.has_ranges:
            names = (replace(head, text=head.text.split(",")[0]) for head in table.heads[1::2])
            heads = (table.heads[0], *names)
            rows = tuple((row[0], *row[1::2]) for row in table.rows)
            table = replace(table, heads=heads, rows=rows)
        self.show_table(table, wide=len(table.heads) - 1 if table is not None else 0)
        if table is not None:
            self.setColumnHidden(NAME, True)

    def compute_width(self, ranges: bool = True) -> int:
        """In which all words that are shown have room; without `ranges`, those of the tipping
        points alone."""
        heads = self.horizontalHeader()
        shown = [index for index in range(heads.count()) if not heads.isSectionHidden(index)]
        if self.has_ranges and not ranges:
            shown = [index for index in shown if index % 2]
        return sum(
            max(heads.sectionSizeHint(index), self.sizeHintForColumn(index)) for index in shown
        )

    def is_quiet(self, row: int, column: int) -> bool:
        """Whether a cell is an interval, or says that nothing tipped before the strongest
        severity."""
        text = self.lines.index(row, column).data()
        is_range = self.has_ranges and column % 2 == 0
        return is_range or text in {get_severity_name(SEVERITIES["severe"]), tr("not reached")}


class LossLegend(QWidget):
    """The steps of a cell's colour, from no loss to the most."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._from = tr("Loss against clean: 0 pp")
        self._to = tr("{n} pp or more", n=STEPS[-1])
        self.setAccessibleName(f"{self._from}, {self._to}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics, px = QFontMetrics(self._make_font()), self._theme.metrics.scale_px
        words = metrics.horizontalAdvance(self._from) + metrics.horizontalAdvance(self._to)
        return QSize(words + px(6 * 22 + 12), max(px(16), metrics.height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px, tokens = QPainter(self), self._theme.metrics.scale_px, self._theme.tokens
        painter.setFont(self._make_font())
        painter.setPen(QColor(tokens.text2))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self._from)
        painter.drawText(
            self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._to
        )
        left = QFontMetrics(painter.font()).horizontalAdvance(self._from) + px(8)
        for index, shade in enumerate(tokens.sweep):
            box = QRect(left + index * px(22), (self.height() - px(12)) // 2, px(18), px(12))
            painter.fillRect(box, QColor(shade))
            if not index:
                painter.setPen(QColor(tokens.edge))
                painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.end()

    def _make_font(self) -> QFont:
        return self._theme.make_font(self.font(), CAPTION)


class SweepPage(QWidget, BodyStates):
    """`looked_at` and `opened` carry set, row and column of a cell; `wanted` the visible frames
    without a thumbnail."""

    looked_at = Signal(str, int, int)
    opened = Signal(str, int, int)
    wanted = Signal(object)
    back_asked = Signal()
    run_changed = Signal()

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._compact = False
        self._there: tuple[On, ...] = ()
        self._heats: dict[On, SweepHeatmap] = {}
        # set, corruption and severity behind each mark of the curves
        self._marks: list[tuple[On, str, float]] = []
        self._has_tips = False
        self._front: On | None = None
        self._looked_at_set: On | None = None
        self.runs = False
        self.matched = make_label(tone="quiet", wrap=True)
        self.strip = JobStrip(theme)
        self.placeholder = Placeholder(theme, OUTLINE)
        self.tables = {
            set_name: HeatTable(theme, get_sweep_set_name(set_name)) for set_name in SETS
        }
        self.tips = TippingTable(theme, tr("Tipping points"))
        self.heads = {set_name: make_label(bold=True, wrap=True) for set_name in SETS}
        self.tips_head = make_label(bold=True, wrap=True)
        self.switches = {
            set_name: KeyButton(theme, get_sweep_set_name(set_name)) for set_name in SETS
        }
        self.pages = PageStack(self.placeholder, self._build_figures(), self._build_frames())
        make_column(theme, self.strip, (self.pages, 1), parent=self)

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
        self.matched.setText("")
        self._show_matched()
        self.pages.show_page(self.placeholder)

    def show_findings(self, stress_findings: StressFindings) -> None:
        """The heat tables as they are now."""
        self._there, self._heats = (
            tuple(heat.on for heat in stress_findings.heats),
            {heat.on: heat for heat in stress_findings.heats},
        )
        self.matched.setText(stress_findings.matched)
        # what it rests on is told where the pointer rests
        whole = f"{stress_findings.matched} {stress_findings.match_sample}".strip()
        self.matched.setToolTip(make_plain_tip(whole))
        self.matched.setAccessibleDescription(stress_findings.match_sample)
        self._show_matched()
        for heat in stress_findings.heats:
            table = self.tables[heat.on]
            index = table.currentIndex()
            table.show_heat(heat)
            self.heads[heat.on].setText(_format_heading(heat))
            # the same in every line: it stands in the heading
            table.setColumnHidden(CLEAN, heat.first > CLEAN)
            table.setCurrentIndex(
                table.lines.index(max(0, index.row()), max(heat.first, index.column()))
            )
        self._has_tips = stress_findings.tips is not None
        self.tips.show_findings(stress_findings.tips)
        self.tips_head.setText(stress_findings.tips.caption if stress_findings.tips else "")
        caption = stress_findings.heats[0].table.caption if stress_findings.heats else ""
        self.title.setText(tr("{score} under corruption", score=caption))
        if self._front not in self._there:
            self._front = self._there[0] if self._there else None
        self._arrange_tables()
        if self.pages.current_page is not self.frames:
            self.pages.show_page(self.figures)
        front: On = require_value(self._front)
        # the panel is of the table in front, whichever was filled last
        index = self.tables[front].currentIndex()
        self._on_looked_at(front, index.row(), index.column())

    def show_curves(
        self, name: str, curves: Sequence[SweepCurve], text: str, tip: str = ""
    ) -> None:
        """One corruption: its curves, what the cell says, its tipping point, and whether the model
        knows how bad it is."""
        self.name.setText(name)
        self._marks = [
            (curve.on, curve.corruption, severity)
            for curve in curves
            for severity, _ in curve.right
        ]
        self.curves.show_plot(build_sweep_plot(name, curves))
        self._legend.setText(_format_legend(curves))
        shown = (
            self.tables[self._looked_at_set].currentIndex().data() if self._looked_at_set else ""
        )
        self.number.setText(str(shown or ""))
        self.number.setVisible(bool(self.number.text()) and not self._compact)
        # the score is on the page, the rest of what is known of the cell where the pointer rests
        self.cell_text.setText("\n".join(filter(None, (text.partition("; ")[0], tip))))
        self.details = "\n".join(
            [text, *filter(None, (tip,)), *(curve.caption for curve in curves[:1])]
        )
        self.cell_text.setToolTip(make_plain_tip(self.details))
        self.cell_text.setAccessibleDescription(self.details)

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
        """Whether the sweep runs now, so that the primary action stops it."""
        self.runs = runs
        self.run_changed.emit()

    def set_compact(self, compact: bool) -> None:
        """One table at a time, a narrower panel."""
        self._compact = compact
        self._show_matched()
        self.side.setFixedWidth(self._theme.metrics.scale_px(SIDE_COMPACT if compact else SIDE))
        # there is no room to write it; it is said where the pointer rests
        self._legend.setVisible(self._has_legends)
        self._arrange_tables()

    @property
    def _has_legends(self) -> bool:
        return not self._compact and self._theme.metrics.percent < LARGE

    def _show_matched(self) -> None:
        """What the field looks like; in a narrow window where the pointer rests on the title."""
        self.title.setToolTip(make_plain_tip(self.matched.text()))
        self._likeness.setVisible(bool(self.matched.text()) and not self._compact)

    def _on_looked_at(self, set_name: On, row: int, column: int) -> None:
        """A cell of one of the tables: the panel is of it, and it alone has the ring."""
        self._looked_at_set = set_name
        for name, table in self.tables.items():
            table.set_looked_at(name == set_name)
        self.looked_at.emit(set_name, row, column)

    def _on_tip_looked_at(self, row: int, column: int) -> None:
        """A tipping point: the heat table of its set goes to its line."""
        labelled = [name for name in self._there if self._heats[name].tips]
        step = 2 if self.tips.has_ranges else 1
        set_name = labelled[min(max(0, column - 1) // step, len(labelled) - 1)]
        table, first = self.tables[set_name], self._heats[set_name].first
        column = max(first, table.currentIndex().column())
        table.setCurrentIndex(table.lines.index(row, column))

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
        self._on_looked_at(set_name, index.row(), index.column())
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

    def _measure_parts(self, share: float) -> dict[On, int]:
        """Width of each table of figures, with room for this share of the words above it."""
        widths = {}
        for name in self._there:
            figures = self.tables[name].compute_figures_width(name == self._there[0])
            words = self.heads[name].fontMetrics().horizontalAdvance(self.heads[name].text())
            widths[name] = max(figures + self._theme.metrics.scale_px(4), round(share * words))
        return widths

    def _arrange_tips(self) -> bool:
        """The tipping points of all sets in one table where that has room beside theirs, with their
        intervals where those have; else each set has its own. Returns whether they are in one."""
        px = self._theme.metrics.scale_px
        outside = self.side.width() + px(2 * 16 + 16 + 24)
        together = self._has_tips and len(self._there) == 2 and not self._compact
        # what stands above a table is one line where there is room, and two at most
        for share in (1.02, 0.6):
            widths = self._measure_parts(share)
            width_left = self.width() - outside - sum(widths.values())
            if not together or self.tips.compute_width(ranges=False) <= width_left:
                break
        if together:
            self.tips.show_ranges(True)
            if self.tips.compute_width() > width_left:
                self.tips.show_ranges(False)
                together = self.tips.compute_width() <= width_left
        self._tips_part.setVisible(together)
        for name, table in self.tables.items():
            table.show_tips(not together)
            width = widths[name] if together and name in widths else 0
            self.parts[name].setMaximumWidth(width or QWIDGETSIZE_MAX)
            self._across.setStretchFactor(self.parts[name], width or 1)
        self._across.setStretchFactor(self._tips_part, max(1, width_left) if together else 1)
        return together

    def _arrange_tables(self) -> None:
        beside = 2 if self._arrange_tips() else self._count_columns()
        start = self._there.index(self._front) if self._front in self._there else 0
        start = min(start, max(0, len(self._there) - beside))
        shown = self._there[start : start + beside]
        switched = len(self._there) > beside
        if switched:
            # beside the switches it would make the page so wide that all tables have room, and the
            # page would go to and fro between both; a switch that is shown lays out at once
            self.legend.hide()
        for set_name in SETS:
            self.parts[set_name].setVisible(set_name in shown)
            self.switches[set_name].setVisible(set_name in self._there and switched)
            self.switches[set_name].setChecked(set_name == self._front)
        self.legend.setVisible(self._has_legends and not switched)
        wide = (self.width() - self.side.width()) // max(
            1, len(shown)
        ) - self._theme.metrics.scale_px(12)
        tall = max(
            (
                self.heads[name].heightForWidth(min(wide, self.parts[name].maximumWidth()))
                for name in shown
            ),
            default=0,
        )
        for set_name in shown:
            # beside another table its lines are named there
            self.tables[set_name].show_names(set_name == shown[0])
            # the tables begin in one line, however long the words above one of them are
            self.heads[set_name].setMinimumHeight(tall)
        self.tips_head.setMinimumHeight(tall)

    def _build_figures(self) -> QWidget:
        theme = self._theme
        self.figures, self.parts = QWidget(), {}
        self._across = across = make_row(theme, gap=16)
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
            self.tables[set_name].looked_at.connect(partial(self._on_looked_at, set_name))
            self.tables[set_name].opened.connect(partial(self.opened.emit, set_name))
            self.switches[set_name].setCheckable(True)
            self.switches[set_name].clicked.connect(partial(self._on_table_selected, set_name))
        self._tips_part = QWidget()
        make_column(theme, self.tips_head, (self.tips, 1), gap=4, parent=self._tips_part)
        across.addWidget(self._tips_part, 1)
        self.tips.looked_at.connect(self._on_tip_looked_at)
        self.title, self.legend = make_label(size="heading", wrap=True), LossLegend(theme)
        head = make_row(theme, (self.title, 1), *self.switches.values(), self.legend)
        card = make_card(theme)
        pad = theme.metrics.scale_px(16)
        get_box_layout(card).setContentsMargins(pad, pad, pad, pad)
        get_box_layout(card).addLayout(head)
        get_box_layout(card).addLayout(across, 1)
        whole = make_row(theme, gap=16)
        whole.addWidget(card, 1)
        self.side = self._build_panel()
        whole.addWidget(self.side)
        self.figures.setLayout(whole)
        return self.figures

    def _build_panel(self) -> QWidget:
        card = make_card(self._theme)
        self.name, self.cell_text = (
            make_label(size="heading", wrap=True),
            make_label(tone="quiet", wrap=True),
        )
        self.number = make_label(size="number")
        self.curves = PlotView(self._theme, tr("Severity curves"), least=LEAST)
        self.curves.mark_clicked.connect(self._open_mark)
        self.figures_of_curves = ChartTable(self._theme, self.curves)
        self.details = ""
        self.open_frames = KeyButton(
            self._theme,
            tr("Show changed predictions"),
            self._actions.get_key_text("stress.frames"),
            role="link",
        ).bind_action(self._actions.get_action("stress.frames"))
        legend = tr(
            "□ Benchmark, ● Field, △ Footage. Dashed: median confidence. Click a mark to show "
            "its frames."
        )
        self._legend: QLabel = make_label("", "caption", "quiet", wrap=True)
        self.curves.setToolTip(make_plain_tip(legend))
        for widget in (
            self.name,
            self.number,
            self.cell_text,
            self.figures_of_curves,
            self._legend,
            self.open_frames,
        ):
            get_box_layout(card).addWidget(widget, int(widget is self.figures_of_curves))
        self._likeness = make_card(self._theme)
        pad = self._theme.metrics.scale_px(16)
        for padded in (card, self._likeness):
            get_box_layout(padded).setContentsMargins(pad, pad, pad, pad)
        get_box_layout(self._likeness).addWidget(
            make_label(tr("Field looks most like"), "heading", wrap=True)
        )
        get_box_layout(self._likeness).addWidget(self.matched)
        inside = QWidget()
        make_column(self._theme, (card, 1), self._likeness, gap=16, parent=inside)
        side = make_scroll_area(inside)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setMinimumHeight(self._theme.metrics.scale_px(120))
        side.setFixedWidth(self._theme.metrics.scale_px(SIDE))
        return side

    def open_current_cell(self) -> None:
        """The frames of the cell that is looked at."""
        if self._looked_at_set and self.pages.current_page is self.figures:
            index = self.tables[self._looked_at_set].currentIndex()
            self.opened.emit(self._looked_at_set, index.row(), index.column())

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


def _format_legend(curves: Sequence[SweepCurve]) -> str:
    """The signs of the sets that are drawn, and what the dashed lines are."""
    texts = {"benchmark": tr("□ benchmark"), "field": tr("● field"), "footage": tr("△ footage")}
    legend = [texts[curve.on] for curve in curves]
    if any(curve.sure for curve in curves):
        legend.append(tr("dashed: median confidence"))
    return "   ".join(legend)


def _format_heading(heat: SweepHeatmap) -> str:
    """What the figures are of, how many they are, and how it was before anything was done."""
    lines = [heat.heading]
    if heat.first > CLEAN:
        lines.append(f"{heat.table.heads[CLEAN].text} {heat.table.rows[0][CLEAN].text}")
    if heat.partial:
        lines.append(tr("stopped early"))
    return " · ".join(lines)
