"""The thread that stores a camera's frames as they came, with every gap and its cause, and the disk
space that a recording requires."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import floor, fsum
from pathlib import Path
from typing import Literal

from fieldcheck.domain.recording import RecordingGap
from fieldcheck.errors.files import DiskFull, FieldcheckError, FolderGone
from fieldcheck.files import DiskReserve
from fieldcheck.footage.camera.camera import CapturedFrame, FrameFormat, FrameRing
from fieldcheck.footage.camera.reconnect import Watchdog
from fieldcheck.footage.recording_container import RecordingWriter, pack_frame
from fieldcheck.imaging.raw import OWN_CODING

# Room on the disk of a recording: how long it lasts, and when it must stop so that labels and
# report always fit.

WINDOW_S = 30.0  # over which the rate is measured

Level = Literal["plenty", "short", "urgent", "stop"]


@dataclass(frozen=True, slots=True)
class DiskLimits:
    """`short_s`, `urgent_s`: seconds of recording left below which a warning is shown. A recording
    stops when the free space is below `stop_bytes` or below what `stop_s` seconds of it would take;
    `reserve_bytes` are also held back while it runs."""

    short_s: float = 15 * 60
    urgent_s: float = 5 * 60
    stop_bytes: int = 1_000_000_000
    stop_s: float = 2 * 60
    reserve_bytes: int = 200_000_000


@dataclass(frozen=True, slots=True)
class DiskSpaceLeft:
    """`bytes_per_s`: write rate of this recording over the last 30 s; `seconds`: until it stops by
    itself, with all other recordings on this disk taken into account; None before anything is
    written."""

    free_bytes: int
    bytes_per_s: float
    seconds: float | None
    level: Level


class DiskUsageRegistry:
    """Write rates of all recordings on one disk, so that each can account for the others.
    Thread-safe."""

    def __init__(self) -> None:
        self._rates: dict[DiskSpaceMonitor, float] = {}

    def set_write_rate(self, disk_space_monitor: DiskSpaceMonitor, bytes_per_s: float) -> None:
        """Sets the bytes per second that this recording writes."""
        self._rates[disk_space_monitor] = bytes_per_s

    def remove_writer(self, disk_space_monitor: DiskSpaceMonitor) -> None:
        """Removes a recording that no longer writes."""
        self._rates.pop(disk_space_monitor, None)

    def total_other_rates(self, disk_space_monitor: DiskSpaceMonitor) -> float:
        """Bytes per second that all other recordings write."""
        return sum(
            rate
            for monitor, rate in tuple(self._rates.items())
            if monitor is not disk_space_monitor
        )


class DiskSpaceMonitor:
    """Measures the disk space left for a recording; `together`: registry shared with the other
    recordings on that disk. One thread."""

    def __init__(
        self,
        folder: Path,
        limits: DiskLimits | None = None,
        free: Callable[[Path], int] | None = None,
        together: DiskUsageRegistry | None = None,
    ) -> None:
        self._folder, self.limits = folder, limits or DiskLimits()
        self._free, self._together = free or _get_free_bytes, together or DiskUsageRegistry()
        self._written: deque[tuple[float, int]] = deque()

    def get_space_left(self, now: float, n_bytes: int, expected: float = 0.0) -> DiskSpaceLeft:
        """Disk space left at `now` (monotonic seconds), `n_bytes` having been written so far;
        `expected` bytes a second stand in for a rate that cannot be measured yet."""
        free = self._free(self._folder)
        rate = self._compute_write_rate(now, n_bytes) or expected
        if n_bytes:
            self._together.set_write_rate(self, rate)
        everything = rate + self._together.total_other_rates(self)
        floor = max(self.limits.stop_bytes, everything * self.limits.stop_s)
        seconds = max(0.0, free - floor) / everything if rate else None
        return DiskSpaceLeft(free, rate, seconds, self._get_level(free, floor, seconds))

    def close(self) -> None:
        """Ends the accounting for this recording."""
        self._together.remove_writer(self)

    def _compute_write_rate(self, now: float, n_bytes: int) -> float:
        self._written.append((now, n_bytes))
        while self._written[0][0] < now - WINDOW_S and len(self._written) > 2:
            self._written.popleft()
        (began, before), passed = self._written[0], now - self._written[0][0]
        return max(0, n_bytes - before) / passed if passed > 0 and began < now else 0.0

    def _get_level(self, free: int, floor: float, seconds: float | None) -> Level:
        if free <= floor:
            return "stop"
        if seconds is None or seconds >= self.limits.short_s:
            return "plenty"
        return "urgent" if seconds < self.limits.urgent_s else "short"


def _get_free_bytes(folder: Path) -> int:
    """Free space where a folder is or would be made. Raises FolderGone where its whole drive is
    gone."""
    places = (folder, *folder.absolute().parents)
    standing = next((place for place in places if place.exists()), None)
    if standing is None:
        raise FolderGone(folder)
    return shutil.disk_usage(standing).free


WAIT_S = 0.1
STOP_S = 30.0  # Writing the last frames may take long on a slow disk.
MEASURE_EVERY_S = 1.0
GRID_SLACK = 1e-3  # of a step: a frame that is due counts as due
SILENT_S = 1.5  # without a frame at the end of a recording from which on that is a gap

log = logging.getLogger(__name__)

Ended = Literal["", "asked", "disk_low", "disk_full", "failed"]


@dataclass(frozen=True, slots=True)
class StoragePlan:
    """Which frames are stored. A camera's own JPEGs and packets always all; of pixels, which are
    far larger, one at each instant of a grid of `list_fps` frames per second, or `every_frame`."""

    every_frame: bool = False
    list_fps: float = 2.0


@dataclass(frozen=True, slots=True)
class RecordingProgress:
    """How far a recording is. `seconds` from its first frame to the last that came, stored or not;
    the times of `gaps` likewise.

    `n_dropped`: made by the camera and not delivered; `n_skipped`: delivered and not stored in
    time, which is our own fault. `began_ns`, `began_utc_ns`: of the first frame, 0 before it.
    `frame_format`: what is stored just now; `on_grid`: whether only a grid of it is. `ended` is
    empty while it runs: `asked`, `disk_low` (stopped so that labels still fit), `disk_full`,
    `failed` (see `error`; None where the system named none of ours, as of a disk that was pulled
    out). `sha256`: of what was stored, once it has ended.
    """

    began_ns: int = 0
    began_utc_ns: int = 0
    seconds: float = 0.0
    n_frames: int = 0
    n_bytes: int = 0
    n_dropped: int = 0
    n_skipped: int = 0
    gaps: tuple[RecordingGap, ...] = ()
    frame_format: FrameFormat | None = None
    on_grid: bool = False
    room: DiskSpaceLeft | None = None
    ended: Ended = ""
    error: FieldcheckError | None = None
    sha256: str = ""

    @property
    def covered_s(self) -> float:
        """Seconds of the recording with frames, gaps not counted."""
        return max(
            0.0,
            self.seconds
            - fsum(
                min(gap.seconds, self.seconds - gap.at_s)
                for gap in self.gaps
                if gap.at_s < self.seconds
            ),
        )


class Recorder:
    """Stores the frames of a watched camera between `start` and `stop`, once. Its progress is in
    `now`.

    `about` is written into the files, so that a recording whose process was killed can be
    identified from them alone. The folder is created with the first frame; without frames there is
    none."""

    def __init__(
        self,
        ring: FrameRing,
        watch: Watchdog,
        folder: Path,
        about: Mapping[str, object],
        plan: StoragePlan,
        disk_space_monitor: DiskSpaceMonitor,
    ) -> None:
        self._feed, self._watch, self._disk_space, self._plan = (
            ring.subscribe(),
            watch,
            disk_space_monitor,
            plan,
        )
        self._folder, self._about = folder, dict(about)
        self._writer: RecordingWriter | None = None
        self._reserve: DiskReserve | None = None
        self._stopping = threading.Event()
        self._stop_ns = 0
        self._asked = False
        self._last: CapturedFrame | None = None
        self._last_sha256, self._n_lost, self._n_missed, self._pending = b"", 0, 0, 0
        self._measured = 0.0
        self._thread = threading.Thread(target=self._run, name=f"record {folder.name}")
        self.progress = RecordingProgress()

    def start(self) -> None:
        """Starts storing frames from now on."""
        self._feed.skip_pending()
        self._thread.start()

    def stop(self) -> RecordingProgress:
        """Stores all frames up to now and closes the files. May be called twice, and without a
        start."""
        if not self._stopping.is_set():
            self._stop_ns = time.monotonic_ns()
            self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        return self.progress

    def store_next(self) -> None:
        """Stores the next frame even where it is not on the grid. Thread-safe."""
        self._asked = True

    def store_only_grid(self) -> None:
        """From now on stores only frames on the grid, for a camera of pixels; coded frames are
        always all stored. Thread-safe."""
        self._plan = replace(self._plan, every_frame=False)

    @property
    def running(self) -> bool:
        """Whether it is storing frames."""
        return self._thread.is_alive()

    def _run(self) -> None:
        ended: Ended = "failed"
        error: FieldcheckError | None = None
        try:
            ended = self._store_until_stopped()
        except DiskFull as full:
            ended, error = "disk_full", full
        except FieldcheckError as trouble:
            error = trouble
        except OSError as trouble:  # A disk that was pulled out raises various errors.
            log.warning("recording to %s: %r", self._folder, trouble)
        finally:
            sha256 = self._close_files()
            self.progress = replace(
                self.progress,
                ended=ended,
                error=error,
                gaps=(*self.progress.gaps, *self._make_final_gap()),
                sha256=sha256,
            )

    def _close_files(self) -> str:
        """Release the reserve, close the files and return the hash of their content, empty where it
        is unknown."""
        self._disk_space.close()
        try:
            try:
                if self._reserve is not None:
                    self._reserve.release()
            finally:  # On a missing disk every call fails, but the files must still be released.
                if self._writer is not None:
                    self._writer.close()
            return self._writer.compute_sha256() if self._writer is not None else ""
        except (FieldcheckError, OSError) as error:
            log.warning("closing %s: %r", self._folder, error)
        return ""

    def _store_until_stopped(self) -> Ended:
        while True:
            frame = self._feed.get_next(WAIT_S)
            if self._stopping.is_set() and (frame is None or frame.monotonic_ns > self._stop_ns):
                return "asked"
            if frame is not None:
                self._process_frame(frame)
            elif self._writer is not None:
                self._writer.sync_if_due()
            if self._is_full():
                return "disk_low"

    def _process_frame(self, frame: CapturedFrame) -> None:
        self._n_missed += self._feed.n_lost - self._n_lost
        self._n_lost = self._feed.n_lost
        before = self._last
        dropped = (
            max(0, frame.index - before.index - 1 - self._n_missed)
            if before is not None and before.opening == frame.opening
            else 0
        )
        follows = before is not None and not _is_new_segment(before, frame)
        if frame.raw.dependent and (not follows or dropped or self._n_missed):
            # a frame that it is decoded by is not stored: it waits for one that needs none
            self._n_missed += follows
            return
        lost, self._n_missed, self._last = self._n_missed, 0, frame
        self._pending += lost
        on_grid = frame.raw.format not in OWN_CODING and not self._plan.every_frame
        began = self.progress.began_ns or frame.monotonic_ns
        self.progress = replace(
            self.progress,
            began_ns=began,
            began_utc_ns=self.progress.began_utc_ns or frame.utc_ns,
            seconds=(frame.monotonic_ns - began) / 1e9,
            n_dropped=self.progress.n_dropped + dropped,
            n_skipped=self.progress.n_skipped + lost,
            frame_format=frame.frame_format,
            on_grid=on_grid,
        )
        if not on_grid or self._asked or before is None or self._is_due(before, frame):
            self._store_frame(frame, before)

    def _is_due(self, before: CapturedFrame, frame: CapturedFrame) -> bool:
        """Whether an instant of the grid lies between two frames; and where anything changed, the
        first one after that is stored too."""
        if _is_new_segment(before, frame):
            return True
        now, then = (
            floor(
                (captured_frame.monotonic_ns - self.progress.began_ns) / 1e9 * self._plan.list_fps
                + GRID_SLACK
            )
            for captured_frame in (frame, before)
        )
        return now > then

    def _store_frame(self, frame: CapturedFrame, before: CapturedFrame | None) -> None:
        is_asked, self._asked = self._asked, False
        ready = pack_frame(frame, self._pending, asked_for=is_asked)
        ready = replace(
            ready, entry=replace(ready.entry, repeated=ready.sha256 == self._last_sha256)
        )
        self._last_sha256, self._pending = ready.sha256, 0
        writer = self._writer or self._open_writer()
        if before is None:
            writer.begin_segment(ready, None)
        elif _is_new_segment(before, frame):
            gap = self._make_gap(before, frame)
            writer.begin_segment(ready, gap)
            self.progress = replace(self.progress, gaps=(*self.progress.gaps, gap))
        writer.append_frame(ready)
        self.progress = replace(self.progress, n_frames=writer.n_frames, n_bytes=writer.n_bytes)

    def _open_writer(self) -> RecordingWriter:
        self._writer = RecordingWriter(self._folder, self._folder.name, self._about)
        self._reserve = DiskReserve(self._folder, self._disk_space.limits.reserve_bytes)
        self._reserve.reserve_space()
        return self._writer

    def _make_gap(self, before: CapturedFrame, frame: CapturedFrame) -> RecordingGap:
        cause = (
            self._watch.get_reopen_cause(frame.opening)
            if before.opening != frame.opening
            else "format"
        )
        start_s = (before.monotonic_ns - self.progress.began_ns) / 1e9
        return RecordingGap(
            start_s, max(0, frame.monotonic_ns - before.monotonic_ns) / 1e9, cause or "unknown"
        )

    def _make_final_gap(self) -> tuple[RecordingGap, ...]:
        """Return the gap at the end of the recording, if any."""
        seconds = (self._stop_ns - self._last.monotonic_ns) / 1e9 if self._last is not None else 0.0
        if self._watch.get_status().state == "live" or seconds < SILENT_S:
            return ()
        return (
            RecordingGap(
                self.progress.seconds, seconds, self._watch.get_status().cause or "unknown"
            ),
        )

    def _is_full(self) -> bool:
        now = time.monotonic()
        if now - self._measured < MEASURE_EVERY_S:
            return False
        self._measured = now
        self.progress = replace(
            self.progress, room=self._disk_space.get_space_left(now, self.progress.n_bytes)
        )
        return self.progress.room is not None and self.progress.room.level == "stop"


def _is_new_segment(before: CapturedFrame, frame: CapturedFrame) -> bool:
    """Whether a new segment begins between two frames."""
    return before.opening != frame.opening or before.frame_format != frame.frame_format
