"""A label key → the next frame painted, in a project of 10,000 frames with 2,000 picks: the label
is on disk before the frame comes.

Twice: with nothing else to do, and while the background runs the model over the benchmark.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import cv2
import numpy as np

from benchmarks.graphs import mobilenet
from benchmarks.row import Row, row
from benchmarks.screen import environment, let_work
from fieldcheck.domain.frame import FrameFacts, ListedFrame, Quality, make_frame_id
from fieldcheck.domain.label import Draw, DrawnFrame, Pick, Stratum
from fieldcheck.domain.recording import Clip, Recording, make_clip_id
from fieldcheck.imaging.codec import compute_pixels_sha256
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.settings import Settings, save_settings

LIMIT_MS, BEHIND_LIMIT_MS, BEHIND_LONGER = 50.0, 100.0, 2.0
NOW = "2026-01-01T00:00:00+00:00"
RECORDING = "r0"
WIDTH, HEIGHT = 1280, 720
N_PICTURES = 12
CLASSES = ("whole", "dent", "crack", "flash", "cold shut", "scratch")
WARM_UP = 5
PATIENCE_MS = 10_000
BEAT_MS = 5


def rows(smoke: bool) -> list[Row]:
    """The rows `label_latency`, of a fresh process that does nothing else, and
    `label_latency_behind`, of one whose background runs the model all the while: 95th percentiles
    of milliseconds. `label_latency_pause`: how long the window's event loop answered nobody, of
    both: the 95th percentile of the longest pause of each key."""
    frames, picks, presses, behind = (60, 20, 5, 30) if smoke else (10_000, 2_000, 200, 1_000)
    other_is = "limit, milliseconds, 95 % of the keys"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        save_settings(
            root / "home" / "settings", Settings(language="en", theme="light", too_fast_ms=0)
        )
        quiet = made_project(root / "quiet.fieldcheck", frames, picks)
        net = mobilenet(root / "net.onnx")
        request = NewProjectRequest(
            net, net.with_suffix(".card.json"), benchmark=made_benchmark(root / "clean", behind)
        )
        busy = made_project(root / "busy.fieldcheck", frames, picks, request)
        with environment(root / "home") as variables:
            (quiet_ms, quiet_pauses), (busy_ms, busy_pauses) = (
                pressed(project, presses, variables) for project in (quiet, busy)
            )
    alone, behind_it = (float(np.percentile(each, 95)) for each in (quiet_pauses, busy_pauses))
    floor = float(
        np.percentile(quiet_pauses[::2], 95) / np.percentile(quiet_pauses[1::2] or quiet_pauses, 95)
    )
    paused = (
        "longest pause of the event loop for a key, milliseconds, 95 % of the keys; the same "
        "without the background"
    )
    return [
        of_keys("label_latency", quiet_ms, LIMIT_MS, other_is),
        of_keys(
            "label_latency_behind", busy_ms, BEHIND_LIMIT_MS, f"{other_is} beside the background"
        ),
        row(
            "label_latency_pause", behind_it, alone, paused, BEHIND_LONGER, "<=", len(busy_pauses),
            floor=floor,
        ),
    ]  # fmt: skip


def of_keys(name: str, key_ms: list[float], limit: float, other_is: str) -> Row:
    """The row of keys that took so many milliseconds; its noise floor is every second of them
    against the others."""
    all_keys, some, others = (
        float(np.percentile(keys, 95)) for keys in (key_ms, key_ms[::2], key_ms[1::2] or key_ms)
    )
    return row(name, all_keys, limit, other_is, 1.0, "<=", len(key_ms), floor=others / some)


def pressed(
    project: Path, presses: int, variables: Mapping[str, str]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each key in a process of its own, and the longest pause in each; of a project
    with a model those during which the background worked. Raises CalledProcessError, also where
    that was never so."""
    command = [sys.executable, "-m", "benchmarks.label_latency", str(project), str(presses)]
    completed = subprocess.run(
        command, env=variables, check=True, capture_output=True, text=True, timeout=600
    )
    key_ms, pauses = zip(*json.loads(completed.stdout), strict=True)
    return list(key_ms), list(pauses)


def made_benchmark(folder: Path, n: int) -> Path:
    """`n` pictures of 1280 × 720 in the folder of their class, hard links of a few files."""
    rng = np.random.default_rng(1)
    for number in range(n):
        of_class = folder / f"class {number % 2}"
        path, first = of_class / f"{number:05d}.png", of_class / f"{number % 2:05d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number < 2:
            cv2.imwrite(
                str(path),
                cv2.resize(
                    rng.integers(0, 256, (36, 64, 3), np.uint8),
                    (WIDTH, HEIGHT),
                    interpolation=cv2.INTER_CUBIC,
                ),
            )
        else:
            os.link(first, path)
    return folder


def made_project(
    path: Path, n_frames: int, n_picks: int, request: NewProjectRequest | None = None
) -> Path:
    """A project of one recording with every `n_frames // n_picks`-th frame picked; the pictures are
    hard links of a few files."""
    step = n_frames // n_picks
    with set_up_project(
        path, request or NewProjectRequest(classes=CLASSES), NOW
    ).project as project:
        picked = [make_frame_id(RECORDING, k * step) for k in range(n_picks)]
        files, hashes = linked_pictures(path, picked)
        list_frames(project, n_frames, {k * step: digest for k, digest in enumerate(hashes)})
        strata = (Stratum("even", n_frames, n_picks),)
        draw = Draw(1, "even", 0, False, n_picks, False, strata, (), "", NOW, False)
        members = [DrawnFrame(1, make_frame_id(RECORDING, k), "even", 0.5) for k in range(n_frames)]
        project.write(lambda db: labels_table.put_draw(db, draw, members)).result()
        share = n_picks / n_frames
        picks = [
            Pick(name, 1, "even", share, 1 / share, "even", k, files[k])
            for k, name in enumerate(picked)
        ]
        project.edit("pick.propose", puts=[labels_table.make_pick_row(pick) for pick in picks])
    return path


def list_frames(project: Project, n: int, hashes: Mapping[int, str] = MappingProxyType({})) -> None:
    """One finished recording at two frames a second, one clip, `n` listed frames; `hashes`: of the
    pixels of those that have a picture."""
    recording = Recording(
        RECORDING,
        "video",
        "belt.mp4",
        "recordings/belt.mp4",
        "0" * 64,
        "Camera 2",
        "line 1",
        NOW,
        (),
        2.0,
        30.0,
        WIDTH,
        HEIGHT,
        n / 2,
        n * 15,
        closed=True,
    )
    digests = [hashes.get(k, f"{k:064x}") for k in range(n)]
    frames = [
        ListedFrame(
            make_frame_id(RECORDING, k), RECORDING, k, k / 2, "belt.mp4", WIDTH, HEIGHT, digests[k]
        )
        for k in range(n)
    ]
    quality = Quality(120.0, 200.0, 0.0, 0.0, 6.0, 2.0, 0.0)
    facts = [
        FrameFacts(frame.frame_id, quality, k, k, np.zeros(16, np.float32))
        for k, frame in enumerate(frames)
    ]
    project.write(lambda db: recordings_table.put_recording(db, recording)).result()
    project.write(lambda db: frames_table.insert_frames(db, frames, facts)).result()
    clip = Clip(make_clip_id(RECORDING, 0), RECORDING, 0, 0.0, "Camera 2", "line 1", ())
    project.write(lambda db: recordings_table.put_clips(db, [clip])).result()


def linked_pictures(path: Path, picked: list[str]) -> tuple[list[str], list[str]]:
    """A picture of 1280 × 720 for each picked frame; returns the files, relative to the project,
    and the hashes of their pixels."""
    folder = path / "picked"
    folder.mkdir(exist_ok=True)
    rng = np.random.default_rng(0)
    firsts, digests = [], []
    for number in range(min(N_PICTURES, len(picked))):
        rough = rng.integers(0, 256, (36, 64, 3), np.uint8)
        picture = cv2.resize(rough, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        firsts.append(folder / f"{picked[number]}.png")
        cv2.imwrite(str(firsts[-1]), picture)
        digests.append(
            compute_pixels_sha256(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8))
        )
    order = [
        *range(len(firsts)),
        *(number % len(firsts) for number in range(len(picked) - len(firsts))),
    ]
    for name, first in zip(picked[len(firsts) :], order[len(firsts) :], strict=True):
        os.link(firsts[first], folder / f"{name}.png")
    return [f"picked/{name}.png" for name in picked], [digests[number] for number in order]


class Operator:
    """Presses a class key as soon as a frame is painted, and notes how long the next one takes."""

    def __init__(self, project: Path) -> None:
        from PySide6.QtCore import QEventLoop, Qt, QTimer
        from PySide6.QtTest import QTest

        from fieldcheck.ui.app import build_window, create_application
        from fieldcheck.ui.background_jobs import BackgroundJobs

        self._app, self._loop = create_application(), QEventLoop()
        self._window = build_window()
        BackgroundJobs(
            self._window.runner,
            self._window.current,
            self._window.cameras,
            self._window.preferences,
            self._window,
        )
        self._window.show()
        QTest.qWaitForWindowExposed(self._window)
        self._window.activateWindow()  # keys go to the active window only
        QTest.qWaitForWindowActive(self._window)
        self._shown = -1
        self._shown_at = 0.0
        self._beat_at, self.pause_ms = time.perf_counter(), 0.0
        self._beats = QTimer(self._window, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._beats.timeout.connect(self._beat)
        self._beats.start()
        self._window.current.opened.connect(self._loop.quit)
        self._window.open_project(project)
        self._wait()
        self._window.show_screen("label")
        # the canvas of the Label screen
        self._canvas = cast(Any, self._window.get_shown_screen().focus)
        self._canvas.painted.connect(self._painted)
        self._wait()

    def press(self, number: int) -> tuple[float, float]:
        """Milliseconds from the key to the next frame, and the longest in them without a turn of
        the event loop."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        began = self._beat_at = time.perf_counter()
        self.pause_ms = 0.0
        QTest.keyClick(self._canvas, Qt.Key.Key_1.value + number % len(CLASSES))
        self._wait()
        self._beat()
        return (self._shown_at - began) * 1000, self.pause_ms

    @property
    def beside_background(self) -> bool:
        """Whether the model is run just now."""
        return any(job.in_background for job in self._window.runner.list_running())

    def wait_for_background(self) -> None:
        """Until it works, in a project that has a model."""
        standing = self._window.current.status
        began = time.monotonic()
        while standing is not None and standing.n_models and not self.beside_background:
            let_work(20)
            if time.monotonic() - began > PATIENCE_MS / 1000:
                raise TimeoutError("the background does not begin")

    def leave(self) -> None:
        """Closes the window in order."""
        self._window.close()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.pause_ms, self._beat_at = max(self.pause_ms, (now - self._beat_at) * 1000), now

    def _painted(self, number: int) -> None:
        if number != self._shown and self._canvas.has_image:
            self._shown, self._shown_at = number, time.perf_counter()
            self._loop.quit()

    def _wait(self) -> None:
        from PySide6.QtCore import QTimer

        guard = QTimer(singleShot=True, interval=PATIENCE_MS)
        guard.timeout.connect(lambda: self._loop.exit(1))
        guard.start()
        if self._loop.exec():
            banners = [banner.text for banner in self._window.messages.banners]
            raise TimeoutError(
                f"no frame after {self._shown}; active {self._window.isActiveWindow()}; {banners}"
            )


def main(project: Path, presses: int) -> None:
    """Prints the milliseconds of every key but the first few, and its longest pause, as JSON; of
    those pressed beside the background where there is any."""
    operator = Operator(project)
    timed: list[tuple[bool, tuple[float, float]]] = []
    try:
        operator.wait_for_background()
        beside = operator.beside_background
        for number in range(presses + WARM_UP):
            was_behind = operator.beside_background
            took = operator.press(number)
            timed.append((was_behind == beside == operator.beside_background, took))
    finally:
        operator.leave()
    counted = [took for counts, took in timed[WARM_UP:] if counts]
    if not counted:
        raise RuntimeError("the background ended before the first key")
    print(json.dumps(counted))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
