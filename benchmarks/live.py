"""The live view at 720p, frame after frame: corrupt, prepare, run, count, paint – against
corruption and `session.run` alone.

As in the product, two threads cook while the window's own counts and paints what was cooked before;
every frame is painted.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue, SimpleQueue
from threading import Thread

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.graphs import mobilenet
from benchmarks.row import Row, in_turn, row
from fieldcheck.corruptions.catalogue import FAVOURITES, apply_corruption
from fieldcheck.corruptions.live_frame import LiveResult, PreparedFrame, begin_frame, make_recipe
from fieldcheck.files import sha256_file
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.camera.playback import SyntheticCamera
from fieldcheck.footage.frame_analysis import ModelFile, get_shared_runner
from fieldcheck.models.preprocess import preprocess_image
from fieldcheck.models.providers import ModelRunner

BARS = {"live": 1.35, "live_busy": 1.5}
WIDTH, HEIGHT = 1280, 720
SEVERITY, SEED = 3.0, 0
CHARTS_S = 0.2  # the histogram is drawn five times a second whatever the camera's speed


def rows(smoke: bool) -> list[Row]:
    """The row `live`: seconds for a round of frames through the nine corruptions of the screen; at
    full size also `live_busy`, the same beside a process that takes all it gets of one core."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    n, runs = (6, 1) if smoke else (60, 5)
    with tempfile.TemporaryDirectory() as folder:
        runner = get_shared_runner(named(mobilenet(Path(folder) / "mobilenet.onnx")))
        frames = footage(n)
        bare = alone(frames, runner)
        screen = Screen()

        def ours() -> None:
            cv2.setNumThreads(1)  # as the program has it
            for result in cooked(frames, runner):
                screen.show(result)

        def other() -> None:
            cv2.setNumThreads(cv2.getNumberOfCPUs())
            bare()

        medians_by_row = {"live": in_turn(ours, other, runs=runs)}
        if not smoke:
            with busy_core():
                medians_by_row["live_busy"] = in_turn(ours, other, runs=runs)
        screen.close()
    other_is = (
        "corruption and bare session.run of the corrupted and of the clean frame, seconds; a "
        f"hand-over took {handover_us():.0f} µs"
    )
    return [
        row(
            name, medians.ours, medians.other, other_is, BARS[name], "<=", runs, floor=medians.floor
        )
        for name, medians in medians_by_row.items()
    ]


def handover_us(n: int = 200) -> float:
    """Microseconds until a waiting thread goes on with what another one gives it: median of `n`
    there and back. A frame of ours takes some thirty of them, the other side none."""
    requests, answers = SimpleQueue[float](), SimpleQueue[float]()

    def answer() -> None:
        for _ in range(n):
            answers.put(requests.get())

    thread = Thread(target=answer)
    thread.start()
    seconds = []
    for _ in range(n):
        time.sleep(0.001)  # at rest in between, as between two steps of a frame
        began = time.perf_counter()
        requests.put(began)
        answers.get()
        seconds.append(time.perf_counter() - began)
    thread.join()
    return 1e6 * statistics.median(seconds) / 2


@contextmanager
def busy_core() -> Iterator[None]:
    """While it lasts another process is never at rest."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        try:
            yield
        finally:
            process.kill()


def named(model: Path) -> ModelFile:
    """The model with the card that lies beside it."""
    card = json.dumps(json.loads(model.with_suffix(".card.json").read_text(encoding="utf-8")))
    return ModelFile(
        str(model), sha256_file(model), card, threads=max(1, (os.cpu_count() or 2) - 1)
    )


def footage(n: int) -> list[CapturedFrame]:
    """`n` frames of 720p, rendered beforehand."""
    camera = SyntheticCamera(WIDTH, HEIGHT)
    return [
        CapturedFrame(camera.render_frame(index), index, index / 30, camera.name)
        for index in range(n)
    ]


def cooked(frames: Sequence[CapturedFrame], runner: ModelRunner) -> Iterator[LiveResult]:
    """The results, made on two threads of their own as the live view makes them with a quick model:
    one corrupts and prepares a frame while the other one has the model answer about the one before,
    and neither is ahead by more than one. Raises RuntimeError where they fail."""
    results, n_made = Queue[LiveResult | None](maxsize=1), 0

    def put(begun_frame: PreparedFrame) -> None:
        results.put(begun_frame.finish())

    def cook() -> None:
        before = None
        try:
            with ThreadPoolExecutor(1) as thread:
                for frame in frames:
                    recipe = make_recipe(FAVOURITES[frame.index % len(FAVOURITES)], SEVERITY, 1)
                    begun_frame = begin_frame(frame, recipe, runner, SEED, model_thread=thread)
                    running = thread.submit(put, begun_frame)
                    if before is not None:
                        before.result()
                    before = running
        finally:
            results.put(None)

    # nobody may be left to take what it makes
    thread = Thread(target=cook, name="live", daemon=True)
    thread.start()
    while (result := results.get()) is not None:
        yield result
        n_made += 1
    thread.join()
    if n_made < len(frames):
        raise RuntimeError(
            f"{n_made} of {len(frames)} frames were cooked; the thread's own error stands above"
        )


def alone(
    frames: Sequence[CapturedFrame], runner: ModelRunner
) -> Callable[[], list[NDArray[np.float32]]]:
    """The other side: the same corruptions, and the session on tensors that are ready. What it
    returns is raw, of the corrupted frames."""
    names = [FAVOURITES[frame.index % len(FAVOURITES)] for frame in frames]
    pairs = list(zip(frames, names, strict=True))
    dirty = [
        preprocess_image(
            apply_corruption(frame.rgb, name, SEVERITY, SEED), runner.card.input
        ).tensor[None]
        for frame, name in pairs
    ]
    clean = [preprocess_image(frame.rgb, runner.card.input).tensor[None] for frame in frames]
    session, entry = runner.model.session, runner.model.inputs[0].name

    def run() -> list[NDArray[np.float32]]:
        outputs = []
        for (frame, name), corrupted, uncorrupted in zip(pairs, dirty, clean, strict=True):
            apply_corruption(frame.rgb, name, SEVERITY, SEED)
            outputs.append(session.run(None, {entry: corrupted})[0])
            session.run(None, {entry: uncorrupted})
        return outputs

    return run


class Screen:
    """The product's own screen at its usual size, fed by hand."""

    def __init__(self) -> None:
        from PySide6.QtWidgets import QMainWindow

        from fieldcheck.ui import theme
        from fieldcheck.ui.app import create_application
        from fieldcheck.ui.screens import list_actions
        from fieldcheck.ui.screens.stress.state import AnswerTally
        from fieldcheck.ui.screens.stress.view import StressView
        from fieldcheck.ui.shell.shortcuts import Actions
        from fieldcheck.ui.theme import Theme

        self._app, window_theme = create_application(), Theme()
        theme.apply_theme(self._app, window_theme)
        self._window = QMainWindow()
        self._view = StressView(window_theme, Actions(self._window, list_actions()), FAVOURITES)
        self._window.setCentralWidget(self._view)
        self._window.resize(1170, 598)
        self._window.show()
        self._tally, self._charts_at = AnswerTally(), 0.0

    def show(self, result: LiveResult) -> None:
        """Counts and paints a result, with the charts when they are due."""
        from fieldcheck.ui.screens.stress.charts import build_content, format_throughput

        now = time.monotonic()
        self._tally.add_result(result, now)
        self._view.show_result(build_content(result))
        if now >= self._charts_at + CHARTS_S:
            self._charts_at = now
            self._view.show_confidence(self._tally.compute_confidence(None))
            self._view.show_moments(self._tally.list_moments(now), now)
            self._view.show_numbers(*format_throughput(result.running, True))
        self._app.processEvents()  # paints

    def close(self) -> None:
        """Takes the window away."""
        from PySide6.QtCore import QCoreApplication, QEvent

        self._window.close()
        self._window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
