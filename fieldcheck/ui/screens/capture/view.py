"""View of the Capture screen: a live page, and a page of footage – what is said of what comes in next, and what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QDateTime, QSize, Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
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

from fieldcheck.domain.condition import LIGHTS
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.narrowing import content
from fieldcheck.ui.screens.capture.live_view import LiveView
from fieldcheck.ui.screens.capture.recordings import COLUMNS, RecordingRow, Recordings
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.marks import marked
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.choose import choose_files, choose_folder
from fieldcheck.ui.widgets.drop_area import DropArea
from fieldcheck.ui.widgets.file_filters import video_filter
from fieldcheck.ui.widgets.flow import Flow
from fieldcheck.ui.widgets.focus import lead_focus
from fieldcheck.ui.widgets.job_strip import JobStrip
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.widgets.placeholder import Placeholder
from fieldcheck.ui.widgets.plain import card, column, label, row
from fieldcheck.words.conditions import condition
from fieldcheck.words.language import text

PICTURE = QSize(80, 46)
LEAST_LIST = 92
WIDEST = 280  # pixels of a column that is as wide as its words


class CaptureView(DropArea):
    """`dropped` carries the files and folders that were dropped on the screen."""

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._actions = look, actions
        self.strip = JobStrip(look)
        self.open = self._open_imports()
        self.recordings = Recordings(self)
        self.table = self._table()
        self.placeholder = Placeholder(look)
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # the list scrolls, the screen does not
        self.stack.setMinimumHeight(look.metrics.px(LEAST_LIST))
        self.stack.addWidget(self.placeholder)
        self.stack.addWidget(self.table)
        self.plan = label(size="caption", tone="quiet", wrap=True)
        self.plan.hide()
        self.next_in = self._next_in()
        self.live = LiveView(look, actions)
        self.footage = self._footage()
        whole = QVBoxLayout(self)  # no stack of pages: it would make room also for the page that is not shown
        whole.setContentsMargins(0, 0, 0, 0)
        for page in (self.footage, self.live):
            whole.addWidget(page, 1)
        self.show_live(False)

    def show_live(self, live: bool) -> None:
        """The live page, or that of the footage."""
        self.live_shown = live
        self.footage.setVisible(not live)
        self.live.setVisible(live)
        lead_focus(self, self.live.canvas if live else self.table if self.stack.currentWidget() is self.table else None)

    def show_loading(self, sentence: str) -> None:
        """The footage is being read, or comes in."""
        self.placeholder.show_loading(sentence)
        self._show_placeholder()

    def show_failed(self, sentence: str) -> None:
        """The footage could not be read."""
        self.placeholder.show_failed(sentence)
        self._show_placeholder()

    def _show_placeholder(self) -> None:
        self.stack.setCurrentWidget(self.placeholder)
        self.show_live(self.live_shown)

    def show_empty(self, said: str, actions: Sequence[str], can_import: bool) -> None:
        """No footage, or no project: a sentence and the buttons of these actions."""
        buttons = [
            KeyButton(self._look, self._actions.get(one).text(), self._actions.key(one)).triggers(self._actions.get(one)) for one in actions
        ]
        self.placeholder.show_empty(said, buttons)
        self._show_placeholder()
        self.next_in.setVisible(can_import)

    def show_rows(self, rows: Sequence[RecordingRow], pictures: Mapping[str, QImage]) -> None:
        """The footage that is there."""
        self.recordings.show_rows(rows, pictures)
        self.stack.setCurrentWidget(self.table)
        self.show_live(self.live_shown)
        self.next_in.setVisible(True)

    def show_open(self, said: str) -> None:
        """Says which imports were broken off; nothing where there is none."""
        self._open_said.setText(said)
        self.open.setVisible(bool(said))

    def show_plan(self, said: str) -> None:
        """One line under the list: clips so far, and the width they lead to; nothing where there are none."""
        self.plan.setText(said)
        self.plan.setVisible(bool(said))
        self._keep_plan()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_plan()

    def _keep_plan(self) -> None:
        """Room for all lines of the plan, else they would take it from the fields of a page that is longer than the window."""
        self.plan.setMinimumHeight(self.plan.heightForWidth(self.width()) if self.plan.text() else 0)

    def show_job(self, job: Job | None) -> None:
        """The import under way, or the last one where it was cancelled."""
        self.strip.show_job(job)

    def show_conditions(self, chosen: Iterable[str]) -> None:
        """These chips are pressed."""
        for code, chip in self.chips.items():
            chip.setChecked(code in chosen)

    def suggest(self, camera: str, location: str) -> None:
        """Suggests site and conditions of last time, where nothing is written yet."""
        for field, said in ((self.camera, camera), (self.location, location)):
            if not field.text():
                field.setText(said)
        self.live.panel.suggest(location)

    def said(self) -> tuple[str, str, str]:
        """Camera, location, and when the footage begins as ISO 8601 UTC or empty."""
        seconds = self.taken_at.dateTime().toSecsSinceEpoch()
        begins = datetime.fromtimestamp(seconds, UTC).isoformat() if self.knows_when.isChecked() else ""
        return self.camera.text().strip(), self.location.text().strip(), begins

    def ask_files(self, then: Callable[[list[Path]], None]) -> None:
        """Lets the person choose videos."""
        choose_files(self, text("Import video files"), video_filter(), then)

    def ask_folder(self, then: Callable[[Path], None]) -> None:
        """Lets the person choose a folder of pictures."""
        choose_folder(self, text("Import image folder"), then)

    def set_compact(self, compact: bool) -> None:
        """Narrow windows need no hint beside the fields, and have room for fewer of them beside the picture."""
        self._hint.setVisible(not compact)
        self.live.set_compact(compact)

    def _footage(self) -> QWidget:
        page = QWidget()
        page.setLayout(column(self._look, self.next_in, self.strip, self.open))
        content(page).addWidget(self.stack, 1)
        content(page).addWidget(self.plan)
        return page

    def _next_in(self) -> QFrame:
        """The buttons that bring footage in, and what is said of it."""
        look = self._look
        inside = QVBoxLayout()
        frame = card(look, inside)
        self._hint = label(text("Applies to all files imported next; appears in the report."), "caption", "quiet", wrap=True)
        head = row(look, label(text("Metadata for next import"), bold=True))
        head.addWidget(self._hint, 1)
        inside.addLayout(head)
        fields = Flow(look.metrics.px(8))
        ways = (
            ("capture.page", text("Live")),
            ("capture.files", text("Import videos…")),
            ("capture.folder", text("Import folder…")),
        )
        for identity, name in ways:
            button = KeyButton(look, name, self._actions.key(identity)).triggers(self._actions.get(identity))
            button.setAccessibleName(self._actions.get(identity).text())
            fields.addWidget(button)
        self.camera, self.location = QLineEdit(), QLineEdit()
        fields.addWidget(self._field(text("Camera"), self.camera))
        fields.addWidget(self._field(text("Location"), self.location))
        fields.addWidget(self._when())
        inside.addLayout(fields)
        inside.addLayout(self._lights())
        return frame

    def _field(self, name: str, field: QLineEdit) -> QWidget:
        field.setAccessibleName(name)
        field.setMinimumWidth(self._look.metrics.px(120))
        both = QWidget()
        both.setLayout(row(self._look, label(name), field))
        return both

    def _when(self) -> QWidget:
        self.knows_when = marked(self._look, QCheckBox(text("Start time")))
        self.taken_at = QDateTimeEdit(QDateTime.currentDateTime())
        self.taken_at.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.taken_at.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.taken_at.setAccessibleName(text("Start time of the footage"))
        self.taken_at.setEnabled(False)
        self.knows_when.toggled.connect(self.taken_at.setEnabled)
        both = QWidget()
        both.setLayout(row(self._look, self.knows_when, self.taken_at))
        return both

    def _lights(self) -> Flow:
        self.chips: dict[str, KeyButton] = {}
        chips = Flow(self._look.metrics.px(4))
        for code in LIGHTS:
            identity = f"capture.{code}"
            chip = KeyButton(self._look, condition(code), self._actions.key(identity))
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.triggers(self._actions.get(identity))
            chips.addWidget(chip)
            self.chips[code] = chip
        return chips

    def _open_imports(self) -> QFrame:
        self._open_said = label(tone="warn", wrap=True)
        resume = KeyButton(self._look, text("Continue"), self._actions.key("capture.resume")).triggers(self._actions.get("capture.resume"))
        line = row(self._look)
        line.addWidget(self._open_said, 1)
        line.addWidget(resume)
        frame = card(self._look, line)
        pad = self._look.metrics.px(8)
        line.setContentsMargins(pad, pad // 2, pad, pad // 2)
        frame.hide()
        return frame

    def _table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.recordings)
        table.setProperty("roomy", True)
        table.setAccessibleName(text("Project footage"))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self._look.metrics.px(PICTURE.height() + 8))
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
        heads.setMaximumSectionSize(self._look.metrics.px(WIDEST))
        for at, name in enumerate(COLUMNS):
            stretched = name == "source"  # names of files are the longest, and end in what tells them apart
            heads.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch if stretched else QHeaderView.ResizeMode.ResizeToContents)
        return table
