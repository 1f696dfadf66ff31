"""Tables and charts under Explore: slices, classes, confusion matrix, charts of the gap. A row or a
cell opens its frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QListWidget,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from fieldcheck.domain.report import ScoreRow
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_percent
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_layout, require_value
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.charts import PlotView
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
)
from fieldcheck.ui.widgets.pages import PageStack, Placeholder
from fieldcheck.ui.widgets.report_table import ReportTable

if TYPE_CHECKING:
    from fieldcheck.analyses.failures import ConfusionCounts
    from fieldcheck.domain.report import Plot
    from fieldcheck.report import plot_svg
    from fieldcheck.report.explore_data import ExploreData, SliceLine
else:
    plot_svg = LazyModule("fieldcheck.report.plot_svg")

# Charts of the gap under Explore: a list of them, each as a picture, in words and as a table whose
# lines open the frames behind.

LIST = 290
OUTLINE = ((0, 0, 0.26, 1), (0.27, 0, 0.73, 0.6), (0.27, 0.62, 0.73, 0.38))


class ChartsView(QWidget):
    """`frames_requested(ids)`: the frames behind a mark. Arrows choose a chart, Tab goes to its
    table, Enter on a line opens its frames."""

    frames_requested = Signal(tuple)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plots: tuple[Plot, ...] = ()
        self.titles = QListWidget()
        self.titles.setAccessibleName(tr("Charts"))
        self.titles.setFixedWidth(theme.metrics.scale_px(LIST))
        self.titles.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.titles.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.said = make_label(wrap=True)
        self.picture = PlotView(theme, tr("Chart"))
        self.table = ReportTable(theme, tr("Chart values"))
        self.table.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.how = make_label(
            tr("Click a mark or press Enter on a row to show its frames."),
            "caption",
            "quiet",
            wrap=True,
        )
        self.busy = make_label(tr("Computing charts …"), tone="quiet")
        self.busy.hide()
        self.placeholder, plots = Placeholder(theme, OUTLINE), QWidget()
        right = make_column(theme, self.said, (self.picture, 3), self.how, (self.table, 2), gap=6)
        make_row(theme, self.titles, (right, 1), gap=12, parent=plots)
        self.pages, self._charts = PageStack(self.placeholder, plots), plots
        make_column(theme, self.busy, (self.pages, 1), parent=self)
        self.titles.currentRowChanged.connect(self._show_chart)
        self.picture.mark_clicked.connect(self.open_mark_frames)
        self.table.activated.connect(self._open_line)
        self.table.clicked.connect(self._open_line)
        self.show_loading()

    def show_loading(self) -> None:
        """The charts are being worked out."""
        self.show_plots(())
        self.placeholder.show_loading(tr("Computing charts …"))

    def show_failed(self, sentence: str) -> None:
        """The charts could not be worked out."""
        self.show_plots(())
        self.placeholder.show_failed(sentence)

    def set_stale(self, working: bool) -> None:
        """Whether other charts are being worked out: those that are shown are old then."""
        self.busy.setVisible(working)

    def show_plots(self, plots: Sequence[Plot]) -> None:
        """These charts from now on, the one of the same title shown still."""
        before = (
            self._plots[self.titles.currentRow()].title
            if self._plots and self.titles.currentRow() >= 0
            else ""
        )
        self._plots = tuple(plots)
        self.titles.blockSignals(True)
        self.titles.clear()
        self.titles.addItems([plot.title for plot in self._plots])
        for index, plot in enumerate(self._plots):
            self.titles.item(index).setToolTip(make_plain_tip(plot.title))
        index = next(
            (index for index, plot in enumerate(self._plots) if plot.title == before),
            0 if self._plots else -1,
        )
        self.titles.setCurrentRow(index)
        self.titles.blockSignals(False)
        if not self._plots:
            self.placeholder.show_empty(tr("No chart yet: label frames and run the model."), ())
        self.pages.show_page(self._charts if self._plots else self.placeholder)
        self._show_chart(index)

    def open_mark_frames(self, index: int) -> None:
        """The frames behind the mark of a line of the table, where there are any."""
        marks = self._plots[self.titles.currentRow()].marks
        if 0 <= index < len(marks) and marks[index].frames:
            self.frames_requested.emit(marks[index].frames)

    def _open_line(self, index: QModelIndex) -> None:
        self.open_mark_frames(index.row())

    def _show_chart(self, index: int) -> None:
        plot = self._plots[index] if 0 <= index < len(self._plots) else None
        self.picture.show_plot(plot)
        self.said.setText(plot.alt_text if plot else "")
        self.table.show_table(plot_svg.build_plot_table(plot) if plot else None)
        self.how.setVisible(plot is not None and any(mark.frames for mark in plot.marks))


class ChartsPart:
    """Charts as a part of the Explore screen: they come with the figures of the gap, and go with
    the project."""

    def __init__(self, view: ChartsView) -> None:
        self._view = view

    def show(self) -> None:
        """Nothing is asked for: what is shown was described with the gap."""

    def on_project_changed(self) -> None:
        """Another project is open."""
        self._view.show_loading()


# Right answers of each class with their range: figures as the report prints them, and the same as a
# dot on a scale.

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NAME, N, RIGHT, RANGE = range(4)
PAD = 10  # pixels on either side of the scale
TICKS = (0.0, 0.5, 1.0)


class ClassTableModel(QAbstractTableModel):
    """One row a class, in the report's order: enough frames and worst first."""

    def __init__(self, parent: QObject | None = None, head: str = "") -> None:
        super().__init__(parent)
        self._head = head or tr("Class")
        self._lines: tuple[ScoreRow, ...] = ()

    def show_lines(self, lines: Sequence[ScoreRow]) -> None:
        """Other rows."""
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def get_score_row(self, row: int) -> ScoreRow:
        """Class or slice of the row, from which its mark is drawn."""
        return self._lines[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else 4

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        line, column = self._lines[index.row()], index.column()
        if role == Role.DisplayRole:
            return (f"{line.sign} {line.name}".strip(), str(line.n), line.figure, "")[column]
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            text = tr("{name}: {right}, n = {n}").format(
                name=line.name, right=line.figure, n=line.n
            )
            return make_plain_tip(text) if role == Role.ToolTipRole else text
        if role == Role.TextAlignmentRole and column in (N, RIGHT):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section <= RANGE:
            return None
        if role == Role.TextAlignmentRole and section != RANGE:
            side = (
                Qt.AlignmentFlag.AlignRight if section in (N, RIGHT) else Qt.AlignmentFlag.AlignLeft
            )
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return (
            (self._head, "n", tr("score"), f"0 – {format_percent(1.0)}")[section]
            if role == Role.DisplayRole
            else None
        )


class RangeDelegate(QStyledItemDelegate):
    """A line from end to end of the range and a disc at the value; hollow below ten frames. Dashes:
    its rule."""

    def __init__(self, theme: Theme, model: ClassTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._model = theme, model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, box = self._theme.tokens, option.rect
        shown = self._model.get_score_row(index.row())
        estimate = shown.estimate
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.hairline), 1))
        for tick in TICKS:
            painter.drawLine(
                QPointF(map_share_to_x(box, tick), box.top()),
                QPointF(map_share_to_x(box, tick), box.bottom()),
            )
        if shown.rule is not None:
            painter.setPen(QPen(QColor(tokens.text2), 1, Qt.PenStyle.DashLine))
            x = map_share_to_x(box, shown.rule)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        if estimate.measured:
            colour = QColor(tokens.disabled if shown.has_few_frames else tokens.text)
            middle = box.center().y() + 0.5
            painter.setPen(QPen(colour, 2))
            painter.drawLine(
                QPointF(map_share_to_x(box, estimate.lo), middle),
                QPointF(map_share_to_x(box, estimate.hi), middle),
            )
            painter.setBrush(QColor(tokens.panel) if shown.has_few_frames else colour)
            painter.drawEllipse(QPointF(map_share_to_x(box, estimate.value), middle), 4.5, 4.5)
        painter.restore()


def map_share_to_x(box: QRect, share: float) -> float:
    """Where a share, 0 to 1, stands in a cell."""
    return box.left() + PAD + share * (box.width() - 2 * PAD)


ROW = 25
WIDTH, WIDTH_COMPACT = 432, 446  # the lower one, whose tables scroll, with room for the bar
SCALE = 96
QWIDGETSIZE_MAX = (1 << 24) - 1  # Qt's own for no limit


# with more classes there is no room for their names over the columns: these carry the numbers of
# the rows
MOST_NAMED = 4


class ExploreTables(QFrame):
    """`slice_opened(key, value)`, `class_opened(name)` and `cell_opened(truth, answer)` name the
    frames that somebody wants to see."""

    slice_opened = Signal(str, str)
    class_opened = Signal(str)
    cell_opened = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._compact, self._part_shown = theme, False, "classes"
        self._slices: tuple[SliceLine, ...] = ()
        self.setProperty("card", True)
        self.slices, self.classes, self.counts = (
            ClassTableModel(self, tr("Slice")),
            ClassTableModel(self),
            ConfusionTableModel(self),
        )
        self.slice_table = self._make_table(self.slices, tr("Accuracy by slice"))
        self.class_table = self._make_table(self.classes, tr("Accuracy by class"))
        self.count_table = self._make_table(self.counts, tr("Confusion matrix"))
        for table, model in ((self.slice_table, self.slices), (self.class_table, self.classes)):
            self._format_class_table(table, model)
        self.count_table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.count_table.horizontalHeader().setMinimumSectionSize(theme.metrics.scale_px(28))
        self.count_table.setItemDelegate(CountDelegate(theme, self))
        for table, open_frames in (
            (self.slice_table, self._open_slice),
            (self.class_table, self._open_class),
            (self.count_table, self._open_cell),
        ):
            table.activated.connect(open_frames)
            table.clicked.connect(open_frames)
        self.slice_part = self._build_part(
            tr("Click or press Enter to show the frames of a slice"), self.slice_table
        )
        self.class_part = self._build_part("", self.class_table)
        self.count_part = self._build_part(tr("Label ↓, prediction →"), self.count_table)
        self.to_slices, self.to_classes = (
            KeyButton(theme, tr("Slices")),
            KeyButton(theme, tr("By class")),
        )
        self.to_counts = KeyButton(theme, tr("Confusion matrix"))
        self.switch = QWidget()
        flow = FlowLayout(theme.metrics.scale_px(4), self.switch)
        for button, part in (
            (self.to_classes, "classes"),
            (self.to_counts, "counts"),
            (self.to_slices, "slices"),
        ):
            button.setCheckable(True)
            button.clicked.connect(lambda _on, part=part: self.show_part(part))
            flow.addWidget(button)
        pad = theme.metrics.scale_px(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(theme.metrics.scale_px(8))
        column.addWidget(self.switch)
        for whole in (self.slice_part, self.class_part, self.count_part):
            column.addWidget(whole, 1)
        column.addStretch()
        self.set_compact(False)

    def show_figures(self, explore_data: ExploreData) -> None:
        """All three tables as they are now."""
        self._slices = explore_data.slices
        self.slices.show_lines([slice_line.line for slice_line in explore_data.slices])
        self.classes.show_lines(explore_data.classes)
        self.counts.show_counts(explore_data.confusion)
        self.to_slices.setEnabled(bool(explore_data.slices))
        self.show_part(self._part_shown)
        if not explore_data.classes and not explore_data.confusion and explore_data.slices:
            self.show_part("slices")  # boxes have no classes to be taken for each other

    def show_part(self, part: str) -> None:
        """One of the three; where there is room, classes and counts stand below each other."""
        stacked = self._is_stacked()
        self.to_counts.setVisible(not stacked)
        self._part_shown = part if not stacked or part != "counts" else "classes"
        for button, name in (
            (self.to_slices, "slices"),
            (self.to_classes, "classes"),
            (self.to_counts, "counts"),
        ):
            button.setChecked(name == self._part_shown)
        both = stacked and self._part_shown == "classes"
        for key, height in self._get_table_heights().items():
            key.setMaximumHeight(height if both else QWIDGETSIZE_MAX)
        self.slice_part.setVisible(self._part_shown == "slices")
        self.class_part.setVisible(self._part_shown == "classes")
        self.count_part.setVisible(both or self._part_shown == "counts")

    def set_compact(self, compact: bool) -> None:
        """Narrow windows show one of them at a time."""
        self._compact = compact
        self.setFixedWidth(self._theme.metrics.scale_px(WIDTH_COMPACT if compact else WIDTH))
        self.show_part(self._part_shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.show_part(self._part_shown)

    def _is_stacked(self) -> bool:
        """Whether there is room for all lines of both: one that is whole is read sooner than two of
        which each is scrolled."""
        px = self._theme.metrics.scale_px
        besides = self.switch.sizeHint().height() + 2 * px(8) + 2 * px(12)
        return not self._compact and self.height() >= besides + sum(
            self._get_table_heights().values()
        )

    def _get_table_heights(self) -> dict[QWidget, int]:
        """How high classes and counts are with all their lines."""
        px = self._theme.metrics.scale_px
        heights = {}
        for part, table, model in (
            (self.class_part, self.class_table, self.classes),
            (self.count_part, self.count_table, self.counts),
        ):
            above = require_value(require_value(get_layout(part).itemAt(0)).widget())
            head = above.sizeHint().height() + px(4) if above is not table else 0
            heights[part] = (
                head
                + table.horizontalHeader().sizeHint().height()
                + model.rowCount() * px(ROW)
                + 2 * table.frameWidth()
            )
        return heights

    def _make_table(self, model: ClassTableModel | ConfusionTableModel, name: str) -> QTableView:
        table = QTableView()
        table.setModel(model)
        table.setAccessibleName(name)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setCornerButtonEnabled(False)
        table.verticalHeader().setDefaultSectionSize(self._theme.metrics.scale_px(ROW))
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.horizontalHeader().setHighlightSections(False)
        return table

    def _format_class_table(self, table: QTableView, model: ClassTableModel) -> None:
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setItemDelegateForColumn(RANGE, RangeDelegate(self._theme, model, self))
        heads = table.horizontalHeader()
        heads.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for index in (N, RIGHT):
            heads.setSectionResizeMode(index, QHeaderView.ResizeMode.ResizeToContents)
        heads.setSectionResizeMode(RANGE, QHeaderView.ResizeMode.Fixed)
        heads.resizeSection(RANGE, self._theme.metrics.scale_px(SCALE))
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _build_part(self, head: str, table: QTableView) -> QWidget:
        part = QWidget()
        inside = make_column(self._theme, gap=4, parent=part)
        if head:
            inside.addWidget(make_label(head, "caption", "quiet", wrap=True))
        inside.addWidget(table, 1)
        return part

    def _open_slice(self, index: QModelIndex) -> None:
        slice_line = self._slices[index.row()]
        self.slice_opened.emit(slice_line.key, slice_line.value)

    def _open_class(self, index: QModelIndex) -> None:
        self.class_opened.emit(self.classes.get_score_row(index.row()).name)

    def _open_cell(self, index: QModelIndex) -> None:
        self.cell_opened.emit(*self.counts.get_cell_names(index.row(), index.column()))


class CountDelegate(QStyledItemDelegate):
    """A cell keeps its colours when it is chosen, and a frame says that it is: the colour of a
    choice over them would hide the figure."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        chosen, option.state = (
            bool(option.state & QStyle.StateFlag.State_Selected),
            option.state & ~QStyle.StateFlag.State_Selected,
        )
        super().paint(painter, option, index)
        if chosen:
            painter.save()
            for inset, width, colour in (
                (1, 3, self._theme.tokens.focus),
                (3, 1, self._theme.tokens.panel),
            ):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(option.rect.adjusted(inset, inset, -inset - 1, -inset - 1))
            painter.restore()


class ConfusionTableModel(QAbstractTableModel):
    """Each cell carries its figure; its colour is the report's, and a cell in which nothing was
    counted has none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts: ConfusionCounts | None = None

    def show_counts(self, counts: ConfusionCounts | None) -> None:
        """Shows a matrix, or nothing."""
        self.beginResetModel()
        self._counts = counts
        self.endResetModel()

    def get_cell_names(self, row: int, column: int) -> tuple[str, str]:
        """Label and prediction of the cell."""
        names = self._counts.names if self._counts is not None else ()
        return names[row], names[column]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() or self._counts is None else len(self._counts.names)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return self.rowCount(parent)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid() or self._counts is None:
            return None
        captions = self._counts.captions
        cell = self._counts.cells[index.row()][index.column()]
        if role == Role.DisplayRole:
            return cell.text
        if role == Role.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        if role == Role.BackgroundRole:
            return QBrush(QColor(cell.colours[0])) if cell.colours else None
        if role == Role.ForegroundRole:
            return QBrush(QColor(cell.colours[1])) if cell.colours else None
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            text = tr("Label {truth}, prediction {answer}: {n}")
            text = text.format(
                truth=captions[index.row()], answer=captions[index.column()], n=cell.text
            )
            return make_plain_tip(text) if role == Role.ToolTipRole else text
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        across = orientation == Qt.Orientation.Horizontal
        names = self._counts.captions if self._counts is not None else ()
        if not 0 <= section < len(names):
            return None
        if role == Role.ToolTipRole:
            return make_plain_tip(names[section])
        if role != Role.DisplayRole or len(names) <= MOST_NAMED:
            return names[section] if role == Role.DisplayRole else None
        return str(section + 1) if across else f"{section + 1}  {names[section]}"
