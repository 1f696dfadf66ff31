import pytest

from fieldcheck.errors.files import CameraLost, DiskFull
from fieldcheck.footage.camera.reconnect import WatchdogLimits
from fieldcheck.footage.import_footage import FootageInfo
from fieldcheck.footage.live_camera import LiveCamera, capture_footage
from fieldcheck.footage.recorder import DiskLimits
from fieldcheck.progress import Cancelled, CancelToken, NullProgress
from fieldcheck.project.tables import recordings as recordings_table
from tests import makers
from tests.footage.faulty import Faults

QUICK = WatchdogLimits(silence_s=1.0, frozen_s=0.6, retry_s=0.05, attempt_s=1.0)
SMALL = DiskLimits(reserve_bytes=100_000)
TOLD = FootageInfo("left", "line 1", "", (), 10.0)


@pytest.fixture
def project(tmp_path):
    with makers.empty_project(tmp_path / "p.fieldcheck") as project:
        yield project


@pytest.fixture
def faults():
    made = Faults()
    yield made
    made.released.set()


def run(project, faults, seconds=1.0, progress=None, limits=SMALL, first_s=10.0):
    live = LiveCamera("left", limits=QUICK, make=faults.make)
    return capture_footage(
        project,
        live,
        TOLD,
        seconds,
        progress or NullProgress(),
        makers.NOW,
        limits=limits,
        first_s=first_s,
    )


class StopsWhen:
    """Progress that is stopped once it was told so many seconds, and once more by a second Ctrl-C
    if `twice`."""

    def __init__(self, at):
        self.at, self.flag = at, CancelToken()

    def report(self, done, total, unit=""):
        if unit == "seconds" and done >= self.at:
            self.flag.cancel()

    def check(self):
        self.flag.check()


def test_so_many_seconds_are_recorded_and_listed(project, faults):
    done = run(project, faults)
    assert 0.5 < done.imported.recording.seconds < 60
    assert done.captured.ended == "asked"
    assert len(done.imported.frames) >= 5
    assert len(done.imported.clips) == 1
    assert (done.gaps, done.interrupted) == ((), False)
    assert project.recording == set()


def test_stopped_by_a_person_it_keeps_and_lists_what_it_has(project, faults):
    done = run(project, faults, seconds=3600, progress=StopsWhen(1))
    assert done.interrupted
    assert done.imported.recording.closed
    assert done.imported.recording.seconds >= 0.5
    assert len(done.imported.frames) > 3


def test_a_camera_that_shows_nothing_is_given_up_with_what_it_said(project, faults):
    faults.mode = "error"
    with pytest.raises(CameraLost):
        run(project, faults, first_s=0.5)
    faults.mode = "silence"
    with pytest.raises(CameraLost):
        run(project, faults, first_s=0.5)
    assert project.read(recordings_table.list_recordings) == ()


def test_waiting_for_the_first_frame_is_told_in_seconds(project, faults):
    faults.mode = "silence"
    told = []

    class Told(NullProgress):
        def report(self, done, total, unit=""):
            told.append((done, total, unit))

    with pytest.raises(CameraLost):
        run(project, faults, first_s=1.2, progress=Told())
    assert {*told} == {(0, 1, "seconds"), (1, 1, "seconds")}


def test_waiting_for_the_first_frame_can_be_stopped(project, faults):
    faults.mode = "silence"
    flag = CancelToken()
    flag.cancel()
    with pytest.raises(Cancelled):
        run(project, faults, progress=NullProgress(flag))


def test_without_room_it_does_not_begin(project, faults):
    with pytest.raises(DiskFull):
        run(project, faults, limits=DiskLimits(stop_bytes=2**62))
