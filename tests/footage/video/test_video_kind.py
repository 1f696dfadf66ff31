import cv2
import numpy as np
import pytest

from fieldcheck.footage.video.index import is_known_good, read_codecs
from tests.hostile import videos


def written(path, code):
    out = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*code), 10, (64, 48))
    for at in range(5):
        out.write(np.full((48, 64, 3), at * 20, np.uint8))
    out.release()
    return path


@pytest.mark.parametrize(
    ("name", "code"),
    [("a.avi", "MJPG"), ("a.avi", "XVID"), ("a.mp4", "mp4v"), ("a.mkv", "MJPG"), ("a.mov", "mp4v")],
)
def test_what_cameras_write_is_known_without_a_decoder(tmp_path, name, code):
    assert is_known_good(written(tmp_path / name, code))


def test_real_footage_is_known(shared_data):
    found = [path for path in (shared_data / "videos").iterdir() if path.suffix == ".mp4"]
    assert found
    assert all(read_codecs(path) == {"avc1"} for path in found)


def test_what_is_uncompressed_is_not_taken_for_known(tmp_path):
    assert read_codecs(videos.raw_avi(tmp_path / "a.avi")) == {"raw"}
    assert read_codecs(videos.raw_avi(tmp_path / "b.avi", bits=16, code=b"YUY2")) == {"yuy2"}
    assert not is_known_good(tmp_path / "a.avi")


@pytest.mark.parametrize(
    ("part", "instead"), [(b"hdlr", b"free"), (b"stsd\0\0\0\0\0\0\0\1", b"stsd\0\0\0\0\0\0\0\2")]
)
def test_a_track_that_may_be_something_else_is_not_taken_for_known(tmp_path, part, instead):
    """Nobody said what the track holds, or it holds a second kind that is not looked at: the
    decoder may come to it all the same."""
    data = written(tmp_path / "a.mp4", "mp4v").read_bytes()
    assert part in data
    (tmp_path / "b.mp4").write_bytes(data.replace(part, instead))
    assert read_codecs(tmp_path / "b.mp4") == {"raw"}
    assert not is_known_good(tmp_path / "b.mp4")


def test_a_file_of_another_kind_names_nothing(tmp_path):
    for data in (
        b"",
        b"RIFF",
        b"\0" * 100,
        b"\x1a\x45\xdf\xa3",
        b"\0\0\0\x18ftypisom",
        b"\0\0\0\1moov",
    ):
        (tmp_path / "a").write_bytes(data)
        assert read_codecs(tmp_path / "a") == frozenset()
        assert not is_known_good(tmp_path / "a")
