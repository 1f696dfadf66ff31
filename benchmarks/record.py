"""Recording 1080p at 30 frames a second with a preview: no frame may be lost, and it may cost
little more than a bare writer."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from benchmarks.row import Row, row
from fieldcheck.footage.camera.camera import CapturedFrame
from fieldcheck.footage.camera.playback import PlaybackClock, SyntheticCamera, make_even_timetable
from fieldcheck.footage.import_footage import FootageInfo
from fieldcheck.footage.live_camera import LiveCamera
from fieldcheck.imaging.codec import encode_jpeg
from fieldcheck.imaging.raw import RawImage, pack_pixels
from fieldcheck.models.new_project import NewProjectRequest, set_up_project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldcheck.footage.recorder import RecordingProgress

BAR = 1.3
FPS = 30.0
SIZE, SMALL = (1920, 1080), (320, 180)
JPEG_S, PIXELS_S, BARE_S, SMOKE_S = 600.0, 60.0, 60.0, 1.5
NEEDED = 15_000_000_000  # bytes free
SYNC_S = 0.5
NOISE = 3.0  # grey levels, as a small sensor has them in the dark
QUALITY = 85
MOST_WAITING = 4  # frames that wait in the driver, as OpenCV asks Video4Linux for


class Repeated:
    """A camera that delivers the same pictures round and round, as fast as they are due; a few wait
    in its driver."""

    name = "repeated"

    def __init__(self, pictures: Sequence[RawImage], fps: float = FPS) -> None:
        self._pictures, self._fps = pictures, fps
        self._pace: PlaybackClock | None = None

    def open(self) -> None:
        """Starts at the first picture."""
        self._pace = PlaybackClock(make_even_timetable(self._fps), n_waiting=MOST_WAITING)

    def read(self, wait_s: float) -> CapturedFrame | None:
        """The next picture once it is due."""
        assert self._pace is not None
        index = self._pace.wait_for_next(wait_s)
        return (
            None
            if index is None
            else CapturedFrame(
                self._pictures[index % len(self._pictures)], index, index / self._fps, self.name
            )
        )

    def close(self) -> None:
        """There is nothing to let go of but the clock."""
        self._pace = None


def rows(smoke: bool) -> list[Row]:
    """`record_jpeg`: a camera's own JPEGs; `record_pixels`: every frame without loss. CPU
    milliseconds a frame, preview included."""
    with tempfile.TemporaryDirectory() as folder:
        if not smoke and shutil.disk_usage(folder).free < NEEDED:
            return [skipped(name) for name in ("record_jpeg", "record_pixels")]
        size = SMALL if smoke else SIZE
        return [
            measured("record_jpeg", jpegs(size), SMOKE_S if smoke else JPEG_S, smoke, Path(folder)),
            measured(
                "record_pixels", pixels(size), SMOKE_S if smoke else PIXELS_S, smoke, Path(folder)
            ),
        ]


def skipped(name: str) -> Row:
    """What stands in the table where the disk is too small."""
    return replace(
        row(name, 1, 1, f"not run: less than {NEEDED / 1e9:g} GB free", BAR, "<=", 0), holds=False
    )


def jpegs(size: tuple[int, int], n: int = 60) -> list[RawImage]:
    """Frames as a webcam delivers them."""
    camera, rng = SyntheticCamera(*size), np.random.default_rng(4)
    return [
        RawImage("jpeg", encode_jpeg(_noisy(camera.render_frame(index), rng), QUALITY))
        for index in range(n)
    ]


def pixels(size: tuple[int, int], n: int = 20) -> list[RawImage]:
    """Frames as a camera delivers them that does not code."""
    camera, rng = SyntheticCamera(*size), np.random.default_rng(4)
    return [
        RawImage("bgr8", np.ascontiguousarray(_noisy(camera.render_frame(index), rng)[..., ::-1]))
        for index in range(n)
    ]


def measured(
    name: str, pictures: Sequence[RawImage], seconds: float, smoke: bool, folder: Path
) -> Row:
    """The recorder against a loop that only packs and writes, each with a preview; both by CPU time
    a frame."""
    recorded, ours = record(pictures, seconds, folder / f"{name}.fieldcheck")
    n, n_lost, other = bare(pictures, SMOKE_S if smoke else BARE_S, folder / name)
    n_not_stored = recorded.n_skipped + recorded.n_dropped
    other_is = (
        f"preview, packing and a bare file write, CPU ms a frame over {n} frames; "
        f"{n_not_stored} of {recorded.n_frames + n_not_stored} lost"
    )
    other_is += f", {n_lost} of {n + n_lost} by the bare write"
    record_row = row(name, ours, other, other_is, BAR, "<=", recorded.n_frames)
    return replace(record_row, holds=record_row.holds and n_not_stored == 0)


def record(
    pictures: Sequence[RawImage], seconds: float, path: Path
) -> tuple[RecordingProgress, float]:
    """What the product stores in so many seconds, and the CPU milliseconds a frame."""
    with set_up_project(path, NewProjectRequest(), "2026-01-01T00:00:00+00:00").project as project:
        live = LiveCamera("repeated", make=lambda: Repeated(pictures))
        live.start()
        while live.ring.get_latest() is None:
            time.sleep(0.01)
        with preview(live.ring.get_latest):
            began = time.process_time()
            live.start_recording(project, FootageInfo(), every_frame=True)
            time.sleep(seconds)
            recorded = live.stop_recording()
            spent = time.process_time() - began
        live.stop()
    assert recorded is not None
    shutil.rmtree(path)
    return recorded, 1000 * spent / max(1, recorded.n_frames)


def bare(pictures: Sequence[RawImage], seconds: float, path: Path) -> tuple[int, int, float]:
    """Frames that the least that can be done stores in so many seconds, those it loses, and the CPU
    milliseconds a frame."""
    newest: list[CapturedFrame] = []
    camera = Repeated(pictures)
    camera.open()
    stop, synced, n, index = time.monotonic() + seconds, time.monotonic(), 0, 0
    with path.open("wb", buffering=0) as file, preview(lambda: newest[-1] if newest else None):
        began = time.process_time()
        while time.monotonic() < stop:
            frame = camera.read(1.0)
            if frame is None:
                continue
            n, index = n + 1, frame.index
            newest[:] = [frame]
            file.write(frame.raw.encoded or pack_pixels(frame.raw.data, frame.raw.format))  # type: ignore[arg-type]
            if time.monotonic() - synced > SYNC_S:
                synced = _sync(file)
        spent = time.process_time() - began
    path.unlink()
    return n, index + 1 - n, 1000 * spent / n


@contextmanager
def preview(latest: Callable[[], CapturedFrame | None]) -> Iterator[None]:
    """Somebody who looks at every frame, as the window does: each is decoded once."""
    stopping = threading.Event()

    def watch_frames() -> None:
        last_index = -1
        while not stopping.wait(1 / FPS / 2):
            frame = latest()
            if frame is not None and frame.index != last_index:
                last_index = frame.index
                _ = frame.rgb

    thread = threading.Thread(target=watch_frames, name="preview")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _noisy(rgb: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    return np.asarray(np.clip(rgb + rng.normal(0, NOISE, rgb.shape), 0, 255), np.uint8)


def _sync(file: IO[bytes]) -> float:
    os.fsync(file.fileno())
    return time.monotonic()
