"""Presenter of the Capture screen. Footage comes in as a job that can be watched, cancelled and gone on with. Cameras are the work of
the live page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.condition import LIGHTS
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import ScreenBody, opening_sentence
from fieldcheck.ui.context import Context
from fieldcheck.ui.errors.messages import ALARM
from fieldcheck.ui.jobs.runner import CANCELLED, Job, JobName
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.capture.live_presenter import LivePresenter
from fieldcheck.ui.screens.capture.live_view import LiveView
from fieldcheck.ui.screens.capture.recordings import RecordingRow, recording_row
from fieldcheck.ui.screens.capture.session import CaptureSession
from fieldcheck.ui.screens.capture.view import PICTURE, CaptureView
from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.decoded import decoded
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words.footage import divided, imported
from fieldcheck.words.formatting import listed
from fieldcheck.words.language import plural, text
from fieldcheck.words.sentences import sentence

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.footage import clip_plan, footage, import_footage, import_many, thumbnails
    from fieldcheck.workflows.footage.clip_plan import ClipPlan
    from fieldcheck.workflows.footage.footage import FootageLine
    from fieldcheck.workflows.footage.import_many import Brought
else:
    clip_plan = LazyModule("fieldcheck.workflows.footage.clip_plan")
    footage = LazyModule("fieldcheck.workflows.footage.footage")
    import_footage = LazyModule("fieldcheck.workflows.footage.import_footage")
    import_many = LazyModule("fieldcheck.workflows.footage.import_many")
    thumbnails = LazyModule("fieldcheck.workflows.footage.thumbnails")

WORK = "capture.import"  # also the window looks for it, for the badge on the rail
Footage = tuple[tuple["FootageLine", ...], "ClipPlan", dict[str, QImage], frozenset[str]]
"""Lines of the list, plan of clips, pictures, and the recordings that are being made or listed now."""
PAGE, LIVE, FOOTAGE = "capture.page", "live", "footage"
DROPPED = "capture.dropped"  # files that were dropped on another screen


class CaptureDisplay(Protocol):
    """The page of footage, and which page is shown."""

    @property
    def live_shown(self) -> bool: ...
    def show_live(self, live: bool) -> None: ...
    def show_loading(self, sentence: str) -> None: ...
    def show_failed(self, sentence: str) -> None: ...
    def show_empty(self, said: str, actions: Sequence[str], can_import: bool) -> None: ...
    def show_rows(self, rows: Sequence[RecordingRow], pictures: Mapping[str, QImage]) -> None: ...
    def show_open(self, said: str) -> None: ...
    def show_plan(self, said: str) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def show_conditions(self, chosen: Iterable[str]) -> None: ...
    def suggest(self, camera: str, location: str) -> None: ...
    def said(self) -> tuple[str, str, str]: ...
    def ask_files(self, then: Callable[[list[Path]], None]) -> None: ...
    def ask_folder(self, then: Callable[[Path], None]) -> None: ...


class CapturePresenter:
    """Footage of the project that is open, and what is said of the footage that comes in next."""

    def __init__(self, context: Context, header: Header, view: CaptureDisplay, session: CaptureSession, live: LivePresenter) -> None:
        self._context, self._header, self._view = context, header, view
        self._failed = partial(context.messages.error, key=WORK)
        self.session, self.live = session, live
        self._body = ScreenBody(context.current)
        self._job: Job | None = None  # the import that was started last
        self._here = False

    def enter(self) -> None:
        self._here = True
        if not self._body.enter():
            self.session.forget()
        self.show_page(self._context.kept.get(PAGE, FOOTAGE) == LIVE)
        job = running(self._context.runner, WORK)
        if job is not None:
            self._watch(job)
        if DROPPED in self._context.kept:
            self.show_page(False)
            self.bring_in([Path(path) for path in json.loads(self._context.kept.pop(DROPPED))])
        self._look()

    def leave(self) -> None:
        self._here = False
        self.live.leave()

    def turn_page(self) -> None:
        """From the live picture to the footage, or back."""
        self._context.kept[PAGE] = FOOTAGE if self._view.live_shown else LIVE
        self.show_page(not self._view.live_shown)

    def show_page(self, live: bool) -> None:
        """The live page, or that of the footage; without a project there is no live one."""
        live = live and self._context.current.project is not None
        self._view.show_live(live)
        if live:
            self.live.enter()
        else:
            self.live.leave()
        self._show()

    def refresh(self, changes: Changes) -> None:
        if changes.act.startswith("project."):
            self._body.forget()
            self.session.forget()
            self._watch(None)
            self._forget_conditions()
            self.show_page(self._view.live_shown)
        self._look()

    def primary(self) -> None:
        if self._view.live_shown:
            self.live.primary()
        elif self._context.current.project is None:
            self._context.go("project")
        elif not self._body.is_read:
            return
        elif self.session.ready:
            self._context.go("pick")
        else:
            self.choose_files()

    def choose_files(self) -> None:
        """Video files, chosen by the person."""
        self._view.ask_files(self.bring_in)

    def choose_folder(self) -> None:
        """A folder of pictures, chosen by the person."""
        self._view.ask_folder(lambda folder: self.bring_in([folder]))

    def bring_in(self, paths: Sequence[Path]) -> None:
        """Imports these files and folders, with what is said of them now."""
        if paths and not self._context.current.writable:
            self._context.messages.only_read()
        elif paths and self._busy:
            self._context.messages.toast(text("Import in progress. Drop the files again when it is done."))
        if not paths or not self._context.current.writable or self._busy:
            return
        camera, location, begins = self._view.said()
        conditions = self.session.conditions
        self._forget_conditions()

        def work(project: Project, progress: Progress) -> Brought:
            return import_many.import_each(
                project, paths, import_footage.FootageInfo(camera, location, begins, conditions), progress, timestamp()
            )

        self._start(partial(_import_name, paths), work)

    def resume(self) -> None:
        """Goes on with every import that was broken off."""

        if not self._busy:
            self._start(
                lambda: text("Remaining files of the import"),
                lambda project, progress: import_many.resume_all(project, progress, timestamp()),
            )

    def toggle(self, code: str) -> None:
        """The condition is said, or not said any more. Normal light is said alone."""
        self.session.toggle(code)
        self._view.show_conditions(self.session.conditions)
        self.live.conditions_changed(self.session.conditions)

    def _forget_conditions(self) -> None:
        """What was said of the light was said of this footage: of the next one it is said anew. A camera that is recorded keeps its own."""
        if not self._context.capturing.recording:
            self.session.conditions = ()
            self._view.show_conditions(())
            self.live.conditions_changed(())

    @property
    def _busy(self) -> bool:
        return running(self._context.runner, WORK) is not None

    def _start(self, name: JobName, work: Callable[[Project, Progress], Brought]) -> None:
        self._context.messages.clear(WORK)
        job = self._context.current.job(name, work, self._came_in, self._failed)
        if job is not None:
            job.setObjectName(WORK)
            self._watch(job)
            self._show()

    def _watch(self, job: Job | None) -> None:
        self._job = job
        self._view.show_job(job)

    def _came_in(self, brought: Brought) -> None:
        said = [imported(one.recording, len(one.clips), len(one.frames), one.known) for one in brought.imported]
        if len(said) == 1:
            self._context.messages.toast(said[0])
        elif said:
            came_in = plural("{n} file imported.", "{n} files imported.", len(said)).format(n=len(said))
            self._context.messages.toast(" ".join((came_in, *(divided(folder.name, n) for folder, n in brought.divided))))
        if brought.failed:
            self._say_failures(brought)

    def _say_failures(self, brought: Brought) -> None:
        self._context.messages.banner(WORK, _failures(brought), ALARM, again=partial(self._say_failures, brought))

    def _look(self) -> None:
        if self._context.current.project is None:
            self.session.forget()
            self._show()
        else:
            self._body.ask(_footage, self._looked, self._not_read)

    def _not_read(self, error: BaseException) -> None:
        self._failed(error)
        if self._here and self._body.failed:
            self._view.show_failed(text("The footage could not be read."))

    def _looked(self, found: Footage) -> None:
        self.session.lines, self.session.plan, pictures, self.session.running = found
        if not self._here:
            self._body.forget()  # it is not shown, so it is read anew by coming back
            return
        if self._job is not None and self._job.state == CANCELLED and all(line.closed for line in self.session.lines):
            self._watch(None)  # it was cancelled before anything came in: there is no part to go on with
        if self.session.lines:
            self._view.suggest(self.session.lines[-1].camera, self.session.lines[-1].location)
            coming_in = self.session.running | ({line.recording_id for line in self.session.lines} if self._busy else set())
            self._view.show_rows([recording_row(line, line.recording_id in coming_in) for line in self.session.lines], pictures)
        self._show()

    def _show(self) -> None:
        """The header, the empty state and what can be done now."""
        if not self._here:
            return
        current, busy = self._context.current, self._busy
        n_open = self.session.n_open
        can = current.writable and not busy
        for identity in ("capture.files", "capture.folder", *(f"capture.{code}" for code in LIGHTS)):
            self._context.actions.enable(identity, can or (current.writable and identity[8:] in LIGHTS))
        self._context.actions.enable("capture.resume", can and n_open > 0)
        self._context.actions.enable("capture.page", current.project is not None)
        self._view.show_open(_broken_off(n_open) if n_open and not busy else "")
        self._view.show_plan(self.session.planned)
        if self._view.live_shown:
            self.live.show_head()
            return
        self._show_footage(can, busy)

    def _show_footage(self, can: bool, busy: bool) -> None:
        """The header of the footage, and what stands in its place where there is none."""
        current, title, hint = self._context.current, screen_name("capture"), text("Import footage of the worst lighting conditions.")
        if said := opening_sentence(current) if current.project is None else "":
            self._view.show_loading(said)
            self._header.show_head(ScreenHead(title, hint))
        elif current.project is None:
            self._view.show_empty(text("No project is open."), ["go.project"], can_import=False)
            self._header.show_head(ScreenHead(title, hint, text("Go to Project")))
        elif not self._body.is_read:
            self._view.show_loading(text("Reading the footage …"))
            self._header.show_head(ScreenHead(title, hint))
        elif self.session.ready:
            self._header.show_head(ScreenHead(title, hint, text("Pick frames"), not busy))
        else:
            self._header.show_head(ScreenHead(title, hint, text("Import video files"), can))
        if not self._body.is_read or self.session.lines:
            return
        if busy:
            self._view.show_loading(text("Importing footage …"))
        elif current.project is not None:
            said = text("No footage yet. Import video files or an image folder, or drop them here.")
            self._view.show_empty(said, [], can_import=True)


def build(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = CaptureView(context.look, context.actions)
    session = CaptureSession()
    live = LivePresenter(context, header, view.live, session, view)
    presenter = CapturePresenter(context, header, view, session, live)
    view.dropped.connect(presenter.bring_in)
    view.placeholder.again.connect(presenter.enter)
    context.actions.bind("capture.page", presenter.turn_page)
    _bind(live, view.live, context.actions)
    view.live.panel.taken.connect(view.live.canvas.setFocus, Qt.ConnectionType.QueuedConnection)
    context.actions.bind("capture.files", presenter.choose_files)
    context.actions.bind("capture.folder", presenter.choose_folder)
    context.actions.bind("capture.resume", presenter.resume)
    for code in LIGHTS:
        context.actions.bind(f"capture.{code}", partial(presenter.toggle, code))
    return Screen(view, presenter, view)


def _bind(live: LivePresenter, view: LiveView, actions: Actions) -> None:
    """Gives the actions of the page their work, and the view its ears."""
    for identity, run in (
        ("record", live.record), ("single", live.single), ("mark", live.mark), ("next", live.next_camera), ("auto", live.toggle_auto),
        ("lock", live.toggle_lock), ("hatch", live.toggle_hatch), ("info", live.toggle_info), ("search", live.search),
        ("sample", live.play_sample), ("darker", partial(live.step_exposure, -1)), ("brighter", partial(live.step_exposure, 1)),
    ):  # fmt: skip
        actions.bind(f"capture.{identity}", run)
    panel = view.panel
    panel.chosen.connect(live.choose)
    panel.together.connect(live.take_along)
    panel.entered.connect(live.add)
    panel.password_given.connect(live.give_password)
    panel.every_frame.connect(live.store_every_frame)
    view.canvas.resized.connect(live.fit)


def _footage(project: Project) -> Footage:
    lines = project.read(footage.footage)
    found = thumbnails.thumbnails(project, [line.shown for line in lines if line.shown])
    small = {frame_id: _small(decoded(jpeg)) for frame_id, jpeg in found.items()}
    return lines, clip_plan.clip_plan(project), small, frozenset(project.recording)


def _small(image: QImage) -> QImage:
    """As high as a row, with two pixels for one, so that it is sharp also on a fine screen."""
    made = image.scaled(PICTURE * 2, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    made.setDevicePixelRatio(2)
    return made


def _import_name(paths: Sequence[Path]) -> str:
    if len(paths) > 1:
        return plural("Import of {n} file", "Import of {n} files", len(paths)).format(n=len(paths))
    return text("Import of {file}").format(file=paths[0].name)


def _broken_off(n: int) -> str:
    said = plural(
        "▲ {n} import was interrupted. Imported files are saved; continue the import to finish.",
        "▲ {n} imports were interrupted. Imported files are saved; continue the import to finish.",
        n,
    )
    return said.format(n=n)


def _failures(brought: Brought) -> str:
    """One sentence, however many files did not come in."""
    if len(brought.failed) == 1:
        return sentence(brought.failed[0][1])
    said = text(
        "{n} files could not be read and were skipped: {names}. Nothing was added from them. Check whether they open in another program."
    )
    return said.format(n=len(brought.failed), names=listed([path.name for path, _ in brought.failed]))
