import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.redact import redacted

LETTERS = st.text(
    st.characters(codec="ascii", exclude_characters="/@'\" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f", min_codepoint=33), min_size=3, max_size=20
)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("rtsp://admin:s3cret@10.0.0.7:554/h264", "rtsp://10.0.0.7:554/h264"),
        ("could not open 'http://tech:p@ss@cam/video' again", "could not open 'http://cam/video' again"),
        ("http://cam/video?user=tech&pwd=s3cret&fps=5", "http://cam/video?user=…&pwd=…&fps=…"),
        ("http://cam/v;loginPassword=s3cret", "http://cam/v;loginPassword=…"),
        ("a frame at C:/clips/7 @ noon, http://cam/video", "a frame at C:/clips/7 @ noon, http://cam/video"),
        ("http://cam/user=admin_password=s3cret_channel=1", "http://…"),
        ("http://tech:s3/cr@et@cam/video lost", "http://… lost"),
        ("http://cam/video#s3cret", "http://…"),
        ("http://cam:8080/video?p=…&… is lost.", "http://cam:8080/video?p=…&… is lost."),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_name_and_password(said, shown):
    assert redacted(said) == shown


@given(LETTERS, LETTERS)
def test_no_password_survives(user, password):
    assert redacted(f"read of rtsp://{user}:{password}@cam.example/video failed") == "read of rtsp://cam.example/video failed"
