import hashlib
import os
import sys
import time

import numpy as np
import pytest
from PIL import Image

from fieldcheck.domain.frame import Frame
from fieldcheck.domain.recording import SkippedFile
from fieldcheck.errors.files import NoPictures, PathMissing, PathRefused, PictureUnreadable
from fieldcheck.footage import image_folder
from fieldcheck.footage.image_folder import (
    copy_file,
    copy_into_project,
    inspect_source,
    list_images,
    read_image_frame,
    read_images,
    remove_copy,
)
from fieldcheck.imaging.codec import compute_pixels_sha256, encode_png
from fieldcheck.progress import Cancelled, NullProgress
from tests import makers


def picture(path, level=0, taken=None, fraction=None):
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken
    if fraction is not None:
        exif.get_ifd(0x8769)[0x9291] = fraction
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(np.full((12, 16, 3), level, np.uint8)).save(path, exif=exif)


def times(folder):
    frames = read_images(folder, list_images(folder), 0)
    return [frame.t_s for frame in frames if isinstance(frame, Frame)]


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


@pytest.fixture
def project(tmp_path):
    (tmp_path / "p" / "recordings").mkdir(parents=True)
    return tmp_path / "p"


def stopped():
    return makers.stopped()


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_the_same_content_has_the_same_name_whatever_the_file_is_called(tmp_path):
    first, second = makers.video(tmp_path / "a.avi", ["red"] * 4), tmp_path / "bä b.avi"
    second.write_bytes(first.read_bytes())
    actual = inspect_source(first, NullProgress()).recording_id
    assert actual == inspect_source(second, NullProgress()).recording_id


def test_a_folder_is_named_by_names_and_contents_of_its_pictures_in_folders_inside_it_too(tmp_path):
    place = tmp_path / "Prüfling 3"
    folder = makers.picture_folder(place, ["red", "blue"], "sub ü/{:02d}.png".format)
    (folder / "notes.txt").write_text("no image")
    found = inspect_source(folder, NullProgress())
    assert found.names == ("sub ü/00.png", "sub ü/01.png")
    (folder / "sub ü" / "01.png").rename(folder / "sub ü" / "02.png")
    assert inspect_source(folder, NullProgress()).sha256 != found.sha256


def test_what_is_not_there_or_holds_no_picture_is_refused(tmp_path):
    with pytest.raises(PathMissing):
        inspect_source(tmp_path / "none.mp4", NullProgress())
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("x")
    with pytest.raises(NoPictures):
        inspect_source(tmp_path / "texts", NullProgress())


@pytest.mark.skipif(sys.platform == "win32", reason="a link takes a right there")
def test_links_are_named_and_a_folder_of_nothing_else_is_refused_for_that(tmp_path):
    """As tools with a store of their own leave them: they were passed over without a word."""
    store = makers.picture_folder(tmp_path / "store", ["red"])
    day = makers.picture_folder(tmp_path / "day", ["blue"])
    for name, to in (
        ("a.png", store / "0000.png"), ("gone.jpg", store / "gone.jpg"),
        ("film.mp4", store / "film.mp4"), ("sub", store),
    ):  # fmt: skip
        (day / name).symlink_to(to)
    found = inspect_source(day, NullProgress())
    assert found.names == ("0000.png",)
    skipped = tuple(SkippedFile(name, "link") for name in ("a.png", "film.mp4", "gone.jpg", "sub"))
    assert found.unread == skipped
    (day / "0000.png").unlink()
    with pytest.raises(PathRefused) as refused:
        inspect_source(day, NullProgress())
    assert refused.value.problem == "link"


def test_pictures_of_a_phone_that_are_not_read_are_named_and_never_taken_for_videos(tmp_path):
    phone = makers.picture_folder(tmp_path / "phone", ["red"])
    (phone / "IMG_1.HEIC").write_bytes(b"no matter")
    actual = inspect_source(phone, NullProgress()).unread
    assert actual == (SkippedFile("IMG_1.HEIC", "no_decoder"),)
    (tmp_path / "all").mkdir()
    (phone / "IMG_1.HEIC").rename(tmp_path / "all" / "IMG_1.HEIC")
    for path in (tmp_path / "all", tmp_path / "all" / "IMG_1.HEIC"):
        with pytest.raises(PictureUnreadable) as caught:
            inspect_source(path, NullProgress())
        assert (caught.value.path.name, caught.value.problem) == ("IMG_1.HEIC", "no_decoder")


def test_a_project_is_no_footage_and_one_beside_the_footage_is_left_alone(tmp_path):
    site = makers.picture_folder(tmp_path / "site", ["red"])
    with makers.empty_project(site / "line 4") as made:
        makers.picture_folder(made.path / "frames", ["blue"])
    assert inspect_source(site, NullProgress()).names == ("0000.png",)
    with pytest.raises(PathRefused) as caught:
        inspect_source(site / "line 4", NullProgress())
    assert caught.value.problem == "project"


def test_footage_is_copied_once_and_byte_by_byte(tmp_path, project):
    source = inspect_source(makers.video(tmp_path / "a b.avi", ["red"] * 4), NullProgress())
    copy_into_project(source, project, NullProgress())
    where = f"recordings/{source.recording_id}/a b.avi"
    assert source.stored_path == where
    assert (project / where).read_bytes() == source.path.read_bytes()
    before = (project / where).stat().st_mtime_ns
    copy_into_project(source, project, NullProgress())
    assert (project / where).stat().st_mtime_ns == before


def test_a_folder_is_copied_with_its_folders_and_without_what_is_no_picture(tmp_path, project):
    folder = makers.picture_folder(tmp_path / "f", ["red", "blue"], "in/{}.png".format)
    (folder / "notes.txt").write_text("no image")
    source = inspect_source(folder, NullProgress())
    copy_into_project(source, project, NullProgress())
    assert everything(project / source.stored_path) == ["in", "in/0.png", "in/1.png"]


@pytest.mark.parametrize("kind", ["video", "folder"])
def test_a_copy_that_is_stopped_leaves_nothing(tmp_path, project, kind):
    path = (
        makers.video(tmp_path / "a.avi", ["red"] * 4)
        if kind == "video"
        else makers.picture_folder(tmp_path / "f", ["red"])
    )
    source = inspect_source(path, NullProgress())
    with pytest.raises(Cancelled):
        copy_into_project(source, project, stopped())
    assert everything(project / "recordings") == []


def test_hashing_can_be_stopped(tmp_path):
    path = makers.video(tmp_path / "a.avi", ["red"] * 4)
    with pytest.raises(Cancelled):
        inspect_source(path, stopped())


def test_what_an_earlier_copy_left_behind_is_replaced(tmp_path, project):
    source = inspect_source(makers.video(tmp_path / "a.avi", ["red"] * 4), NullProgress())
    for place in (source.recording_id, f"{source.recording_id}.part"):
        (project / "recordings" / place).mkdir()
        (project / "recordings" / place / "half").write_text("half a copy")
    copy_into_project(source, project, NullProgress())
    actual = everything(project / "recordings")
    assert actual == [source.recording_id, f"{source.recording_id}/a.avi"]


def test_taking_back_follows_no_link(tmp_path, project):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    os.symlink(outside, project / "recordings" / "abc", target_is_directory=True)
    remove_copy(project, "abc")
    assert everything(project / "recordings") == []
    assert (outside / "kept.txt").read_text() == "kept"


def test_a_file_is_copied_into_a_folder_that_is_made_for_it(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 10)
    copy_file(tmp_path / "a", tmp_path / "new" / "deep" / "b", NullProgress())
    assert (tmp_path / "new" / "deep" / "b").read_bytes() == b"x" * 10


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="every name there is Unicode")
def test_a_name_in_another_encoding_is_refused_and_named(tmp_path):
    """An umlaut that an old archive brought along."""
    named = b"Pr\xfcfst\xfcck.png".decode("utf-8", "surrogateescape")
    makers.save_picture(tmp_path / "pictures" / "a.png", "red")
    (tmp_path / "pictures" / "a.png").rename(tmp_path / "pictures" / named)
    for path in (tmp_path / "pictures", tmp_path / "pictures" / named):
        with pytest.raises(PathRefused) as caught:
            inspect_source(path, NullProgress())
        assert (caught.value.path, caught.value.problem) == (named, "name")


@pytest.fixture
def pictures(tmp_path):
    """A folder of two pictures and a text file."""
    (tmp_path / "b").mkdir()
    for name, data in (("b/1.png", b"one"), ("a.jpg", b"two"), ("notes.txt", b"no picture")):
        (tmp_path / name).write_bytes(data)
    return tmp_path


def test_a_folder_is_named_by_the_names_and_contents_of_its_pictures(pictures):
    found = image_folder.compute_copied_folder_sha256(pictures, NullProgress())
    sha256 = image_folder.compute_folder_sha256(pictures, ("a.jpg", "b/1.png"), NullProgress())
    assert found == sha256
    files = (("a.jpg", b"two"), ("b/1.png", b"one"))
    lines = "".join(f"{name}\0{hashlib.sha256(data).hexdigest()}\n" for name, data in files)
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


def test_hashing_a_copied_folder_can_be_stopped(pictures):
    with pytest.raises(Cancelled):
        image_folder.compute_copied_folder_sha256(pictures, makers.stopped())
