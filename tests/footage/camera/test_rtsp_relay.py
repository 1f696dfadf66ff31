"""The relay of RTSP: FFmpeg is led nowhere else by a camera, and streams pass as they were sent."""

import socket
import ssl
import threading
import time

import pytest

from fieldcheck.errors.files import CameraLost, CameraRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.footage.camera.http_stream import parse_address
from fieldcheck.footage.camera.network import (
    MOST_BEFORE_PLAY,
    RtspCamera,
    RtspRelay,
    StreamCopyCamera,
    make_network_camera,
)
from tests.footage.camera.test_network_camera import taken
from tests.footage.coded_stream import netcam  # noqa: F401 - a fixture
from tests.footage.servers.rtsp import PlainRtspServer
from tests.hostile.redirects import BEFORE, STATUSES, answer

pytestmark = pytest.mark.loopback
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
    camera = RtspCamera(parse_address(server.url.replace("//", "//tech:s3cret@")))
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
        camera = make_network_camera(parse_address(server.url.replace("//", "//tech:s3cret@")))
        assert isinstance(camera, RtspCamera)
        camera.open()
        frames = taken(camera, 20)
        camera.close()
    assert (frames[0].decoded_from, frames[0].rgb.shape) == ("h264", (120, 160, 3))
    assert {"DESCRIBE", "SETUP", "PLAY"} <= {one.partition(" ")[0] for one in server.asked}


def test_a_stream_is_copied_with_the_extra(netcam):  # noqa: F811
    with PlainRtspServer() as server:
        camera = make_network_camera(parse_address(server.url))
        assert isinstance(camera, StreamCopyCamera)
        camera.open()
        assert taken(camera, 20)[3].raw.format == "h264"
        camera.close()


def test_a_camera_that_ends_is_lost_and_one_that_is_not_there_is_refused():
    with PlainRtspServer() as server:
        camera = RtspCamera(parse_address(server.url))
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
        camera = make_network_camera(parse_address(server.url))
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
        camera = RtspCamera(parse_address(server.url))
        camera.open()
        taken(camera, 5)
        camera.close()
    with PlainRtspServer() as server:
        server.redirects = {"DESCRIBE": answer(STATUSES["301"], f"rtsp://{server.place}/video")}
        assert refused(server)[0] == "redirect"


@pytest.mark.parametrize("where", ["control", "base"])
def test_a_description_that_names_another_host_leads_there_no_request(where, elsewhere):
    with PlainRtspServer(**{where: f"{elsewhere.url}/track1"}) as server:
        camera = RtspCamera(parse_address(server.url))
        camera.open()
        taken(camera, 3)
        camera.close()
    assert elsewhere.asked == []


def test_a_redirect_in_place_of_the_stream_is_no_stream(elsewhere):
    with PlainRtspServer({"PLAY": answer(STATUSES["302"], elsewhere.url)}) as server:
        assert refused(server) == ("unreachable", "")
    assert elsewhere.asked == []


def test_a_camera_that_talks_without_end_before_it_plays_is_refused():
    class Talking(PlainRtspServer):
        def _answer(self, client, head):
            client.sendall(b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * (MOST_BEFORE_PLAY // 3))
            return ""

    with Talking() as server:
        assert refused(server) == ("unreachable", "")


def test_a_relay_that_nobody_calls_is_closed_at_once():
    with PlainRtspServer() as server:
        relay = RtspRelay(parse_address(server.url))
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
        relay = RtspRelay(parse_address(f"rtsps://127.0.0.1:{listener.getsockname()[1]}/v"))
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
