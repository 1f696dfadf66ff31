"""The status bar: whether everything is saved, what runs, which model, how much room is left. Each part opens its detail."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.shell.actions import typing
from fieldcheck.ui.theme.tokens import STATUS
from fieldcheck.ui.widgets.plain import plain_tip
from fieldcheck.ui.words import clock, lasts, size
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.ui.jobs import panel
else:
    panel = LazyModule("fieldcheck.ui.jobs.panel")

LOOK_EVERY_MS = 500
LITTLE_DISK = 2 * 10**9
SHORT_S = 15 * 60  # of recording


class StatusBar(QWidget):
    """Always 28 px, one line. `messages` and `jobs` are called when their part is pressed."""

    def __init__(self, context: Context, jobs: Callable[[], None], messages: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setProperty("surface", "sunken")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(context.look.metrics.px(STATUS))
        self.saved, self.jobs, self.camera, self.recording, self.typing, self.disk = (self._part() for _ in range(6))
        self.saved.clicked.connect(messages)
        self.jobs.clicked.connect(jobs)
        self.disk.clicked.connect(messages)
        for part in (self.camera, self.recording):
            part.clicked.connect(partial(context.go, "capture"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(6, 0, 6, 0)
        self._row.setSpacing(2)
        self._row.addWidget(self.saved)
        self._row.addWidget(self._divider())
        self._row.addWidget(self.jobs)
        self._row.addWidget(self.camera)
        self._row.addWidget(self.recording)
        self._row.addStretch()
        self._row.addWidget(self.typing)
        self._row.addWidget(self.disk)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        context.current.changed.connect(self.refresh)
        context.runner.changed.connect(self.refresh)
        context.capturing.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Every part as it is now."""
        self._say(self.jobs, self._job_words())
        capturing = self._context.capturing
        self._say(self.camera, capturing.camera_words())
        self._say(self.recording, f"{'○' if capturing.lost else '●'} {capturing.record_words()}" if capturing.record_words() else "")
        self._say(self.typing, text("typing: shortcuts off") if typing() else "")
        self._say(self.disk, self._disk_words())
        self._say_saved()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._say_saved()

    def _say_saved(self) -> None:
        """Whether everything is saved; in one word where the bar has no room for more, which is read out and stands in the tooltip."""
        whole, metrics = self._saved_words(), self.saved.fontMetrics()
        longer = metrics.horizontalAdvance(whole) - metrics.horizontalAdvance(self.saved.text())
        fits = not whole.startswith("✓") or self._row.sizeHint().width() + longer <= self.width()
        self._say(self.saved, whole if fits else text("✓ Saved"))
        if self.saved.accessibleName() != whole:
            self.saved.setAccessibleName(whole)
        self.saved.setToolTip(plain_tip("" if fits else whole))

    def _say(self, part: QPushButton, said: str) -> None:
        if part.text() != said:
            part.setText(said)
            part.setAccessibleName(said)
        part.setVisible(bool(said))

    def _saved_words(self) -> str:
        current = self._context.current
        if current.project is None:
            return text("✓ Nothing to save")
        if not current.writable:
            return text("Read-only")
        if current.disk_full:
            return text("⬣ Not saved: disk full")
        if current.out_of_reach:
            return text("⬣ Not saved: disk not reachable")
        if current.saved_at is None:
            return text("✓ All changes saved")
        return text("✓ All changes saved {time}").format(time=clock(current.saved_at))

    def _job_words(self) -> str:
        running = self._context.runner.running()
        if not running:
            return text("No jobs running")
        job = running[0]
        said = [job.name, panel.said(job)]
        if len(running) > 1:
            said.append(plural("{n} more", "{n} more", len(running) - 1).format(n=len(running) - 1))
        return " · ".join(said)

    def _disk_words(self) -> str:
        project = self._context.current.project
        try:
            free = shutil.disk_usage(project.path if project else Path.home()).free
        except OSError:  # a stick was pulled, a drive is gone: the next act will say what that means
            return text("▲ Disk not reachable")
        said, left = text("Disk {size} free").format(size=size(free)), self._context.capturing.room_left_s()
        if left is None:
            return f"▲ {said}" if free < LITTLE_DISK else said
        said = text("{disk} · {time}").format(disk=said, time=lasts(left))
        return f"▲ {said}" if left < SHORT_S else said

    def _part(self) -> QPushButton:
        part = QPushButton(self)
        part.setProperty("role", "status")
        part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return part

    def _divider(self) -> QFrame:
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.VLine)
        line.setFixedHeight(16)
        return line
