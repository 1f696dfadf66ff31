import time

import pytest

from fieldcheck.footage.camera.reconnect import WatchdogLimits
from fieldcheck.footage.live_camera import ViewedCamera
from tests.footage.servers import processes
from tests.footage.servers.mjpeg import MjpegServer
from tests.footage.servers.processes import GigeCamera as FakeCamera

QUICK = WatchdogLimits(silence_s=0.5, frozen_s=0.8, retry_s=0.2, attempt_s=5.0)
GUARD_S = 60.0


def until(condition):
    """Waits for a state; only a hang fails it by time."""
    end = time.monotonic() + GUARD_S
    while not condition():
        assert time.monotonic() < end, "it never came to this"
        time.sleep(0.02)


@pytest.fixture
def watched():
    """`watched(source)` starts a camera that is stopped at the end."""
    started = []

    def start(source, limits=QUICK, password=""):
        camera = ViewedCamera(source, password, limits)
        camera.start()
        started.append(camera)
        return camera

    yield start
    for camera in started:
        camera.stop()


@pytest.mark.loopback
def test_a_network_camera_that_is_killed_is_lost_and_live_again_when_it_is_back(watched):
    with MjpegServer() as server:
        camera = watched(server.url)
        until(lambda: camera.get_status().camera_status.state == "live")
        assert camera.picture.images.take_value(GUARD_S) is not None
        server.kill()
        until(lambda: camera.get_status().camera_status.state == "lost")
        assert camera.get_status().camera_status.cause == "read_error"
        server.start()
        until(lambda: camera.get_status().camera_status.state == "live")
        assert camera.get_status().camera_status.n_opened >= 2


@pytest.mark.loopback
def test_a_network_camera_that_says_nothing_or_the_same_for_ever_is_lost(watched):
    with MjpegServer() as server:
        camera = watched(server.url)
        until(lambda: camera.get_status().camera_status.state == "live")
        server.pause()
        until(lambda: camera.get_status().camera_status.state == "lost")
        assert camera.get_status().camera_status.cause == "silence"
        server.resume()
        until(lambda: camera.get_status().camera_status.state == "live")
        server.frozen = True
        until(lambda: camera.get_status().camera_status.state == "lost")
        assert camera.get_status().camera_status.cause == "frozen"


@pytest.mark.loopback
def test_a_wrong_password_is_told_and_tried_on(watched):
    with MjpegServer(user="tech", password="s3cret") as server:
        camera = watched(server.url.replace("//", "//tech@"), password="wr0ng")
        until(lambda: camera.get_status().camera_status.error is not None)
        assert camera.get_status().camera_status.error.problem == "password"
        assert "wr0ng" not in repr(camera.get_status().camera_status)


def test_an_industrial_camera_is_set_from_the_window(watched, monkeypatch):
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    with FakeCamera() as fake:
        camera = watched(f"gige:{fake.serial}", WatchdogLimits(attempt_s=20.0))
        until(lambda: camera.get_status().camera_status.settings is not None)
        before = camera.get_status().camera_status.settings.exposure_ms
        camera.step_exposure(1)
        until(
            lambda: (
                camera.get_status().camera_status.settings.exposure_ms
                == pytest.approx(before * 2 ** (1 / 3), rel=0.01)
            )
        )
        camera.set_locked(True)
        camera.toggle_auto_exposure()
        until(lambda: camera.get_status().camera_status.state == "live")
        camera.stop()


def test_a_camera_that_cannot_be_set_stays_as_it_is(watched):
    camera = watched("synthetic:64x48@30")
    until(lambda: camera.get_status().camera_status.state == "live")
    camera.step_exposure(1)
    camera.toggle_auto_exposure()
    camera.set_locked(True)
    assert camera.get_status().camera_status.abilities.exposure_ms is None
