"""The window while a camera that is being recorded is killed, says nothing, stands still and
changes its format: does it stay live?"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.row import Row, row
from benchmarks.screen import let_work
from tests.footage.servers.mjpeg import MjpegServer, jpegs

STALL_S = 0.2
TICK_MS = 5
GUARD_S = 60.0
SIZE, OTHER_SIZE = (1280, 720), (640, 480)

OTHERS = jpegs(8, OTHER_SIZE)  # made beforehand: the window's thread is the one that is measured

Fault = Callable[[Any, MjpegServer], None]


def rows(smoke: bool) -> list[Row]:
    """The row `faults`: the longest gap of the event loop, from the moment before each fault to the
    return of the camera."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with (
        tempfile.TemporaryDirectory() as folder,
        _home(Path(folder) / "home"),
        MjpegServer(jpegs(8, SIZE), fps=25) as server,
    ):
        faults = dict(
            [("killed", _killed)]
            if smoke
            else [
                ("killed", _killed),
                ("silent", _silent),
                ("frozen", _frozen),
                ("format", _format),
            ]
        )
        gaps = _through(server, Path(folder) / "faults.fieldcheck", faults)
    longest = max(gaps.values())
    other_is = (
        f"limit of the event loop's gap, seconds; longest: {max(gaps, key=lambda name: gaps[name])}"
    )
    return [row("faults", longest, STALL_S, other_is, 1.0, "<=", len(gaps))]


def _through(server: MjpegServer, project: Path, faults: Mapping[str, Fault]) -> dict[str, float]:
    """The longest gap during each fault, with 720p at 25 frames a second shown and recorded."""
    from fieldcheck.project.folder import create_project
    from fieldcheck.ui.app import build_window, create_application

    create_application()
    create_project(project).close()
    window = build_window()
    window.show()
    window.open_project(project)
    _until(lambda: window.current.project is not None)
    window.show_screen("capture")
    screen: Any = window.get_shown_screen()
    screen.presenter.show_page(True)
    screen.presenter.live.add_source(server.url)
    _until(lambda: screen.view.live.canvas.has_frame)
    screen.presenter.live.toggle_recording()
    _until(lambda: _n_frames(window) > 10)
    gaps = {name: _longest_gap(partial(fault, window, server)) for name, fault in faults.items()}
    window.force_close()
    window.deleteLater()
    return gaps


def _killed(window: Any, server: MjpegServer) -> None:
    server.kill()
    _until(lambda: window.cameras.lost)
    server.start()
    _until(lambda: not window.cameras.lost)


def _silent(window: Any, server: MjpegServer) -> None:
    server.pause()
    _until(lambda: window.cameras.lost)
    server.resume()
    _until(lambda: not window.cameras.lost)


def _frozen(window: Any, server: MjpegServer) -> None:
    server.frozen = True
    _until(lambda: window.cameras.lost)
    server.frozen = False
    _until(lambda: not window.cameras.lost)


def _format(window: Any, server: MjpegServer) -> None:
    before = _n_frames(window)
    server.frames = OTHERS
    _until(lambda: _n_frames(window) > before + 50)


def _n_frames(window: Any) -> int:
    camera = window.cameras.current
    return camera.recorded.n_frames if camera is not None and camera.recorded is not None else 0


def _longest_gap(work: Callable[[], None]) -> float:
    """How long the event loop took at most from tick to tick while the work waited."""
    from PySide6.QtCore import Qt, QTimer

    longest, last = [0.0], [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        longest[0], last[0] = max(longest[0], now - last[0]), now

    timer = QTimer(interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start()
    work()
    timer.stop()
    return longest[0]


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + GUARD_S
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(condition)
        let_work(10)


@contextmanager
def _home(folder: Path) -> Iterator[None]:
    """Settings and recent projects of the run lie in a folder of its own."""
    before = os.environ.get("FIELDCHECK_HOME")
    os.environ["FIELDCHECK_HOME"] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ["FIELDCHECK_HOME"]
        else:
            os.environ["FIELDCHECK_HOME"] = before
