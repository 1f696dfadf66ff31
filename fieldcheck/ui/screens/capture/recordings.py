"""The recordings of a project as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from fieldcheck.ui.widgets.plain import make_plain_tip
from fieldcheck.words.conditions import get_condition_name
from fieldcheck.words.figures import format_minutes
from fieldcheck.words.footage import format_length
from fieldcheck.words.language import tr

if TYPE_CHECKING:
    from fieldcheck.workflows.footage.footage import FootageSummary

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
FIGURES = ("length", "clips", "listed", "unreadable")


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One recording in words. `shown` is the frame whose picture stands for it; `state` has a mark before its word."""

    recording_id: str
    source: str
    state: str
    length: str
    clips: str
    listed: str
    unreadable: str
    place: str
    light: str
    shown: str = ""


def build_recording_row(line: FootageSummary, coming_in: bool) -> RecordingRow:
    """A recording in words; `coming_in`: it is imported or recorded just now."""
    return RecordingRow(
        line.recording_id,
        line.source,
        f"✓ {tr('complete')}" if line.closed else f"… {tr('importing')}" if coming_in else f"▲ {tr('interrupted')}",
        format_length(line.recorded_s, line.seconds, line.n_gaps) if line.closed else "–",
        str(line.n_clips) if line.closed else "–",
        str(line.n_listed),
        str(line.n_unreadable),
        ", ".join(part for part in (line.camera, line.location) if part) or "–",
        _format_light(line) or "–",
        line.shown,
    )


def _format_light(line: FootageSummary) -> str:
    """Everything that was told of the light, each with its time where there is more than one."""
    if len(line.lights) < 2:
        said = line.lights[0].conditions if line.lights else line.conditions
        return ", ".join(get_condition_name(code) for code in said)
    told = [
        (format_minutes(round(light.at_s)), ", ".join(get_condition_name(code) for code in light.conditions) or "–")
        for light in line.lights
    ]
    return " · ".join(f"{at} {said}" for at, said in told)


COLUMNS = ("source", "state", "length", "clips", "listed", "unreadable", "place", "light")


class RecordingTableModel(QAbstractTableModel):
    """One row a recording; the picture stands before its source."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[RecordingRow, ...] = ()
        self._pictures: dict[str, QImage] = {}

    def show_rows(self, rows: Sequence[RecordingRow], pictures: Mapping[str, QImage]) -> None:
        """Other rows, with the pictures of their frames."""
        self.beginResetModel()
        self._rows, self._pictures = tuple(rows), dict(pictures)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, name = self._rows[index.row()], COLUMNS[index.column()]
        if role in (Role.DisplayRole, Role.ToolTipRole):
            return make_plain_tip(str(getattr(row, name))) if role == Role.ToolTipRole else getattr(row, name)
        if role == Role.DecorationRole and name == "source":
            return self._pictures.get(row.shown)
        if role == Role.TextAlignmentRole and name in FIGURES:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Role.TextAlignmentRole:
            figure = COLUMNS[section] in FIGURES
            return int((Qt.AlignmentFlag.AlignRight if figure else Qt.AlignmentFlag.AlignLeft) | Qt.AlignmentFlag.AlignVCenter)
        return list_column_names()[section] if role in (Role.DisplayRole, Role.ToolTipRole) else None


def list_column_names() -> tuple[str, ...]:
    """The names of the columns."""
    return (
        tr("Source"),
        tr("Status"),
        tr("Length"),
        tr("Clips"),
        tr("Sampled"),
        tr("Unreadable"),
        tr("Location"),
        tr("Conditions"),
    )
