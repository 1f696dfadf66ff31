from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.capture.address import address, is_address
from fieldcheck.errors import CameraRefused


def test_name_and_password_are_kept_apart_from_the_address():
    found = address("rtsp://tech:s3%40cret@10.0.0.7:8554/live?channel=1")
    assert (found.user, found.password) == ("tech", "s3@cret")
    assert found.shown == "rtsp://10.0.0.7:8554/live?channel=1"
    assert found.opening() == "rtsp://tech:s3%40cret@10.0.0.7:8554/live?channel=1"
    assert "s3" not in repr(found)
    assert "tech" not in repr(found)


def test_a_password_that_was_asked_for_is_used_where_the_address_has_none():
    assert address("http://tech@cam/video", "asked").password == "asked"
    assert address("http://tech:own@cam/video", "asked").password == "own"


def test_the_usual_port_is_not_shown():
    assert address("http://cam:80/video").shown == "http://cam/video"
    assert address("HTTP://Cam/video").place == "cam"
    assert address("http://[::1]:8080").shown == "http://[::1]:8080/"


@pytest.mark.parametrize("said", ["", "cam", "ftp://cam/x", "http://", "http://cam:port/x", "http://cam:99999/", "http://cam/a b"])
def test_what_is_no_address_is_refused(said):
    with pytest.raises(CameraRefused) as caught:
        address(said)
    assert caught.value.problem == "address"


def test_a_refusal_does_not_show_the_password():
    with pytest.raises(CameraRefused) as caught:
        address("http://tech:s3cret@cam:port/")
    assert "s3cret" not in repr(caught.value)


@pytest.mark.parametrize(("said", "is_one"), [("rtsp://cam", True), ("https://cam", True), ("C:\\clip.mp4", False), ("file:///x", False)])
def test_an_address_is_told_from_a_path(said, is_one):
    assert is_address(said) is is_one


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(said):
    with suppress(CameraRefused):
        address(f"http://{said}")
