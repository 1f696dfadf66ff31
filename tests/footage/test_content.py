import hashlib

import numpy as np
import pytest

from fieldcheck.errors.files import PathMissing, PictureUnreadable
from fieldcheck.footage import image_folder
from fieldcheck.imaging.codec import compute_pixels_sha256, encode_png
from fieldcheck.progress import Cancelled, CancelToken, NullProgress


@pytest.fixture
def pictures(tmp_path):
    """A folder of two pictures and a text file."""
    (tmp_path / "b").mkdir()
    for name, data in (("b/1.png", b"one"), ("a.jpg", b"two"), ("notes.txt", b"no picture")):
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_a_folder_is_named_by_the_names_and_contents_of_its_pictures(pictures):
    found = image_folder.compute_copied_folder_sha256(pictures, NullProgress())
    assert found == image_folder.compute_folder_sha256(
        pictures, ("a.jpg", "b/1.png"), NullProgress()
    )
    lines = "".join(
        f"{name}\0{hashlib.sha256(data).hexdigest()}\n"
        for name, data in (("a.jpg", b"two"), ("b/1.png", b"one"))
    )
    assert found == hashlib.sha256(lines.encode()).hexdigest()
    (pictures / "notes.txt").write_text("changed")
    assert image_folder.compute_copied_folder_sha256(pictures, NullProgress()) == found
    (pictures / "a.jpg").rename(pictures / "c.jpg")
    assert image_folder.compute_copied_folder_sha256(pictures, NullProgress()) != found


def test_a_file_is_named_by_its_bytes(pictures):
    actual = image_folder.compute_file_sha256(pictures / "a.jpg", NullProgress())
    assert actual == hashlib.sha256(b"two").hexdigest()
    with pytest.raises(PathMissing):
        image_folder.compute_file_sha256(pictures / "none", NullProgress())


def test_a_saved_frame_is_named_by_its_pixels(tmp_path):
    rgb = np.random.default_rng(1).integers(0, 256, (8, 9, 3), np.uint8)
    (tmp_path / "f.png").write_bytes(encode_png(rgb))
    actual = image_folder.compute_picture_sha256(tmp_path / "f.png", NullProgress())
    assert actual == compute_pixels_sha256(rgb)
    (tmp_path / "f.png").write_bytes(b"no picture")
    with pytest.raises(PictureUnreadable):
        image_folder.compute_picture_sha256(tmp_path / "f.png", NullProgress())


def test_hashing_can_be_stopped(pictures):
    flag = CancelToken()
    flag.cancel()
    with pytest.raises(Cancelled):
        image_folder.compute_copied_folder_sha256(pictures, NullProgress(flag))
