import logging

import cv2
import numpy as np
import pytest

from fieldcheck.errors.files import CameraLost, CameraRefused
from fieldcheck.footage.camera.http_stream import parse_address
from fieldcheck.footage.camera.network import MjpegCamera, RtspCamera, make_network_camera
from tests.footage.servers import processes
from tests.footage.servers.mjpeg import MjpegServer
from tests.footage.servers.processes import RtspServer

pytestmark = pytest.mark.loopback


def taken(camera, n, tries=400):
    """The next `n` frames of an open camera."""
    found = []
    for _ in range(tries):
        frame = camera.read(0.2)
        if frame is not None:
            found.append(frame)
        if len(found) == n:
            return found
    raise AssertionError(f"only {len(found)} of {n} frames came")


@pytest.mark.parametrize(
    ("lengths", "chunked"), [(True, False), (False, False), (True, True), (False, True)]
)
def test_every_byte_of_a_frame_is_the_one_that_was_sent(lengths, chunked):
    with MjpegServer(fps=200, lengths=lengths, chunked=chunked) as server:
        camera = MjpegCamera(parse_address(server.url))
        camera.open()
        frames = taken(camera, 40)
        camera.close()
    assert [frame.raw.encoded for frame in frames] == server.sent[:40]
    assert [frame.index for frame in frames] == list(range(40))
    assert all(frame.decoded_from == "" for frame in frames)
    times = [frame.t_s for frame in frames]
    assert times == sorted(times)


def test_the_picture_is_the_one_that_was_encoded():
    with MjpegServer() as server:
        camera = MjpegCamera(parse_address(server.url))
        camera.open()
        (frame,) = taken(camera, 1)
        camera.close()
        expected = cv2.cvtColor(
            cv2.imdecode(np.frombuffer(server.sent[0], np.uint8), cv2.IMREAD_COLOR),
            cv2.COLOR_BGR2RGB,
        )
    assert np.array_equal(frame.rgb, expected)
    assert (frame.raw.width, frame.raw.height) == (160, 120)


def test_a_silent_camera_gives_none_and_goes_on():
    with MjpegServer() as server:
        camera = MjpegCamera(parse_address(server.url))
        camera.open()
        taken(camera, 1)
        server.pause()
        while camera.read(0.1) is not None:
            pass
        server.resume()
        taken(camera, 3)
        camera.close()


def test_a_camera_that_was_killed_is_lost_and_can_be_opened_again():
    with MjpegServer() as server:
        camera = MjpegCamera(parse_address(server.url))
        camera.open()
        taken(camera, 2)
        server.kill()
        with pytest.raises(CameraLost):
            taken(camera, 400)
        camera.close()
        with pytest.raises(CameraRefused):
            camera.open()
        server.start()
        camera.open()
        assert taken(camera, 1)[0].index == 0
        camera.close()


def test_a_part_that_is_no_picture_counts_as_dropped():
    good = MjpegServer().frames[:1]
    with MjpegServer(frames=[*good, b"no picture at all", *good], fps=100) as server:
        camera = MjpegCamera(parse_address(server.url))
        camera.open()
        frames = taken(camera, 2)
        camera.close()
    assert [frame.index for frame in frames] == [0, 2]


def test_a_page_is_no_stream():
    class Page(MjpegServer):
        def _stream(self, client):
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>")
            client.close()

    with Page() as server, pytest.raises(CameraRefused) as caught:
        MjpegCamera(parse_address(server.url)).open()
    assert (caught.value.problem, caught.value.detail) == ("not_a_stream", "text/html")


def test_rtsp_is_decoded_and_says_so():
    processes.needs_gstreamer()
    with RtspServer() as server:
        camera = make_network_camera(parse_address(server.url))
        camera.open()
        frames = taken(camera, 20)
        camera.close()
    assert isinstance(camera, RtspCamera)
    assert frames[0].decoded_from == "h264"
    assert frames[0].rgb.shape == (240, 320, 3)
    assert [frame.index for frame in frames] == list(range(20))


def test_an_rtsp_camera_that_hangs_or_ends_is_lost():
    processes.needs_gstreamer()
    with RtspServer() as server:
        camera = RtspCamera(parse_address(server.url))
        camera.open()
        taken(camera, 5)
        server.pause()
        with pytest.raises(CameraLost):
            taken(camera, 400)
        camera.close()
        server.resume()
        camera.open()
        taken(camera, 2)
        server.kill()
        with pytest.raises(CameraLost):
            taken(camera, 400)
        camera.close()


def test_no_password_of_an_rtsp_camera_reaches_error_log_or_terminal(caplog, capfd):
    processes.needs_gstreamer()
    caplog.set_level(logging.DEBUG)
    with RtspServer("tech", "s3cret") as server:
        camera = RtspCamera(parse_address(server.secret_url))
        camera.open()
        taken(camera, 1)
        camera.close()
        with pytest.raises(CameraRefused) as caught:
            RtspCamera(parse_address(server.secret_url.replace("s3cret", "wr0ng"))).open()
    said = "".join([repr(caught.value), camera.name, caplog.text, *capfd.readouterr()])
    assert "s3cret" not in said
    assert "wr0ng" not in said
    assert "tech" not in said
