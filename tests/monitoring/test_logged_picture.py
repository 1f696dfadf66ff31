import os
from pathlib import Path

import pytest

from fieldcheck.errors.files import PathRefused
from fieldcheck.files import is_share
from fieldcheck.monitoring.prediction_log import (
    find_image_file,
    get_image_folder,
    get_relative_image_path,
)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "log"
    (made / "p").mkdir(parents=True)
    (made / "p" / "1.png").write_bytes(b"x")
    return made


def test_a_path_below_the_folder_is_kept_whether_it_is_written_whole_or_not(folder):
    stored = get_image_folder(folder)
    assert stored == f"{folder}{os.sep}"
    for named in ("p/1.png", "./p/1.png", "p\\1.png", f"{folder}/p/1.png", "p//1.png"):
        assert get_relative_image_path(stored, named) == "p/1.png"
        expected = (folder / "p" / "1.png", "")
        assert find_image_file(stored, get_relative_image_path(stored, named)) == expected
    assert get_relative_image_path(stored, "  ") == ""


@pytest.mark.parametrize(
    ("named", "left"),
    [
        ("/etc/passwd", "…/passwd"),
        ("../key.pem", "…/key.pem"),
        ("p/../../key.pem", "…/key.pem"),
        ("\\\\server\\share\\a.png", "…/a.png"),
        ("C:\\Users\\ana\\a.png", "…/a.png"),
        ("https://example.org/a.png", "…/a.png"),
        ("file:///etc/passwd", "…/passwd"),
        ("…/a.png", "…/a.png"),
        ("a/" * 600 + "b.png", "…/b.png"),
        ("a\ud800.png", "…/a�.png"),
        ("a\0b", "…/a�b"),
    ],
)
def test_of_a_path_elsewhere_only_the_name_is_left_and_no_file_is_meant(folder, named, left):
    stored = get_image_folder(folder)
    assert get_relative_image_path(stored, named) == left
    with pytest.raises(PathRefused):
        find_image_file(stored, left)


def test_a_path_that_climbs_out_of_the_folder_by_its_whole_name_is_elsewhere(folder):
    assert get_relative_image_path(get_image_folder(folder), f"{folder}/../key.pem") == "…/key.pem"


@pytest.mark.parametrize(
    "folder", ["", "relative", "\\\\server\\share\\", "//server/share/", "…/log"]
)
def test_a_folder_of_another_computer_holds_nothing(folder):
    with pytest.raises(PathRefused):
        find_image_file(folder, "p/1.png")


def test_a_frame_of_a_video_is_its_file_and_its_second_unless_a_file_is_called_so(folder):
    stored = get_image_folder(folder)
    assert find_image_file(stored, "a.mp4#t=12.5") == (folder / "a.mp4", "12.5")
    (folder / "b#t=1").write_bytes(b"x")
    assert find_image_file(stored, "b#t=1") == (folder / "b#t=1", "")


@pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")
def test_links_are_followed_below_the_folder_only_and_a_pipe_is_refused(folder, tmp_path):
    (tmp_path / "key.pem").write_text("secret")
    (folder / "in.png").symlink_to(folder / "p" / "1.png")
    (folder / "out.png").symlink_to(tmp_path / "key.pem")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.png")
    stored = get_image_folder(folder)
    assert find_image_file(stored, "in.png") == (folder / "in.png", "")
    for named in ("out.png", "up/key.pem", "pipe.png"):
        with pytest.raises(PathRefused):
            find_image_file(stored, named)


def test_below_the_root_of_a_disk_everything_lies_so_it_is_no_folder():
    assert get_image_folder(Path("/")) == ""


def test_a_share_is_told_by_how_windows_writes_it():
    assert [
        is_share(one) for one in ("\\\\server\\share", "//server/share/a", "C:\\a", "/a/b", "a")
    ] == [True, True, False, False, False]
