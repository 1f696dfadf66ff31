import logging
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.errors.files import CameraLost, FieldcheckError, PathMissing
from fieldcheck.footage.camera import reconnect
from fieldcheck.footage.camera.camera import CapturedFrame, FrameFormat, FrameRing
from fieldcheck.footage.camera.exposure_control import (
    CameraCapabilities,
    CameraSettings,
    ControlChange,
    ControlRange,
)
from fieldcheck.footage.camera.http_stream import parse_address
from fieldcheck.footage.camera.network_rtsp_mjpeg import make_network_camera
from fieldcheck.footage.camera.playback import ImageCamera, SyntheticCamera, VideoCamera
from fieldcheck.imaging.raw import RawImage
from fieldcheck.progress import LatestValue
from tests import makers
from tests.footage import made
from tests.footage.coded_stream import seen
from tests.footage.faulty import Faults, wait_for
from tests.footage.servers.mjpeg import MjpegServer

QUICK = reconnect.WatchdogLimits(silence_s=1.0, frozen_s=0.6, retry_s=0.05, attempt_s=1.0)
# of a camera that is never lost, however busy the machine
PATIENT = reconnect.WatchdogLimits(silence_s=60.0, frozen_s=60.0)
FROZEN_SOON = reconnect.WatchdogLimits(silence_s=60.0, frozen_s=1.5, retry_s=0.05)
FAULTS = {"error": "read_error", "silence": "silence", "blocked": "blocked", "frozen": "frozen"}


@pytest.fixture
def faults():
    made = Faults()
    yield made
    made.released.set()


@pytest.fixture
def watching(faults):
    started = []

    def start(limits=QUICK, make=None):
        ring = FrameRing()
        watch = reconnect.Watchdog(make or faults.make, ring, limits)
        started.append(watch)
        watch.start()
        return watch, ring

    yield start
    faults.released.set()
    for watch in started:
        watch.stop()
        assert not watch.running


def live(watch):
    return lambda: watch.get_status().state == "live"


def lost(watch):
    return lambda: watch.get_status().state == "lost"


def test_frames_of_a_sound_camera_reach_the_ring_and_are_counted(watching, faults):
    watch, ring = watching(PATIENT)
    wait_for(lambda: ring.n_pushed > 20)
    sign = watch.get_status()
    assert (sign.state, sign.cause) == ("live", "")
    assert (sign.error, sign.n_opened, sign.n_dropped) == (None, 1, 0)
    assert sign.frame_format == FrameFormat("jpeg", 160, 120)
    assert sign.abilities == CameraCapabilities()
    assert sign.fps > 0
    assert ring.get_latest().opening == 1


@pytest.mark.parametrize(("mode", "cause"), FAULTS.items())
def test_every_failure_is_noticed_and_the_camera_comes_back(watching, faults, mode, cause):
    watch, ring = watching()
    wait_for(live(watch))
    faults.mode = mode
    wait_for(lost(watch))
    sign = watch.get_status()
    assert sign.cause == cause
    assert sign.fps == 0
    n_before = ring.n_pushed
    faults.mode = "well"
    wait_for(live(watch))
    wait_for(lambda: ring.n_pushed > n_before + 5)
    assert ring.get_latest().opening == watch.get_status().n_opened > 1
    assert watch.get_reopen_cause(ring.get_latest().opening) == cause
    assert watch.get_status().error is None


def test_a_camera_is_tried_again_and_again_until_it_is_there(watching, faults):
    faults.mode = "error"
    watch, ring = watching()
    wait_for(lambda: watch.get_status().n_opened >= 4)
    sign = watch.get_status()
    assert sign.state == "opening"
    assert isinstance(sign.error, CameraLost)
    faults.mode = "well"
    wait_for(lambda: ring.n_pushed > 0)
    wait_for(live(watch))


def test_a_camera_that_must_be_looked_for_first_may_not_be_found(watching, faults):
    faults.mode = "gone"
    watch, ring = watching()
    wait_for(lambda: faults.n_made >= 3)
    assert isinstance(watch.get_status().error, CameraLost)
    faults.mode = "well"
    wait_for(lambda: ring.n_pushed > 0)


def test_an_error_of_the_system_while_it_is_looked_for_ends_nothing(watching, faults):
    """As of a process that ends while the files that it has open are listed."""
    watch, _ = watching(make=lambda: faults.make())
    wait_for(live(watch))
    make, n_refused = faults.make, []

    def refuse():
        n_refused.append(1)
        raise FileNotFoundError("/proc/1234/fd")

    faults.make = refuse
    faults.mode = "error"
    wait_for(lambda: len(n_refused) >= 2)
    assert watch.running
    assert (watch.get_status().state, watch.get_status().error.camera) == ("lost", "left")
    faults.make, faults.mode = make, "well"
    wait_for(live(watch))


def test_while_a_picture_is_stuck_none_of_it_reaches_the_ring(watching, faults):
    watch, ring = watching()
    wait_for(live(watch))
    faults.mode = "frozen"
    wait_for(lost(watch))
    n, opened = ring.n_pushed, watch.get_status().n_opened
    wait_for(lambda: watch.get_status().n_opened >= opened + 2)
    assert ring.n_pushed == n
    assert watch.get_status().cause == "frozen"


class Pixels:
    """A camera of pixels whose last row alone changes, in its last value, as long as it is
    `alive`."""

    name = "pixels"

    def __init__(self):
        self.alive, self.n = True, 0

    def open(self):
        pass

    def read(self, wait_s):
        threading.Event().wait(0.02)
        self.n += 1
        pixels = np.zeros((100, 160, 3), np.uint8)
        pixels[-1, -1, -1] = self.n % 2 * self.alive
        return CapturedFrame(RawImage("bgr8", pixels), self.n, 0.0, self.name)

    def close(self):
        pass


def test_a_still_scene_is_alive_while_one_value_changes_and_frozen_when_none_does(watching):
    camera = Pixels()
    watch, ring = watching(FROZEN_SOON, lambda: camera)
    wait_for(lambda: ring.n_pushed > 60)
    assert (watch.get_status().state, watch.get_status().n_opened) == ("live", 1)
    camera.alive = False
    wait_for(lost(watch))
    assert watch.get_status().cause == "frozen"


class Packets(Pixels):
    """A camera of packets that always differ; the decoded picture changes while it is `alive`."""

    def read(self, wait_s):
        threading.Event().wait(0.02)
        self.n += 1
        raw = RawImage("h264", b"%d" % self.n, 160, 120, dependent=True)
        return CapturedFrame(raw, self.n, 0.0, self.name, seen=seen(self.n % 2 * self.alive))


def test_a_stuck_picture_is_told_behind_packets_that_differ(watching):
    camera = Packets()
    watch, ring = watching(FROZEN_SOON, lambda: camera)
    wait_for(lambda: ring.n_pushed > 60)
    assert (watch.get_status().state, watch.get_status().n_opened) == ("live", 1)
    assert ring.get_latest().rgb.shape == (120, 160, 3)
    camera.alive = False
    wait_for(lost(watch))
    assert watch.get_status().cause == "frozen"


def test_a_picture_that_is_played_may_stand_still(watching, tmp_path):
    path = makers.save_picture(tmp_path / "still.png", "green")
    limits = reconnect.WatchdogLimits(silence_s=60.0, frozen_s=None)
    watch, ring = watching(limits, lambda: ImageCamera("still", [path], fps=50.0))
    wait_for(lambda: ring.n_pushed > 60)
    assert watch.get_status().state == "live"


def test_a_driver_that_hangs_for_ever_holds_a_few_threads_and_no_more(watching, faults):
    watch, _ = watching()
    wait_for(live(watch))
    faults.mode = "blocked"
    wait_for(lambda: faults.n_made >= reconnect.MOST_STUCK)
    threading.Event().wait(1.0)
    assert faults.n_made <= reconnect.MOST_STUCK + 1
    faults.released.set()
    faults.mode = "well"
    wait_for(live(watch))


def test_frames_of_a_read_that_comes_back_late_are_not_taken(watching, faults):
    watch, ring = watching()
    wait_for(live(watch))
    faults.mode = "blocked"
    wait_for(lost(watch))
    faults.mode = "well"
    wait_for(live(watch))
    faults.released.set()
    n = ring.n_pushed
    wait_for(lambda: ring.n_pushed > n + 20)
    reader = ring.subscribe()
    assert len({reader.get_next(5.0).opening for _ in range(20)}) == 1


def test_dropped_frames_are_counted_through_every_opening(watching, faults):
    watch, _ = watching()
    wait_for(lambda: watch.get_status().n_frames > 3)
    faults.drops = 1
    wait_for(lambda: watch.get_status().n_dropped > 5)
    faults.mode = "error"
    wait_for(lost(watch))
    before = watch.get_status()
    faults.mode, faults.drops = "well", 0
    wait_for(lambda: watch.get_status().n_frames > before.n_frames + 3)
    assert watch.get_status().n_dropped == before.n_dropped


def test_what_is_not_there_is_told_by_its_error(watching, tmp_path):
    watch, _ = watching(make=lambda: ImageCamera("none", [tmp_path / "none.png"], fps=50.0))
    wait_for(lambda: watch.get_status().error is not None)
    assert isinstance(watch.get_status().error, PathMissing)
    assert watch.get_status().state == "opening"


def test_stopping_what_never_started_does_nothing(faults):
    reconnect.Watchdog(faults.make, FrameRing()).stop()


@pytest.mark.loopback
@pytest.mark.full("camera_reconnects")
def test_fifty_reconnects_leave_no_thread_and_no_handle_behind(watching, counts, evidence):
    """Half of them a camera switched off and on, half one that stays connected, silent."""
    n = counts(ci=6, full=50)
    with MjpegServer(fps=60) as server:
        quick = reconnect.WatchdogLimits(silence_s=0.15, frozen_s=None, retry_s=0.02, attempt_s=2.0)
        watch, _ = watching(quick, lambda: make_network_camera(parse_address(server.url)))
        wait_for(live(watch))
        held = []
        for at in range(n):
            opened = watch.get_status().n_opened
            if at % 2:
                server.kill()
                server.start()
            else:
                server.pause()
                wait_for(lost(watch))
                server.resume()
            wait_for(
                lambda before=opened: (
                    watch.get_status().n_opened > before and watch.get_status().state == "live"
                )
            )
            alive = threading.enumerate()
            ours = [one.name for one in alive if one.name.startswith(("capture ", "watch"))]
            held.append((len(ours), len(watch._abandoned_loops)))
    assert max(threads for threads, _ in held) <= 3
    assert max(left for _, left in held) <= 1
    evidence(reconnects=n, most_threads=max(threads for threads, _ in held))


class ScriptedCamera:
    """Gives frames of these numbers, then does what it is told to."""

    name = "left"

    def __init__(self, numbers=(), then=lambda: time.sleep(0.01)):
        self.numbers, self.then, self.open_now = list(numbers), then, None

    def open(self):
        self.open_now = True

    def read(self, wait_s):
        if self.numbers:
            index = self.numbers.pop(0)
            return CapturedFrame(np.zeros((4, 4, 3), np.uint8), index, index / 30, self.name)
        return self.then()

    def close(self):
        self.open_now = False


class SetCamera(ScriptedCamera):
    """One whose exposure can be set."""

    def __init__(self):
        super().__init__(then=self.shoot)
        self.exposure, self.index = 10.0, -1

    def shoot(self):
        time.sleep(0.005)
        self.index += 1
        now = CameraSettings(exposure_ms=self.exposure)
        pixels = np.zeros((4, 4, 3), np.uint8)
        return CapturedFrame(pixels, self.index, 0.0, self.name, settings=now)

    def get_capabilities(self):
        return CameraCapabilities(exposure_ms=ControlRange(1, 40))

    def adjust(self, wish):
        self.exposure = wish.exposure_ms or self.exposure


def running(camera):
    loop = reconnect.CaptureLoop(camera, FrameRing(), LatestValue[FieldcheckError]())
    loop.start()
    return loop


def test_frames_of_a_camera_arrive_in_the_ring_and_are_counted():
    ring = FrameRing()
    reader = ring.subscribe()
    loop = reconnect.CaptureLoop(SyntheticCamera(64, 48, fps=100), ring, LatestValue())
    loop.start()
    got = [reader.get_next(5.0).index for _ in range(20)]
    fps = loop.fps
    loop.stop()
    assert got == sorted(got)
    assert fps > 0
    assert loop.n_frames == ring.n_pushed >= 20
    assert not loop.running


def test_gaps_in_the_cameras_count_are_dropped_frames():
    loop = running(ScriptedCamera([0, 1, 4, 5, 9]))
    wait_for(lambda: loop.n_frames == 5)
    loop.stop()
    assert loop.n_dropped == 5


@pytest.mark.parametrize("fps", [30.0, 0.01])
def test_stopping_ends_the_thread_and_closes_the_camera(fps):
    camera = SyntheticCamera(32, 32, fps=fps)
    loop = running(camera)
    wait_for(lambda: loop.n_frames > 0)
    loop.stop()
    assert not loop.running
    assert camera._pace is None
    loop.stop()


def test_what_a_camera_is_told_shows_in_its_frames():
    ring = FrameRing()
    loop = reconnect.CaptureLoop(SetCamera(), ring, LatestValue[FieldcheckError]())
    loop.start()
    wait_for(lambda: loop.n_frames > 0)
    assert loop.abilities.exposure_ms == ControlRange(1, 40)
    loop.adjust(ControlChange(exposure_ms=20.0))
    wait_for(lambda: ring.get_latest().settings == CameraSettings(exposure_ms=20.0))
    loop.stop()


def test_a_camera_that_cannot_be_set_goes_on():
    loop = running(ScriptedCamera([0, 1, 2]))
    loop.adjust(ControlChange(locked=True))
    wait_for(lambda: loop.n_frames == 3)
    assert loop.abilities == CameraCapabilities()
    loop.stop()
    assert loop.n_dropped == 0


def test_stopping_a_loop_that_never_started_does_nothing():
    reconnect.CaptureLoop(SyntheticCamera(8, 8), FrameRing(), LatestValue()).stop()


def test_a_file_that_is_not_there_is_reported_and_ends_the_thread():
    trouble = LatestValue[FieldcheckError]()
    loop = reconnect.CaptureLoop(VideoCamera(Path("nowhere.mp4")), FrameRing(), trouble)
    loop.start()
    assert isinstance(trouble.take_value(10), PathMissing)
    wait_for(lambda: not loop.running)


def test_what_a_driver_raises_is_reported_as_a_lost_camera_and_logged(caplog):
    def break_down():
        raise RuntimeError("driver")

    camera, trouble = ScriptedCamera([0], break_down), LatestValue[FieldcheckError]()
    loop = reconnect.CaptureLoop(camera, FrameRing(), trouble)
    with caplog.at_level(logging.ERROR):
        loop.start()
        error = trouble.take_value(10)
        wait_for(lambda: not loop.running)
    assert isinstance(error, CameraLost)
    assert error.camera == "left"
    assert "driver" in caplog.text
    assert camera.open_now is False


def test_a_driver_that_does_not_come_back_does_not_hold_up_the_program():
    release = threading.Event()
    loop = running(ScriptedCamera([0], lambda: release.wait(20) and None))
    wait_for(lambda: loop.n_frames == 1)
    loop.stop()  # a hang here is what the guard of the suite would find
    assert loop.running
    release.set()
    wait_for(lambda: not loop.running)


def test_a_real_video_runs_through_the_thread(tmp_path):
    ring, trouble = FrameRing(), LatestValue[FieldcheckError]()
    reader = ring.subscribe()
    camera = VideoCamera(made.write_video(tmp_path / "a.mp4", 12), fps=200.0)
    loop = reconnect.CaptureLoop(camera, ring, trouble)
    loop.start()
    for _ in range(30):
        frame = reader.get_next(5.0)
        assert made.number_of(frame.rgb) == frame.index % 12
    loop.stop()
    assert trouble.take_value() is None


def counted(times):
    rate = reconnect.EventRate()
    for time_s in times:
        rate.count_event(time_s)
    return rate


def test_nothing_has_no_rate():
    assert reconnect.EventRate().get_per_second(5.0) == 0
    assert counted([5.0]).get_per_second(5.0) == 0


def test_a_steady_rate_is_right_from_the_second_count_on():
    for n in (2, 3, 30, 300):
        actual = counted([k / 30 for k in range(n)]).get_per_second((n - 1) / 30)
        assert actual == pytest.approx(30, rel=0.02)


def test_only_the_last_two_seconds_count():
    rate = counted([*(k / 100 for k in range(1000)), *(10 + k / 10 for k in range(30))])
    assert rate.get_per_second(12.9) == pytest.approx(10)


def test_a_rate_that_ended_falls_to_nothing():
    rate = counted([k / 30 for k in range(90)])
    assert 0 < rate.get_per_second(4.0) < 30
    assert rate.get_per_second(5.1) == 0
