import subprocess

import numpy as np
import pytest

from fieldcheck.errors.files import CameraLost, CameraRefused
from fieldcheck.footage.camera import gige as gige_camera
from fieldcheck.footage.camera.exposure_control import ControlChange
from fieldcheck.footage.camera.gige import GigeCamera, list_gige_cameras
from fieldcheck.footage.camera.usb import CameraList
from tests.footage.faulty import taken
from tests.footage.servers import processes
from tests.footage.servers.processes import SERIAL
from tests.footage.servers.processes import GigeCamera as FakeCamera


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch):
    """The search for cameras stays on this machine."""
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")


@pytest.fixture
def fake():
    with FakeCamera() as camera:
        yield camera


@pytest.fixture
def opened(fake):
    camera = GigeCamera(SERIAL)
    camera.open()
    yield camera
    camera.close()


def test_a_camera_is_listed_by_its_serial_number(fake):
    (found,) = list_gige_cameras().cameras
    assert (found.id, found.serial) == (f"gige:{SERIAL}", SERIAL)
    assert (found.driver, found.path) == ("gige", "127.0.0.1")


@pytest.mark.long
def test_the_sensors_own_pixels_are_kept_every_frame_counts_and_exposure_is_set(opened):
    frames = taken(opened, 12)
    expected = {("mono8", 512, 512)}
    assert {(frame.raw.format, frame.raw.width, frame.raw.height) for frame in frames} == expected
    assert all(frame.decoded_from == "" for frame in frames)
    indexes = [frame.index for frame in frames]
    assert indexes == list(range(indexes[0], indexes[0] + 12))
    assert frames[0].raw.pixels.dtype == np.uint8
    assert not np.array_equal(frames[0].raw.pixels, frames[5].raw.pixels)
    abilities = opened.get_capabilities()
    assert abilities.exposure_ms is not None
    assert abilities.gain is not None
    opened.adjust(ControlChange(exposure_ms=5.0, gain=3.0))
    for _ in range(200):
        settings = taken(opened, 1)[0].settings
        if (settings.exposure_ms, settings.gain) == (5.0, 3.0):
            return
    raise AssertionError(settings)


@pytest.mark.long
def test_frames_that_lost_packets_count_as_dropped(monkeypatch):
    with FakeCamera(lost_of_thousand=4):
        camera = GigeCamera(SERIAL)
        camera.open()
        indexes = [frame.index for frame in taken(camera, 40)]
        camera.close()
    assert indexes == sorted(indexes)
    assert indexes[-1] - indexes[0] > 39


@pytest.mark.long
def test_a_camera_that_goes_silent_gives_none_and_one_that_is_gone_is_lost(fake, opened):
    taken(opened, 2)
    fake.pause()
    while opened.read(0.5) is not None:
        pass
    fake.resume()
    taken(opened, 2)
    fake.kill()
    with pytest.raises(CameraLost):
        taken(opened, 100)
    opened.close()
    with pytest.raises(CameraRefused) as caught:
        opened.open()
    assert caught.value.problem == "unknown"
    fake.start()
    opened.open()
    taken(opened, 2)


def test_a_serial_number_that_nobody_has_is_not_replaced_by_another_camera(fake):
    with pytest.raises(CameraRefused) as caught:
        GigeCamera("FC99").open()
    assert (caught.value.camera, caught.value.problem) == ("gige:FC99", "unknown")


def test_without_aravis_the_extra_is_named(monkeypatch):
    monkeypatch.setattr(gige_camera, "find_interpreter", lambda: "")
    assert list_gige_cameras() == CameraList((), "extra_missing")
    with pytest.raises(CameraRefused) as caught:
        GigeCamera(SERIAL).open()
    assert (caught.value.problem, caught.value.detail) == ("extra_missing", "gige")


def test_on_a_machine_too_busy_to_answer_the_search_is_told_as_not_finished(monkeypatch):
    asked = gige_camera.find_interpreter.__wrapped__  # what was found earlier is not asked again
    monkeypatch.setattr(gige_camera, "find_interpreter", asked)
    monkeypatch.setattr(gige_camera, "LIST_S", 1e-6)
    assert asked() == gige_camera.SYSTEM_PYTHON
    assert list_gige_cameras() == CameraList((), "unfinished")


@pytest.mark.long
def test_a_child_that_dies_is_a_lost_camera_and_none_is_left_behind(opened):
    child = opened._child
    assert isinstance(child, subprocess.Popen)
    child.kill()
    with pytest.raises(CameraLost):
        taken(opened, 100)
    opened.close()
    assert child.poll() is not None
