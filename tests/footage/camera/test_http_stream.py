import socket
import threading

import pytest

from fieldcheck.errors.files import CameraLost, CameraRefused
from fieldcheck.footage.camera.http_stream import (
    HttpStream,
    _ChunkedDecoder,
    make_authorization,
    parse_address,
)
from tests.footage.servers.mjpeg import MjpegServer
from tests.hostile.redirects import HTTP_STATUSES, PLACES

pytestmark = pytest.mark.loopback
WHERE = parse_address("http://Mufasa:CircleOfLife@cam/dir/index.html")


@pytest.fixture
def answering():
    """`answering(bytes)` makes a server that says these bytes, or what a function of its port
    gives; its address comes back."""
    servers = []

    def make(*answers):
        listener = socket.create_server(("127.0.0.1", 0))
        heads = []

        def serve():
            for answer in answers:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                with client:
                    heads.append(client.recv(65536).decode())
                    client.sendall(
                        answer(listener.getsockname()[1]) if callable(answer) else answer
                    )

        thread = threading.Thread(target=serve)
        thread.start()
        servers.append((listener, thread))
        return f"http://tech:s3cret@127.0.0.1:{listener.getsockname()[1]}/video", heads

    yield make
    for listener, thread in servers:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def refused(url):
    with pytest.raises(CameraRefused) as caught:
        HttpStream(parse_address(url)).open()
    assert "s3cret" not in repr(caught.value)
    return caught.value.problem, caught.value.detail


def read_on(stream):
    while True:
        stream.read(1.0)


def test_nobody_there_is_unreachable():
    with socket.socket() as deaf:  # has the port, so that nobody else gets it, and does not listen
        deaf.bind(("127.0.0.1", 0))
        expected = ("unreachable", "")
        assert refused(f"http://tech:s3cret@127.0.0.1:{deaf.getsockname()[1]}/") == expected


@pytest.mark.parametrize(("answer", "expected"), [
    (b"HTTP/1.1 404 Not Found\r\n\r\n", ("not_a_stream", "404")),
    (b"HTTP/1.1 403 Forbidden\r\n\r\n", ("password", "403")),
    (b"HTTP/1.1 302 Found\r\nLocation: rtsp://cam/x\r\n\r\n", ("redirect", "rtsp://cam")),
    (b"HTTP/1.1 302 Found\r\nLocation: http://[::1/x?token=s3cret\r\n\r\n", ("redirect", "…")),
    (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", ("unreachable", "")),
    (b"", ("unreachable", "")),
])  # fmt: skip
def test_an_answer_that_is_no_stream_is_refused(answering, answer, expected):
    url, _ = answering(answer)
    assert refused(url) == expected


def test_a_camera_that_sends_us_in_circles_is_refused(answering):
    url, heads = answering(
        *[b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"] * 6
    )
    assert refused(url) == ("not_a_stream", "302")
    assert len(heads) == 4


@pytest.mark.parametrize("scheme", ["basic", "digest"])
def test_name_and_password_are_told_when_they_are_asked_for_and_not_before(scheme):
    with MjpegServer(user="tech", password="s3cret", scheme=scheme) as server:
        stream = HttpStream(parse_address(server.secret_url()))
        stream.open()
        stream.close()
        assert refused(server.url) == ("password", "401")
        assert refused(server.url.replace("//", "//tech:wrong@")) == ("password", "401")
        assert "Authorization" not in server.asked[0]
        assert scheme.title() in server.asked[1]


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("status", HTTP_STATUSES)
@pytest.mark.parametrize("place", PLACES)
def test_another_place_is_not_asked_and_is_named_without_what_is_secret(answering, place, status):
    with MjpegServer() as other:
        there = other.url.split("/")[2]
        url, _ = answering(
            lambda port: (
                f"HTTP/1.1 {status} Found\r\nLocation: "
                f"{PLACES[place](there, f'127.0.0.1:{port}')}\r\n\r\n"
            ).encode()
        )
        problem, detail = refused(url)
        assert problem == "redirect"
        assert "s3cret" not in detail
        assert other.asked == []


def test_a_silent_camera_gives_nothing_and_one_that_hangs_up_is_lost():
    with MjpegServer() as server:
        stream = HttpStream(parse_address(server.url))
        server.pause()
        stream.open()
        while stream.read(0.05):
            pass
        server.resume()
        assert stream.read(5.0)
        server.kill()
        with pytest.raises(CameraLost):
            read_on(stream)
        stream.close()


def test_chunks_are_taken_apart_wherever_they_are_cut():
    data = b"3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\n\r\n"
    for cut in range(len(data)):
        chunks = _ChunkedDecoder()
        assert chunks.decode_chunk(data[:cut]) + chunks.decode_chunk(data[cut:]) == b"abcdefgh"


@pytest.mark.parametrize("size", ["no length", "-5", "+5", "0x5", "5_0", "", "5 5", "f" * 16])
def test_a_chunk_whose_length_is_none_ends_the_stream_at_once(size):
    with pytest.raises(ValueError, match="length of a chunk"):
        _ChunkedDecoder().decode_chunk(
            b"3\r\nabc\r\n" + size.encode() + b";\r\n" + b"x" * 50 + b"\r\n"
        )


def test_a_chunk_without_an_end_to_its_length_is_not_collected_for_ever():
    chunks = _ChunkedDecoder()
    assert chunks.decode_chunk(b"1" * 60_000) == b""
    with pytest.raises(ValueError, match="without a length"):
        chunks.decode_chunk(b"1" * 60_000)


@pytest.mark.parametrize("size", [b"-5", b"zz"])
def test_a_camera_that_sends_such_a_chunk_is_lost(answering, size):
    reply = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\n" + bytes(50)
    url, _ = answering(reply)
    stream = HttpStream(parse_address(url))
    stream.open()
    with pytest.raises(CameraLost):
        read_on(stream)
    stream.close()


def test_the_digest_of_the_standards_example_is_right():
    """RFC 2069 as corrected in the errata of RFC 2617: without qop nothing of ours counts."""
    challenge = (
        'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", '
        'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    answer = make_authorization([challenge], WHERE)
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in answer
    assert 'opaque="5ccc069c403ebaf9f0171e9517f40e41"' in answer


def test_without_a_name_there_is_no_answer():
    assert make_authorization(["Basic realm=x"], parse_address("http://cam/")) == ""
    assert make_authorization(["Bearer"], WHERE) == ""
