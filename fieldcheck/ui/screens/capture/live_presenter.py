"""Presenter of the live camera page: finds cameras, shows one, records it; and the status text of
camera and recording."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from fieldcheck.domain.run import SERIES_SECONDS
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.messages import format_error
from fieldcheck.footage import messages
from fieldcheck.footage.messages import describe_missing_search, get_condition_name
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import format_minutes, format_percent, format_points
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.errors import ALARM, INFO
from fieldcheck.ui.formatting import get_locale
from fieldcheck.ui.jobs import LatestValuePoller
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.open_cameras import CameraSession
from fieldcheck.ui.screen import Header, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.capture.live_view import LightStretch, LiveView, TimelineContent
from fieldcheck.ui.screens.capture.source_panel import (
    ClipLightContent,
    ClipLightTone,
    ExposureControls,
    SourceRow,
)
from fieldcheck.ui.screens.capture.state import CaptureState, KnownCamera, get_enabled_actions

if TYPE_CHECKING:
    from fieldcheck.api import demo
    from fieldcheck.corruptions import camera_series, fix_messages
    from fieldcheck.corruptions.camera_series import SeriesRanking
    from fieldcheck.domain.frame import Quality
    from fieldcheck.footage import clips_and_scene_cuts, import_footage
    from fieldcheck.footage.camera import sources
    from fieldcheck.footage.camera.reconnect import CameraStatus
    from fieldcheck.footage.camera.sources import CameraSearch
    from fieldcheck.footage.camera.usb import FoundCamera
    from fieldcheck.footage.live_camera import LiveImage
    from fieldcheck.footage.recorder import RecordingProgress
    from fieldcheck.models import store
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import models as models_table
    from fieldcheck.stats import camera_interval
else:
    camera_series = LazyModule("fieldcheck.corruptions.camera_series")
    fix_messages = LazyModule("fieldcheck.corruptions.fix_messages")
    store = LazyModule("fieldcheck.models.store")
    models_table = LazyModule("fieldcheck.project.tables.models")
    clips_and_scene_cuts = LazyModule("fieldcheck.footage.clips_and_scene_cuts")
    sources = LazyModule("fieldcheck.footage.camera.sources")
    import_footage = LazyModule("fieldcheck.footage.import_footage")
    demo = LazyModule("fieldcheck.api.demo")
    camera_interval = LazyModule("fieldcheck.stats.camera_interval")

# Status text of the live page, of a camera and a recording: facts in, words out.

LABELS, SOME_CLIPS = 100, 12  # of the interval to come; clips in the middle of the scale
MOST_RATE = 30.0  # frames a second that are reckoned with where a camera does not tell its own


def build_timeline(
    camera_session: CameraSession, recorded: RecordingProgress | None
) -> TimelineContent:
    """The timeline of a recording; empty before one."""
    if recorded is None:
        return TimelineContent(target=tr("target"))
    stretches = tuple(
        LightStretch(time_s, _format_conditions(conditions))
        for time_s, conditions in camera_session.condition_log
    )
    gaps = tuple((gap.at_s, gap.seconds) for gap in recorded.gaps)
    return TimelineContent(
        recorded.seconds,
        stretches,
        _list_moment_times(camera_session, "moment"),
        gaps,
        tr("target"),
        " · ".join(
            (
                *_list_recording_facts(camera_session, recorded),
                *messages.list_marked_moments(
                    _format_moment_times(camera_session, "moment"),
                    _format_moment_times(camera_session, "single"),
                ),
            )
        ),
        _list_moment_times(camera_session, "single"),
    )


def format_recording_facts(
    camera_session: CameraSession, recorded: RecordingProgress | None
) -> str:
    """Figures of the recording; empty before one."""
    if recorded is None:
        return ""
    return " · ".join(_list_recording_facts(camera_session, recorded))


def format_condition_time(camera_session: CameraSession) -> str:
    """Since when of the recording the conditions are so; that none was chosen."""
    time_s, conditions = (
        camera_session.condition_log[-1] if camera_session.condition_log else (0.0, ())
    )
    if not conditions:
        return tr("none chosen")
    return tr("since {time}", time=format_minutes(time_s))


def list_quality_meters(quality: Quality) -> tuple[tuple[str, float, float], ...]:
    """Brightness, sharpness and what is clipped: the word, how much of it from 0 to 1, and the
    limit, below which the first two are bad and above which the last one is."""
    return (
        (messages.describe_brightness(quality), quality.mean / 255, messages.DARK_BELOW / 255),
        (
            messages.describe_sharpness(quality),
            quality.sharpness / messages.SHARPEST,
            messages.SOFT_BELOW / messages.SHARPEST,
        ),
        (
            format_percent(quality.clipped_high, 1),
            quality.clipped_high / messages.MOST_GLARE,
            messages.GLARE_ABOVE / messages.MOST_GLARE,
        ),
    )


def build_clip_light(clips: int) -> ClipLightContent:
    """Whether there are clips enough, and how wide the interval of a hundred labels will be."""
    fewest = camera_interval.FEWEST_CLIPS
    marks = [(fewest, tr("≥ {n}", n=fewest))]
    for number in (SOME_CLIPS, clips_and_scene_cuts.WANTED_CLIPS):
        width = clips_and_scene_cuts.plan_for_clips(number, LABELS).half_width
        points = format_points(width or 0.0)
        marks.append(
            (number, tr_points("{n}: ±{points} pp", points).format(n=number, points=points))
        )
    if not clips:
        title = tr("No clips yet")
    elif clips < fewest:
        n = fewest - clips
        title = tr_plural("Record {n} more clip", "Record {n} more clips", n, n=n)
    else:
        title = tr("Enough clips: {n}", n=clips)
    if clips < fewest:
        sentence = tr("With fewer than {n} clips the result holds for this footage only.", n=fewest)
    else:
        points = format_points(clips_and_scene_cuts.plan_for_clips(clips, LABELS).half_width or 0)
        width_text = tr_points("Expected 95% CI: ±{points} pp.", points).format(points=points)
        sentence = f"{tr('The result holds for other clips of these cameras.')} {width_text}"
    tone: ClipLightTone = "none" if not clips else "warn" if clips < fewest else "ok"
    return ClipLightContent(tone, title, sentence, clips, tuple(marks))


def build_exposure_controls(sign: CameraStatus, locked: bool) -> ExposureControls:
    """Exposure and gain as the camera told them last, and what can be done."""
    camera_settings, can = sign.settings, sign.abilities
    parts = []
    if camera_settings is not None and camera_settings.exposure_ms is not None:
        ms = get_locale().toString(camera_settings.exposure_ms, "f", 1)
        parts.append(tr("Exposure {ms} ms", ms=ms))
    if camera_settings is not None and camera_settings.gain is not None:
        parts.append(tr("gain {n}", n=get_locale().toString(camera_settings.gain, "f", 1)))
    auto = bool(camera_settings and camera_settings.auto_exposure)
    if auto:
        parts.append(tr("automatic"))
    text = " · ".join(parts) if parts else tr("This camera does not report its exposure.")
    can_series = camera_settings is not None and any(
        getattr(can, control) is not None and getattr(camera_settings, control) is not None
        for control in ("exposure_ms", "gain", "white_balance_k", "focus")
    )
    return ExposureControls(
        text, can.exposure_ms is not None, can.auto_exposure, can.lock, auto, locked, can_series
    )


def format_source(driver: str, sign: CameraStatus | None) -> str:
    """One line about a camera in the list."""
    usb, industrial = tr("USB"), tr("industrial")
    kinds = {
        "v4l2": usb,
        "msmf": usb,
        "gige": industrial,
        "network": tr("network"),
        "file": tr("file"),
    }
    kind = kinds.get(driver, driver)
    if sign is None or sign.frame_format is None:
        return kind
    size = tr("{width}×{height}", width=sign.frame_format.width, height=sign.frame_format.height)
    rate = tr("{n} fps", n=round(sign.fps)) if sign.fps >= 1 else tr("no frames")
    return f"{kind} · {size} · {rate}"


def format_storage(
    sign: CameraStatus, recorded: RecordingProgress | None, every_frame: bool, list_fps: float
) -> tuple[str, str]:
    """Exactly what is stored and how many MB a minute; and the choice of every frame with its
    price, empty for a camera's own JPEGs."""
    delivery = sign.frame_format
    if delivery is None:
        return "", ""
    rate = recorded.room.bytes_per_s if recorded is not None and recorded.room is not None else 0.0
    if delivery.format in messages.CODECS:
        return messages.describe_stored_stream(
            delivery.format, delivery.decoded_from, None, rate
        ), ""
    grid = None if every_frame else list_fps
    bare = (
        delivery.width
        * delivery.height
        * _get_bytes_per_pixel(delivery.format)
        * (sign.fps or MOST_RATE)
    )
    return messages.describe_stored_stream(
        delivery.format, delivery.decoded_from, grid, rate
    ), messages.describe_full_data_rate(bare)


def list_overlay_lines(name: str, sign: CameraStatus) -> tuple[str, ...]:
    """Figures that stand over the picture where somebody wants them."""
    delivery = sign.frame_format
    health_line = (
        messages.format_delivered_format(delivery.format, delivery.decoded_from)
        if delivery
        else "–"
    )
    return (
        name,
        tr(
            "{n} fps, reopened {times}×",
            n=get_locale().toString(sign.fps, "f", 1),
            times=sign.n_opened,
        ),
        tr_plural(
            "{n} frame, {dropped} dropped",
            "{n} frames, {dropped} dropped",
            sign.n_frames,
            n=sign.n_frames,
            dropped=sign.n_dropped,
        ),
        health_line,
    )


def _list_recording_facts(
    camera_session: CameraSession, recorded: RecordingProgress
) -> tuple[str, ...]:
    n_marks, n_singles = (
        len(_list_moment_times(camera_session, "moment")),
        len(_list_moment_times(camera_session, "single")),
    )
    return messages.list_recording_facts(
        format_minutes(recorded.covered_s),
        recorded.n_frames,
        recorded.n_dropped,
        recorded.n_skipped,
        n_marks,
        n_singles,
    )


def _list_moment_times(camera_session: CameraSession, kind: str) -> tuple[float, ...]:
    return tuple(moment.at_s for moment in camera_session.status.moments if moment.kind == kind)


def _format_moment_times(camera_session: CameraSession, kind: str) -> str:
    return ", ".join(format_minutes(time_s) for time_s in _list_moment_times(camera_session, kind))


def _format_conditions(conditions: tuple[str, ...]) -> str:
    return ", ".join(get_condition_name(code) for code in conditions) or "–"


def _get_bytes_per_pixel(pixel_format: str) -> int:
    if pixel_format in ("rgb8", "bgr8"):
        return 3
    return 1 if pixel_format.endswith("8") and not pixel_format.startswith("yuyv") else 2


FRAME_MS, SEARCH_MS = 33, 500
SERIES = "capture.series"
LIST_FPS = 2.0


class LivePresenter(QObject):
    """Between `enter` and `leave`."""

    def __init__(
        self,
        context: Context,
        header: Header,
        view: LiveView,
        session: CaptureState,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._context, self._header, self._view, self._session = context, header, view, session
        self._capturing = context.cameras
        self._here = self._was_recording = False
        self._search: CameraSearch | None = None
        self._frames = LatestValuePoller(self._show_frame, FRAME_MS, self)
        self._searches = LatestValuePoller(self._on_cameras_found, SEARCH_MS, self)
        self._missing = LatestValuePoller(self._on_search_failed, SEARCH_MS, self)
        self._polled = ""
        self._capturing.changed.connect(self._on_camera_changed)
        self._capturing.polled.connect(self._update_status)
        self._capturing.other_camera_requested.connect(self._use_another)
        self._capturing.other_location_requested.connect(self._create_project_elsewhere)
        # A partial would keep this page alive as long as the window.
        self._capturing.storage_reduced.connect(self._store_grid_only)

    def enter(self) -> None:
        """Search for cameras, and open the first where none was chosen."""
        self._here = True
        if self._search is None:
            self._session.searched = False
            self._search = sources.CameraSearch()
            self._search.start()
            self._searches.start(self._search.latest)
            self._missing.start(self._search.why_not)
        self._show_sources()
        self._load_classes()
        self._on_camera_changed()

    def leave(self) -> None:
        """Close cameras that are not recording."""
        self._here = False
        self._searches.stop()
        self._missing.stop()
        if self._search is not None:
            self._search.stop()
            self._search = None
        self._stop_polling()
        self._capturing.release_idle()

    def on_primary_action(self) -> None:
        """Record, stop, or on to the picks."""
        if (
            self._session.get_next_step(bool(self._capturing.recording), self._capturing.n_done)
            == "pick"
        ):
            self._context.show_screen("pick")
        else:
            self.toggle_recording()

    def toggle_recording(self) -> None:
        """Start or stop the recording."""
        if self._capturing.recording:
            self._capturing.stop_recording()
        elif self._capturing.current is not None and self._context.current.writable:
            self._capturing.start_recording(self._build_footage_info, self._session.every_frame)

    def store_single_frame(self) -> None:
        """Store the next frame, as a recording of its own where nothing is recording."""
        if self._capturing.recording:
            self._context.messages.show_toast(tr("Frame saved."))
        else:
            self._session.single = True
            self.toggle_recording()
        self._capturing.store_single_frame()

    def mark_moment(self) -> None:
        """Mark this moment."""
        if self._capturing.recording:
            self._capturing.add_marks()
            self._context.messages.show_toast(tr("Moment marked."))

    def on_conditions_changed(self, conditions: tuple[str, ...]) -> None:
        """Apply the selected conditions."""
        self._view.panel.show_conditions(conditions)
        self._capturing.set_light_conditions(conditions)

    def choose_camera(self, identity: str) -> None:
        """Show another camera."""
        self._session.reset_camera_options()
        self._view.panel.show_password_field(False)
        self._capturing.show_camera(identity, self._session.get_camera_name(identity))

    def next_camera(self) -> None:
        """Show the next camera of the list, wrapping around."""
        following = self._session.get_next_camera(self._capturing.shown_source)
        if following:
            self.choose_camera(following)

    def _use_another(self) -> None:
        """The next camera in place of one that is gone; where no other is known, the field for an
        address."""
        self._context.show_screen("capture")
        if len(self._session.cameras) > 1:
            self.next_camera()
        else:
            self._view.panel.focus_address_field()

    def _create_project_elsewhere(self) -> None:
        """Create a project in a folder with free space."""
        self._context.show_screen("project")
        self._context.actions.trigger_soon("project.new")

    def add_source(self, source: str) -> None:
        """An address or a file that was entered. It is shown under its bare address; a password in
        it is kept in memory only."""
        try:
            name = sources.open_camera(source).name
        except FieldcheckError as error:
            self._context.messages.show_error(error, "capture.source")
            return
        self._context.messages.clear_banner("capture.source")
        self._view.panel.clear_address()
        self._session.add_source(source, name)
        self._show_sources()
        self.choose_camera(source)

    def submit_password(self, password: str) -> None:
        """Reopen the camera that asked for a password."""
        source = self._session.pop_password_source()
        self._view.panel.show_password_field(False)
        if source:
            self._context.messages.clear_banner("capture.source")
            self._capturing.close_camera(source)
            self._capturing.show_camera(source, self._session.get_camera_name(source), password)

    def play_sample(self) -> None:
        """The sample's film, played like a camera."""
        reading = self._context.runner.run_in_order(self._view, _get_demo_video)
        reading.on_success(lambda path: self.add_source(str(path))).on_failure(
            lambda error: self._context.messages.show_error(error)
        )

    def search_network(self) -> None:
        """Looks for industrial cameras on the network."""
        if self._search is not None:
            self._search.search_network()
            self._context.messages.show_toast(tr("Searching the network for industrial cameras …"))

    def set_recorded_together(self, identity: str, enabled: bool) -> None:
        """Records a camera together with the one that is shown, or not."""
        self._capturing.set_synchronised(identity, self._session.get_camera_name(identity), enabled)

    def set_every_frame(self, enabled: bool) -> None:
        """Store every frame of a camera without JPEG, or those of the grid."""
        self._session.every_frame = enabled
        self._update_status()

    def _store_grid_only(self) -> None:
        self.set_every_frame(False)

    def step_exposure(self, steps: int) -> None:
        """Change the exposure by these steps."""
        if self._capturing.current is not None:
            self._capturing.current.camera.step_exposure(steps)

    def toggle_auto(self) -> None:
        """Toggle automatic exposure."""
        if self._capturing.current is not None:
            self._capturing.current.camera.toggle_auto_exposure()
        self._update_status()

    def toggle_lock(self) -> None:
        """Toggle the exposure lock."""
        if self._capturing.current is not None:
            self._session.locked = not self._session.locked
            self._capturing.current.camera.set_locked(self._session.locked)
        self._update_status()

    def try_settings(self) -> None:
        """Shows the part under the camera under ten settings, as a job, and ranks them."""
        camera_session, label = self._capturing.current, self._view.panel.part.chosen_code
        if camera_session is None or camera_session.in_use or not label:
            return
        live = camera_session.camera.live

        def run_series(project: Project, progress: Progress) -> SeriesRanking:
            model = store.find_model(project)
            now = get_timestamp()
            series = camera_series.record_series(
                project, model, live, label, progress, now, SERIES_SECONDS
            )
            return camera_series.rank_settings(
                camera_series.list_series(project, model, series.source)
            )

        camera_session.in_use = True
        self._context.messages.clear_banner(SERIES)
        job = self._context.current.run_job(
            self._context.messages,
            lambda: tr("Camera settings"),
            run_series,
            key=SERIES,
            resumes=False,
        )
        job.ended.connect(partial(self._on_series_end, camera_session))
        job.on_success(self._on_series_ranked).on_failure(
            partial(self._context.messages.show_error, key=SERIES)
        )
        self._update_status()

    def _on_series_end(self, camera_session: CameraSession) -> None:
        camera_session.in_use = False
        if not self._here:
            self._capturing.release_idle()
        self._update_status()

    def _on_series_ranked(self, ranking: SeriesRanking) -> None:
        text = fix_messages.describe_best_setting(ranking)
        again = partial(self._on_series_ranked, ranking)
        self._context.messages.show_banner(SERIES, text, INFO, again=again)

    def _load_classes(self) -> None:
        """The classes of the newest model, one of which a part under the camera has."""
        reading = self._context.current.query(self._view, _read_classes)
        reading.on_success(self._view.panel.show_part_classes)

    def toggle_hatch(self) -> None:
        """Toggle stripes over clipped areas."""
        self._session.hatch = not self._session.hatch
        self.fit_image()

    def toggle_info(self) -> None:
        """Toggle figures over the image."""
        self._session.info = not self._session.info
        self._update_status()

    def _on_camera_changed(self) -> None:
        """Another camera, or a recording that began or ended."""
        if not self._here:
            return
        self._ask_conditions_again()
        camera_session = self._capturing.current
        if camera_session is None:
            self._stop_polling()
            self._show_no_camera()
        elif self._polled != self._capturing.shown_source:
            self._start_polling(camera_session)
        self.update_header()
        self._update_status()

    def _ask_conditions_again(self) -> None:
        """Conditions end with the recording that they were told of: the next one asks anew. So does
        the wish for a single frame, also where none came."""
        recording = bool(self._capturing.recording)
        if self._was_recording and not recording:
            self._session.conditions, self._session.single = (), False
            self.on_conditions_changed(())
        self._was_recording = recording

    def _show_no_camera(self) -> None:
        """No camera is shown: which there are is being looked for, or known."""
        if not self._session.searched:
            self._view.show_loading(tr("Searching for cameras …"))
        elif self._session.cameras:
            self._view.show_empty(tr("No camera is shown. Choose one in the list."), {})
        else:
            self._view.show_empty(
                tr(
                    "No camera found. Connect a camera (it appears automatically), enter an "
                    "address, or import a video."
                ),
                {
                    "capture.files": tr("Import videos…"),
                    "capture.sample": tr("Play demo video"),
                    "capture.search": tr("Search network"),
                },
            )

    def _start_polling(self, camera_session: CameraSession) -> None:
        self._stop_polling()
        self._polled = self._capturing.shown_source
        self._view.show_camera()
        camera_session.camera.picture.set_visible(True)
        self.fit_image()
        self._frames.start(camera_session.camera.picture.images)

    def _stop_polling(self) -> None:
        self._frames.stop()
        before = self._capturing.sessions.get(self._polled)
        if before is not None:
            before.camera.picture.set_visible(False)
        self._polled = ""

    def fit_image(self) -> None:
        """Fit the image to the available space."""
        camera_session = self._capturing.current
        if camera_session is not None:
            camera_session.camera.picture.set_display_size(*self._view.get_image_size())
            camera_session.camera.picture.set_clipping_marks(self._session.hatch)

    def _show_frame(self, live_image: LiveImage) -> None:
        self._view.show_frame(live_image.rgb, list_quality_meters(live_image.quality))

    def _update_status(self) -> None:
        """Update the status, four times a second and after an action."""
        if not self._here:
            return
        camera_session = self._capturing.current
        self._enable_actions(camera_session)
        self._show_sources()
        if camera_session is None:
            return
        sign, recorded = camera_session.status.camera_status, camera_session.recorded
        self._show_camera_error(sign)
        if self._session.stop_after_single_frame(recorded):
            self._capturing.stop_recording()
        lost = (
            messages.describe_no_signal(time.monotonic() - sign.since)
            if sign.state == "lost"
            else ""
        )
        info = list_overlay_lines(camera_session.name, sign) if self._session.info else ()
        recording = self._capturing.format_recording_time() if camera_session.recording else ""
        state = lost or (tr("live") if sign.state == "live" else tr("opening"))
        self._view.show_state(
            recording,
            lost,
            info,
            ", ".join(part for part in (camera_session.name, state, recording) if part),
        )
        self._view.show_facts(format_recording_facts(camera_session, recorded))
        self._view.show_timeline(build_timeline(camera_session, recorded))
        panel = self._view.panel
        going = camera_session.recording
        panel.show_condition_time(format_condition_time(camera_session) if going else "")
        panel.show_exposure(build_exposure_controls(sign, self._session.locked))
        text, choice = format_storage(sign, recorded, self._session.every_frame, LIST_FPS)
        panel.show_format(text)
        panel.show_every_frame(choice, self._session.every_frame)

    def _show_camera_error(self, sign: CameraStatus) -> None:
        """A camera that was never live says why in a banner; one that wants a password is asked for
        it."""
        trouble = self._session.find_trouble(sign, self._capturing.shown_source)
        if trouble == "over":
            self._context.messages.clear_banner("capture.source")
        if trouble == "ask_password":
            self._view.panel.show_password_field(True)
        if trouble not in ("say", "ask_password") or sign.error is None:
            return
        text = format_error(sign.error)
        if not any(
            message.key == "capture.source" and message.text == text
            for message in self._context.messages.banners
        ):
            self._context.messages.show_banner("capture.source", text, ALARM)

    def _enable_actions(self, camera_session: CameraSession | None) -> None:
        settings = (
            build_exposure_controls(camera_session.status.camera_status, self._session.locked)
            if camera_session is not None
            else None
        )
        in_use = camera_session is not None and camera_session.in_use
        for code, can in get_enabled_actions(
            settings, self._context.current.writable, bool(self._capturing.recording), in_use
        ).items():
            self._context.actions.set_enabled(f"capture.{code}", can)

    def update_header(self) -> None:
        """Title, hint and the primary action."""
        if not self._here:
            return
        recording = bool(self._capturing.recording)
        title, hint = (
            get_screen_name("capture"),
            tr("Record ten minutes in the worst conditions you can find."),
        )
        if recording and self._capturing.current is not None:
            camera, location = self._view.panel.get_entered_names()
            name = camera or self._capturing.current.name
            hint = " · ".join(filter(None, (name, location)))
        self._view.set_recording(recording)
        going = sum(session.recording for session in self._capturing.sessions.values())
        clips = self._session.count_clips(going)
        self._view.panel.light.show_content(build_clip_light(clips) if clips is not None else None)
        following = self._session.get_next_step(
            bool(self._capturing.recording), self._capturing.n_done
        )
        primary = {"stop": tr("Stop"), "pick": tr("Pick frames"), "record": tr("Record")}[following]
        can = following != "record" or (
            self._capturing.current is not None and self._context.current.writable
        )
        key = self._context.actions.get_key_text("capture.record") if following != "pick" else ""
        self._header.show_head(
            ScreenHeading(
                title,
                hint,
                primary,
                can,
                key,
                role="alarm" if following == "stop" else "primary",
                picture_first=recording,
                secondary="capture.record" if following == "pick" else "",
                secondary_text=tr("Record"),
            )
        )

    def _on_cameras_found(self, found_cameras: tuple[FoundCamera, ...]) -> None:
        if not self._here or not self._session.set_found_cameras(found_cameras):
            return
        self._show_sources()
        # the one that was let go of when the page was left, found or entered, and no other
        first = found_cameras[0].id if found_cameras else ""
        wanted = self._capturing.shown_source or first
        known = [known_camera.identity for known_camera in self._session.cameras]
        if self._capturing.current is None and wanted in known:
            self.choose_camera(wanted)
        else:
            self._on_camera_changed()

    def _on_search_failed(self, why_not: str) -> None:
        self._context.messages.show_toast(describe_missing_search(why_not))

    def _build_source_row(self, known_camera: KnownCamera) -> SourceRow:
        camera_session = self._capturing.sessions.get(known_camera.identity)
        line = format_source(
            known_camera.driver,
            camera_session.status.camera_status if camera_session is not None else None,
        )
        return SourceRow(
            known_camera.identity,
            known_camera.name,
            line,
            camera_session is not None and camera_session.synchronised,
        )

    def _show_sources(self) -> None:
        sources = self._session.cameras
        self._view.panel.show_sources(
            [self._build_source_row(source) for source in sources], self._capturing.shown_source
        )
        self._context.actions.set_enabled("capture.next", len(sources) > 1)

    def _build_footage_info(self, camera_session: CameraSession) -> import_footage.FootageInfo:
        camera, location = self._view.panel.get_entered_names()
        name = camera if camera and len(self._capturing.sessions) == 1 else camera_session.name
        return import_footage.FootageInfo(name, location, "", self._capturing.conditions, LIST_FPS)


def _read_classes(project: Project) -> tuple[str, ...]:
    model = project.read(models_table.get_newest_model)
    return store.get_card(model).classes if model is not None else ()


def _get_demo_video() -> Path:
    sample = demo.get_demo_files()
    return Path(sample.folder) / str(sample.key["footage"][0]["file"])
