"""Presenter of the live camera page: finds cameras, shows one, records it, and says all the time how it stands."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject

from fieldcheck.errors import FieldcheckError
from fieldcheck.ui.context import Context
from fieldcheck.ui.errors.messages import ALARM
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.open_cameras import Opened
from fieldcheck.ui.poll import Poll
from fieldcheck.ui.screen import Header, ScreenHead
from fieldcheck.ui.screens.capture import live_captions as saying
from fieldcheck.ui.screens.capture.session import CaptureSession, Known, enabled
from fieldcheck.ui.screens.capture.source_panel import ExposureControls, SourceRow
from fieldcheck.ui.screens.capture.timeline import TimelineContent
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.words import recording as words
from fieldcheck.words.capture import not_looked_for
from fieldcheck.words.language import text
from fieldcheck.words.sentences import sentence

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.workflows.capture import cameras, viewed_camera
    from fieldcheck.workflows.capture.cameras import CameraSearch, FoundCamera
    from fieldcheck.workflows.capture.live_picture import LiveLook
    from fieldcheck.workflows.capture.viewed_camera import CameraStatus
    from fieldcheck.workflows.project import demo
else:
    cameras = LazyModule("fieldcheck.workflows.capture.cameras")
    viewed_camera = LazyModule("fieldcheck.workflows.capture.viewed_camera")
    demo = LazyModule("fieldcheck.workflows.project.demo")

FRAME_MS, SEARCH_MS = 33, 500
LIST_FPS = 2.0


class CameraPanelDisplay(Protocol):
    """Display protocol of the panel beside the picture."""

    def show_sources(self, rows: Sequence[SourceRow], shown: str) -> None: ...
    def show_conditions(self, chosen: Iterable[str]) -> None: ...
    def show_settings(self, settings: ExposureControls) -> None: ...
    def show_format(self, said: str) -> None: ...
    def show_every_frame(self, price: str, on: bool) -> None: ...
    def ask_password(self, wanted: bool) -> None: ...
    def ask_address(self) -> None: ...
    def clear_address(self) -> None: ...
    def said(self) -> tuple[str, str]: ...


class CameraDisplay(Protocol):
    """Display protocol of one camera."""

    @property
    def panel(self) -> CameraPanelDisplay: ...
    def show_camera(self) -> None: ...
    def show_loading(self, sentence: str) -> None: ...
    def show_empty(self, said: str, actions: Mapping[str, str]) -> None: ...
    def show_look(self, rgb: NDArray[np.uint8], meters: Sequence[tuple[str, float, float]]) -> None: ...
    def show_state(self, recording: str, lost: str, info: Sequence[str], description: str) -> None: ...
    def show_facts(self, said: str, advice: str) -> None: ...
    def show_line(self, line: TimelineContent) -> None: ...
    def pixels(self) -> tuple[int, int]: ...


class LivePresenter(QObject):
    """Between `enter` and `leave`."""

    def __init__(self, context: Context, header: Header, view: CameraDisplay, session: CaptureSession, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._header, self._view, self._session = context, header, view, session
        self._capturing = context.capturing
        self._here = False
        self._search: CameraSearch | None = None
        self._frames = Poll(self._show_look, FRAME_MS, self)
        self._searches = Poll(self._searched, SEARCH_MS, self)
        self._missing = Poll(self._not_searched, SEARCH_MS, self)
        self._polled = ""
        self._capturing.changed.connect(self._changed)
        self._capturing.moved.connect(self._moved)
        self._capturing.another.connect(self._use_another)
        self._capturing.elsewhere.connect(self._go_elsewhere)
        self._capturing.fewer.connect(self._store_grid_only)  # a partial would hold this page for as long as the window lives

    def enter(self) -> None:
        """Looks for cameras, and opens the first where none was chosen."""
        self._here = True
        if self._search is None:
            self._session.searched = False
            self._search = cameras.CameraSearch()
            self._search.start()
            self._searches.start(self._search.found)
            self._missing.start(self._search.why_not)
        self._show_sources()
        self._changed()

    def leave(self) -> None:
        """Lets go of what is not recorded."""
        self._here = False
        self._searches.stop()
        self._missing.stop()
        if self._search is not None:
            self._search.stop()
            self._search = None
        self._stop_polling()
        self._capturing.let_go()

    def primary(self) -> None:
        """Record, stop, or on to the picks."""
        if self._session.next(bool(self._capturing.recording), self._capturing.n_done) == "pick":
            self._context.go("pick")
        else:
            self.record()

    def record(self) -> None:
        """Begins, or ends."""
        if self._capturing.recording:
            self._capturing.stop()
        elif self._capturing.here is not None and self._context.current.writable:
            self._capturing.record(self._told, self._session.every_frame)

    def single(self) -> None:
        """The next frame is stored; where nothing is recorded, as a recording of its own."""
        if self._capturing.recording:
            self._context.messages.toast(text("Frame saved."))
        else:
            self._session.single = True
            self.record()
        self._capturing.keep_single()

    def mark(self) -> None:
        """Something worth coming back to."""
        if self._capturing.recording:
            self._capturing.mark()
            self._context.messages.toast(text("Moment marked."))

    def conditions_changed(self, conditions: tuple[str, ...]) -> None:
        """Other chips are pressed."""
        self._view.panel.show_conditions(conditions)
        self._capturing.tell_light(conditions)

    def choose(self, identity: str) -> None:
        """Another camera."""
        self._session.choose()
        self._view.panel.ask_password(False)
        self._capturing.show(identity, self._session.name(identity))

    def next_camera(self) -> None:
        """The next one of the list, round and round."""
        following = self._session.after(self._capturing.shown)
        if following:
            self.choose(following)

    def _use_another(self) -> None:
        """The next camera in place of one that is gone; where no other is known, the field for an address."""
        self._context.go("capture")
        if len(self._session.cameras) > 1:
            self.next_camera()
        else:
            self._view.panel.ask_address()

    def _go_elsewhere(self) -> None:
        """A project in a folder where there is room."""
        self._context.go("project")
        self._context.actions.trigger_soon("project.new")

    def add(self, source: str) -> None:
        """An address or a file that was entered. It is shown under its bare address; a password in it is kept in memory only."""
        try:
            name = cameras.open_camera(source).name
        except FieldcheckError as error:
            self._context.messages.error(error, "capture.source")
            return
        self._context.messages.clear("capture.source")
        self._view.panel.clear_address()
        self._session.add(source, name)
        self._show_sources()
        self.choose(source)

    def give_password(self, password: str) -> None:
        """Opens the camera that asked for one once more."""
        source = self._session.answer_password()
        self._view.panel.ask_password(False)
        if source:
            self._context.messages.clear("capture.source")
            self._capturing.close(source)
            self._capturing.show(source, self._session.name(source), password)

    def play_sample(self) -> None:
        """The sample's film, played like a camera."""
        self._context.runner.act(_sample_film, lambda path: self.add(str(path)), lambda error: self._context.messages.error(error))

    def search(self) -> None:
        """Looks for industrial cameras on the network."""
        if self._search is not None:
            self._search.look_on_the_network()
            self._context.messages.toast(text("Searching the network for industrial cameras …"))

    def take_along(self, identity: str, on: bool) -> None:
        """Records a camera together with the one that is shown, or not."""
        self._capturing.take_along(identity, self._session.name(identity), on)

    def store_every_frame(self, on: bool) -> None:
        """Of a camera without JPEGs: every frame, or those of the grid."""
        self._session.every_frame = on
        self._moved()

    def _store_grid_only(self) -> None:
        self.store_every_frame(False)

    def step_exposure(self, by: int) -> None:
        """Shorter or longer."""
        if self._capturing.here is not None:
            self._capturing.here.camera.step_exposure(by)

    def toggle_auto(self) -> None:
        """By the camera, or by hand."""
        if self._capturing.here is not None:
            self._capturing.here.camera.toggle_auto()
        self._moved()

    def toggle_lock(self) -> None:
        """Holds what it has, or lets go."""
        if self._capturing.here is not None:
            self._session.locked = not self._session.locked
            self._capturing.here.camera.lock(self._session.locked)
        self._moved()

    def toggle_hatch(self) -> None:
        """Stripes over clipped areas, or not."""
        self._session.hatch = not self._session.hatch
        self.fit()

    def toggle_info(self) -> None:
        """Figures over the picture, or not."""
        self._session.info = not self._session.info
        self._moved()

    def _changed(self) -> None:
        """Another camera, or a recording that began or ended."""
        if not self._here:
            return
        one = self._capturing.here
        if one is None:
            self._stop_polling()
            self._show_none()
        elif self._polled != self._capturing.shown:
            self._poll(one)
        self.show_head()
        self._moved()

    def _show_none(self) -> None:
        """No camera is shown: which there are is being looked for, or known."""
        if not self._session.searched:
            self._view.show_loading(text("Searching for cameras …"))
        elif self._session.cameras:
            self._view.show_empty(text("No camera is shown. Choose one in the list."), {})
        else:
            self._view.show_empty(
                text("No camera found. Connect a camera (it appears automatically), enter an address, or import a video."),
                {
                    "capture.files": text("Import videos…"),
                    "capture.sample": text("Play demo video"),
                    "capture.search": text("Search network"),
                },
            )

    def _poll(self, one: Opened) -> None:
        self._stop_polling()
        self._polled = self._capturing.shown
        self._view.show_camera()
        one.camera.picture.watch(True)
        self.fit()
        self._frames.start(one.camera.picture.looks)

    def _stop_polling(self) -> None:
        self._frames.stop()
        before = self._capturing.opened.get(self._polled)
        if before is not None:
            before.camera.picture.watch(False)
        self._polled = ""

    def fit(self) -> None:
        """Fits the picture to the room that there is now."""
        one = self._capturing.here
        if one is not None:
            one.camera.picture.show_at(*self._view.pixels())
            one.camera.picture.hatch(self._session.hatch)

    def _show_look(self, look: LiveLook) -> None:
        self._view.show_look(look.rgb, saying.meters_of(look.quality))

    def _moved(self) -> None:
        """A quarter of a second has passed, or something was pressed."""
        if not self._here:
            return
        one = self._capturing.here
        self._enable(one)
        self._show_sources()
        if one is None:
            return
        sign, recorded = one.now.sign, one.recorded
        self._look_at_error(sign)
        if self._session.ends_with(recorded):
            self._capturing.stop()
        lost = words.no_signal(time.monotonic() - sign.since) if sign.state == "lost" else ""
        info = saying.info_lines(one.name, sign) if self._session.info else ()
        recording = self._capturing.record_words() if one.recording else ""
        state = lost or (text("live") if sign.state == "live" else text("opening"))
        self._view.show_state(recording, lost, info, ", ".join(part for part in (one.name, state, recording) if part))
        self._view.show_facts(*saying.facts_of(one, recorded))
        self._view.show_line(saying.line_of(one, recorded))
        panel = self._view.panel
        panel.show_settings(saying.settings_of(sign, self._session.locked))
        said, choice = saying.format_line(sign, recorded, self._session.every_frame, LIST_FPS)
        panel.show_format(said)
        panel.show_every_frame(choice, self._session.every_frame)

    def _look_at_error(self, sign: CameraStatus) -> None:
        """A camera that was never live says why in a banner; one that wants a password is asked for it."""
        trouble = self._session.trouble(sign, self._capturing.shown)
        if trouble == "over":
            self._context.messages.clear("capture.source")
        if trouble == "ask_password":
            self._view.panel.ask_password(True)
        if trouble not in ("say", "ask_password") or sign.error is None:
            return
        said = sentence(sign.error)
        if not any(message.key == "capture.source" and message.text == said for message in self._context.messages.banners):
            self._context.messages.banner("capture.source", said, ALARM)

    def _enable(self, one: Opened | None) -> None:
        settings = saying.settings_of(one.now.sign, self._session.locked) if one is not None else None
        for code, can in enabled(settings, self._context.current.writable, bool(self._capturing.recording)).items():
            self._context.actions.enable(f"capture.{code}", can)

    def show_head(self) -> None:
        """Title, hint and the primary action."""
        if not self._here:
            return
        title, hint = screen_name("capture"), text("Record ten minutes in the worst light you can find.")
        following = self._session.next(bool(self._capturing.recording), self._capturing.n_done)
        primary = {"stop": text("Stop"), "pick": text("Pick frames"), "record": text("Record")}[following]
        can = following != "record" or (self._capturing.here is not None and self._context.current.writable)
        key = self._context.actions.key("capture.record") if following != "pick" else ""
        self._header.show_head(ScreenHead(title, hint, primary, can, key))

    def _searched(self, found: tuple[FoundCamera, ...]) -> None:
        if not self._here or not self._session.take_found(found):
            return
        self._show_sources()
        known, before = [one.id for one in found], self._capturing.shown
        if self._capturing.here is None and known and (not before or before in known):
            self.choose(before or known[0])  # also the one that was let go of when the page was left
        else:
            self._changed()

    def _not_searched(self, why_not: str) -> None:
        self._context.messages.toast(not_looked_for(why_not))

    def _row(self, known: Known) -> SourceRow:
        one = self._capturing.opened.get(known.identity)
        line = saying.source_line(known.driver, one.now.sign if one is not None else None)
        return SourceRow(known.identity, known.name, line, one is not None and one.together)

    def _show_sources(self) -> None:
        cameras = self._session.cameras
        self._view.panel.show_sources([self._row(one) for one in cameras], self._capturing.shown)
        self._context.actions.enable("capture.next", len(cameras) > 1)

    def _told(self, one: Opened) -> viewed_camera.FootageInfo:
        camera, place = self._view.panel.said()
        name = camera if camera and len(self._capturing.opened) == 1 else one.name
        return viewed_camera.FootageInfo(name, place, "", self._capturing.conditions, LIST_FPS)


def _sample_film() -> Path:
    sample = demo.sample_files()
    return Path(sample.folder) / str(sample.key["footage"][0]["file"])
