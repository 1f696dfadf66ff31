import logging
import socket
import ssl
import threading
import time

import cv2
import numpy as np
import pytest

from fieldcheck.errors.files import CameraLost, CameraRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.footage.camera import network_rtsp_mjpeg
from fieldcheck.footage.camera.camera import FrameFormat
from fieldcheck.footage.camera.http_stream import parse_address
from fieldcheck.footage.recording_container import RecordingReader
from fieldcheck.imaging.raw import decode_raw
from tests.footage.coded_stream import netcam  # noqa: F401 - a fixture
from tests.footage.faulty import taken
from tests.footage.made_recordings import write_recording
from tests.footage.servers import processes
from tests.footage.servers.mjpeg import MjpegServer
from tests.footage.servers.processes import RtspServer
from tests.footage.servers.rtsp import PlainRtspServer
from tests.hostile.redirects import BEFORE, STATUSES, answer

pytestmark = pytest.mark.loopback


@pytest.mark.parametrize(
    ("lengths", "chunked"), [(True, False), (False, False), (True, True), (False, True)]
)
def test_every_byte_of_a_frame_is_the_one_that_was_sent(lengths, chunked):
    with MjpegServer(fps=200, lengths=lengths, chunked=chunked) as server:
        camera = network_rtsp_mjpeg.MjpegCamera(parse_address(server.url))
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
        camera = network_rtsp_mjpeg.MjpegCamera(parse_address(server.url))
        camera.open()
        (frame,) = taken(camera, 1)
        camera.close()
        bgr = cv2.imdecode(np.frombuffer(server.sent[0], np.uint8), cv2.IMREAD_COLOR)
        expected = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
    assert np.array_equal(frame.rgb, expected)
    assert (frame.raw.width, frame.raw.height) == (160, 120)


def test_a_silent_camera_gives_none_and_goes_on():
    with MjpegServer() as server:
        camera = network_rtsp_mjpeg.MjpegCamera(parse_address(server.url))
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
        camera = network_rtsp_mjpeg.MjpegCamera(parse_address(server.url))
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
        camera = network_rtsp_mjpeg.MjpegCamera(parse_address(server.url))
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
        network_rtsp_mjpeg.MjpegCamera(parse_address(server.url)).open()
    assert (caught.value.problem, caught.value.detail) == ("not_a_stream", "text/html")


@pytest.mark.long
def test_rtsp_is_decoded_and_says_so():
    processes.needs_gstreamer()
    with RtspServer() as server:
        camera = network_rtsp_mjpeg.make_network_camera(parse_address(server.url))
        camera.open()
        frames = taken(camera, 20)
        camera.close()
    assert isinstance(camera, network_rtsp_mjpeg.RtspCamera)
    assert frames[0].decoded_from == "h264"
    assert frames[0].rgb.shape == (240, 320, 3)
    assert [frame.index for frame in frames] == list(range(20))


@pytest.mark.long
def test_an_rtsp_camera_that_hangs_or_ends_is_lost():
    processes.needs_gstreamer()
    with RtspServer() as server:
        camera = network_rtsp_mjpeg.RtspCamera(parse_address(server.url))
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


@pytest.mark.long
def test_no_password_of_an_rtsp_camera_reaches_error_log_or_terminal(caplog, capfd):
    processes.needs_gstreamer()
    caplog.set_level(logging.DEBUG)
    with RtspServer("tech", "s3cret") as server:
        camera = network_rtsp_mjpeg.RtspCamera(parse_address(server.secret_url))
        camera.open()
        taken(camera, 1)
        camera.close()
        with pytest.raises(CameraRefused) as caught:
            network_rtsp_mjpeg.RtspCamera(
                parse_address(server.secret_url.replace("s3cret", "wr0ng"))
            ).open()
    said = "".join([repr(caught.value), camera.name, caplog.text, *capfd.readouterr()])
    assert "s3cret" not in said
    assert "wr0ng" not in said
    assert "tech" not in said


# The relay of RTSP: FFmpeg is led nowhere else by a camera, and streams pass as they were sent.

KEY = """-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgPjKhhF+Hxd9rjSVp
XXts0KhtpZlXdSBR5B6T6yZKbkKhRANCAASaFFmE2elx/WgEdWK1XQ5tjT/GoCgB
c1RtkrR+8Rves+KojcoKNVKE+8zaJJyBQMBWj1HpAhevWMOtBQa8YaOw
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUNzYtfA5GQ3dg5wSPWJ2J0ibfqCkwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGY2FtZXJhMCAXDTI2MTEyOTE5MzYyOFoYDzIxMjYxMTA1MTkz
NjI4WjARMQ8wDQYDVQQDDAZjYW1lcmEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AASaFFmE2elx/WgEdWK1XQ5tjT/GoCgBc1RtkrR+8Rves+KojcoKNVKE+8zaJJyB
QMBWj1HpAhevWMOtBQa8YaOwo1MwUTAdBgNVHQ4EFgQUL9Z00RMWUaz/l00mAS7b
pA4sxBQwHwYDVR0jBBgwFoAUL9Z00RMWUaz/l00mAS7bpA4sxBQwDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAcs5Ql0uQUGu9hzBg6ss/TwW8q3p7J
WDCK9XPnjF4etQIhANbkFUBRX/F21jdfYkYCsLobF8fv/qt+9iRDP3EMdT7C
-----END CERTIFICATE-----"""


def refused(server):
    camera = network_rtsp_mjpeg.RtspCamera(
        parse_address(server.url.replace("//", "//tech:s3cret@"))
    )
    with pytest.raises(CameraRefused) as caught:
        camera.open()
    camera.close()
    assert "s3cret" not in format_error(caught.value) + repr(caught.value)
    return caught.value.problem, caught.value.detail


@pytest.fixture
def elsewhere():
    with PlainRtspServer() as server:
        yield server


def test_a_stream_is_decoded_and_its_password_arrives():
    with PlainRtspServer(user="tech:s3cret") as server:
        address = parse_address(server.url.replace("//", "//tech:s3cret@"))
        camera = network_rtsp_mjpeg.make_network_camera(address)
        assert isinstance(camera, network_rtsp_mjpeg.RtspCamera)
        camera.open()
        frames = taken(camera, 20)
        camera.close()
    assert (frames[0].decoded_from, frames[0].rgb.shape) == ("h264", (120, 160, 3))
    assert {"DESCRIBE", "SETUP", "PLAY"} <= {one.partition(" ")[0] for one in server.asked}


def test_a_stream_is_copied_with_the_extra(netcam):  # noqa: F811
    with PlainRtspServer() as server:
        camera = network_rtsp_mjpeg.make_network_camera(parse_address(server.url))
        assert isinstance(camera, network_rtsp_mjpeg.StreamCopyCamera)
        camera.open()
        assert taken(camera, 20)[3].raw.format == "h264"
        camera.close()


def test_a_camera_that_ends_is_lost_and_one_that_is_not_there_is_refused():
    with PlainRtspServer() as server:
        camera = network_rtsp_mjpeg.RtspCamera(parse_address(server.url))
        camera.open()
        taken(camera, 5)
    with pytest.raises(CameraLost):
        taken(camera, 400)
    camera.close()
    assert refused(server) == ("unreachable", "")


@pytest.mark.parametrize("method", ["OPTIONS", "DESCRIBE", "SETUP"])
def test_a_camera_that_sends_elsewhere_is_refused_with_where_to(method, elsewhere):
    with PlainRtspServer(
        {method: answer(STATUSES["302"], elsewhere.url + "?token=s3cret")}
    ) as server:
        assert refused(server) == ("redirect", f"rtsp://{elsewhere.place}")
    assert elsewhere.asked == []
    said = format_error(CameraRefused("rtsp://cam/v", "redirect", "rtsp://other"))
    assert said.startswith(
        "rtsp://cam/v redirects to another address (rtsp://other); redirects are not followed."
    )


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("before", ["", *BEFORE])
@pytest.mark.parametrize("status", STATUSES)
def test_no_form_of_a_redirect_leads_ffmpeg_away(status, before, elsewhere):
    with PlainRtspServer(
        {"OPTIONS": answer(STATUSES[status], elsewhere.url, BEFORE.get(before, b""))}
    ) as server:
        assert refused(server)[0] in ("redirect", "unreachable")
    assert elsewhere.asked == []


def test_the_copying_camera_is_led_nowhere_either(netcam, elsewhere):  # noqa: F811
    with PlainRtspServer({"DESCRIBE": answer(STATUSES["302"], elsewhere.url)}) as server:
        camera = network_rtsp_mjpeg.make_network_camera(parse_address(server.url))
        with pytest.raises(CameraRefused) as caught:
            camera.open()
        camera.close()
    assert (caught.value.problem, elsewhere.asked) == ("redirect", [])


def test_a_redirect_that_comes_letter_by_letter_is_seen(elsewhere):
    class Slow(PlainRtspServer):
        def _answer(self, client, head):
            for letter in answer(STATUSES["302"], elsewhere.url).replace(b"{cseq}", b"1"):
                client.sendall(bytes([letter]))
                time.sleep(0.002)
            return ""

    with Slow() as server:
        assert refused(server) == ("redirect", f"rtsp://{elsewhere.place}")
    assert elsewhere.asked == []


def test_another_path_of_the_same_camera_is_followed_and_circles_are_not():
    class Moved(PlainRtspServer):
        def _answer(self, client, head):
            there = "/other" in head.splitlines()[0]
            self.redirects = (
                {} if there else {"DESCRIBE": answer(STATUSES["301"], f"rtsp://{self.place}/other")}
            )
            return super()._answer(client, head)

    with Moved() as server:
        camera = network_rtsp_mjpeg.RtspCamera(parse_address(server.url))
        camera.open()
        taken(camera, 5)
        camera.close()
    with PlainRtspServer() as server:
        server.redirects = {"DESCRIBE": answer(STATUSES["301"], f"rtsp://{server.place}/video")}
        assert refused(server)[0] == "redirect"


@pytest.mark.parametrize("where", ["control", "base"])
def test_a_description_that_names_another_host_leads_there_no_request(where, elsewhere):
    with PlainRtspServer(**{where: f"{elsewhere.url}/track1"}) as server:
        camera = network_rtsp_mjpeg.RtspCamera(parse_address(server.url))
        camera.open()
        taken(camera, 3)
        camera.close()
    assert elsewhere.asked == []


def test_a_redirect_in_place_of_the_stream_is_no_stream(elsewhere):
    with PlainRtspServer({"PLAY": answer(STATUSES["302"], elsewhere.url)}) as server:
        assert refused(server) == ("unreachable", "")
    assert elsewhere.asked == []


@pytest.mark.long
def test_a_camera_that_talks_without_end_before_it_plays_is_refused():
    class Talking(PlainRtspServer):
        def _answer(self, client, head):
            client.sendall(
                b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * (network_rtsp_mjpeg.MOST_BEFORE_PLAY // 3)
            )
            return ""

    with Talking() as server:
        assert refused(server) == ("unreachable", "")


def test_a_relay_that_nobody_calls_is_closed_at_once():
    with PlainRtspServer() as server:
        relay = network_rtsp_mjpeg.RtspRelay(parse_address(server.url))
        relay.open()
        relay.close()
        relay.close()


@pytest.mark.parametrize("pause", [0, 0.5], ids=["at once", "after the line's own messages"])
def test_a_secured_line_is_handed_on(tmp_path, pause):
    (tmp_path / "both.pem").write_text(KEY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            secure = context.wrap_socket(listener.accept()[0], server_side=True)
            secure.sendall(secure.recv(100) * 20_000)
            secure.close()

        thread = threading.Thread(target=serve)
        thread.start()
        relay = network_rtsp_mjpeg.RtspRelay(
            parse_address(f"rtsps://127.0.0.1:{listener.getsockname()[1]}/v")
        )
        place = parse_address(relay.open())
        with socket.create_connection((place.host, place.port)) as client:
            # TLS 1.3 says something of its own after the handshake, which must not be waited upon
            time.sleep(pause)
            client.sendall(b"PLAY rtsp://x")
            heard = b""
            while more := client.recv(1 << 16):
                heard += more
        thread.join()
        relay.close()
    assert heard == b"PLAY rtsp://x" * 20_000


# RTSP with the extra netcam: packets as they were sent. Without it the camera is decoded, as
# test_network_camera.py has it.


@pytest.fixture
def server(netcam):  # noqa: F811
    processes.needs_gstreamer()
    with RtspServer() as running:
        yield running


@pytest.mark.long
def test_packets_are_stored_as_they_were_sent_and_show_what_was_live(server, tmp_path):
    camera = network_rtsp_mjpeg.make_network_camera(parse_address(server.url))
    assert isinstance(camera, network_rtsp_mjpeg.StreamCopyCamera)
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


@pytest.mark.long
def test_only_the_newest_frame_keeps_its_decoded_picture(server):
    camera = network_rtsp_mjpeg.make_network_camera(parse_address(server.url))
    camera.open()
    frame = taken(camera, 2)[1]
    assert frame.comparison_image.format == "mono8"
    frame.release_decoded()
    assert frame.seen is None
    camera.close()


@pytest.mark.long
def test_a_camera_that_was_killed_or_says_nothing_is_lost_and_can_be_opened_again(server):
    camera = network_rtsp_mjpeg.make_network_camera(parse_address(server.url))
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


@pytest.mark.long
def test_no_error_and_no_log_names_the_password(netcam, caplog):  # noqa: F811
    processes.needs_gstreamer()
    caplog.set_level(logging.DEBUG)
    with RtspServer("tech", "s3cretWord") as server:
        camera = network_rtsp_mjpeg.make_network_camera(parse_address(server.secret_url))
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


@pytest.mark.long
def test_what_cannot_be_copied_is_decoded_and_says_so(server, monkeypatch):
    # as for a camera of another codec
    monkeypatch.setattr("fieldcheck.footage.camera.network_rtsp_mjpeg.CODED", frozenset())
    camera = network_rtsp_mjpeg.make_network_camera(parse_address(server.url))
    camera.open()
    (frame,) = taken(camera, 1)
    camera.close()
    assert frame.frame_format == FrameFormat("bgr8", 320, 240, "h264")


def test_without_the_extra_a_camera_is_decoded():
    network_rtsp_mjpeg.import_pyav.cache_clear()
    if network_rtsp_mjpeg.import_pyav() is not None:
        pytest.skip("not run: PyAV is part of this environment")
    camera = network_rtsp_mjpeg.make_network_camera(parse_address("rtsp://127.0.0.1/video"))
    assert isinstance(camera, network_rtsp_mjpeg.RtspCamera)
