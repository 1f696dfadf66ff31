import threading
import time as real_time
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest

from fieldcheck.errors.files import NoPictures, PathMissing
from fieldcheck.footage.live_camera import LiveCamera
from fieldcheck.imaging.codec import encode_png
from fieldcheck.latency.machine_state import read_memory_mb
from fieldcheck.monitoring import live_source
from fieldcheck.monitoring.live_source import (
    MonitorRequest,
    import_footage_shift,
    import_path_shifts,
    monitor_live_camera,
)
from fieldcheck.monitoring.log_monitor import compute_followed_shifts, load_model_shifts
from fieldcheck.progress import Cancelled, NullProgress
from tests import makers
from tests.imaging.replay import frames
from tests.makers import SHIFTS_OVER as NOW
from tests.models.test_run import Told

BEGAN = datetime.fromisoformat("2026-11-02T07:00:00").astimezone()


def taken(project, path, **told):
    asked = MonitorRequest(**{"began": BEGAN, **told})
    return import_footage_shift(project, path, asked, NullProgress(), NOW)


@pytest.mark.long
def test_a_clip_is_a_part_of_its_shift_with_a_hundred_sampled_frames(empty, material):
    found = taken(empty, material / "belt.avi")
    ((began, shift),) = load_model_shifts(empty).items()
    assert found.shifts == (began,)
    assert datetime.fromisoformat(began) == BEGAN.replace(hour=6)
    assert 0 < shift.n <= 100
    assert set(shift.counts) <= {"red", "green", "blue"}
    assert shift.entropy is not None
    assert shift.centre
    assert shift.cameras[0].camera == "belt.avi"
    assert all("belt.avi#t=" in one.picture for one in shift.sampled)
    assert taken(empty, material / "belt.avi").shifts == (began,)
    assert len(load_model_shifts(empty)[began].cameras) == 1


@pytest.mark.long
def test_two_cameras_of_a_shift_are_joined_and_a_folder_is_footage_too(empty, material, tmp_path):
    taken(empty, material / "belt.avi", camera="left")
    taken(empty, makers.picture_folder(tmp_path / "p", makers.cycle(12)), camera="right")
    (shift,) = load_model_shifts(empty).values()
    assert [one.camera for one in shift.cameras] == ["left", "right"]
    assert any(
        (one.picture, one.folder) == ("0003.png", f"{tmp_path / 'p'}/") for one in shift.sampled
    )


def test_a_camera_that_froze_is_the_cause_whatever_the_model_says(empty, tmp_path):
    folder = tmp_path / "stuck"
    folder.mkdir()
    same = encode_png(np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8))
    for at in range(12):  # half a second apart
        (folder / f"{at:02d}.png").write_bytes(same)
    taken(empty, folder)
    (found,) = compute_followed_shifts(empty)
    assert (found.state, found.cause, found.advice) == ("alarm", "camera", "check_camera")
    assert [one.check for one in found.health] == ["frozen"]


def test_what_is_not_there_or_holds_no_picture_is_refused(empty, tmp_path):
    with pytest.raises(PathMissing):
        taken(empty, tmp_path / "gone.avi")
    (tmp_path / "none").mkdir()
    with pytest.raises(NoPictures):
        taken(empty, tmp_path / "none")
    (tmp_path / "none" / "a.png").write_bytes(b"no picture")
    told = Told()
    with pytest.raises(NoPictures):
        import_path_shifts(empty, tmp_path / "none", MonitorRequest(began=BEGAN), told, NOW)
    assert told.names == ["none/a.png"]


def test_a_stop_keeps_nothing_of_a_clip(empty, material):
    with pytest.raises(Cancelled):
        import_footage_shift(
            empty, material / "belt.avi", MonitorRequest(began=BEGAN), makers.stopped(), NOW
        )
    assert compute_followed_shifts(empty) == ()


@pytest.mark.long
def test_a_live_camera_is_watched_and_its_shift_kept_when_it_is_over(empty):
    told = []
    live = LiveCamera("synthetic:160x120@60")
    asked = MonitorRequest(seconds=2.5)
    found = monitor_live_camera(empty, live, asked, NullProgress(), lambda: NOW, told.append)
    (began,) = load_model_shifts(empty)
    assert found.shifts == (began,) == tuple(told)
    assert found.n >= 10
    assert load_model_shifts(empty)[began].cameras[0].n >= 20
    assert (
        datetime.fromisoformat(began)
        <= datetime.now().astimezone()
        <= datetime.fromisoformat(began) + timedelta(hours=8)
    )


def test_a_camera_that_gives_nothing_is_a_shift_without_frames(empty, tmp_path):
    class Silence:
        name = "nothing"

        def open(self): ...

        def read(self, wait_s): ...

        def close(self): ...

    live = LiveCamera("synthetic", make=Silence)
    asked = MonitorRequest(seconds=0.5)
    monitor_live_camera(empty, live, asked, NullProgress(), lambda: NOW, lambda began: None)
    (found,) = compute_followed_shifts(empty)
    assert (found.n, found.cause, found.advice) == (0, "no_frames", "check_camera")


def test_a_frozen_live_camera_is_told_and_ends_the_watch_if_asked(empty, tmp_path):
    path = tmp_path / "still.png"
    path.write_bytes(encode_png(np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)))

    def alarmed(began):
        assert compute_followed_shifts(empty)[-1].health[0].check == "frozen"
        raise Cancelled

    begun = datetime.now().astimezone()
    live = LiveCamera(str(path))
    asked = MonitorRequest(seconds=600)
    monitor_live_camera(empty, live, asked, NullProgress(), lambda: NOW, alarmed)
    assert datetime.now().astimezone() - begun < timedelta(seconds=300)


# A camera watched for a day by a clock that is made up: the memory of the process and the size of
# the project stay what they were.


DAY_BEGAN = datetime.fromisoformat("2026-11-02T06:00:00").astimezone()
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
        return DAY_BEGAN + timedelta(seconds=self.now_s)


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


@pytest.mark.long
@pytest.mark.full("flat_memory")
def test_a_day_of_watching_takes_no_more_memory(empty, counts, evidence, monkeypatch):
    seconds = counts(ci=120, full=24 * 3600)
    clock, seen = SimulatedClock(), []
    settled = min(SETTLED_S, seconds / 2)
    camera = FramesOfClock(
        clock,
        lambda at: seen.append((at, read_memory_mb()[0])) if at % (seconds / 24) == 0 else None,
    )
    monkeypatch.setattr(live_source, "time", SimpleNamespace(monotonic=clock.monotonic))
    namespace = SimpleNamespace(now=clock.now, fromisoformat=datetime.fromisoformat)
    monkeypatch.setattr(live_source, "datetime", namespace)
    threads, began = threading.active_count(), real_time.monotonic()
    asked = MonitorRequest(hours=8, seconds=seconds)
    progress = NullProgress()
    found = monitor_live_camera(empty, camera, asked, progress, lambda: NOW, lambda began: None)
    first = max(mb for at, mb in seen if at <= settled)
    last = max(mb for at, mb in seen if at > settled)
    n_frames = sum(one.n for shift in load_model_shifts(empty).values() for one in shift.cameras)
    evidence(
        simulated_hours=seconds / 3600, frames=n_frames, shifts=len(found.shifts),
        mb_in_first_shift=round(first, 1), mb_after=round(last, 1),
        mb=[round(mb, 1) for _, mb in seen],
        real_seconds=round(real_time.monotonic() - began, 1), project_mb=round(size_mb(empty.path),
        2),
    )  # fmt: skip
    assert n_frames >= seconds - 3
    assert len(found.shifts) == max(1, seconds // (8 * 3600))
    assert last - first < 30
    assert threading.active_count() == threads


def size_mb(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6
