"""The live view: a source, a corruption and a model, always on the newest frame; and the sources
that it can show."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Literal

import numpy as np

from fieldcheck.corruptions.live_frame import (
    LiveCorruption,
    LiveRates,
    LiveResult,
    PreparedFrame,
    RunningClip,
    begin_frame,
    make_recipe,
)
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import Kind, Recording
from fieldcheck.errors.files import FieldcheckError, NoPictures, PathMissing
from fieldcheck.files import join_inside, join_inside_data_set
from fieldcheck.footage.camera.camera import Camera, CapturedFrame, FrameRing, RingCamera
from fieldcheck.footage.camera.playback import ImageCamera, VideoCamera, open_file_camera
from fieldcheck.footage.camera.reconnect import CaptureLoop, EventRate
from fieldcheck.footage.frame_analysis import ModelFile, get_shared_runner
from fieldcheck.footage.frame_pixels import list_intact_picks
from fieldcheck.footage.live_camera import ViewedCamera
from fieldcheck.footage.recording_container import RecordedCamera
from fieldcheck.models.providers import ModelRunner
from fieldcheck.progress import Cancelled, CancelToken, LatestValue, set_cancel_token
from fieldcheck.project.project import Project, get_benchmark_root
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import models as benchmarks_table
from fieldcheck.project.tables import recordings as recordings_table

# Sources that the live view can look at: a project's footage played like a camera, or any clip or
# picture a person chooses.

# single pictures have no rate of their own; a second is enough to see what became of one
LOOKED_AT_FPS = 1.0


@dataclass(frozen=True, slots=True)
class LiveSource:
    """Something of a project to look at. `name` is the video's file name or the folder's; empty for
    `picks` and `benchmark`, whose `recording_id` is that word too."""

    recording_id: str
    name: str
    kind: Kind | Literal["picks", "benchmark"]


def list_live_sources(project: Project) -> tuple[LiveSource, ...]:
    """Every recording whose import is finished, in order of import, then the picked frames and the
    benchmark's pictures."""
    live_sources = [
        LiveSource(recording.recording_id, recording.source, recording.kind)
        for recording in project.read(recordings_table.list_recordings)
        if recording.closed
    ]
    if _list_picked_files(project):
        live_sources.append(LiveSource("picks", "", "picks"))
    if project.read(benchmarks_table.get_benchmark) is not None:
        live_sources.append(LiveSource("benchmark", "", "benchmark"))
    return tuple(live_sources)


def open_source(project: Project, recording_id: str) -> Camera:
    """A recording as a camera that plays it in a loop: a video at its own times, pictures as
    listed, at the rate of the list; picks and benchmark pictures one a second.

    The camera is opened by who reads it, and the file only then. Raises PathRefused, NoPictures
    (not one was listed); KeyError for a recording that the project does not have.
    """
    if recording_id == "picks":
        return ImageCamera(recording_id, _list_picked_files(project), LOOKED_AT_FPS)
    if recording_id == "benchmark":
        return ImageCamera(recording_id, _list_benchmark_files(project), LOOKED_AT_FPS)
    recording = project.read(lambda db: recordings_table.get_recording(db, recording_id))
    if recording is None:
        raise KeyError(recording_id)
    path = join_inside(project.path, recording.path)
    if recording.kind == "capture":
        return RecordedCamera(recording.source, path)
    return (
        VideoCamera(path)
        if recording.kind == "video"
        else _make_image_camera(project, recording, path)
    )


def open_viewed_camera(name: str, camera: ViewedCamera) -> Camera:
    """A camera that is open already, whoever looks at it or records it."""
    return RingCamera(name, camera.live.ring)


def open_file(path: Path) -> Camera:
    """A clip or a picture anywhere, played in a loop. Whether it can be read shows when the camera
    is opened. Raises PathMissing."""
    if not path.is_file():
        raise PathMissing(path)
    return open_file_camera(path)


def _list_picked_files(project: Project) -> list[Path]:
    return [join_inside(project.path, pick.file) for pick in list_intact_picks(project)]


def _list_benchmark_files(project: Project) -> list[Path]:
    benchmark = project.read(benchmarks_table.get_benchmark)
    if benchmark is None:
        return []
    root = get_benchmark_root(project, benchmark)
    return [join_inside_data_set(root, item.path) for item in benchmark.items]


def _make_image_camera(project: Project, recording: Recording, folder: Path) -> ImageCamera:
    listed = project.read(
        lambda db: frames_table.list_frames_of_recording(db, recording.recording_id)
    )
    if not listed:
        raise NoPictures(folder)
    paths = [join_inside(folder, frame.source.split("/", 1)[1]) for frame in listed]
    return ImageCamera(recording.source, paths, recording.list_fps)


# how long a thread waits for a frame or a recipe before it looks whether it is to stop
WAIT_S = 0.05
STOP_S = 5.0  # a model that is being opened or run is waited for that long
LATELY = 300  # answers
# of one answer: a frame that was taken before another one was answered is as good as new
QUICK_MS = 10.0


class LiveStress:
    """From `start` to `stop`, once. `results` holds the newest result, `trouble` the newest error
    of camera or model: poll both.

    When the model fails, the pictures go on without answers; when the camera ends, the last frame
    stays and recipes still apply. Every frame is corrupted with the same seed, so that a spot or a
    streak stands still while the picture moves; a fault of the line runs on from frame to frame.
    """

    def __init__(self, camera: Camera, model: ModelFile | None, seed: int = 0) -> None:
        self.results = LatestValue[LiveResult]()
        self.trouble = LatestValue[FieldcheckError]()
        self.ring = FrameRing()
        self._model, self._seed = model, seed
        self._capture = CaptureLoop(camera, self.ring, self.trouble)
        self._feed = self.ring.subscribe()
        self._recipes, self._numbers = LatestValue[LiveCorruption](), count(1)
        self._earlier = LatestValue[CapturedFrame]()
        self._stop, self._frozen = CancelToken(), threading.Event()
        self._thread = threading.Thread(target=self._run_loop, name="live", daemon=True)

    def set_recipe(
        self, corruption: str, severity: float, under: tuple[tuple[str, float], ...] = ()
    ) -> int:
        """Sets what is done to frames from now on, after what lies `under` it; an empty name is
        nothing. Returns the number that results under it carry.

        Raises ValueError for a corruption or severity that the catalogue does not know, and for
        more than three.
        """
        recipe = make_recipe(corruption, severity, next(self._numbers), under)
        self._recipes.put_value(recipe)
        return recipe.number

    def set_frozen(self, frozen: bool) -> None:
        """Stays at the frame that is being looked at, under every recipe to come, or goes on with
        the newest."""
        if frozen:
            self._frozen.set()
        else:
            self._frozen.clear()

    def show_earlier(self, earlier: LiveResult) -> None:
        """Stays at the frame of an earlier result, under every recipe to come."""
        self._earlier.put_value(
            CapturedFrame(earlier.original, earlier.index, earlier.t_s, earlier.source)
        )
        self.set_frozen(True)

    def start(self) -> None:
        """Opens camera and model, each on its thread."""
        self._thread.start()
        self._capture.start()

    def stop(self) -> None:
        """Ends both threads, also where the model is in the middle of a frame. May be called twice,
        and without a start."""
        self._stop.cancel()
        self._capture.stop()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    @property
    def model(self) -> ModelFile | None:
        """Which model answers, None for none."""
        return self._model

    @property
    def running(self) -> bool:
        """Whether one of the threads is alive."""
        return self._thread.is_alive() or self._capture.running

    def _run_loop(self) -> None:
        set_cancel_token(self._stop)
        with suppress(Cancelled):
            runner = self._open_runner()
            with ThreadPoolExecutor(1, "live-model", set_cancel_token, (self._stop,)) as thread:
                self._process_frames(
                    _FrameProcessor(runner, self._seed, self.trouble, thread, self._publish_result)
                )

    def _process_frames(self, cook: _FrameProcessor) -> None:
        self._feed.skip_pending()  # what came while the model was opened is no fault of its speed
        recipe, last_frame = LiveCorruption(), None
        while not self._stop.is_cancelled:
            frame, chosen = self._get_next(last_frame)
            recipe, last_frame = chosen or recipe, frame or last_frame
            if last_frame is not None and (frame or chosen):
                cook.process_frame(last_frame, recipe)
            else:
                cook.wait_for_answers()

    def _publish_result(
        self, result: LiveResult, processed_fps: float, took_ms: Sequence[float]
    ) -> None:
        """With the figures of this moment."""
        p50, p95 = np.percentile(took_ms, [50, 95]) if took_ms else (0.0, 0.0)
        running = LiveRates(
            self._capture.fps,
            processed_fps,
            self._capture.n_dropped,
            self._feed.n_lost,
            float(p50),
            float(p95),
        )
        self.results.put_value(replace(result, running=running))

    def _get_next(
        self, last_frame: CapturedFrame | None
    ) -> tuple[CapturedFrame | None, LiveCorruption | None]:
        """A new frame, or a new recipe, or both; neither where nothing came for a while."""
        if last_frame is not None and self._frozen.is_set():
            self._feed.skip_pending()
            return self._earlier.take_value(), self._recipes.take_value(WAIT_S)
        return self._feed.get_newest(WAIT_S), self._recipes.take_value()

    def _open_runner(self) -> ModelRunner | None:
        try:
            return get_shared_runner(self._model) if self._model else None
        except FieldcheckError as error:
            self.trouble.put_value(error)
            return None


class _FrameProcessor:
    """What the live thread knows from frame to frame. The model is asked on a thread of its
    own, which hands on its answer as soon as it has it; meanwhile the next frame is corrupted and
    prepared here, where the model is so quick that it is still new then."""

    def __init__(
        self, runner: ModelRunner | None, seed: int, trouble: LatestValue[FieldcheckError],
        model_thread: Executor,
        then: Callable[[LiveResult, float, Sequence[float]], None],
    ) -> None:  # fmt: skip
        self._runner, self._seed, self._trouble, self._then = runner, seed, trouble, then
        self._model_thread = model_thread
        self._rate = EventRate()
        self._lately = deque[float](maxlen=LATELY)
        self._last: LiveResult | None = None
        self._ahead = deque[Future[None]]()
        self._clip = RunningClip(seed)

    def process_frame(self, frame: CapturedFrame, recipe: LiveCorruption) -> None:
        """Returns when the frame before is answered, and with a slow model this one."""
        begun = begin_frame(
            frame,
            recipe,
            self._runner,
            self._seed,
            self._get_known_clean(frame),
            self._model_thread,
            self._clip,
        )
        self._ahead.append(self._model_thread.submit(self._finish_frame, begun))
        self.wait_for_answers(int(self._last is not None and self._last.model_ms <= QUICK_MS))

    def wait_for_answers(self, n: int = 0) -> None:
        """Returns when no more than `n` frames wait for their answer."""
        while len(self._ahead) > n:
            self._ahead.popleft().result()

    def _finish_frame(self, begun: PreparedFrame) -> None:
        """On the model's thread. A model that fails, or does not end, is reported once and asked no
        more."""
        live_result = begun.result
        if self._runner is not None:
            try:
                live_result = begun.finish()
            except FieldcheckError as error:
                self._trouble.put_value(error)
                self._runner = None
        self._last = live_result
        if live_result.card is not None:
            self._lately.append(live_result.model_ms)
        self._rate.count_event(time.monotonic())
        self._then(live_result, self._rate.get_per_second(time.monotonic()), self._lately)

    def _get_known_clean(self, frame: CapturedFrame) -> Prediction | None:
        """The clean answer, where these very pixels were looked at last: a frozen frame, or a still
        picture."""
        return (
            self._last.clean
            if self._last is not None and self._last.original is frame.rgb
            else None
        )
