"""A camera watched for a day by a clock that is made up: the memory of the process and the size of
the project stay what they were."""

import threading
import time as real_time
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from fieldcheck.latency.machine_state import read_memory_mb
from fieldcheck.monitoring import live_source
from fieldcheck.monitoring.live_source import MonitorRequest, monitor_live_camera
from fieldcheck.monitoring.log_monitor import load_model_shifts
from fieldcheck.progress import NullProgress
from tests.imaging.replay import frames
from tests.makers import SHIFTS_OVER as NOW

BEGAN = datetime.fromisoformat("2026-11-02T06:00:00").astimezone()
# the first shift: loops are looked for over 20,000 frames, which one a second fills in five and a
# half hours
SETTLED_S = 8 * 3600.0


class SimulatedClock:
    """Time that goes on by a second with each frame."""

    def __init__(self):
        self.now_s = 0.0

    def monotonic(self):
        return self.now_s

    def now(self):
        return BEGAN + timedelta(seconds=self.now_s)


class FramesOfClock:
    """A live camera's ring whose frames come at once, one a second by the clock."""

    def __init__(self, clock, watched):
        self.name, self.source, self.ring, self._clock, self._watched = (
            "belt", "simulated", self, clock, watched,
        )  # fmt: skip
        # no divisor of what a loop is looked for over; each differs by its noise
        self._pictures = list(frames(1, 0, n=97))
        self._rng = np.random.default_rng(3)

    def start(self): ...

    def stop(self): ...

    def subscribe(self):
        return self

    def get_newest(self, _wait_s):
        self._clock.now_s += 1.0
        self._watched(self._clock.now_s)
        at = int(self._rng.integers(len(self._pictures)))
        rgb = np.roll(self._pictures[at], int(self._rng.integers(40)), axis=1)
        return SimpleNamespace(monotonic_ns=int(self._clock.now_s * 1e9), rgb=rgb)


@pytest.mark.full("flat_memory")
def test_a_day_of_watching_takes_no_more_memory_than_its_first_shift(
    empty, counts, evidence, monkeypatch
):
    seconds = counts(ci=120, full=24 * 3600)
    clock, seen = SimulatedClock(), []
    settled = min(SETTLED_S, seconds / 2)
    camera = FramesOfClock(
        clock,
        lambda at: seen.append((at, read_memory_mb()[0])) if at % (seconds / 24) == 0 else None,
    )
    monkeypatch.setattr(live_source, "time", SimpleNamespace(monotonic=clock.monotonic))
    monkeypatch.setattr(
        live_source,
        "datetime",
        SimpleNamespace(now=clock.now, fromisoformat=datetime.fromisoformat),
    )
    threads, began = threading.active_count(), real_time.monotonic()
    found = monitor_live_camera(
        empty,
        camera,
        MonitorRequest(hours=8, seconds=seconds),
        NullProgress(),
        lambda: NOW,
        lambda began: None,
    )
    first = max(mb for at, mb in seen if at <= settled)
    last = max(mb for at, mb in seen if at > settled)
    n_frames = sum(one.n for shift in load_model_shifts(empty).values() for one in shift.cameras)
    evidence(
        simulated_hours=seconds / 3600, frames=n_frames, shifts=len(found.shifts),
        mb_in_first_shift=round(first, 1), mb_after=round(last, 1),
        mb=[round(mb, 1) for _, mb in seen],
        real_seconds=round(real_time.monotonic() - began, 1), project_mb=round(size_mb(empty.path), 2),
    )  # fmt: skip
    assert n_frames >= seconds - 3
    assert len(found.shifts) == max(1, seconds // (8 * 3600))
    assert last - first < 30
    assert threading.active_count() == threads


def size_mb(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
