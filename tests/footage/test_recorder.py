import errno
import time
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.domain.recording import RecordingGap
from fieldcheck.errors.files import FolderGone
from fieldcheck.files import RESERVE
from fieldcheck.footage import recorder, recording_container
from fieldcheck.footage.camera.camera import CapturedFrame, FrameFormat, FrameRing
from fieldcheck.footage.camera.reconnect import Watchdog, WatchdogLimits
from fieldcheck.footage.recording_container import RecordingReader, compute_recording_sha256
from fieldcheck.imaging.raw import RawImage
from tests.footage.faulty import Faults, wait_for
from tests.footage.made_recordings import sensor, webcam

QUICK = WatchdogLimits(silence_s=1.0, frozen_s=0.6, retry_s=0.05, attempt_s=1.0)
SMALL = recorder.DiskLimits(stop_bytes=1000, stop_s=0.0, reserve_bytes=50_000)
MUCH = 10**12


class Sight:
    """A camera, its watch, a ring and a recorder, as a workflow puts them together."""

    def __init__(self, folder, plan=None, free=lambda _: MUCH, ring=None):
        self.faults, self.folder = Faults(), folder
        self.ring = ring or FrameRing()
        self.watch = Watchdog(self.faults.make, self.ring, QUICK)
        self.recorder = recorder.Recorder(
            self.ring, self.watch, folder, {"camera": "left"}, plan or recorder.StoragePlan(),
            recorder.DiskSpaceMonitor(folder.parent, SMALL, free),
        )  # fmt: skip

    def stop(self):
        recorded = self.recorder.stop()
        self.faults.released.set()
        self.watch.stop()
        return recorded


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a1b2c3"


@pytest.fixture
def sight(folder):
    made = Sight(folder)
    made.watch.start()
    made.recorder.start()
    yield made
    made.stop()


def pushed(folder, frames, plan=None, free=lambda _: MUCH, slow=0.0, waited=0):
    """A recording of these frames as a camera gives them; it begins after the first `waited`."""
    sight = Sight(folder, plan, free)
    sight.recorder.start()
    for frame in frames:
        sight.ring.push(frame)
        time.sleep(slow)
    wait_for(
        lambda: (
            not sight.recorder.running
            or sight.recorder.progress.seconds == frame_seconds(frames[waited:])
        )
    )
    return sight.stop(), sight


def frame_seconds(frames):
    return (frames[-1].monotonic_ns - frames[0].monotonic_ns) / 1e9


def stored(folder):
    with RecordingReader(folder) as reader:
        return [reader.read_raw(index) for index in range(len(reader))]


def test_of_pixels_only_the_grid_is_stored_once_somebody_asks_for_that(folder):
    sight = Sight(folder, recorder.StoragePlan(every_frame=True))
    sight.recorder.start()
    frames = [sensor(index) for index in range(40)]
    for frame in frames[:10]:
        sight.ring.push(frame)
    wait_for(lambda: sight.recorder.progress.n_frames == 10)
    sight.recorder.store_only_grid()
    for frame in frames[10:]:
        sight.ring.push(frame)
    wait_for(lambda: sight.recorder.progress.seconds == frame_seconds(frames))
    recorded = sight.stop()
    assert recorded.n_frames == 10 + 6
    assert recorded.on_grid


def test_every_frame_of_a_webcam_is_stored_as_it_came(folder):
    frames = [webcam(index) for index in range(30)]
    recorded, _ = pushed(folder, frames)
    assert (recorded.n_frames, recorded.n_skipped) == (30, 0)
    assert (recorded.n_dropped, recorded.ended) == (0, "asked")
    assert [raw.encoded for raw in stored(folder)] == [frame.raw.encoded for frame in frames]
    assert recorded.n_bytes == (folder / "000.frames").stat().st_size
    assert not recorded.on_grid
    assert recorded.seconds == pytest.approx(2.9)
    assert recorded.sha256 == compute_recording_sha256(folder)


def test_of_pixels_a_grid_is_stored_unless_every_frame_is_wanted(folder, tmp_path):
    frames = [sensor(index, fps=10.0) for index in range(31)]
    recorded, _ = pushed(folder, frames, recorder.StoragePlan(list_fps=2.0))
    assert (recorded.on_grid, recorded.n_frames, recorded.n_skipped) == (True, 7, 0)
    assert [
        np.array_equal(raw.pixels, frames[place * 5].raw.pixels)
        for place, raw in enumerate(stored(folder))
    ] == [True] * 7
    recorded, _ = pushed(tmp_path / "all", frames, recorder.StoragePlan(every_frame=True))
    assert (recorded.on_grid, recorded.n_frames) == (False, 31)


def test_a_single_frame_is_stored_beside_the_grid_and_marked(folder):
    sight = Sight(folder, recorder.StoragePlan(list_fps=1.0))
    sight.recorder.start()
    for index in range(8):
        if index == 3:
            wait_for(lambda: sight.recorder.progress.seconds > 0.15)
            sight.recorder.store_next()
        sight.ring.push(sensor(index))
    wait_for(lambda: sight.recorder.progress.seconds > 0.65)
    assert sight.stop().n_frames == 2
    with RecordingReader(folder) as reader:
        expected = [(0, False), (3, True)]
        assert [(entry.number, entry.asked_for) for _, entry in reader.iter_entries()] == expected


def test_what_the_camera_dropped_and_what_we_skipped_are_two_figures(folder):
    frames = [webcam(index) for index in (0, 1, 4, 5)]
    recorded, _ = pushed(folder, frames)
    assert (recorded.n_dropped, recorded.n_skipped) == (2, 0)


def test_a_recorder_that_falls_behind_says_how_many_it_skipped(folder):
    plan = recorder.StoragePlan(every_frame=True)
    sight = Sight(folder, plan, ring=FrameRing(limit_bytes=5 * 192))
    for index in range(10):
        sight.ring.push(sensor(index))
    sight.recorder._feed._seen = 0  # as if it had begun with the first and had no time since
    sight.recorder._thread.start()
    wait_for(lambda: sight.recorder.progress.n_frames == 5)
    recorded = sight.stop()
    assert (recorded.n_skipped, recorded.n_dropped) == (5, 0)
    with RecordingReader(folder) as reader:
        assert [entry.skipped for _, entry in reader.iter_entries()] == [5, 0, 0, 0, 0]


def test_a_camera_that_comes_back_goes_on_in_a_new_segment_behind_a_gap(sight, folder):
    wait_for(lambda: sight.recorder.progress.n_frames > 10)
    sight.faults.mode = "silence"
    wait_for(lambda: sight.watch.get_status().state == "lost")
    n = sight.recorder.progress.n_frames
    sight.faults.mode = "well"
    wait_for(lambda: sight.recorder.progress.n_frames > n + 5)
    recorded = sight.stop()
    (gap,) = recorded.gaps
    assert gap.cause == "silence"
    assert gap.seconds >= QUICK.silence_s
    with RecordingReader(folder) as reader:
        assert reader.gaps == recorded.gaps
        assert [head.segment for head in reader.headers] == [0, 1]
        first = reader.headers[1].first
        assert reader.get_time_s(first) - reader.get_time_s(first - 1) == pytest.approx(gap.seconds)
        assert reader.get_time_s(first - 1) == pytest.approx(gap.at_s)


def test_a_frozen_picture_ends_the_segment_and_its_repetitions_are_marked(sight, folder):
    wait_for(lambda: sight.recorder.progress.n_frames > 5)
    sight.faults.mode = "frozen"
    wait_for(lambda: sight.watch.get_status().cause == "frozen")
    sight.faults.mode = "well"
    wait_for(lambda: len(sight.recorder.progress.gaps) == 1)
    assert sight.stop().gaps[0].cause == "frozen"
    with RecordingReader(folder) as reader:
        assert sum(entry.repeated for _, entry in reader.iter_entries()) >= 3


def test_another_format_is_another_segment(sight, folder):
    wait_for(lambda: sight.recorder.progress.n_frames > 5)
    sight.faults.mode = "grey"
    wait_for(lambda: sight.recorder.progress.frame_format == FrameFormat("mono8", 16, 12))
    wait_for(lambda: sight.recorder.progress.n_frames > 0 and sight.recorder.progress.gaps)
    assert sight.stop().gaps[0].cause == "format"
    assert {raw.format for raw in stored(folder)} == {"jpeg", "mono8"}


def test_a_camera_that_is_lost_when_it_ends_leaves_a_gap_at_the_end(sight):
    wait_for(lambda: sight.recorder.progress.n_frames > 5)
    sight.faults.mode = "error"
    wait_for(lambda: sight.watch.get_status().state == "lost")
    time.sleep(1.6)
    (gap,) = sight.stop().gaps
    assert gap.cause == "read_error"
    assert gap.at_s == sight.recorder.progress.seconds


def test_a_disk_that_fills_up_ends_the_recording_with_whole_files(folder):
    left = [MUCH]
    sight = Sight(folder, free=lambda _: left[0])
    sight.watch.start()
    sight.recorder.start()
    wait_for(lambda: sight.recorder.progress.n_frames > 5)
    assert (folder / RESERVE).stat().st_size == SMALL.reserve_bytes
    left[0] = 900
    wait_for(lambda: not sight.recorder.running)
    recorded = sight.stop()
    assert recorded.ended == "disk_low"
    assert len(stored(folder)) == recorded.n_frames > 5
    assert not (folder / RESERVE).exists()


def test_where_no_frame_came_there_is_no_folder(folder):
    sight = Sight(folder)
    sight.recorder.start()
    recorded = sight.stop()
    assert (recorded.n_frames, recorded.ended) == (0, "asked")
    assert not folder.exists()
    assert recorded.sha256 == ""


def test_only_what_came_before_the_stop_is_stored(folder):
    sight = Sight(folder)
    sight.recorder.start()
    sight.ring.push(webcam(0))
    wait_for(lambda: sight.recorder.progress.n_frames == 1)
    late = CapturedFrame(
        RawImage("jpeg", webcam(1).raw.encoded), 1, 0.1, "left",
        monotonic_ns=time.monotonic_ns() + 10**12,
    )  # fmt: skip
    sight.recorder._stop_ns = time.monotonic_ns()
    sight.recorder._stopping.set()
    sight.ring.push(late)
    assert sight.stop().n_frames == 1


def test_a_disk_that_is_pulled_out_ends_the_recording_and_is_told(folder, monkeypatch):
    sight = Sight(folder)
    sight.watch.start()
    sight.recorder.start()
    wait_for(lambda: sight.recorder.progress.n_frames > 5)

    def gone(*_):
        raise OSError(errno.EIO, "no such device any more")

    with monkeypatch.context() as pulled:
        pulled.setattr(recording_container, "_write_all", gone)
        wait_for(lambda: not sight.recorder.running)
    recorded = sight.stop()
    assert recorded.ended == "failed"
    assert len(stored(folder)) == recorded.n_frames


def test_time_in_which_no_frame_came_is_not_recorded_time():
    late = RecordingGap(10.0, 2.0, "lost")
    gaps = (RecordingGap(2.0, 3.0, "lost"), RecordingGap(9.0, 4.0, "lost"), late)
    assert recorder.RecordingProgress(seconds=10.0).covered_s == 10.0
    assert recorder.RecordingProgress(seconds=10.0, gaps=gaps).covered_s == 6.0


MB = 1_000_000
LIMITS = recorder.DiskLimits(short_s=900, urgent_s=300, stop_bytes=1000 * MB, stop_s=120)


def room(free):
    return recorder.DiskSpaceMonitor(Path("."), LIMITS, lambda _: free)


def test_the_rate_is_that_of_the_last_thirty_seconds():
    measured = room(50_000 * MB)
    for second in range(60):
        measured.get_space_left(second, second * 8 * MB)
    for second in range(60, 100):
        last = measured.get_space_left(second, 480 * MB + (second - 60) * 2 * MB)
    assert last.bytes_per_s == pytest.approx(2 * MB, rel=0.05)


@pytest.mark.parametrize(("free_mb", "seconds", "level"), [
    (20_000, 1880, "plenty"), (9_900, 870, "short"), (3_900, 270, "urgent"),
    (1_210, 1, "urgent"), (1_200, 0, "stop"), (400, 0, "stop"),
])  # fmt: skip
def test_what_is_left_is_told_in_seconds_until_it_stops_by_itself(free_mb, seconds, level):
    measured = room(free_mb * MB)
    measured.get_space_left(0, 0)
    left = measured.get_space_left(10, 100 * MB)
    assert (left.level, left.seconds) == (level, pytest.approx(seconds))


def test_a_fast_camera_stops_where_two_minutes_of_it_would_not_fit():
    measured = room(11_000 * MB)
    measured.get_space_left(0, 0)
    assert measured.get_space_left(10, 1000 * MB).level == "stop"


def test_before_anything_is_written_the_expected_rate_stands_in():
    assert room(50_000 * MB).get_space_left(0, 0).seconds is None
    assert room(7_000 * MB).get_space_left(0, 0, expected=10 * MB).seconds == pytest.approx(580)


def test_a_rate_of_nothing_leaves_all_the_time_there_is():
    measured = room(5_000 * MB)
    for second in range(100):
        left = measured.get_space_left(second, 7 * MB)
    assert (left.level, left.seconds) == ("plenty", None)


def test_the_room_of_a_folder_that_is_not_made_yet_is_that_of_its_disk(tmp_path):
    assert recorder.DiskSpaceMonitor(tmp_path / "a" / "b").get_space_left(0, 0).free_bytes > 0


def test_a_drive_that_was_pulled_out_is_told_and_not_looked_for_for_ever(monkeypatch, tmp_path):
    """On Windows the drive itself is gone then, and nothing lies above it."""
    looked_at = []

    def is_gone(place):
        looked_at.append(place)
        assert len(looked_at) < 100, "it looks on for ever"
        return False

    with monkeypatch.context() as pulled:
        pulled.setattr(Path, "exists", is_gone)
        with pytest.raises(FolderGone) as caught:
            recorder.DiskSpaceMonitor(tmp_path / "a").get_space_left(0, 0)
    assert caught.value.path == tmp_path / "a"


def test_recordings_on_one_disk_reckon_with_each_other():
    together = recorder.DiskUsageRegistry()
    one, other = (
        recorder.DiskSpaceMonitor(Path("."), LIMITS, lambda _: 10_000 * MB, together)
        for _ in range(2)
    )
    for second in range(11):
        alone = one.get_space_left(float(second), second * 10 * MB)
    for second in range(11):
        both = other.get_space_left(float(second), second * 30 * MB)
    assert (alone.bytes_per_s, alone.seconds) == (10.0 * MB, pytest.approx((10_000 - 1200) / 10))
    assert (both.bytes_per_s, both.seconds) == (30.0 * MB, pytest.approx((10_000 - 4800) / 40))
    assert one.get_space_left(11.0, 110 * MB).seconds == pytest.approx((10_000 - 4800) / 40)
    other.close()
    assert one.get_space_left(12.0, 120 * MB).seconds == pytest.approx((10_000 - 1200) / 10)


def test_a_recording_that_is_only_thought_of_takes_nothing_from_the_others():
    together = recorder.DiskUsageRegistry()
    one, thought = (
        recorder.DiskSpaceMonitor(Path("."), LIMITS, lambda _: 10_000 * MB, together)
        for _ in range(2)
    )
    for second in range(11):
        one.get_space_left(float(second), second * 10 * MB)
    actual = thought.get_space_left(0.0, 0, expected=30.0 * MB).seconds
    assert actual == pytest.approx((10_000 - 4800) / 40)
    assert one.get_space_left(11.0, 110 * MB).seconds == pytest.approx((10_000 - 1200) / 10)
