"""Frames for the drift monitor without a log: clips, image folders and live cameras, shift by
shift. A hundred frames of each shift are sampled evenly over time and predicted; every frame is
checked for camera faults."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, pairwise
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck.corruptions.live_frame import compute_uncertainty
from fieldcheck.domain.frame import Frame
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.shift import SAMPLED, HealthFinding, ShiftStatistics, combine_shifts
from fieldcheck.errors.files import FieldcheckError, NoPictures, PathMissing
from fieldcheck.errors.imported_files import PredictionLogRefused
from fieldcheck.footage.camera.camera import CapturedFrame, FrameSubscription
from fieldcheck.footage.frame_analysis import get_shared_runner
from fieldcheck.footage.image_folder import (
    list_images,
    list_unreadable_images,
    make_refusal,
    read_images,
)
from fieldcheck.footage.live_camera import LiveCamera
from fieldcheck.footage.video.index import load_video_index
from fieldcheck.footage.video.reader import VideoReader
from fieldcheck.imaging.camera_health import CameraWatch
from fieldcheck.models.embeddings import Embedder, get_embedder
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.models.try_model import list_predictions
from fieldcheck.monitoring.log_monitor import (
    ImportedShifts,
    count_alarms,
    find_shift_start,
    import_log,
)
from fieldcheck.monitoring.prediction_log import (
    LOG_ENDINGS,
    LoggedResult,
    get_image_folder,
    make_block,
)
from fieldcheck.monitoring.shifts import ShiftBuilder, get_latest_time, load_shifts, store_shifts
from fieldcheck.progress import Cancelled, Progress, WarningSink
from fieldcheck.project.project import Project
from fieldcheck.safe_text import clean_name

NOTHING = "(nothing)"  # a detector's answer without a box
WAIT_S = 0.2
KEEP_EVERY_S = 600.0  # Seconds between two saves of an unfinished shift.

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class MonitorRequest:
    """Shifts of so many `hours`. `camera`: its name, the source's own if empty; `began`: when
    footage was taken, by the file's date if None. `seconds`: how long a live camera is watched."""

    hours: int = 8
    camera: str = ""
    began: datetime | None = None
    model: str | None = None
    seed: int = 0
    seconds: float = inf


def import_footage_shift(
    project: Project, path: Path, request: MonitorRequest, progress: Progress, now: str
) -> ImportedShifts:
    """Import a video or an image folder as part of the shift in which it was taken; importing the
    same path again replaces it. Raises NoModel, ModelUnknown, PathMissing, NoPictures,
    VideoUnreadable, ModelRejected; Cancelled, and nothing is stored."""
    if not path.exists():
        raise PathMissing(path)
    model = find_model(project, request.model)
    began = request.began or datetime.fromtimestamp(path.stat().st_mtime).astimezone()
    if began > get_latest_time(now):
        raise PredictionLogRefused(path, "future", began.isoformat())
    watched = _MonitoredCamera(_MonitoredModel(project, model), request, path.resolve().name)
    n, frames = open_footage_frames(path, progress)
    drawn = _sample_evenly(n, request.seed)
    for number, frame in enumerate(frames):
        progress.check()
        progress.report(number, n, "frames")
        picture = frame.source or f"{path.name}#t={frame.t_s:.3f}"
        watched.add_frame(
            frame.rgb,
            frame.t_s,
            began + timedelta(seconds=frame.t_s),
            picture,
            answered=number in drawn,
        )
    if not watched.n:
        raise NoPictures(path)
    start = find_shift_start(began, request.hours).isoformat()
    folder = get_image_folder(path if path.is_dir() else path.parent)
    shift_statistics = watched.make_statistics(
        start, _load_earlier_shifts(project, model, start), folder
    )
    store_shifts(project, model, (shift_statistics,), str(path.resolve()), now)
    count_alarms(project, request.model, now)
    return ImportedShifts(shift_statistics.n, (start,))


def import_path_shifts(
    project: Project, path: Path, request: MonitorRequest, progress: Progress, now: str
) -> ImportedShifts:
    """Imports a log, recognised by its ending, or footage. Raises as `import_log` and
    `import_footage_shift`."""
    if path.suffix.lower() in LOG_ENDINGS or not path.exists():
        return import_log(project, path, request.hours, request.model, request.seed, progress, now)
    return import_footage_shift(project, path, request, progress, now)


def monitor_live_camera(
    project: Project,
    live: LiveCamera,
    request: MonitorRequest,
    progress: Progress,
    now: Callable[[], str],
    report_text: Told,
) -> ImportedShifts:
    """Watches a camera, shift after shift, until `seconds` are over or somebody stops it: that is
    no error, and what was seen is kept. `report_text` hears the start of the shift at each new
    fault of the camera, within seconds, and when it is over; Cancelled from it ends the watch. A
    shift without a frame is one too. Raises NoModel, ModelUnknown, ModelRejected."""
    model = find_model(project, request.model)
    watching = _LiveMonitor(project, model, request, live, now, report_text)
    live.start()
    try:
        return watching.run(progress)
    finally:
        live.stop()


@dataclass(slots=True)
class _MonitoredModel:
    """The model and what is derived from its predictions."""

    project: Project
    model: StoredModel
    _runner: ModelRunner | None = None
    _embedder: Embedder | None = None

    def predict_results(
        self, rgb: NDArray[np.uint8], time: datetime, picture: str
    ) -> list[LoggedResult]:
        """The answer to a frame as results: its class, or its boxes, or that there is none."""
        if self._runner is None:
            file = make_model_file(self.project, self.model)
            self._runner, self._embedder = get_shared_runner(file), get_embedder(file)
        ((answer, nan),) = self._runner.predict([rgb])
        if nan:
            return []
        card = self._runner.card
        vector = (
            tuple(self._embedder.compute_vectors([rgb])[0].astype(float).tolist())
            if self._embedder
            else ()
        )
        doubt = compute_uncertainty(card, Prediction("", answer))
        predictions = list_predictions(answer, card, most=1)
        if not predictions:
            return [
                LoggedResult(
                    time,
                    NOTHING,
                    float(1 - answer[0, 4]) if answer.size else 1.0,
                    vector,
                    picture,
                    doubt,
                )
            ]
        return [
            LoggedResult(
                time,
                trial_prediction.name,
                min(1.0, trial_prediction.score),
                vector,
                picture,
                doubt,
            )
            for trial_prediction in predictions
        ]


class _MonitoredCamera:
    """A camera within one shift."""

    def __init__(self, model: _MonitoredModel, request: MonitorRequest, source: str) -> None:
        self._model, self.camera = model, clean_name(request.camera or source)
        self._watch, self._builder = CameraWatch(), ShiftBuilder(request.seed)

    @property
    def n(self) -> int:
        return self._watch.n

    @property
    def events(self) -> tuple[HealthFinding, ...]:
        return self._watch.events

    def add_frame(
        self, rgb: NDArray[np.uint8], t_s: float, time: datetime, picture: str, *, answered: bool
    ) -> None:
        self._watch.add_frame(rgb, t_s)
        if answered:
            self._builder.add_results(make_block(self._model.predict_results(rgb, time, picture)))

    def make_statistics(
        self, began: str, reference: ShiftStatistics | None, folder: str = ""
    ) -> ShiftStatistics:
        cameras = (self._watch.make_shift(self.camera),) if self._watch.n else ()
        return self._builder.make_statistics(began, reference, cameras, folder)


@dataclass(slots=True)
class _LiveMonitor:
    """A live camera over shifts."""

    project: Project
    model: StoredModel
    asked: MonitorRequest
    live: LiveCamera
    now: Callable[[], str]
    notify: Told
    n: int = 0
    shifts: list[str] = field(default_factory=list)

    def run(self, progress: Progress) -> ImportedShifts:
        frames, ends = self.live.ring.subscribe(), time.monotonic() + self.asked.seconds
        model = _MonitoredModel(self.project, self.model)
        with suppress(Cancelled):
            while time.monotonic() < ends:
                here = datetime.now().astimezone()
                start = find_shift_start(here, self.asked.hours)
                time_left = start + timedelta(hours=self.asked.hours) - here
                watched = _MonitoredCamera(model, self.asked, self.live.name)
                try:
                    self._process_frames(
                        start,
                        watched,
                        frames,
                        min(ends, time.monotonic() + time_left.total_seconds()),
                        progress,
                    )
                finally:
                    self.n += self._store_shift(start, watched)
                    self.shifts.append(start.isoformat())
                self.notify(start.isoformat())
        return ImportedShifts(self.n, tuple(self.shifts))

    def _process_frames(
        self,
        start: datetime,
        watched: _MonitoredCamera,
        frames: FrameSubscription,
        over: float,
        progress: Progress,
    ) -> None:
        rng = np.random.default_rng(self.asked.seed)
        step = min(self.asked.hours * 3600, self.asked.seconds) / SAMPLED
        n_events, due, kept = 0, 0.0, time.monotonic()
        while time.monotonic() < over:
            progress.check()
            frame = frames.get_newest(WAIT_S)
            rgb = _get_pixels(frame) if frame is not None else None
            if frame is None or rgb is None:
                continue
            seconds = frame.monotonic_ns / 1e9
            watched.add_frame(
                rgb, seconds, datetime.now().astimezone(), "", answered=seconds >= due
            )
            due = seconds + step * (0.5 + float(rng.random())) if seconds >= due else due
            progress.report(watched.n, None, "frames")
            if len(watched.events) > n_events or time.monotonic() - kept > KEEP_EVERY_S:
                kept = time.monotonic()
                self._store_shift(start, watched)
            if len(watched.events) > n_events:
                n_events = len(watched.events)
                self.notify(start.isoformat())

    def _store_shift(self, start: datetime, watched: _MonitoredCamera) -> int:
        began = start.isoformat()
        shift_statistics = watched.make_statistics(
            began, _load_earlier_shifts(self.project, self.model, began)
        )
        store_shifts(self.project, self.model, (shift_statistics,), self.live.source, self.now())
        count_alarms(self.project, self.asked.model, self.now())
        return shift_statistics.n


def _get_pixels(frame: CapturedFrame) -> NDArray[np.uint8] | None:
    """Pixels of a frame; None for a damaged image, which is skipped."""
    try:
        return frame.rgb
    except FieldcheckError:
        return None


def _load_earlier_shifts(
    project: Project, model: StoredModel, began: str
) -> ShiftStatistics | None:
    """Load the shifts before that one, combined; None without any that has embeddings."""
    time = datetime.fromisoformat(began)
    kept = [
        shift_statistics
        for shift_statistics in load_shifts(project, model).values()
        if shift_statistics.centre and datetime.fromisoformat(shift_statistics.began) < time
    ]
    return combine_shifts(kept) if kept else None


def _sample_evenly(n: int, seed: int) -> set[int]:
    """A hundred of `n` places at most, one at random in each of as many equal stretches."""
    edges = np.linspace(0, n, min(SAMPLED, n) + 1)
    rng = np.random.default_rng(seed)
    return {int(first + (last - first) * rng.random()) for first, last in pairwise(edges)}


def open_footage_frames(path: Path, progress: Progress) -> tuple[int, Iterator[Frame]]:
    """Number of frames of a video or image folder, and an iterator over them. Skipped images are
    reported to the progress display. Raises NoPictures, VideoUnreadable."""
    if path.is_dir():
        names = list_images(path)
        if not names:
            raise NoPictures(path)
        return len(names), _iter_folder_frames(path, names, progress)
    n = len(load_video_index(path))
    return n, _iter_video_frames(path, n)


def _iter_folder_frames(folder: Path, names: Sequence[str], progress: Progress) -> Iterator[Frame]:
    for image in chain(list_unreadable_images(folder), read_images(folder, names, 0)):
        if not isinstance(image, SkippedFile):
            yield image
        elif isinstance(progress, WarningSink):
            progress.warn(make_refusal(folder, image))


def _iter_video_frames(path: Path, n: int) -> Iterator[Frame]:
    with VideoReader(path, list_fps=inf) as reader:
        yield from reader.read_listed(0, n)
