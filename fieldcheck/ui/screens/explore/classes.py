"""Right answers of each class with their range: figures as the report prints them, and the same as a dot on a scale."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from fieldcheck.domain.plot import ScoreRow
from fieldcheck.ui.theme.theme import Theme
from fieldcheck.ui.widgets.plain import make_plain_tip
from fieldcheck.words.figures import format_percent
from fieldcheck.words.language import tr

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
            said = tr("{name}: {right}, n = {n}").format(name=line.name, right=line.figure, n=line.n)
            return make_plain_tip(said) if role == Role.ToolTipRole else said
        if role == Role.TextAlignmentRole and column in (N, RIGHT):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section <= RANGE:
            return None
        if role == Role.TextAlignmentRole and section != RANGE:
            side = Qt.AlignmentFlag.AlignRight if section in (N, RIGHT) else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return (self._head, "n", tr("score"), f"0 – {format_percent(1.0)}")[section] if role == Role.DisplayRole else None


class RangeDelegate(QStyledItemDelegate):
    """A line from end to end of the range and a disc at the value; hollow below ten frames. Dashes: its rule."""

    def __init__(self, look: Theme, model: ClassTableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look, self._model = look, model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, box = self._look.tokens, option.rect
        shown = self._model.get_score_row(index.row())
        estimate = shown.estimate
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.sunken), 1))
        for tick in TICKS:
            painter.drawLine(QPointF(map_share_to_x(box, tick), box.top()), QPointF(map_share_to_x(box, tick), box.bottom()))
        if shown.rule is not None:
            painter.setPen(QPen(QColor(tokens.text2), 1, Qt.PenStyle.DashLine))
            x = map_share_to_x(box, shown.rule)
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        if estimate.measured:
            colour = QColor(tokens.disabled if shown.has_few_frames else tokens.text)
            middle = box.center().y() + 0.5
            painter.setPen(QPen(colour, 2))
            painter.drawLine(QPointF(map_share_to_x(box, estimate.lo), middle), QPointF(map_share_to_x(box, estimate.hi), middle))
            painter.setBrush(QColor(tokens.panel) if shown.has_few_frames else colour)
            painter.drawEllipse(QPointF(map_share_to_x(box, estimate.value), middle), 4.5, 4.5)
        painter.restore()


def map_share_to_x(box: QRect, share: float) -> float:
    """Where a share, 0 to 1, stands in a cell."""
    return box.left() + PAD + share * (box.width() - 2 * PAD)
