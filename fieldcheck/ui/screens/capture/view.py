"""View of the Capture screen: the live page, and the footage page with import settings and the
table of recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QDateTime,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QDateTimeEdit,
    QFrame,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.domain.recording import LIGHTS
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_minutes
from fieldcheck.sampling.messages import format_length
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.screens.capture.live_view import LiveView
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import SIDE, Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.file_dialogs import choose_files, choose_folder, make_video_filter
from fieldcheck.ui.widgets.layouts import (
    DropArea,
    FlowLayout,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    set_focus_target,
)
from fieldcheck.ui.widgets.pages import BodyStates, Placeholder

if TYPE_CHECKING:
    from fieldcheck.footage.clips_and_scene_cuts import FootageSummary

# The recordings of a project as a table.

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
FIGURES = ("length", "clips", "listed", "unreadable")
SHORT_S = 1.0


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One recording in words. `shown` is the frame whose picture stands for it; `state` has a mark
    before its word."""

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
        f"✓ {tr('complete')}"
        if line.closed
        else f"… {tr('importing')}"
        if coming_in
        else f"▲ {tr('interrupted')}",
        format_length(line.recorded_s, line.seconds, line.n_gaps) if line.closed else "–",
        str(line.n_clips) if line.closed else "–",
        str(line.n_listed),
        str(line.n_unreadable),
        ", ".join(part for part in (line.camera, line.location) if part) or "–",
        _format_light(line) or "–",
        line.shown,
    )


def _format_light(line: FootageSummary) -> str:
    """Conditions of a recording, each with its time where there is more than one; those that stood
    for less than a second, between two keys, are left out."""
    ends = [*(light.at_s for light in line.lights[1:]), inf]
    lasting = [
        light for light, end in zip(line.lights, ends, strict=False) if end - light.at_s >= SHORT_S
    ]
    if len(lasting) < 2:
        conditions = lasting[0].conditions if lasting else line.conditions
        return ", ".join(get_condition_name(code) for code in conditions)
    lights = [
        (
            format_minutes(round(light.at_s)),
            ", ".join(get_condition_name(code) for code in light.conditions) or "–",
        )
        for light in lasting
    ]
    return " · ".join(f"{time_text} {light_text}" for time_text, light_text in lights)


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
            return (
                make_plain_tip(str(getattr(row, name)))
                if role == Role.ToolTipRole
                else getattr(row, name)
            )
        if role == Role.DecorationRole and name == "source":
            return self._pictures.get(row.shown)
        if role == Role.TextAlignmentRole and name in FIGURES:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Role.TextAlignmentRole:
            figure = COLUMNS[section] in FIGURES
            return int(
                (Qt.AlignmentFlag.AlignRight if figure else Qt.AlignmentFlag.AlignLeft)
                | Qt.AlignmentFlag.AlignVCenter
            )
        return (
            list_column_names()[section] if role in (Role.DisplayRole, Role.ToolTipRole) else None
        )


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


PICTURE = QSize(80, 46)
LEAST_LIST = 92
WIDEST = 280  # pixels of a column that is as wide as its words


class CaptureView(DropArea, BodyStates):
    """`dropped` carries the files and folders that were dropped on the screen."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self._theme, self._actions = theme, actions
        self._header: QWidget | None = None
        self.strip = JobStrip(theme)
        self.open = self._build_interrupted_card()
        self.recordings = RecordingTableModel(self)
        self.table = self._build_recordings_table()
        self.placeholder = Placeholder(theme)
        self.stack = QStackedWidget()
        # the list scrolls, the screen does not
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.stack.setMinimumHeight(theme.metrics.scale_px(LEAST_LIST))
        self.stack.addWidget(self.placeholder)
        self.stack.addWidget(self.table)
        self.plan = make_label(size="caption", tone="quiet", wrap=True)
        self.plan.hide()
        self.next_in = self._build_import_card()
        self.live = LiveView(theme, actions)
        self.footage = self._build_footage_page()
        # No page stack: it would also reserve space for the hidden page.
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        for page in (self.footage, self.live):
            self._whole.addWidget(page, 1)
        self.show_live(False)

    def place_header(self, header: QWidget | None) -> None:
        """The window's header: over the live picture alone where that leaves it enough room, so
        that the panel is as high as the screen, else over everything. None: it is elsewhere."""
        self._header = header
        self._update_header()

    def _update_header(self) -> None:
        if self._header is None:
            return
        beside = self.live_shown and self.live.has_header_beside()
        target = self.live.left if beside else self._whole
        if target.indexOf(self._header) < 0:
            shown = not self._header.isHidden()
            target.insertWidget(0, self._header)
            self._header.setVisible(shown)

    def show_live(self, live: bool) -> None:
        """The live page, or that of the footage."""
        self.live_shown = live
        shown, hidden = (self.live, self.footage) if live else (self.footage, self.live)
        shown.show()
        self._update_header()
        target = self.live.canvas if live else self.table
        set_focus_target(self, target if live or self.stack.currentWidget() is self.table else None)
        focus = QApplication.focusWidget()
        if focus is not None and hidden.isAncestorOf(focus):
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # else Qt gives it to the rail
        hidden.hide()

    def _show_placeholder(self) -> None:
        self.stack.setCurrentWidget(self.placeholder)
        self.show_live(self.live_shown)

    def show_empty(self, text: str, actions: Sequence[str], can_import: bool) -> None:
        """No footage, or no project: a sentence and the buttons of these actions."""
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
        self._show_placeholder()
        self.next_in.setVisible(can_import)

    def show_rows(self, rows: Sequence[RecordingRow], pictures: Mapping[str, QImage]) -> None:
        """The footage that is there."""
        self.recordings.show_rows(rows, pictures)
        self.stack.setCurrentWidget(self.table)
        self.show_live(self.live_shown)
        self.next_in.setVisible(True)

    def show_interrupted_imports(self, text: str) -> None:
        """Says which imports were broken off; nothing where there is none."""
        self._open_said.setText(text)
        self.open.setVisible(bool(text))

    def show_plan(self, text: str) -> None:
        """One line under the list: clips so far, and the width they lead to; nothing where there
        are none."""
        self.plan.setText(text)
        self.plan.setVisible(bool(text))
        self._fit_plan_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_plan_height()

    def _fit_plan_height(self) -> None:
        """Room for all lines of the plan, else they would take it from the fields of a page that is
        longer than the window."""
        self.plan.setMinimumHeight(
            self.plan.heightForWidth(self.width()) if self.plan.text() else 0
        )

    def show_job(self, job: Job | None) -> None:
        """The import under way, or the last one where it was cancelled."""
        self.strip.show_job(job)

    def show_conditions(self, chosen: Iterable[str]) -> None:
        """These chips are pressed."""
        for code, chip in self.chips.items():
            chip.setChecked(code in chosen)

    def suggest_names(self, camera: str, location: str) -> None:
        """Suggests site and conditions of last time, where nothing is written yet."""
        for field, text in ((self.camera, camera), (self.location, location)):
            if not field.text():
                field.setText(text)
                field.setCursorPosition(0)  # of a long name the beginning is seen
        self.live.panel.suggest_location(location)

    def get_footage_details(self) -> tuple[str, str, str]:
        """Camera, location, and when the footage begins as ISO 8601 UTC or empty."""
        seconds = self.taken_at.dateTime().toSecsSinceEpoch()
        begins = (
            datetime.fromtimestamp(seconds, UTC).isoformat() if self.knows_when.isChecked() else ""
        )
        return self.camera.text().strip(), self.location.text().strip(), begins

    def prompt_for_files(self, then: Callable[[list[Path]], None]) -> None:
        """Lets the person choose videos."""
        choose_files(self, tr("Import video files"), make_video_filter(), then)

    def prompt_for_folder(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a folder of pictures."""
        choose_folder(self, tr("Import image folder"), then)

    def set_compact(self, compact: bool) -> None:
        """Narrow windows need no hint beside the fields, and have room for fewer of them beside the
        picture."""
        self._hint.setVisible(not compact)
        self.live.set_compact(compact)
        self._update_header()

    def _build_footage_page(self) -> QWidget:
        page = QWidget()
        page.setLayout(make_column(self._theme, self.next_in, self.strip, self.open))
        get_box_layout(page).addWidget(self.stack, 1)
        get_box_layout(page).addWidget(self.plan)
        side = self._theme.metrics.scale_px(SIDE)
        get_box_layout(page).setContentsMargins(side, 0, side, side)
        return page

    def _build_import_card(self) -> QFrame:
        """What is said of the footage, and below it the buttons that bring it in."""
        theme = self._theme
        inside = QVBoxLayout()
        frame = make_card(theme, inside)
        self._hint = make_label(
            tr("Applies to all files imported next; appears in the report."),
            "caption",
            "quiet",
            wrap=True,
        )
        head = make_row(theme, make_label(tr("Metadata for next import"), bold=True))
        head.addWidget(self._hint, 1)
        inside.addLayout(head)
        self.camera, self.location = QLineEdit(), QLineEdit()
        fields = FlowLayout(theme.metrics.scale_px(8))
        fields.addWidget(self._build_field(tr("Camera"), self.camera))
        fields.addWidget(self._build_field(tr("Location"), self.location))
        fields.addWidget(self._build_start_time())
        inside.addLayout(fields)
        inside.addLayout(self._build_condition_chips())
        inside.addLayout(self._build_import_buttons())
        return frame

    def _build_import_buttons(self) -> FlowLayout:
        buttons = FlowLayout(self._theme.metrics.scale_px(8))
        ways = (
            ("capture.page", tr("Live")),
            ("capture.files", tr("Import videos…")),
            ("capture.folder", tr("Import folder…")),
        )
        for identity, name in ways:
            button = KeyButton(
                self._theme, name, self._actions.get_key_text(identity), role="soft"
            ).bind_action(self._actions.get_action(identity))
            button.setAccessibleName(self._actions.get_action(identity).text())
            buttons.addWidget(button)
        return buttons

    def _build_field(self, name: str, field: QLineEdit) -> QWidget:
        field.setAccessibleName(name)
        field.setMinimumWidth(self._theme.metrics.scale_px(120))
        both = QWidget()
        both.setLayout(make_row(self._theme, make_label(name), field))
        return both

    def _build_start_time(self) -> QWidget:
        self.knows_when = apply_mark_style(self._theme, QCheckBox(tr("Start time")))
        self.taken_at = QDateTimeEdit(QDateTime.currentDateTime())
        self.taken_at.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.taken_at.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.taken_at.setAccessibleName(tr("Start time of the footage"))
        self.taken_at.setEnabled(False)
        self.knows_when.toggled.connect(self.taken_at.setEnabled)
        both = QWidget()
        both.setLayout(make_row(self._theme, self.knows_when, self.taken_at))
        return both

    def _build_condition_chips(self) -> FlowLayout:
        self.chips: dict[str, KeyButton] = {}
        chips = FlowLayout(self._theme.metrics.scale_px(4))
        for code in LIGHTS:
            identity = f"capture.{code}"
            chip = KeyButton(
                self._theme, get_condition_name(code), self._actions.get_key_text(identity)
            )
            chip.setProperty("role", "chip")
            chip.setProperty("choice", True)
            chip.setCheckable(True)
            chip.bind_action(self._actions.get_action(identity))
            chips.addWidget(chip)
            self.chips[code] = chip
        return chips

    def _build_interrupted_card(self) -> QFrame:
        self._open_said = make_label(tone="warn", wrap=True)
        resume = KeyButton(
            self._theme, tr("Continue"), self._actions.get_key_text("capture.resume")
        ).bind_action(self._actions.get_action("capture.resume"))
        line = make_row(self._theme)
        line.addWidget(self._open_said, 1)
        line.addWidget(resume)
        frame = make_card(self._theme, line)
        pad = self._theme.metrics.scale_px(8)
        line.setContentsMargins(pad, pad // 2, pad, pad // 2)
        frame.hide()
        return frame

    def _build_recordings_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.recordings)
        table.setProperty("roomy", True)
        table.setAccessibleName(tr("Project footage"))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(
            self._theme.metrics.scale_px(PICTURE.height() + 8)
        )
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        heads = table.horizontalHeader()
        heads.setHighlightSections(False)
        heads.setMaximumSectionSize(self._theme.metrics.scale_px(WIDEST))
        for index, name in enumerate(COLUMNS):
            # names of files are the longest, and end in what tells them apart
            stretched = name == "source"
            heads.setSectionResizeMode(
                index,
                QHeaderView.ResizeMode.Stretch
                if stretched
                else QHeaderView.ResizeMode.ResizeToContents,
            )
        return table
