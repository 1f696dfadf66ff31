"""The status bar: whether everything is saved, what runs, which model, how much room is left. Each
part opens its detail."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.ui.context import Context
from fieldcheck.ui.formatting import format_duration, format_size, format_time_of_day
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.shell.shortcuts import is_text_input_focused
from fieldcheck.ui.theme import STATUS
from fieldcheck.ui.widgets.layouts import make_label, make_plain_tip

if TYPE_CHECKING:
    from fieldcheck.ui import job_widgets
else:
    job_widgets = LazyModule("fieldcheck.ui.job_widgets")

LOOK_EVERY_MS = 500
LITTLE_DISK = 2 * 10**9
MUCH_DISK = 5 * 10**9  # nobody has to look from there on
SHORT_S = 15 * 60  # of recording


class StatusBar(QWidget):
    """Always 28 px, one line. `messages` and `jobs` are called when their part is pressed."""

    def __init__(
        self, context: Context, jobs: Callable[[], None], messages: Callable[[], None]
    ) -> None:
        super().__init__()
        self._context = context
        self.setProperty("surface", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(context.theme.metrics.scale_px(STATUS))
        self.saved, self.jobs, self.camera, self.recording, self.typing, self.disk = (
            self._make_part() for _ in range(6)
        )
        self.keys = make_label(size="caption", tone="quiet")
        self.recording.setProperty("tone", "alarm")  # before it is polished: QStyle is not loaded
        self.saved.clicked.connect(messages)
        self.jobs.clicked.connect(jobs)
        self.disk.clicked.connect(messages)
        for part in (self.camera, self.recording):
            part.clicked.connect(partial(context.show_screen, "capture"))
        self._row = QHBoxLayout(self)
        px = context.theme.metrics.scale_px
        self._row.setContentsMargins(px(10), 0, px(10), 0)
        self._row.setSpacing(px(4))
        self._row.addWidget(self.saved)
        self._row.addWidget(self.jobs)
        self._row.addWidget(self.camera)
        self._row.addWidget(self.recording)
        self._row.addStretch()
        self._row.addWidget(self.typing)
        self._row.addWidget(self.disk)
        self._row.addWidget(self.keys)
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        context.current.changed.connect(self.refresh)
        context.runner.changed.connect(self.refresh)
        context.cameras.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Every part as it is now."""
        self._set_part_text(self.jobs, self._format_jobs())
        self.jobs.setVisible(bool(self._context.runner.list_running()))
        capturing = self._context.cameras
        self._set_part_text(self.camera, capturing.format_camera())
        self._set_part_text(
            self.recording,
            f"{'○' if capturing.lost else '●'} {capturing.format_recording_time()}"
            if capturing.format_recording_time()
            else "",
        )
        self._set_part_text(
            self.typing, tr("typing: shortcuts off") if is_text_input_focused() else ""
        )
        self._update_disk_space()
        self._update_saved_state()

    def show_keys(self, text: str) -> None:
        """A few keys of the screen that is shown."""
        if text != self.keys.text():
            self.keys.setText(text)
            self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_saved_state()

    def _update_saved_state(self) -> None:
        """Whether everything is saved, in one word; since when is read out and is the tooltip."""
        whole = self._format_saved_state()
        is_saved = self._context.current.project is not None and whole.startswith("✓")
        self._set_part_text(self.saved, tr("✓ Saved") if is_saved else whole)
        if self.saved.accessibleName() != whole:
            self.saved.setAccessibleName(whole)
        self.saved.setToolTip(make_plain_tip(whole if is_saved else ""))
        self._fit_parts()
        self._update_keys()
        self._row.activate()  # else what is shown now stands where it was before

    def _update_keys(self) -> None:
        """The keys stand where the bar has room for them."""
        needed = self._get_needed_width() + self._row.spacing() + self.keys.sizeHint().width()
        self.keys.setVisible(bool(self.keys.text()) and needed <= self.width())

    def _fit_parts(self) -> None:
        """Where the bar has less room than its parts need, each in turn shows its first words, and
        a long name of a camera its ends; all of it is read out and is the tooltip."""
        parts = (self.jobs, self.camera, self.disk)
        for part in parts:
            part.setText(part.accessibleName())
        for part in parts:
            if not part.isHidden() and self._get_needed_width() > self.width():
                part.setText(part.accessibleName().split(" · ")[0])
        over = self._get_needed_width() - self.width()
        if over > 0 and not self.camera.isHidden():
            metrics, name = self.camera.fontMetrics(), self.camera.text()
            name_width = metrics.horizontalAdvance(name) - over
            self.camera.setText(metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, name_width))
        for part in parts:
            whole = part.accessibleName()
            part.setToolTip(make_plain_tip(whole if part.text() != whole else ""))

    def _get_needed_width(self) -> int:
        """Pixels of all parts that are there, without the keys."""
        needed = self._row.sizeHint().width()
        return needed - (
            0 if self.keys.isHidden() else self._row.spacing() + self.keys.sizeHint().width()
        )

    def _set_part_text(self, part: QPushButton, text: str) -> None:
        if part.text() != text:
            part.setText(text)
            part.setAccessibleName(text)
        part.setVisible(bool(text))

    def _format_saved_state(self) -> str:
        current = self._context.current
        if current.project is None:
            return tr("✓ Nothing to save")
        if not current.writable:
            return tr("Read-only")
        if current.disk_full:
            return tr("⬣ Not saved: disk full")
        if current.disconnected:
            return tr("⬣ Not saved: disk not reachable")
        if current.saved_at is None:
            return tr("✓ All changes saved")
        return tr("✓ All changes saved {time}", time=format_time_of_day(current.saved_at))

    def _format_jobs(self) -> str:
        running = self._context.runner.list_running()
        if not running:
            return tr("No jobs running")
        job = running[0]
        lines = [job.name, job_widgets.format_job_status(job)]
        if len(running) > 1:
            lines.append(tr_plural("{n} more", "{n} more", len(running) - 1, n=len(running) - 1))
        return " · ".join(lines)

    def _update_disk_space(self) -> None:
        """Shown while there is little left, or while a camera is recorded."""
        project = self._context.current.project
        try:
            free = shutil.disk_usage(project.path if project else Path.home()).free
        except (
            OSError
        ):  # a stick was pulled, a drive is gone: the next act will say what that means
            self._set_part_text(self.disk, tr("▲ Disk not reachable"))
            return
        self._set_part_text(self.disk, self._format_disk_space(free))
        recording = self._context.cameras.get_recording_time_left_s() is not None
        self.disk.setVisible(recording or free < MUCH_DISK)

    def _format_disk_space(self, free: int) -> str:
        text, space_left = (
            tr("Disk {size} free", size=format_size(free)),
            self._context.cameras.get_recording_time_left_s(),
        )
        if space_left is None:
            return f"▲ {text}" if free < LITTLE_DISK else text
        text = tr("{disk} · {time}", disk=text, time=format_duration(space_left))
        return f"▲ {text}" if space_left < SHORT_S else text

    def _make_part(self) -> QPushButton:
        part = QPushButton(self)
        part.setProperty("role", "status")
        part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return part
