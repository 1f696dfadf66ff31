"""RTSP with the extra netcam: packets as they were sent. Without it the camera is decoded, as
test_network_camera.py has it."""

import logging

import numpy as np
import pytest

from fieldcheck.errors.files import CameraLost, CameraRefused
from fieldcheck.footage.camera.camera import FrameFormat
from fieldcheck.footage.camera.http_stream import parse_address
from fieldcheck.footage.camera.network import (
    RtspCamera,
    StreamCopyCamera,
    import_pyav,
    make_network_camera,
)
from fieldcheck.footage.recording_container import RecordingReader
from fieldcheck.imaging.raw import decode_raw
from tests.footage.camera.test_network_camera import taken
from tests.footage.coded_stream import netcam  # noqa: F401 - a fixture
from tests.footage.made_recordings import write_recording
from tests.footage.servers import processes
from tests.footage.servers.processes import RtspServer

pytestmark = pytest.mark.loopback


@pytest.fixture
def server(netcam):  # noqa: F811
    processes.needs_gstreamer()
    with RtspServer() as running:
        yield running


def test_packets_are_handed_on_and_stored_as_they_were_sent_and_show_what_was_seen_live(
    server, tmp_path
):
    camera = make_network_camera(parse_address(server.url))
    assert isinstance(camera, StreamCopyCamera)
    camera.open()
    frames = taken(camera, 40)
    live = [frame.rgb for frame in frames]
    camera.close()
    (delivery,) = {frame.frame_format for frame in frames}
    assert (delivery.format, delivery.width) == ("h264", 320)
    assert (delivery.height, delivery.decoded_from) == (240, "")
    assert bytes.fromhex(delivery.setup).startswith(b"\0\0\0\1\x67")  # a sequence parameter set
    assert [frame.index for frame in frames] == list(range(40))
    assert not frames[0].raw.dependent
    assert sum(frame.raw.dependent for frame in frames) > 30
    write_recording(tmp_path / "a1b2c3", frames)
    with RecordingReader(tmp_path / "a1b2c3") as reader:
        actual = [reader.read_stored_bytes(index) for index in range(40)]
        assert actual == [frame.raw.encoded for frame in frames]
        assert all(
            np.array_equal(decode_raw(reader.read_raw(index)), live[index]) for index in range(40)
        )


def test_only_the_newest_frame_keeps_its_decoded_picture(server):
    camera = make_network_camera(parse_address(server.url))
    camera.open()
    frame = taken(camera, 2)[1]
    assert frame.comparison_image.format == "mono8"
    frame.release_decoded()
    assert frame.seen is None
    camera.close()


def test_a_camera_that_was_killed_or_says_nothing_is_lost_and_can_be_opened_again(server):
    camera = make_network_camera(parse_address(server.url))
    for fault in (server.kill, server.pause):
        camera.open()
        assert taken(camera, 2)[0].index == 0
        fault()
        with pytest.raises(CameraLost):
            taken(camera, 400)
        camera.close()
        if fault == server.kill:
            with pytest.raises(CameraRefused):
                camera.open()
            camera.close()
            server.start()
    server.resume()


def test_no_error_and_no_log_names_the_password(netcam, caplog):  # noqa: F811
    processes.needs_gstreamer()
    caplog.set_level(logging.DEBUG)
    with RtspServer("tech", "s3cretWord") as server:
        camera = make_network_camera(parse_address(server.secret_url))
        camera.open()
        taken(camera, 1)
        server.kill()
        with pytest.raises(CameraLost) as lost:
            taken(camera, 400)
        camera.close()
        with pytest.raises(CameraRefused) as refused:
            camera.open()
        camera.close()
    assert "s3cretWord" not in caplog.text + camera.name + repr(lost.value) + repr(refused.value)
    assert refused.value.__cause__ is None


def test_what_cannot_be_copied_is_decoded_and_says_so(server, monkeypatch):
    # as for a camera of another codec
    monkeypatch.setattr("fieldcheck.footage.camera.network.CODED", frozenset())
    camera = make_network_camera(parse_address(server.url))
    camera.open()
    (frame,) = taken(camera, 1)
    camera.close()
    assert frame.frame_format == FrameFormat("bgr8", 320, 240, "h264")


def test_without_the_extra_a_camera_is_decoded():
    import_pyav.cache_clear()
    if import_pyav() is not None:
        pytest.skip("not run: PyAV is part of this environment")
    assert isinstance(make_network_camera(parse_address("rtsp://127.0.0.1/video")), RtspCamera)
