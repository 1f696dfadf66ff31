"""Confusion matrix of Explore: one hue by count, correct ones neutral, nothing where nothing was
counted; names whole, and how many frames each row has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.ui.theme import BODY, CAPTION, Theme
from fieldcheck.ui.widgets.buttons import OWN_RING
from fieldcheck.ui.widgets.layouts import make_column, make_label, make_plain_tip

if TYPE_CHECKING:
    from fieldcheck.analyses.failures import ConfusionCounts

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
KIND_ROLE = Role.UserRole  # ("correct" or "error", step) of a cell; None where nothing was counted
CELL, LEAST_CELL, MOST_CELL, GAP, CORNER = (54, 46), (34, 24), 84, 2, 4
NAME_WIDTH, COUNT_WIDTH, NAME_GAP, MOST_LINES = 110, 34, 12, 4


def break_name(name: str, font: QFont, width: int) -> list[str]:
    """The lines of a class's name: broken behind `_`, `-` and blanks, within a part only where that
    is longer than a line."""
    wide = QFontMetrics(font).horizontalAdvance
    lines, line = list[str](), ""
    for part in re.findall(r"[^_\-\s]*[_\-\s]?", name):
        if line and wide((line + part).rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        while wide(part.rstrip()) > width and len(part) > 1:
            break_index = next(
                n for n in range(len(part) - 1, 0, -1) if n == 1 or wide(part[:n]) <= width
            )
            lines.append(part[:break_index])
            part = part[break_index:]
        line += part
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def find_error_step(n: int, most: int) -> int:
    """Step of a count of errors, 0 to 3, on the scale of the largest count."""
    return n - 1 if most < 4 else min(3, 4 * n // (most + 1))


def find_correct_step(n: int, most: int) -> int:
    """Step of a count of correct frames, 0 to 2, on the scale of the largest count."""
    return min(2, 3 * n // (most + 1))


class ConfusionTableModel(QAbstractTableModel):
    """A row a label, a column a prediction, and last how many frames the row has."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts: ConfusionCounts | None = None
        self._numbers: list[list[int]] = []
        self._most_wrong = self._most_correct = 0

    def show_counts(self, counts: ConfusionCounts | None) -> None:
        """Shows a matrix, or nothing."""
        self.beginResetModel()
        self._counts = counts
        rows = counts.cells if counts is not None else ()
        self._numbers = [[int(cell.text) for cell in row] for row in rows]
        apart = [
            n for index, row in enumerate(self._numbers) for k, n in enumerate(row) if k != index
        ]
        self._most_wrong = max(apart, default=0)
        self._most_correct = max((row[index] for index, row in enumerate(self._numbers)), default=0)
        self.endResetModel()

    @property
    def captions(self) -> tuple[str, ...]:
        """Names of the classes as they are printed."""
        return self._counts.captions if self._counts is not None else ()

    @property
    def most_wrong(self) -> int:
        """The largest count of one error."""
        return self._most_wrong

    def count_correct(self) -> int:
        """Frames on the diagonal."""
        return sum(row[index] for index, row in enumerate(self._numbers))

    def find_worst_prediction(self) -> tuple[str, int, int] | None:
        """The class that is predicted wrongly most often: its name, how often it is predicted and
        how often wrongly; None without an error."""
        columns = [
            (sum(row[k] for row in self._numbers), self._numbers[k][k], k)
            for k in range(len(self._numbers))
        ]
        worst = max(columns, key=lambda counts: counts[0] - counts[1], default=None)
        if worst is None or worst[0] == worst[1]:
            return None
        count, right, k = worst
        return self.captions[k], count, count - right

    def find_largest_error(self) -> tuple[int, int] | None:
        """Row and column of the most frequent error; None without one."""
        cells = [
            (n, -row_index, -k)
            for row_index, row in enumerate(self._numbers)
            for k, n in enumerate(row)
            if k != row_index and n
        ]
        if not cells:
            return None
        _, index, k = max(cells)
        return -index, -k

    def get_cell_names(self, row: int, column: int) -> tuple[str, str]:
        """Label and prediction of the cell."""
        names = self._counts.names if self._counts is not None else ()
        return names[row], names[column]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return len(self._numbers) + 1 if self._numbers and not parent.isValid() else 0

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if index.column() == len(self._numbers):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._numbers):
            return None
        row, k = index.row(), index.column()
        if k == len(self._numbers):
            return str(sum(self._numbers[row])) if role == Role.DisplayRole else None
        n = self._numbers[row][k]
        if role == Role.DisplayRole:
            return str(n) if n else ""
        if role == KIND_ROLE:
            return self._get_kind(n, row == k)
        if role in (Role.AccessibleTextRole, Role.ToolTipRole):
            text = tr_plural(
                "Label {truth}, prediction {answer}: {n} frame",
                "Label {truth}, prediction {answer}: {n} frames",
                n,
                truth=self.captions[row],
                answer=self.captions[k],
                n=n,
            )
            return make_plain_tip(text) if role == Role.ToolTipRole else text
        return None

    def _get_kind(self, n: int, correct: bool) -> tuple[str, int] | None:
        if not n:
            return None
        if correct:
            return "correct", find_correct_step(n, self._most_correct)
        return "error", find_error_step(n, self._most_wrong)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        if section == len(self._numbers) and orientation == Qt.Orientation.Horizontal:
            return "n" if role == Role.DisplayRole else None
        if not 0 <= section < len(self.captions):
            return None
        if role == Role.ToolTipRole:
            return make_plain_tip(self.captions[section])
        return self.captions[section] if role == Role.DisplayRole else None


class _CellDelegate(QStyledItemDelegate):
    """A cell in the colour of its step; a ring round the one that is chosen."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, kind = self._theme.tokens, index.data(KIND_ROLE)
        last = index.column() == index.model().columnCount() - 1
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.make_font(option.font, BODY, not last))
        if last:
            painter.setPen(QColor(tokens.text2))
            box = option.rect.adjusted(0, 0, -4, 0)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, flags, str(index.data()))
        else:
            self._paint_cell(painter, option, kind, str(index.data()))
        painter.restore()

    def _paint_cell(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        kind: tuple[str, int] | None,
        text: str,
    ) -> None:
        tokens, inset = self._theme.tokens, GAP / 2
        box = QRectF(option.rect).adjusted(inset, inset, -inset, -inset)
        ground, ink = tokens.panel, tokens.text
        if kind is not None and kind[0] == "correct":
            ground = tokens.correct[kind[1]]
        elif kind is not None:
            ground, ink = tokens.errors[kind[1]], tokens.on_errors[kind[1]]
        painter.setPen(QPen(QColor(tokens.hairline), 1) if kind is None else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
        painter.setPen(QColor(ink))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for wide, off, colour in ((2, 1, tokens.accent), (1.5, 2.75, tokens.panel)):
                painter.setPen(QPen(QColor(colour), wide))
                painter.drawRoundedRect(box.adjusted(off, off, -off, -off), CORNER, CORNER)


class _NameHeader(QHeaderView):
    """Names of classes: over their columns centred at the foot, before their rows at the right."""

    def __init__(self, theme: Theme, orientation: Qt.Orientation, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._theme, self._across = theme, orientation == Qt.Orientation.Horizontal
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)

    def _make_font(self) -> QFont:
        font = self._theme.make_font(self.font(), CAPTION if self._across else BODY)
        font.setWeight(QFont.Weight.Medium)
        return font

    def get_name_width(self) -> int:
        """Pixels before the rows: of the longest name, up to a limit."""
        wide, most = QFontMetrics(self._make_font()).horizontalAdvance, 0
        for section in range(self.count()):
            name = self.model().headerData(section, self.orientation(), Role.DisplayRole)
            most = max(most, wide(str(name)))
        return min(most + NAME_GAP + 2, self._theme.metrics.scale_px(NAME_WIDTH))

    def list_lines(self, section: int) -> list[str]:
        """The lines of a name; a longer one ends in an ellipsis and is the tool tip."""
        name = str(self.model().headerData(section, self.orientation(), Role.DisplayRole) or "")
        width = self.sectionSize(section) - 2 if self._across else self.width() - NAME_GAP
        lines = break_name(name, self._make_font(), width)
        most = MOST_LINES if self._across else 2
        if len(lines) > most:
            last = QFontMetrics(self._make_font()).elidedText(
                f"{lines[most - 1]}…", Qt.TextElideMode.ElideRight, width
            )
            lines = [*lines[: most - 1], last]
        return lines

    def sizeHint(self) -> QSize:
        px, line = self._theme.metrics.scale_px, QFontMetrics(self._make_font()).height()
        if not self._across:
            return QSize(self.get_name_width(), 0)
        n = self.count()
        most = max((len(self.list_lines(section)) for section in range(n)), default=1)
        return QSize(0, most * line + px(6))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        tokens, font = self._theme.tokens, self._make_font()
        last = self._across and section == self.count() - 1
        painter.save()
        painter.setFont(font)
        painter.setPen(QColor(tokens.text2 if last else tokens.text))
        high, lines = QFontMetrics(font).height(), self.list_lines(section)
        total = high * len(lines)
        top = rect.bottom() - total - 3 if self._across else rect.center().y() - total // 2 + 1
        side = (
            Qt.AlignmentFlag.AlignRight
            if last or not self._across
            else Qt.AlignmentFlag.AlignHCenter
        )
        for index, line in enumerate(lines):
            box = QRect(
                rect.left(),
                top + index * high,
                rect.width() - (0 if self._across else NAME_GAP),
                high,
            )
            painter.drawText(box.adjusted(0, 0, -4 if last else 0, 0), side, line)
        painter.restore()


class ConfusionTable(QTableView):
    """`cell_chosen(label, prediction)`: the frames of another cell are to be shown."""

    cell_chosen = Signal(str, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.counts = theme, ConfusionTableModel(self)
        self.setModel(self.counts)
        self.setItemDelegate(_CellDelegate(theme, self))
        self.setAccessibleName(tr("Confusion matrix"))
        self.setHorizontalHeader(_NameHeader(theme, Qt.Orientation.Horizontal, self))
        self.setVerticalHeader(_NameHeader(theme, Qt.Orientation.Vertical, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", True)
        self.setProperty(OWN_RING, True)  # round the cell
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(theme.metrics.scale_px(120))

    def show_counts(self, counts: ConfusionCounts | None) -> None:
        """Another matrix; the cell that was looked at stays so, else the most frequent error is."""
        before = self.currentIndex()
        cell = (before.row(), before.column()) if before.isValid() else None
        self.counts.show_counts(counts)
        n = self.counts.rowCount()
        if cell is None or max(cell) >= n:
            cell = self.counts.find_largest_error() or ((0, 0) if n else None)
        self._fit_cells()
        if cell is not None:
            self.setCurrentIndex(self.counts.index(*cell))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_cells()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        n = self.counts.rowCount()
        if current.isValid() and current.column() < n:
            self.cell_chosen.emit(*self.counts.get_cell_names(current.row(), current.column()))

    def _fit_cells(self) -> None:
        """As large as there is room for, in their shape; smaller ones are scrolled."""
        n, px = self.counts.rowCount(), self._theme.metrics.scale_px
        if not n:
            return
        heads, rows = self.horizontalHeader(), self.verticalHeader()
        rows.setFixedWidth(rows.sizeHint().width())
        width = self.width() - rows.width() - px(COUNT_WIDTH) - 2
        across = max(px(LEAST_CELL[0]), min(px(MOST_CELL), width // n))
        for section in range(n):
            heads.resizeSection(section, across)
        heads.resizeSection(n, px(COUNT_WIDTH))
        heads.setFixedHeight(heads.sizeHint().height())
        down = (self.height() - heads.height() - 2) // n
        shaped = across * CELL[1] // CELL[0]
        rows.setDefaultSectionSize(max(px(LEAST_CELL[1]), min(shaped, down)))
        self.updateGeometries()


class ConfusionLegend(QWidget):
    """What the colours of the cells are, in one line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries: list[tuple[tuple[str, ...], str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_counts(self, correct: int, most_wrong: int) -> None:
        """Frames that are correct, and the largest count of one error."""
        tokens = self._theme.tokens
        self._entries = [((tokens.correct[1],), tr("correct, {n}", n=correct))]
        if most_wrong:
            text = tr("errors, 1 to {n}", n=most_wrong) if most_wrong > 1 else tr("errors, 1")
            self._entries.append((tokens.errors[: min(4, most_wrong)], text))
        self._entries.append(((tokens.panel,), tr("none")))
        self.setAccessibleName(", ".join(text for _, text in self._entries))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.metrics.scale_px(280), self._theme.metrics.scale_px(20))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, px = QPainter(self), self._theme.tokens, self._theme.metrics.scale_px
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.make_font(self.font(), CAPTION))
        side, left = px(14), 0
        for colours, text in self._entries:
            for colour in colours:
                painter.setPen(
                    QColor(tokens.hairline) if colour == tokens.panel else Qt.PenStyle.NoPen
                )
                painter.setBrush(QColor(colour))
                top = (self.height() - side) / 2
                painter.drawRoundedRect(QRectF(left + 0.5, top, side - 1, side - 1), 3, 3)
                left += side + px(3)
            wide = QFontMetrics(painter.font()).horizontalAdvance(text)
            painter.setPen(QColor(tokens.text2))
            box = QRect(left + px(3), 0, wide + 2, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
            left += wide + px(22)
        painter.end()


class ConfusionView(QWidget):
    """The matrix, its legend, and one sentence about it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.table = ConfusionTable(theme)
        self.axes = make_label(tr("Label ↓, prediction →"), "caption", "quiet")
        self.legend = ConfusionLegend(theme)
        self.sentence = make_label(wrap=True)
        make_column(
            theme, self.axes, (self.table, 1), self.legend, self.sentence, gap=6, parent=self
        )

    def show_counts(self, counts: ConfusionCounts | None) -> None:
        """Another matrix."""
        self.table.show_counts(counts)
        model = self.table.counts
        self.legend.show_counts(model.count_correct(), model.most_wrong)
        worst = model.find_worst_prediction()
        text = tr("No frame is predicted wrongly.")
        if worst is not None:
            name, predicted, wrong = worst
            text = tr_plural(
                "Most errors: {name} predicted {n} time, {wrong} of them wrong.",
                "Most errors: {name} predicted {n} times, {wrong} of them wrong.",
                predicted,
                name=name,
                n=predicted,
                wrong=wrong,
            )
        self.sentence.setText(text if model.rowCount() else "")
