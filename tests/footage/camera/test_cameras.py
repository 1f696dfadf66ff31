import pytest

from fieldcheck.errors.files import CameraRefused
from fieldcheck.footage.camera import gige as gige_camera
from fieldcheck.footage.camera import sources
from fieldcheck.footage.live_camera import LiveCamera
from tests.footage.faulty import wait_for
from tests.footage.servers import processes
from tests.footage.servers.mjpeg import MjpegServer
from tests.footage.servers.processes import GigeCamera as FakeCamera

pytestmark = pytest.mark.loopback


def first_frame(camera):
    camera.open()
    frame = None
    for _ in range(100):
        frame = frame or camera.read(0.1)
    camera.close()
    return frame


def test_the_password_of_the_environment_opens_a_camera_that_names_a_person(monkeypatch):
    with MjpegServer(user="tech", password="s3cret", scheme="digest") as server:
        named = server.url.replace("//", "//tech@")
        with pytest.raises(CameraRefused) as caught:
            sources.open_camera(named).open()
        assert caught.value.problem == "password"
        monkeypatch.setenv("FIELDCHECK_CAMERA_PASSWORD", "s3cret")
        assert sources.get_environment_password() == "s3cret"
        assert first_frame(sources.open_camera(named)) is not None


def test_a_password_that_was_typed_goes_before_that_of_the_environment(monkeypatch):
    monkeypatch.setenv("FIELDCHECK_CAMERA_PASSWORD", "old")
    with MjpegServer(user="tech", password="s3cret") as server:
        live = LiveCamera(server.url.replace("//", "//tech@"), "s3cret")
        live.start()
        wait_for(lambda: live.ring.get_latest() is not None)
        live.stop()


def test_a_password_is_asked_for_where_an_address_names_a_person_alone(monkeypatch):
    addresses = ("http://tech@camera/", "http://tech:s3cret@camera/", "http://camera/", "synthetic")
    assert [sources.needs_password(one) for one in addresses] == [True, False, False, False]
    monkeypatch.setenv("FIELDCHECK_CAMERA_PASSWORD", "s3cret")
    assert not any(sources.needs_password(one) for one in addresses)


def test_a_search_that_fails_is_made_again(monkeypatch):
    answers = [OSError("/proc/1234/fd"), (), OSError("gone"), ()]

    def answer():
        got = answers.pop(0) if answers else ()
        if isinstance(got, OSError):
            raise got
        return got

    monkeypatch.setattr(sources, "list_plugged_cameras", answer)
    search = sources.CameraSearch(every_s=0.01)
    search.start()
    assert search.latest.take_value(60.0) == ()
    wait_for(lambda: not answers)
    assert search.latest.take_value(60.0) == ()
    search.stop()


def test_a_name_that_the_system_refuses_is_a_camera_that_is_not_there():
    with pytest.raises(CameraRefused) as caught:
        sources.open_camera("x" * 300)
    assert caught.value.problem == "unknown"


def test_the_network_is_searched_only_when_somebody_asks(monkeypatch):
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    with FakeCamera() as fake:
        search = sources.CameraSearch(every_s=0.05)
        search.start()
        for _ in range(3):
            assert all(camera.driver != "gige" for camera in search.latest.take_value(60.0))
        search.search_network()
        while not any(camera.serial == fake.serial for camera in search.latest.take_value(10.0)):
            pass
        assert any(camera.serial == fake.serial for camera in search.latest.take_value(60.0))
        monkeypatch.setattr(gige_camera, "LIST_S", 1e-6)  # a machine that is too busy
        search.search_network()
        assert search.why_not.take_value(60.0) == "unfinished"
        assert any(camera.serial == fake.serial for camera in search.latest.take_value(60.0))
        search.stop()
