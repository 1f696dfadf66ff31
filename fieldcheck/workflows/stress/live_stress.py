"""The live view: a camera, a corruption and a model, always at the newest frame, never behind by more than the one it works on."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count

import numpy as np

from fieldcheck.capture.camera import Camera, CapturedFrame
from fieldcheck.capture.loop import CaptureLoop
from fieldcheck.capture.rate import EventRate
from fieldcheck.capture.ring import FrameRing
from fieldcheck.domain.prediction import Prediction
from fieldcheck.errors import FieldcheckError
from fieldcheck.imaging.opencv_threads import own_thread
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.inference.time_limit import PendingCall, RunTimeout, SerialWorker
from fieldcheck.newest import LatestValue
from fieldcheck.progress import Cancelled, CancelToken, set_cancel_token
from fieldcheck.workflows.footage.triage import ModelFile, get_shared_runner
from fieldcheck.workflows.stress.live_result import LiveCorruption, LiveRates, LiveResult, TopPrediction
from fieldcheck.workflows.stress.stress_frame import PreparedFrame, begin_frame, make_recipe, make_still_result, make_thumbnails

__all__ = ["LiveCorruption", "LiveRates", "LiveResult", "LiveStress", "TopPrediction", "make_still_result", "make_thumbnails"]

WAIT_S = 0.05  # how long a thread waits for a frame or a recipe before it looks whether it is to stop
STOP_S = 5.0  # a model that is being opened or run is waited for that long
LATELY = 300  # answers
QUICK_MS = 10.0  # of one answer: a frame that was taken before another one was answered is as good as new


class LiveStress:
    """From `start` to `stop`, once. `results` holds the newest result, `trouble` the newest error of camera or model: poll both.

    When the model fails, the pictures go on without answers; when the camera ends, the last frame stays and recipes still apply.
    Every frame is corrupted with the same seed, so that a spot or a streak stands still while the picture moves.
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

    def set_recipe(self, corruption: str, severity: float, under: tuple[tuple[str, float], ...] = ()) -> int:
        """Sets what is done to frames from now on, after what lies `under` it; an empty name is nothing. Returns the number that results
        under it carry.

        Raises ValueError for a corruption or severity that the catalogue does not know, and for more than three.
        """
        recipe = make_recipe(corruption, severity, next(self._numbers), under)
        self._recipes.put_value(recipe)
        return recipe.number

    def set_frozen(self, on: bool) -> None:
        """Stays at the frame that is being looked at, under every recipe to come, or goes on with the newest."""
        if on:
            self._frozen.set()
        else:
            self._frozen.clear()

    def show_earlier(self, earlier: LiveResult) -> None:
        """Stays at the frame of an earlier result, under every recipe to come."""
        self._earlier.put_value(CapturedFrame(earlier.original, earlier.index, earlier.t_s, earlier.source))
        self.set_frozen(True)

    def start(self) -> None:
        """Opens camera and model, each on its thread."""
        self._thread.start()
        self._capture.start()

    def stop(self) -> None:
        """Ends both threads, also where the model is in the middle of a frame. May be called twice, and without a start."""
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
        with suppress(Cancelled), own_thread:
            runner = self._open_runner()
            with SerialWorker("live-model") as beside:
                self._process_frames(_FrameProcessor(runner, self._seed, self.trouble, beside, self._publish_result))

    def _process_frames(self, cook: _FrameProcessor) -> None:
        self._feed.skip_pending()  # what came while the model was opened is no fault of its speed
        recipe, held = LiveCorruption(), None
        while not self._stop.is_cancelled:
            frame, chosen = self._get_next(held)
            recipe, held = chosen or recipe, frame or held
            if held is not None and (frame or chosen):
                cook.process_frame(held, recipe)
            else:
                cook.wait_for_answers()

    def _publish_result(self, result: LiveResult, done: float, took_ms: Sequence[float]) -> None:
        """With the figures of this moment."""
        p50, p95 = np.percentile(took_ms, [50, 95]) if took_ms else (0.0, 0.0)
        running = LiveRates(self._capture.fps, done, self._capture.n_dropped, self._feed.n_lost, float(p50), float(p95))
        self.results.put_value(replace(result, running=running))

    def _get_next(self, held: CapturedFrame | None) -> tuple[CapturedFrame | None, LiveCorruption | None]:
        """A new frame, or a new recipe, or both; neither where nothing came for a while."""
        if held is not None and self._frozen.is_set():
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
    """What the live thread knows from frame to frame. The model is asked on one thread `beside`, which hands on what it found out as soon
    as it has; meanwhile the next frame is corrupted and prepared here, where the model is so quick that it is still new then."""

    def __init__(
        self, runner: ModelRunner | None, seed: int, trouble: LatestValue[FieldcheckError], beside: SerialWorker,
        then: Callable[[LiveResult, float, Sequence[float]], None],
    ) -> None:  # fmt: skip
        self._runner, self._seed, self._trouble, self._beside, self._then = runner, seed, trouble, beside, then
        self._rate = EventRate()
        self._lately = deque[float](maxlen=LATELY)
        self._last: LiveResult | None = None
        self._ahead = deque[tuple[PreparedFrame, PendingCall[None]]]()
        self._n_begun = self._n_shown = 0

    def process_frame(self, frame: CapturedFrame, recipe: LiveCorruption) -> None:
        """Returns when the frame before is answered, and with a slow model this one."""
        self._submit_frame(begin_frame(frame, recipe, self._runner, self._seed, self._get_known_clean(frame), self._beside))
        self.wait_for_answers(int(self._last is not None and self._last.model_ms <= QUICK_MS))

    def wait_for_answers(self, n: int = 0) -> None:
        """Returns when no more than `n` frames wait for their answer. A model that does not end is left behind."""
        while len(self._ahead) > n:
            begun, asked = self._ahead.popleft()
            try:
                asked.result()
            except RunTimeout as late:
                if begun.runner is not None:
                    self._trouble.put_value(begun.runner.model.timeout_error(late))
                self._runner = None
                self._beside.restart()
                self._ahead.clear()
                self._submit_frame(PreparedFrame(begun.result))

    def _submit_frame(self, begun: PreparedFrame) -> None:
        self._n_begun += 1
        self._ahead.append((begun, self._beside.submit(partial(self._finish_frame, begun, self._n_begun))))

    def _finish_frame(self, begun: PreparedFrame, number: int) -> None:
        """On the thread beside. A model that fails is reported once and asked no more."""
        try:
            found = begun.finish()
        except FieldcheckError as error:
            if self._runner is not None:
                self._trouble.put_value(error)
            self._runner, found = None, begun.result
        if number < self._n_shown:
            return  # it came back after it had been left behind
        self._n_shown, self._last = number, found
        if found.card is not None:
            self._lately.append(found.model_ms)
        self._rate.count_event(time.monotonic())
        self._then(found, self._rate.get_per_second(time.monotonic()), self._lately)

    def _get_known_clean(self, frame: CapturedFrame) -> Prediction | None:
        """The clean answer, where these very pixels were looked at last: a frozen frame, or a still picture."""
        return self._last.clean if self._last is not None and self._last.original is frame.rgb else None
