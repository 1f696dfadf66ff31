"""Presenter of the Capture screen: imports footage as a job that can be watched, cancelled and
continued. The live page handles cameras."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from fieldcheck.domain.project_state import Changes
from fieldcheck.domain.recording import LIGHTS
from fieldcheck.errors.message_format import format_names
from fieldcheck.errors.messages import format_error
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.progress import Progress
from fieldcheck.sampling.messages import describe_divided_folder, describe_import
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.errors import ALARM
from fieldcheck.ui.jobs import CANCELLED, Job, JobName
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.capture.live_presenter import LivePresenter
from fieldcheck.ui.screens.capture.live_view import LiveView
from fieldcheck.ui.screens.capture.state import CaptureState
from fieldcheck.ui.screens.capture.view import PICTURE, CaptureView, build_recording_row
from fieldcheck.ui.widgets.images_and_zoom import decode_image

if TYPE_CHECKING:
    from fieldcheck.footage import clips_and_scene_cuts, frame_pixels, import_footage
    from fieldcheck.footage.clips_and_scene_cuts import ClipPlan, FootageSummary
    from fieldcheck.footage.import_footage import ImportResult
    from fieldcheck.project.project import Project
else:
    clips_and_scene_cuts = LazyModule("fieldcheck.footage.clips_and_scene_cuts")
    import_footage = LazyModule("fieldcheck.footage.import_footage")
    frame_pixels = LazyModule("fieldcheck.footage.frame_pixels")

WORK = "capture.import"  # also the window looks for it, for the badge on the rail
Footage = tuple[tuple["FootageSummary", ...], "ClipPlan", dict[str, QImage], frozenset[str]]
"""Lines of the list, plan of clips, pictures, and the recordings that are being made or listed now.
"""
PAGE, LIVE, FOOTAGE = "capture.page", "live", "footage"
DROPPED = "capture.dropped"  # files that were dropped on another screen


class CapturePresenter:
    """The open project's footage, and the information for the next import."""

    def __init__(
        self,
        context: Context,
        header: Header,
        view: CaptureView,
        session: CaptureState,
        live: LivePresenter,
    ) -> None:
        self._context, self._header, self._view = context, header, view
        self._failed = partial(context.messages.show_error, key=WORK)
        self.session, self.live = session, live
        self._body = BodyLoader(context.current, view)
        self._job: Job | None = None  # the import that was started last
        self._here = False

    def enter(self) -> None:
        self._here = True
        if not self._body.enter():
            self.session.clear_footage()
        self.show_page(self._context.session_values.get(PAGE, FOOTAGE) == LIVE)
        job = self._context.runner.find_running(WORK)
        if job is not None:
            self._show_job(job)
        if DROPPED in self._context.session_values:
            self.show_page(False)
            self.import_paths(
                [Path(path) for path in json.loads(self._context.session_values.pop(DROPPED))]
            )
        self._load_footage()

    def leave(self) -> None:
        self._here = False
        self.live.leave()

    def switch_page(self) -> None:
        """From the live picture to the footage, or back."""
        self._context.session_values[PAGE] = FOOTAGE if self._view.live_shown else LIVE
        self.show_page(not self._view.live_shown)

    def show_page(self, live: bool) -> None:
        """The live page, or that of the footage; without a project there is no live one."""
        live = live and self._context.current.project is not None
        self._view.show_live(live)
        if live:
            self.live.enter()
        else:
            self.live.leave()
        self._update_view()

    def refresh(self, changes: Changes) -> None:
        if changes.act.startswith("project."):
            self._body.reset()
            self.session.clear_footage()
            self._show_job(None)
            self._clear_conditions()
            self.show_page(self._view.live_shown)
        self._load_footage()

    def on_primary_action(self) -> None:
        if self._view.live_shown:
            self.live.on_primary_action()
        elif self._context.current.project is None:
            self._context.show_screen("project")
        elif not self._body.is_read:
            return
        elif self.session.has_frames:
            self._context.show_screen("pick")
        else:
            self.choose_files()

    def choose_files(self) -> None:
        """Video files, chosen by the person."""
        self._view.prompt_for_files(self.import_paths)

    def choose_folder(self) -> None:
        """A folder of pictures, chosen by the person."""
        self._view.prompt_for_folder(lambda folder: self.import_paths([folder]))

    def import_paths(self, paths: Sequence[Path]) -> None:
        """Imports these files and folders, with what is said of them now."""
        if paths and not self._context.current.writable:
            self._context.messages.warn_read_only()
        elif paths and self._is_busy:
            self._context.messages.show_toast(
                tr("Import in progress. Drop the files again when it is done.")
            )
        if not paths or not self._context.current.writable or self._is_busy:
            return
        camera, location, begins = self._view.get_footage_details()
        conditions = self.session.conditions
        self._clear_conditions()

        def run_import(project: Project, progress: Progress) -> ImportResult:
            return import_footage.import_each(
                project,
                paths,
                import_footage.FootageInfo(camera, location, begins, conditions),
                progress,
                get_timestamp(),
            )

        self._start_import(partial(_format_import_name, paths), run_import)

    def restart_imports(self) -> None:
        """Goes on with every import that was broken off."""

        if not self._is_busy:
            self._start_import(
                lambda: tr("Remaining files of the import"),
                lambda project, progress: import_footage.finish_broken_imports(
                    project, progress, get_timestamp()
                ),
            )

    def toggle_condition(self, code: str) -> None:
        """Select or deselect the condition. Normal light excludes all others."""
        self.session.toggle_condition(code)
        self._view.show_conditions(self.session.conditions)
        self.live.on_conditions_changed(self.session.conditions)

    def _clear_conditions(self) -> None:
        """Clear the conditions, which applied to the last import only. A recording camera keeps its
        own."""
        if not self._context.cameras.recording:
            self.session.conditions = ()
            self._view.show_conditions(())
            self.live.on_conditions_changed(())

    @property
    def _is_busy(self) -> bool:
        return self._context.runner.find_running(WORK) is not None

    def _start_import(
        self, name: JobName, work: Callable[[Project, Progress], ImportResult]
    ) -> None:
        self._context.messages.clear_banner(WORK)
        job = self._context.current.run_job(self._context.messages, name, work, key=WORK)
        job.on_success(self._on_imported).on_failure(self._failed)
        job.on_retry(self._view, partial(self._start_import, name, work))
        self._show_job(job)
        self._update_view()

    def _show_job(self, job: Job | None) -> None:
        self._job = job
        self._view.show_job(job)

    def _on_imported(self, brought: ImportResult) -> None:
        lines = [
            describe_import(
                imported_recording.recording,
                len(imported_recording.clips),
                len(imported_recording.frames),
                imported_recording.known,
            )
            for imported_recording in brought.imported
        ]
        if len(lines) == 1:
            self._context.messages.show_toast(lines[0])
        elif lines:
            came_in = tr_plural(
                "{n} file imported.", "{n} files imported.", len(lines), n=len(lines)
            )
            self._context.messages.show_toast(
                " ".join(
                    (
                        came_in,
                        *(describe_divided_folder(folder.name, n) for folder, n in brought.divided),
                    )
                )
            )
        if brought.failed:
            self._show_import_failures(brought)

    def _show_import_failures(self, brought: ImportResult) -> None:
        self._context.messages.show_banner(
            WORK,
            _format_import_failures(brought),
            ALARM,
            again=partial(self._show_import_failures, brought),
        )

    def _load_footage(self) -> None:
        if self._context.current.project is None:
            self.session.clear_footage()
            self._update_view()
        else:
            reading = self._body.query(_read_footage)
            reading.on_success(self._on_footage_loaded).on_failure(self._on_load_failed)

    def _on_load_failed(self, error: BaseException) -> None:
        self._failed(error)
        if self._here and self._body.failed:
            self._view.show_failed(tr("The footage could not be read."))

    def _on_footage_loaded(self, footage: Footage) -> None:
        self.session.lines, self.session.plan, pictures, self.session.running = footage
        if not self._here:
            self._body.reset()  # Not shown: it is read again when shown.
            return
        if (
            self._job is not None
            and self._job.state == CANCELLED
            and all(line.closed for line in self.session.lines)
        ):
            # Cancelled before anything was imported, so there is nothing to continue.
            self._show_job(None)
        if self.session.lines:
            self._view.suggest_names(self.session.lines[-1].camera, self.session.lines[-1].location)
            coming_in = self.session.running | (
                {line.recording_id for line in self.session.lines} if self._is_busy else set()
            )
            self._view.show_rows(
                [
                    build_recording_row(line, line.recording_id in coming_in)
                    for line in self.session.lines
                ],
                pictures,
            )
        self._update_view()

    def _update_view(self) -> None:
        """The header, the empty state and what can be done now."""
        if not self._here:
            return
        current, busy = self._context.current, self._is_busy
        n_open = self.session.n_open
        can = current.writable and not busy
        for identity in (
            "capture.files",
            "capture.folder",
            *(f"capture.{code}" for code in LIGHTS),
        ):
            self._context.actions.set_enabled(
                identity, can or (current.writable and identity[8:] in LIGHTS)
            )
        self._context.actions.set_enabled("capture.resume", can and n_open > 0)
        self._context.actions.set_enabled("capture.page", current.project is not None)
        self._view.show_interrupted_imports(
            _format_interrupted_imports(n_open) if n_open and not busy else ""
        )
        self._view.show_plan(self.session.plan_text)
        if self._view.live_shown:
            self.live.update_header()
            return
        self._show_footage(can, busy)

    def _show_footage(self, can: bool, busy: bool) -> None:
        """The header of the footage, and what stands in its place where there is none."""
        current, title, hint = (
            self._context.current,
            get_screen_name("capture"),
            tr("Import footage of the worst conditions."),
        )
        if message := get_opening_message(current) if current.project is None else "":
            self._view.show_loading(message)
            self._header.show_head(ScreenHeading(title, hint))
        elif current.project is None:
            self._view.show_empty(tr("No project is open."), ["go.project"], can_import=False)
            self._header.show_head(ScreenHeading(title, hint, tr("Go to Project"), on_page=True))
        elif not self._body.is_read:
            self._view.show_loading(tr("Reading the footage …"))
            self._header.show_head(ScreenHeading(title, hint))
        elif self.session.has_frames:
            self._header.show_head(ScreenHeading(title, hint, tr("Pick frames"), not busy))
        else:
            self._header.show_head(ScreenHeading(title, hint, tr("Import video files"), can))
        if not self._body.is_read or self.session.lines:
            return
        if busy:
            self._view.show_loading(tr("Importing footage …"))
        elif current.project is not None:
            message = tr(
                "No footage yet. Record live, import video files or an image folder, or drop them "
                "here."
            )
            self._view.show_empty(message, [], can_import=True)


def build_screen(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = CaptureView(context.theme, context.actions)
    state = CaptureState()
    live = LivePresenter(context, header, view.live, state, view)
    presenter = CapturePresenter(context, header, view, state, live)
    view.dropped.connect(presenter.import_paths)
    view.placeholder.retry_requested.connect(presenter.enter)
    _connect_panel(live, view.live)
    view.live.panel.address_accepted.connect(
        view.live.canvas.setFocus, Qt.ConnectionType.QueuedConnection
    )
    return Screen(view, presenter, view, place_header=view.place_header)


def _connect_panel(live: LivePresenter, view: LiveView) -> None:
    panel = view.panel
    panel.camera_chosen.connect(live.choose_camera)
    panel.synchronised_toggled.connect(live.set_recorded_together)
    panel.address_entered.connect(live.add_source)
    panel.password_entered.connect(live.submit_password)
    panel.every_frame_toggled.connect(live.set_every_frame)
    view.canvas.resized.connect(live.fit_image)


def _read_footage(project: Project) -> Footage:
    lines = project.read(clips_and_scene_cuts.list_footage)
    values = frame_pixels.load_thumbnails(project, [line.shown for line in lines if line.shown])
    small = {frame_id: _scale_to_row(decode_image(jpeg)) for frame_id, jpeg in values.items()}
    return (
        lines,
        clips_and_scene_cuts.compute_clip_plan(project),
        small,
        frozenset(project.recording),
    )


def _scale_to_row(image: QImage) -> QImage:
    """As high as a row, with two pixels for one, so that it is sharp also on a fine screen."""
    scaled = image.scaled(
        PICTURE * 2, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    scaled.setDevicePixelRatio(2)
    return scaled


def _format_import_name(paths: Sequence[Path]) -> str:
    if len(paths) > 1:
        return tr_plural("Import of {n} file", "Import of {n} files", len(paths), n=len(paths))
    return tr("Import of {file}", file=paths[0].name)


def _format_interrupted_imports(n: int) -> str:
    text = tr_plural(
        "▲ {n} import was interrupted. Imported files are saved; continue the import to finish.",
        "▲ {n} imports were interrupted. Imported files are saved; continue the import to finish.",
        n,
    )
    return text.format(n=n)


def _format_import_failures(brought: ImportResult) -> str:
    """One sentence, however many files did not come in."""
    if len(brought.failed) == 1:
        return format_error(brought.failed[0][1])
    text = tr(
        "{n} files could not be read and were skipped: {names}. Nothing was added from them. "
        "Check whether they open in another program."
    )
    return text.format(
        n=len(brought.failed), names=format_names([path.name for path, _ in brought.failed])
    )
