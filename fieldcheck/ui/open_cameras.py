"""The cameras that are open in the window, whichever screen is shown: a recording goes on while somebody looks elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from fieldcheck.domain.changes import Changes
from fieldcheck.errors import FieldcheckError
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors.messages import ALARM, WARN, Messages, Way
from fieldcheck.ui.jobs.runner import JobRunner
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.words import clock
from fieldcheck.words.language import text

if TYPE_CHECKING:  # cameras come with OpenCV, which the start must not wait for
    from fieldcheck.words import figures
    from fieldcheck.words import recording as words
    from fieldcheck.workflows.capture import finish_recording, viewed_camera
    from fieldcheck.workflows.capture.viewed_camera import CaptureNow, FootageInfo, Project, Recorded, ViewedCamera
else:
    figures = LazyModule("fieldcheck.words.figures")
    words = LazyModule("fieldcheck.words.recording")
    finish_recording = LazyModule("fieldcheck.workflows.capture.finish_recording")
    viewed_camera = LazyModule("fieldcheck.workflows.capture.viewed_camera")

LOOK_EVERY_MS = 250
LONG_SILENT_S = 0.5  # a gap shorter than that is not worth a word
FAILED, DISK = "capture.record", "capture.disk"


@dataclass(slots=True)
class Opened:
    """One open camera. `now` is what was polled last; `recording` from the press of Record until its frames are handed on to be listed,
    under `recording_id` once it has begun. `lights`: what was told of the light, with its times."""

    camera: ViewedCamera
    name: str
    now: CaptureNow
    together: bool = False
    recording: bool = False
    recording_id: str = ""
    lost_at: datetime | None = None
    lights: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)

    @property
    def recorded(self) -> Recorded | None:
        """The recording that runs, or the last one."""
        return self.now.recorded

    @property
    def so_far(self) -> str:
        """How long it is, `6:12`."""
        return figures.minutes(self.recorded.covered_s if self.recorded is not None else 0)


class OpenCameras(QObject):
    """At most one camera is shown; others are open where they are recorded along. `changed`: another one is shown, or a recording began
    or ended. `moved`: a quarter of a second has passed with a camera open. `another`, `elsewhere`: somebody wants to go on with another
    camera, or with a project in another place. `fewer`: of pixels only the grid is stored from now on."""

    changed = Signal()
    moved = Signal()
    another = Signal()
    fewer = Signal()
    elsewhere = Signal()

    def __init__(self, runner: JobRunner, current: CurrentProject, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner, self._current, self._messages = runner, current, messages
        self.opened: dict[str, Opened] = {}
        self.shown = ""
        self.conditions: tuple[str, ...] = ()
        self.n_done = 0  # recordings that came in since the project was opened
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        current.closing.connect(self._project_closes)

    @property
    def recording(self) -> bool:
        """Whether any camera is recorded."""
        return any(one.recording for one in self.opened.values())

    @property
    def lost(self) -> bool:
        """Whether a camera that is recorded gives no pictures just now."""
        return any(one.lost_at is not None and one.recording for one in self.opened.values())

    @property
    def here(self) -> Opened | None:
        """The camera that is shown."""
        return self.opened.get(self.shown)

    def show(self, source: str, name: str, password: str = "") -> None:
        """Opens a camera where it is not open, and shows it. The one that was shown is let go of unless it is recorded along."""
        if source not in self.opened and not self.open(source, name, password):
            return
        self.shown = source
        self._close_idle()
        self.changed.emit()

    def open(self, source: str, name: str, password: str = "") -> bool:
        """Opens a camera beside those that are open. False, and a banner, where no camera can be meant by it."""
        try:
            camera = viewed_camera.ViewedCamera(source, password)
        except FieldcheckError as error:
            self._messages.error(error, FAILED)
            return False
        camera.start()
        self.opened[source] = Opened(camera, name, camera.now())
        self._timer.start()
        return True

    def close(self, source: str) -> None:
        """Lets go of a camera that is not recorded."""
        one = self.opened.get(source)
        if one is not None and not one.recording:
            del self.opened[source]
            self._messages.clear(_key(source))
            self._runner.act(one.camera.stop)  # its threads are waited for, and the main thread never waits
            self.shown = "" if self.shown == source else self.shown
            self.changed.emit()

    def close_all(self) -> None:
        """Lets go of every camera: the window closes."""
        for one in self.opened.values():
            self._runner.act(one.camera.stop)
        self.opened.clear()
        self._timer.stop()

    def take_along(self, source: str, name: str, on: bool) -> None:
        """Whether a camera is recorded together with the one that is shown."""
        if (on and source not in self.opened and not self.open(source, name)) or source not in self.opened:
            return
        self.opened[source].together = on
        self._close_idle()
        self.changed.emit()

    def let_go(self) -> None:
        """Nobody looks any more: what is not recorded is closed."""
        for source, one in tuple(self.opened.items()):
            one.camera.picture.watch(False)
            self.close(source)

    def record(self, told: Callable[[Opened], FootageInfo], every_frame: bool) -> None:
        """Records every open camera from now on. `told(camera)`: what a person says of each."""
        for one in self.opened.values():
            if not one.recording:
                one.recording = True
                one.lights[:] = [(0.0, self.conditions)]
                began, failed = partial(self._began, one), partial(self._not_begun, one)
                self._current.act(partial(_begin, one, told(one), every_frame), began, failed)
        self.changed.emit()

    def stop(self) -> None:
        """Stops every recording; the frames of each are listed as a job."""
        for one in self.opened.values():
            if one.recording:
                self._finish(one)

    def mark(self) -> None:
        """Something worth coming back to, in every recording."""
        for one in self.opened.values():
            if one.recording:
                self._current.act(partial(_mark, one.camera), None, self._failed)

    def keep_single(self) -> None:
        """Stores the next frame of the camera that is shown, whether or not its turn has come."""
        if self.here is not None and self.here.recording:
            self._current.act(partial(_single, self.here.camera), None, self._failed)

    def tell_light(self, conditions: tuple[str, ...]) -> None:
        """The field does this to the picture from now on."""
        self.conditions = conditions
        for one in self.opened.values():
            if one.recording:
                if one.recorded is not None:
                    one.lights.append((one.recorded.seconds, conditions))
                self._current.act(partial(_light, one.camera, conditions), None, self._failed)
        self.moved.emit()

    def look(self) -> None:
        """State of each camera: what has become of it since the last time."""
        for source, one in tuple(self.opened.items()):
            one.now = one.camera.now()
            self._look_at_signal(source, one)
            self._look_at_recording(one)
        if not self.opened:
            self._timer.stop()
        self.moved.emit()

    def camera_words(self) -> str:
        """The camera that is shown or recorded, for the status bar; empty without one."""
        one = self.here or next(iter(self.opened.values()), None)
        if one is None:
            return ""
        if one.lost_at is not None:
            return "⬣ " + text("{camera} disconnected").format(camera=one.name)
        sign = one.now.sign
        return text("{camera} · {fps} fps · {n} dropped").format(camera=one.name, fps=round(sign.fps), n=sign.n_dropped)

    def record_words(self) -> str:
        """`REC 6:12`, empty while nothing is recorded."""
        going = [one.recorded.covered_s if one.now.recording_id and one.recorded else 0.0 for one in self.opened.values() if one.recording]
        return text("REC {time}").format(time=figures.minutes(max(going))) if going else ""

    def room_left_s(self) -> float | None:
        """Seconds until a recording stops by itself for want of room; None where nobody knows."""
        rooms = [one.recorded.room for one in self.opened.values() if one.recording and one.recorded is not None]
        left = [room.seconds for room in rooms if room is not None and room.seconds is not None]
        return min(left) if left else None

    def _look_at_signal(self, source: str, one: Opened) -> None:
        """Opens a banner when a camera is lost and closes it when it is back."""
        sign = one.now.sign
        if sign.state == "lost" and one.lost_at is None:
            one.lost_at = datetime.fromtimestamp(time.time() - max(0.0, time.monotonic() - sign.since))
            so_far = one.so_far if one.recording else ""
            said = words.lost(sign.cause, one.name, clock(one.lost_at), so_far)
            label, stop = (text("Stop recording"), partial(self._finish, one)) if one.recording else ("", None)
            other = (text("Use another camera"), partial(self._use_another, one))
            self._messages.banner(_key(source), said, ALARM, label, stop, more=[other])
            self.changed.emit()
        elif sign.state == "live" and one.lost_at is not None:
            gone_s = (datetime.now() - one.lost_at).total_seconds()
            one.lost_at = None
            self._messages.clear(_key(source))
            if one.recording and gone_s > LONG_SILENT_S:
                self._messages.toast(words.back(one.name, gone_s))
            self.changed.emit()

    def _look_at_recording(self, one: Opened) -> None:
        recorded = one.recorded
        if recorded is None or not one.recording:
            return
        if recorded.ended:
            ways = [] if recorded.ended == "failed" else [(text("Choose another folder"), self.elsewhere.emit)]
            self._say(words.ended(recorded.ended, one.so_far), ALARM, ways)
            self._finish(one)
        elif recorded.room is not None and recorded.room.level == "urgent":
            self._say(words.little_room((recorded.room.seconds or 0.0) / 60, one.so_far), WARN, self._ways_to_room(recorded))
        elif recorded.room is not None:
            self._messages.clear(DISK)

    def _ways_to_room(self, recorded: Recorded) -> list[Way]:
        """What can be done about a disk that fills up while it is recorded."""
        lower = (text("Lower frame rate"), self._store_fewer)
        other = (text("Choose another folder"), self._go_elsewhere)
        coded = recorded.delivery is None or recorded.delivery.format in words.CODECS
        return [other] if coded or recorded.on_grid else [lower, other]

    def _store_fewer(self) -> None:
        for one in self.opened.values():
            if one.recording:
                one.camera.live.store_fewer()
        self._messages.clear(DISK)
        self.fewer.emit()

    def _use_another(self, lost: Opened) -> None:
        if lost.recording:
            self._finish(lost)
        self.another.emit()

    def _go_elsewhere(self) -> None:
        self.stop()
        self.elsewhere.emit()

    def _say(self, said: str, level: str, ways: Sequence[Way]) -> None:
        """A banner about the disk, unless it stands already."""
        if not any(message.key == DISK and message.text == said for message in self._messages.banners):
            self._messages.banner(DISK, said, level, more=ways)

    def _finish(self, one: Opened) -> None:
        one.recording = False

        def name() -> str:
            return text("Recording of {camera}").format(camera=one.name)

        self._current.job(name, partial(_finish, one.camera, one.recording_id), self._done, self._failed)
        self.changed.emit()

    def _began(self, one: Opened, _answer: Any) -> None:
        one.now = one.camera.now()
        self._messages.clear(FAILED)
        self._messages.clear(DISK)
        self.changed.emit()

    def _not_begun(self, one: Opened, error: BaseException) -> None:
        one.recording = False
        self._failed(error)

    def _done(self, _answer: Any) -> None:
        self.n_done += 1
        self._close_idle()
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        self._messages.error(error, FAILED)
        self.changed.emit()

    def _close_idle(self) -> None:
        """Closes what is neither shown nor recorded nor ticked."""
        for source, one in tuple(self.opened.items()):
            if source != self.shown and not one.together:
                self.close(source)

    def _project_closes(self) -> None:
        """What is recorded into a project that closes is stopped before; its frames are listed when it is opened again."""
        for one in self.opened.values():
            if one.recording:
                one.recording = False
                self._runner.act(one.camera.live.stop_recording)
        self.n_done = 0


def _begin(one: Opened, told: FootageInfo, every_frame: bool, project: Project) -> Changes:
    one.recording_id = one.camera.live.record(project, told, every_frame)
    return Changes("capture.begin")


def _mark(camera: ViewedCamera, _project: Project) -> Changes:
    camera.live.mark()
    return Changes("capture.mark")


def _single(camera: ViewedCamera, _project: Project) -> Changes:
    camera.live.single()
    return Changes("capture.single")


def _light(camera: ViewedCamera, conditions: tuple[str, ...], _project: Project) -> Changes:
    camera.live.set_conditions(conditions)
    return Changes("capture.light")


def _finish(camera: ViewedCamera, recording_id: str, project: Project, progress: Progress) -> Any:
    """Closes the files and lists the frames."""
    recorded = camera.live.stop_recording()
    moment = timestamp()
    return finish_recording.finish_recording(project, recording_id, progress, moment, recorded)


def _key(source: str) -> str:
    return f"capture.lost.{source}"
