from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.errors.files import CameraRefused
from fieldcheck.footage.camera import http_stream
from fieldcheck.footage.camera.http_stream import (
    MultipartParser,
    NotMultipartStream,
    format_redacted_source,
    is_address,
    parse_address,
    parse_boundary,
)

BODIES = st.lists(
    st.binary(min_size=1, max_size=200).filter(lambda body: b"--edge" not in body), max_size=6
)


def stream(bodies, lengths=True, line=b"\r\n"):
    """The bodies as a camera sends them."""
    out = b""
    for body in bodies:
        out += (
            line.join(
                [
                    b"--edge",
                    b"Content-Type: image/jpeg",
                    *([b"Content-Length: %d" % len(body)] if lengths else []),
                    b"",
                    b"",
                ]
            )
            + body
            + line
        )
    return out + b"--edge--" + line


def fed(data, cuts, boundary=b"--edge"):
    """What comes out when the bytes come in pieces."""
    parts, found, at = MultipartParser(boundary), [], 0
    for cut in [*sorted(cuts), len(data)]:
        found += parts.parse_bytes(data[at:cut])
        at = max(at, cut)
    return found


@given(BODIES, st.lists(st.integers(0, 1500), max_size=12))
def test_every_part_comes_out_as_it_went_in_however_it_is_cut(bodies, cuts):
    assert fed(stream(bodies), cuts) == bodies


@given(
    BODIES.map(lambda bodies: [b"\xff\xd8" + body + b"\xff\xd9" for body in bodies]),
    st.lists(st.integers(0, 1500), max_size=12),
)
def test_parts_without_a_length_end_before_the_next_boundary(bodies, cuts):
    assert fed(stream(bodies, lengths=False), cuts) == bodies
    assert fed(stream(bodies, lengths=False, line=b"\n"), cuts) == bodies


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_any_bytes_give_parts_or_are_refused(pieces):
    parts = MultipartParser(b"--edge")
    try:
        for piece in pieces:
            parts.parse_bytes(b"--edge" + piece)
    except NotMultipartStream:
        pass


@pytest.mark.parametrize(("said", "boundary"), [
    ("multipart/x-mixed-replace; boundary=edge", b"--edge"),
    ('Multipart/X-Mixed-Replace;boundary="edge"', b"--edge"),
    ("multipart/x-mixed-replace; boundary=--edge", b"--edge"),
])  # fmt: skip
def test_the_boundary_is_read_as_cameras_write_it(said, boundary):
    assert parse_boundary(said) == boundary


@pytest.mark.parametrize("said", ["", "text/html", "image/jpeg", "multipart/x-mixed-replace"])
def test_what_is_no_multipart_stream_is_refused(said):
    with pytest.raises(NotMultipartStream):
        parse_boundary(said)


def test_a_part_larger_than_any_picture_is_refused_before_it_comes(monkeypatch):
    with pytest.raises(NotMultipartStream):
        MultipartParser(b"--edge").parse_bytes(b"--edge\r\nContent-Length: 999999999999\r\n\r\n")
    with pytest.raises(NotMultipartStream):
        MultipartParser(b"--edge").parse_bytes(
            b"--edge\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n"
        )
    monkeypatch.setattr(http_stream, "MOST_PART", 1000)
    with pytest.raises(NotMultipartStream):
        MultipartParser(b"--edge").parse_bytes(b"--edge\r\n\r\n" + b"x" * 2000)


def test_noise_before_the_first_part_does_not_pile_up():
    parts = MultipartParser(b"--edge")
    for _ in range(100):
        assert parts.parse_bytes(b"x" * 10_000) == []
    assert len(parts._unread) < 100_000
    assert parts.parse_bytes(stream([b"body"])) == [b"body"]


def test_a_head_without_an_end_is_refused():
    with pytest.raises(NotMultipartStream):
        MultipartParser(b"--edge").parse_bytes(b"--edge" + b"x" * 70_000)


def test_name_and_password_are_kept_apart_from_the_address():
    found = parse_address("rtsp://tech:s3%40cret@10.0.0.7:8554/live?channel=1")
    assert (found.user, found.password) == ("tech", "s3@cret")
    assert found.redacted == "rtsp://10.0.0.7:8554/live?channel=…"
    assert found.get_url_with_secrets() == "rtsp://tech:s3%40cret@10.0.0.7:8554/live?channel=1"
    assert "s3" not in repr(found)
    assert "tech" not in repr(found)


def test_a_password_that_was_asked_for_is_used_where_the_address_has_none():
    assert parse_address("http://tech@cam/video", "asked").password == "asked"
    assert parse_address("http://tech:own@cam/video", "asked").password == "own"


def test_the_usual_port_is_not_shown():
    assert parse_address("http://cam:80/video").redacted == "http://cam/video"
    assert parse_address("HTTP://Cam/video").host_and_port == "cam"
    assert parse_address("http://[::1]:8080").redacted == "http://[::1]:8080/"


@pytest.mark.parametrize("said", [
    "", "cam", "ftp://cam/x", "http://", "http://cam:port/x", "http://cam:99999/",
    "http://cam/a b",
])  # fmt: skip
def test_what_is_no_address_is_refused(said):
    with pytest.raises(CameraRefused) as caught:
        parse_address(said)
    assert caught.value.problem == "address"


def test_a_refusal_does_not_show_the_password():
    with pytest.raises(CameraRefused) as caught:
        parse_address("http://tech:s3cret@cam:port/")
    assert "s3cret" not in repr(caught.value)


@pytest.mark.parametrize(
    ("said", "is_one"),
    [("rtsp://cam", True), ("https://cam", True), ("C:\\clip.mp4", False), ("file:///x", False)],
)
def test_an_address_is_told_from_a_path(said, is_one):
    assert is_address(said) is is_one


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(said):
    with suppress(CameraRefused):
        parse_address(f"http://{said}")


SECRET = "S3'cretQ"
HOLDING_ONE = (
    "http://user:{0}@127.0.0.1:8080/v", "http://{0}@cam/v", "http://user:a@b{0}@cam/v",
    "http://user:12/{0}@cam/v", "http://user:12?{0}@cam/v", "http://user:12#{0}@cam/v",
    "http://user:{0}@cam:port/v", "http://cam/user=admin_password={0}_channel=1",
    "http://cam/user%3Dadmin_password%3D{0}", "http://cam/user%25253D{0}", "http://cam/live;{0}",
    "http://cam/live;login={0}/x", "http://cam/{0}@live", "http://cam/v?p={0}", "http://cam/v?{0}",
    "http://cam/v?a=1&{0}", "http://cam/v?a=1;b={0}", "http://cam/v#password={0}",
    "http://cam/v?x=1#{0}", "rtsp://cam/v with {0}", "htp://user:{0}@cam/v", "http:/user:{0}@cam/v",
    "http//user:{0}@cam/v", "rtsp:\\\\user:{0}@cam/v", "user:{0}@cam/v", "cam/v?p={0}",
    "/user=admin_password={0}_channel=1",
)  # fmt: skip


@pytest.mark.parametrize("said", HOLDING_ONE)
def test_no_form_of_an_address_shows_the_secret_in_it(said):
    said = said.format(SECRET)
    assert SECRET not in format_redacted_source(said)
    assert "user:" not in format_redacted_source(said)
    if is_address(said):
        with suppress(CameraRefused):
            found = parse_address(said)
            assert SECRET not in f"{found} {found!r} {found.redacted}"


def test_host_port_and_plain_path_are_shown():
    assert format_redacted_source(
        "http://u:p@cam:8080/axis-cgi/mjpg/video.cgi?resolution=640x480&pw=x"
    ) == ("http://cam:8080/axis-cgi/mjpg/video.cgi?resolution=…&pw=…")
    assert format_redacted_source("http://cam/user=admin_password=x") == "http://cam/user=…"
    assert format_redacted_source("/data/lr.0/clip.mp4") == "/data/lr.0/clip.mp4"
    assert format_redacted_source("C:\\clips\\one.mp4") == "C:\\clips\\one.mp4"
    assert format_redacted_source("v4l2:usb-cam") == "v4l2:usb-cam"


@given(
    st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=8, max_size=12),
    st.sampled_from(HOLDING_ONE),
)
def test_whatever_the_secret_is_it_is_not_shown(secret, form):
    secret = f"Zq{secret}"
    assert secret not in format_redacted_source(form.format(secret))
