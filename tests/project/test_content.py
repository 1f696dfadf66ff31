import hashlib

import numpy as np
import pytest

from fieldcheck.errors import PathMissing, PictureUnreadable
from fieldcheck.imaging.codec import encode_lossless, pixels_sha256
from fieldcheck.progress import Cancelled, Silent, StopFlag
from fieldcheck.project import content


@pytest.fixture
def pictures(tmp_path):
    """A folder of two pictures and a text file."""
    (tmp_path / "b").mkdir()
    for name, data in (("b/1.png", b"one"), ("a.jpg", b"two"), ("notes.txt", b"no picture")):
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_a_folder_is_named_by_the_names_and_contents_of_its_pictures(pictures):
    found = content.folder_sha256_as_copied(pictures, Silent())
    assert found == content.folder_sha256(pictures, ("a.jpg", "b/1.png"), Silent())
    lines = "".join(f"{name}\0{hashlib.sha256(data).hexdigest()}\n" for name, data in (("a.jpg", b"two"), ("b/1.png", b"one")))
    assert found == hashlib.sha256(lines.encode()).hexdigest()
    (pictures / "notes.txt").write_text("changed")
    assert content.folder_sha256_as_copied(pictures, Silent()) == found
    (pictures / "a.jpg").rename(pictures / "c.jpg")
    assert content.folder_sha256_as_copied(pictures, Silent()) != found


def test_a_file_is_named_by_its_bytes(pictures):
    assert content.file_sha256(pictures / "a.jpg", Silent()) == hashlib.sha256(b"two").hexdigest()
    with pytest.raises(PathMissing):
        content.file_sha256(pictures / "none", Silent())


def test_a_saved_frame_is_named_by_its_pixels(tmp_path):
    rgb = np.random.default_rng(1).integers(0, 256, (8, 9, 3), np.uint8)
    (tmp_path / "f.png").write_bytes(encode_lossless(rgb))
    assert content.picture_sha256(tmp_path / "f.png", Silent()) == pixels_sha256(rgb)
    (tmp_path / "f.png").write_bytes(b"no picture")
    with pytest.raises(PictureUnreadable):
        content.picture_sha256(tmp_path / "f.png", Silent())


def test_hashing_can_be_stopped(pictures):
    flag = StopFlag()
    flag.stop()
    with pytest.raises(Cancelled):
        content.folder_sha256_as_copied(pictures, Silent(flag))
