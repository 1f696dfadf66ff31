import os
import time

import numpy as np
import pytest
from PIL import Image

from fieldcheck.domain.frame import Frame
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.footage.image_folder import list_images, read_image_frame, read_images


def picture(path, level=0, taken=None, fraction=None):
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken
    if fraction is not None:
        exif.get_ifd(0x8769)[0x9291] = fraction
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(np.full((12, 16, 3), level, np.uint8)).save(path, exif=exif)


def times(folder):
    return [
        frame.t_s
        for frame in read_images(folder, list_images(folder), 0)
        if isinstance(frame, Frame)
    ]


def test_every_file_with_a_pictures_ending_is_listed_in_name_order(tmp_path):
    for name in ("b.PNG", "a.jpg", "notes.txt", "c.tif", "inner/d.png", "A.jpeg", "clip.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert list_images(tmp_path) == ("A.jpeg", "a.jpg", "b.PNG", "c.tif", "inner/d.png")


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_links_are_left_out(tmp_path):
    picture(tmp_path / "elsewhere" / "a.png")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "b.png").symlink_to(tmp_path / "elsewhere" / "a.png")
    (folder / "inner").symlink_to(tmp_path / "elsewhere")
    assert list_images(folder) == ()


def test_what_is_no_folder_is_missing(tmp_path):
    with pytest.raises(PathMissing):
        list_images(tmp_path / "nothing")


def test_pictures_without_a_time_of_their_own_stand_half_a_second_apart(tmp_path):
    for k in range(4):
        picture(tmp_path / f"{k}.png", level=k * 10)
    frames = list(read_images(tmp_path, list_images(tmp_path), 0))
    actual = [(frame.index, frame.t_s, frame.source, frame.rgb[0, 0, 0]) for frame in frames]
    assert actual == [(k, k * 0.5, f"{k}.png", k * 10) for k in range(4)]


def test_a_stretch_gives_what_the_whole_gives(tmp_path):
    for k in range(6):
        picture(tmp_path / f"{k}.jpg", taken=f"2026:01:02 03:04:{k * 7:02d}")
    names = list_images(tmp_path)
    whole = [(f.index, f.t_s, f.source) for f in read_images(tmp_path, names, 0)]
    pieces = [
        (f.index, f.t_s, f.source)
        for first in (4, 0, 2)
        for f in read_images(tmp_path, names[first : first + 2], first)
    ]
    assert sorted(pieces) == whole
    assert [t_s for _, t_s, _ in whole] == [0, 7, 14, 21, 28, 35]
    alone = read_image_frame(tmp_path, "3.jpg", 3)
    assert (alone.index, alone.t_s) == (3, 21)


def test_fractions_of_a_second_count(tmp_path):
    picture(tmp_path / "a.jpg", taken="2026:01:02 03:04:05", fraction="25")
    picture(tmp_path / "b.jpg", taken="2026:01:02 03:04:06", fraction="750")
    assert times(tmp_path) == pytest.approx([0, 1.5])


@pytest.mark.parametrize(
    "second", [None, "2026:01:02 03:04:04", "0000:00:00 00:00:00", "yesterday"]
)
def test_times_count_only_when_all_carry_one_and_none_goes_back(tmp_path, second):
    picture(tmp_path / "a.jpg", taken="2026:01:02 03:04:05")
    picture(tmp_path / "b.jpg", taken=second)
    assert times(tmp_path) == [0, 0.5]


def test_a_file_that_is_no_picture_has_no_say_about_times(tmp_path):
    picture(tmp_path / "a.jpg", taken="2026:01:02 03:04:05")
    (tmp_path / "b.jpg").write_text("no image")
    picture(tmp_path / "c.jpg", taken="2026:01:02 03:04:09")
    assert times(tmp_path) == [0, 4]


def test_a_picture_added_later_is_noticed(tmp_path):
    picture(tmp_path / "a.jpg", taken="2026:01:02 03:04:05")
    picture(tmp_path / "b.jpg", taken="2026:01:02 03:04:09")
    assert times(tmp_path) == [0, 4]
    time.sleep(0.02)
    picture(tmp_path / "c.jpg")
    assert times(tmp_path) == [0, 0.5, 1]


def test_what_cannot_be_read_is_told_and_keeps_its_place(tmp_path):
    picture(tmp_path / "a.png")
    (tmp_path / "b.jpg").write_text("a text by another name")
    picture(tmp_path / "c.png")
    (tmp_path / "c.png").write_bytes((tmp_path / "c.png").read_bytes()[:50])
    picture(tmp_path / "d.png")
    found = list(read_images(tmp_path, [*list_images(tmp_path), "gone.png"], 10))
    assert found[1:3] == [SkippedFile("b.jpg", "not_a_picture"), SkippedFile("c.png", "damaged")]
    assert found[4] == SkippedFile("gone.png", "missing")
    assert [found[0].index, found[3].index] == [10, 13]


def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path):
    picture(tmp_path / "a.png")
    (tmp_path / "folder").mkdir()
    with pytest.raises(PathRefused):
        read_image_frame(tmp_path / "folder", "../a.png", 0)
