import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.footage.camera import http_stream
from fieldcheck.footage.camera.http_stream import (
    MultipartParser,
    NotMultipartStream,
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


@pytest.mark.parametrize(
    ("said", "boundary"),
    [
        ("multipart/x-mixed-replace; boundary=edge", b"--edge"),
        ('Multipart/X-Mixed-Replace;boundary="edge"', b"--edge"),
        ("multipart/x-mixed-replace; boundary=--edge", b"--edge"),
    ],
)
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
    assert len(parts._held) < 100_000
    assert parts.parse_bytes(stream([b"body"])) == [b"body"]


def test_a_head_without_an_end_is_refused():
    with pytest.raises(NotMultipartStream):
        MultipartParser(b"--edge").parse_bytes(b"--edge" + b"x" * 70_000)
