import os
import sys

import pytest

from fieldcheck.domain.recording import SkippedFile
from fieldcheck.errors.files import NoPictures, PathMissing, PathRefused, PictureUnreadable
from fieldcheck.footage.image_folder import (
    copy_file,
    copy_into_project,
    inspect_source,
    remove_copy,
)
from fieldcheck.progress import Cancelled, CancelToken, NullProgress
from tests import makers


@pytest.fixture
def project(tmp_path):
    (tmp_path / "p" / "recordings").mkdir(parents=True)
    return tmp_path / "p"


def stopped():
    flag = CancelToken()
    flag.cancel()
    return NullProgress(flag)


def everything(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_the_same_content_has_the_same_name_whatever_the_file_is_called(tmp_path):
    first, second = makers.video(tmp_path / "a.avi", ["red"] * 4), tmp_path / "bä b.avi"
    second.write_bytes(first.read_bytes())
    actual = inspect_source(first, NullProgress()).recording_id
    assert actual == inspect_source(second, NullProgress()).recording_id


def test_a_folder_is_named_by_names_and_contents_of_its_pictures_in_folders_inside_it_too(tmp_path):
    folder = makers.picture_folder(
        tmp_path / "Prüfling 3", ["red", "blue"], "sub ü/{:02d}.png".format
    )
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
    """As tools that keep data in a store of their own leave them: they were passed over without a
    word."""
    store = makers.picture_folder(tmp_path / "store", ["red"])
    day = makers.picture_folder(tmp_path / "day", ["blue"])
    for name, to in (
        ("a.png", store / "0000.png"),
        ("gone.jpg", store / "gone.jpg"),
        ("film.mp4", store / "film.mp4"),
        ("sub", store),
    ):
        (day / name).symlink_to(to)
    found = inspect_source(day, NullProgress())
    assert found.names == ("0000.png",)
    assert found.unread == tuple(
        SkippedFile(name, "link") for name in ("a.png", "film.mp4", "gone.jpg", "sub")
    )
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
