import logging
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.errors.files import CameraLost, FieldcheckError, PathMissing
from fieldcheck.footage.camera.camera import (
    CameraCapabilities,
    CameraSettings,
    CapturedFrame,
    ControlChange,
    ControlRange,
    FrameRing,
)
from fieldcheck.footage.camera.playback import SyntheticCamera, VideoCamera
from fieldcheck.footage.camera.reconnect import CaptureLoop
from fieldcheck.progress import LatestValue
from tests.footage import made


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
        return CapturedFrame(
            np.zeros((4, 4, 3), np.uint8), self.index, 0.0, self.name, settings=now
        )

    def get_capabilities(self):
        return CameraCapabilities(exposure_ms=ControlRange(1, 40))

    def adjust(self, wish):
        self.exposure = wish.exposure_ms or self.exposure


def running(camera):
    loop = CaptureLoop(camera, FrameRing(), LatestValue[FieldcheckError]())
    loop.start()
    return loop


def wait_for(condition, seconds=60.0):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come about"
        time.sleep(0.005)


def test_frames_of_a_camera_arrive_in_the_ring_and_are_counted():
    ring = FrameRing()
    reader = ring.subscribe()
    loop = CaptureLoop(SyntheticCamera(64, 48, fps=100), ring, LatestValue())
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
    loop = CaptureLoop(SetCamera(), ring, LatestValue[FieldcheckError]())
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


def test_stopping_what_never_started_does_nothing():
    CaptureLoop(SyntheticCamera(8, 8), FrameRing(), LatestValue()).stop()


def test_a_file_that_is_not_there_is_reported_and_ends_the_thread():
    trouble = LatestValue[FieldcheckError]()
    loop = CaptureLoop(VideoCamera(Path("nowhere.mp4")), FrameRing(), trouble)
    loop.start()
    assert isinstance(trouble.take_value(10), PathMissing)
    wait_for(lambda: not loop.running)


def test_what_a_driver_raises_is_reported_as_a_lost_camera_and_logged(caplog):
    def break_down():
        raise RuntimeError("driver")

    camera, trouble = ScriptedCamera([0], break_down), LatestValue[FieldcheckError]()
    loop = CaptureLoop(camera, FrameRing(), trouble)
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
    loop = CaptureLoop(
        VideoCamera(made.write_video(tmp_path / "a.mp4", 12), fps=200.0), ring, trouble
    )
    loop.start()
    for _ in range(30):
        frame = reader.get_next(5.0)
        assert made.number_of(frame.rgb) == frame.index % 12
    loop.stop()
    assert trouble.take_value() is None
