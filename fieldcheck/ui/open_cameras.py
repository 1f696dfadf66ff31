"""The cameras that are open in the window, whichever screen is shown, and recordings recovered
after a killed process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from fieldcheck.errors.files import FieldcheckError
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors import ALARM, WARN, MessageAction, Messages
from fieldcheck.ui.formatting import format_time_of_day
from fieldcheck.ui.jobs import JobRunner
from fieldcheck.ui.lazy_import import LazyModule

if TYPE_CHECKING:
    from fieldcheck.domain import project_state
    from fieldcheck.domain.project_state import Changes
    from fieldcheck.footage import finish_recording as finish
    from fieldcheck.footage import live_camera as live_view
    from fieldcheck.footage import messages as words
    from fieldcheck.footage.frame_listing import ImportedRecording
    from fieldcheck.footage.import_footage import FootageInfo
    from fieldcheck.footage.live_camera import CaptureStatus, ViewedCamera
    from fieldcheck.footage.recorder import RecordingProgress
    from fieldcheck.i18n import numbers
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
else:
    project_state = LazyModule("fieldcheck.domain.project_state")
    numbers = LazyModule("fieldcheck.i18n.numbers")
    words = LazyModule("fieldcheck.footage.messages")
    finish = LazyModule("fieldcheck.footage.finish_recording")
    live_view = LazyModule("fieldcheck.footage.live_camera")

LOOK_EVERY_MS = 250
LONG_SILENT_S = 0.5  # Shortest gap that is reported.
FAILED, DISK = "capture.record", "capture.disk"


@dataclass(slots=True)
class CameraSession:
    """One open camera. `status`: the last polled status. `recording` is set from pressing Record
    until its frames have been handed on for listing; `starting` from then until it has begun, and
    `stop_wanted` where Stop is pressed meanwhile; `recording_id` once it has begun; `in_use` while
    a series of settings is tried, for which it stays open.
    `condition_log`: lighting notes with their times."""

    camera: ViewedCamera
    name: str
    status: CaptureStatus
    synchronised: bool = False
    recording: bool = False
    starting: bool = False
    stop_wanted: bool = False
    in_use: bool = False
    recording_id: str = ""
    lost_at: datetime | None = None
    condition_log: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)

    @property
    def recorded(self) -> RecordingProgress | None:
        """The recording that runs, or the last one; None until the one asked for has begun."""
        return None if self.starting else self.status.recorded

    @property
    def elapsed_text(self) -> str:
        """How long it is, `6:12`."""
        return numbers.format_minutes(self.recorded.covered_s if self.recorded is not None else 0)


class OpenCameras(QObject):
    """At most one camera is shown; others are open where they are recorded along. `changed`:
    another one is shown, or a recording began or ended. `polled`: a quarter of a second has passed
    with a camera open. `other_camera_requested`, `other_location_requested`: somebody wants to go
    on with another camera, or with a project in another place. `storage_reduced`: of pixels only
    the grid is stored from now on. `camera_lost`: a camera stopped sending."""

    changed = Signal()
    polled = Signal()
    camera_lost = Signal()
    other_camera_requested = Signal()
    storage_reduced = Signal()
    other_location_requested = Signal()

    def __init__(
        self,
        runner: JobRunner,
        current: CurrentProject,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runner, self._current, self._messages = runner, current, messages
        self.sessions: dict[str, CameraSession] = {}
        self.shown_source = ""
        self.conditions: tuple[str, ...] = ()
        self.n_done = 0  # recordings that came in since the project was opened
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.poll_cameras)
        current.closing.connect(self._on_project_closing)

    @property
    def recording(self) -> bool:
        """Whether any camera is recording."""
        return any(camera_session.recording for camera_session in self.sessions.values())

    @property
    def lost(self) -> bool:
        """Whether a recording camera currently delivers no images."""
        return any(
            camera_session.lost_at is not None and camera_session.recording
            for camera_session in self.sessions.values()
        )

    @property
    def current(self) -> CameraSession | None:
        """The camera that is shown."""
        return self.sessions.get(self.shown_source)

    def show_camera(self, source: str, name: str, password: str = "") -> None:
        """Show a camera, opening it where necessary. The one shown before is closed unless it is
        recorded too."""
        if source not in self.sessions and not self.open_camera(source, name, password):
            return
        self.shown_source = source
        self._close_idle()
        self.changed.emit()

    def open_camera(self, source: str, name: str, password: str = "") -> bool:
        """Opens a camera beside those that are open. False, and a banner, where no camera can be
        meant by it."""
        try:
            camera = live_view.ViewedCamera(source, password)
        except FieldcheckError as error:
            self._messages.show_error(error, FAILED)
            return False
        camera.start()
        self.sessions[source] = CameraSession(camera, name, camera.get_status())
        self._timer.start()
        return True

    def close_camera(self, source: str) -> None:
        """Close a camera that is not recording and not in use."""
        camera_session = self.sessions.get(source)
        if camera_session is not None and not (camera_session.recording or camera_session.in_use):
            del self.sessions[source]
            self._messages.clear_banner(_make_banner_key(source))
            # its threads are waited for, and the main thread never waits
            self._runner.run_in_order(self, camera_session.camera.stop)
            self.shown_source = "" if self.shown_source == source else self.shown_source
            self.changed.emit()

    def close_all(self) -> None:
        """Close every camera, because the window closes."""
        for camera_session in self.sessions.values():
            self._runner.run_in_order(self, camera_session.camera.stop)
        self.sessions.clear()
        self._timer.stop()

    def set_synchronised(self, source: str, name: str, enabled: bool) -> None:
        """Whether a camera is recorded together with the one that is shown."""
        if (
            enabled and source not in self.sessions and not self.open_camera(source, name)
        ) or source not in self.sessions:
            return
        self.sessions[source].synchronised = enabled
        self._close_idle()
        self.changed.emit()

    def release_idle(self) -> None:
        """Close cameras that are not recording, because no screen shows them. Which one was shown
        is kept, so that the same one is shown again."""
        shown = self.shown_source
        for source, camera_session in tuple(self.sessions.items()):
            camera_session.camera.picture.set_visible(False)
            self.close_camera(source)
        self.shown_source = shown

    def start_recording(
        self, open_footage: Callable[[CameraSession], FootageInfo], every_frame: bool
    ) -> None:
        """Record every open camera from now on. `open_footage(camera)` gives the footage
        information of each."""
        for camera_session in self.sessions.values():
            if not camera_session.recording:
                camera_session.recording = camera_session.starting = True
                camera_session.stop_wanted, camera_session.recording_id = False, ""
                camera_session.condition_log[:] = [(0.0, self.conditions)]
                began, failed = (
                    partial(self._on_recording_start, camera_session),
                    partial(self._on_start_failure, camera_session),
                )
                storing = self._current.run_edit(
                    self,
                    partial(
                        _begin_recording, camera_session, open_footage(camera_session), every_frame
                    ),
                )
                storing.on_success(began).on_failure(failed)
        self.changed.emit()

    def stop_recording(self) -> None:
        """Stops every recording, one that has not begun yet as soon as it has; the frames of each
        are listed as a job."""
        for camera_session in self.sessions.values():
            if camera_session.recording:
                self._finish_recording(camera_session)

    def add_marks(self) -> None:
        """Mark this moment in every recording."""
        for camera_session in self.sessions.values():
            if camera_session.recording:
                storing = self._current.run_edit(self, partial(_add_mark, camera_session.camera))
                storing.on_failure(self._on_failure)

    def store_single_frame(self) -> None:
        """Store the next frame of the shown camera, even off the grid."""
        if self.current is not None and self.current.recording:
            storing = self._current.run_edit(
                self, partial(_store_single_frame, self.current.camera)
            )
            storing.on_failure(self._on_failure)

    def set_light_conditions(self, conditions: tuple[str, ...]) -> None:
        """Set the conditions of the recordings from now on."""
        self.conditions = conditions
        for camera_session in self.sessions.values():
            if camera_session.recording:
                recorded = camera_session.recorded
                camera_session.condition_log.append(
                    (recorded.seconds if recorded is not None else 0.0, conditions)
                )
                storing = self._current.run_edit(
                    self, partial(_set_light_conditions, camera_session.camera, conditions)
                )
                storing.on_failure(self._on_failure)
        self.polled.emit()

    def poll_cameras(self) -> None:
        """Poll the state of each camera."""
        for source, camera_session in tuple(self.sessions.items()):
            camera_session.status = camera_session.camera.get_status()
            self._check_signal(source, camera_session)
            self._check_recording(camera_session)
        if not self.sessions:
            self._timer.stop()
        self.polled.emit()

    def format_camera(self) -> str:
        """The camera that is shown or recorded, for the status bar; empty without one."""
        camera_session = self.current or next(iter(self.sessions.values()), None)
        if camera_session is None:
            return ""
        if camera_session.lost_at is not None:
            return "⬣ " + tr("{camera} disconnected", camera=camera_session.name)
        sign = camera_session.status.camera_status
        return tr(
            "{camera} · {fps} fps · {n} dropped",
            camera=camera_session.name,
            fps=round(sign.fps),
            n=sign.n_dropped,
        )

    def format_recording_time(self) -> str:
        """`Recording 6:12`, empty while nothing is recorded."""
        going = [
            camera_session.recorded.covered_s
            if camera_session.status.recording_id and camera_session.recorded
            else 0.0
            for camera_session in self.sessions.values()
            if camera_session.recording
        ]
        return tr("Recording {time}", time=numbers.format_minutes(max(going))) if going else ""

    def get_recording_time_left_s(self) -> float | None:
        """Seconds until a recording stops by itself for want of room; None where nobody knows."""
        rooms = [
            camera_session.recorded.room
            for camera_session in self.sessions.values()
            if camera_session.recording and camera_session.recorded is not None
        ]
        seconds_left = [
            disk_space_left.seconds
            for disk_space_left in rooms
            if disk_space_left is not None and disk_space_left.seconds is not None
        ]
        return min(seconds_left) if seconds_left else None

    def _check_signal(self, source: str, camera_session: CameraSession) -> None:
        """Opens a banner when a camera is lost and closes it when it is back."""
        sign = camera_session.status.camera_status
        if sign.state == "lost" and camera_session.lost_at is None:
            camera_session.lost_at = datetime.fromtimestamp(
                time.time() - max(0.0, time.monotonic() - sign.since)
            )
            so_far = camera_session.elapsed_text if camera_session.recording else ""
            text = words.describe_lost_camera(
                sign.cause, camera_session.name, format_time_of_day(camera_session.lost_at), so_far
            )
            label, stop = (
                (tr("Stop recording"), partial(self._finish_recording, camera_session))
                if camera_session.recording
                else ("", None)
            )
            other = (tr("Use another camera"), partial(self._request_other_camera, camera_session))
            self._messages.show_banner(
                _make_banner_key(source), text, ALARM, label, stop, more=[other]
            )
            self.camera_lost.emit()
            self.changed.emit()
        elif sign.state == "live" and camera_session.lost_at is not None:
            gone_s = (datetime.now() - camera_session.lost_at).total_seconds()
            camera_session.lost_at = None
            self._messages.clear_banner(_make_banner_key(source))
            if camera_session.recording and gone_s > LONG_SILENT_S:
                self._messages.show_toast(
                    words.describe_reconnected_camera(camera_session.name, gone_s)
                )
            self.changed.emit()

    def _check_recording(self, camera_session: CameraSession) -> None:
        recorded = camera_session.recorded
        if recorded is None or not camera_session.recording:
            return
        if recorded.ended:
            ways = (
                []
                if recorded.ended == "failed"
                else [(tr("Choose another folder"), self.other_location_requested.emit)]
            )
            self._show_disk_banner(
                words.describe_recording_stop(recorded.ended, camera_session.elapsed_text),
                ALARM,
                ways,
            )
            self._finish_recording(camera_session)
        elif recorded.room is not None and recorded.room.level == "urgent":
            self._show_disk_banner(
                words.describe_low_disk(
                    (recorded.room.seconds or 0.0) / 60, camera_session.elapsed_text
                ),
                WARN,
                self._list_space_actions(recorded),
            )
        elif recorded.room is not None:
            self._messages.clear_banner(DISK)

    def _list_space_actions(self, recorded: RecordingProgress) -> list[MessageAction]:
        """What can be done about a disk that fills up while it is recorded."""
        lower = (tr("Lower frame rate"), self._reduce_storage)
        other = (tr("Choose another folder"), self._request_other_location)
        coded = recorded.frame_format is None or recorded.frame_format.format in words.CODECS
        return [other] if coded or recorded.on_grid else [lower, other]

    def _reduce_storage(self) -> None:
        for camera_session in self.sessions.values():
            if camera_session.recording:
                camera_session.camera.live.reduce_storing()
        self._messages.clear_banner(DISK)
        self.storage_reduced.emit()

    def _request_other_camera(self, lost: CameraSession) -> None:
        if lost.recording:
            self._finish_recording(lost)
        self.other_camera_requested.emit()

    def _request_other_location(self) -> None:
        self.stop_recording()
        self.other_location_requested.emit()

    def _show_disk_banner(self, text: str, level: str, ways: Sequence[MessageAction]) -> None:
        """A banner about the disk, unless it stands already."""
        if not any(
            message.key == DISK and message.text == text for message in self._messages.banners
        ):
            self._messages.show_banner(DISK, text, level, more=ways)

    def _finish_recording(self, camera_session: CameraSession) -> None:
        """Stop a recording, one that has not begun yet as soon as it has."""
        if not camera_session.recording:
            return
        if camera_session.starting:
            camera_session.stop_wanted = True
            return
        camera_session.recording = False

        def format_name() -> str:
            return tr("Recording of {camera}", camera=camera_session.name)

        job = self._current.run_job(
            self,
            format_name,
            partial(_finish_and_list_frames, camera_session.camera, camera_session.recording_id),
        )
        job.on_success(self._on_finish).on_failure(self._on_failure)
        self.changed.emit()

    def _on_recording_start(self, camera_session: CameraSession, _answer: Any) -> None:
        camera_session.starting = False
        camera_session.status = camera_session.camera.get_status()
        self._messages.clear_banner(FAILED)
        self._messages.clear_banner(DISK)
        if camera_session.stop_wanted:
            self._finish_recording(camera_session)
        self.changed.emit()

    def _on_start_failure(self, camera_session: CameraSession, error: BaseException) -> None:
        camera_session.recording = camera_session.starting = False
        self._on_failure(error)

    def _on_finish(self, _answer: Any) -> None:
        self.n_done += 1
        self._close_idle()
        self.changed.emit()

    def _on_failure(self, error: BaseException) -> None:
        self._messages.show_error(error, FAILED)
        self.changed.emit()

    def _close_idle(self) -> None:
        """Close cameras that are neither shown, recorded nor selected."""
        for source, camera_session in tuple(self.sessions.items()):
            if source != self.shown_source and not camera_session.synchronised:
                self.close_camera(source)

    def _on_project_closing(self) -> None:
        """What is recorded into a project that closes is stopped before; its frames are listed when
        it is opened again."""
        for camera_session in self.sessions.values():
            if camera_session.recording:
                camera_session.recording = camera_session.starting = False
                self._runner.run_in_order(self, camera_session.camera.live.stop_recording)
        self.n_done = 0


def _begin_recording(
    camera_session: CameraSession, footage_info: FootageInfo, every_frame: bool, project: Project
) -> Changes:
    camera_session.recording_id = camera_session.camera.live.start_recording(
        project, footage_info, every_frame
    )
    return project_state.Changes("capture.begin")


def _add_mark(camera: ViewedCamera, _project: Project) -> Changes:
    camera.live.add_mark()
    return project_state.Changes("capture.mark")


def _store_single_frame(camera: ViewedCamera, _project: Project) -> Changes:
    camera.live.store_single_frame()
    return project_state.Changes("capture.single")


def _set_light_conditions(
    camera: ViewedCamera, conditions: tuple[str, ...], _project: Project
) -> Changes:
    camera.live.set_conditions(conditions)
    return project_state.Changes("capture.light")


def _finish_and_list_frames(
    camera: ViewedCamera, recording_id: str, project: Project, progress: Progress
) -> Any:
    """Closes the files and lists the frames."""
    recorded = camera.live.stop_recording()
    moment = get_timestamp()
    return finish.finish_recording(project, recording_id, progress, moment, recorded)


def _make_banner_key(source: str) -> str:
    return f"capture.lost.{source}"


# Recordings of which a killed program left the files: taken in as soon as their project is open, in
# the background.


class InterruptedRecordings(QObject):
    """Recovers interrupted recordings of each project that is opened, in a background job."""

    def __init__(self, current: CurrentProject, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._current, self._messages = current, messages
        current.opened.connect(self._check_project)

    def _check_project(self) -> None:
        if self._current.writable:
            reading = self._current.query(
                self, lambda project: finish.has_unfinished_recordings(project)
            )
            reading.on_success(self._start_recovery)

    def _start_recovery(self, killed: bool) -> None:
        if killed:
            job = self._current.run_job(
                self, lambda: tr("Interrupted recording"), _recover_recordings, writes=False
            )
            job.on_success(self._show_recovered).on_failure(self._messages.show_error)

    def _show_recovered(self, adopted: tuple[ImportedRecording, ...]) -> None:
        if adopted:
            text = tr_plural(
                (
                    "{n} recording was interrupted when the program ended. Everything saved up to "
                    "that point was recovered."
                ),
                (
                    "{n} recordings were interrupted when the program ended. Everything saved up "
                    "to that point was recovered."
                ),
                len(adopted),
            )
            self._messages.show_toast(text.format(n=len(adopted)))


def _recover_recordings(project: Project, progress: Progress) -> tuple[ImportedRecording, ...]:

    return finish.recover_recordings(project, progress, get_timestamp())
