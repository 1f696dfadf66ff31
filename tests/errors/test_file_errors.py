from pathlib import Path

from fieldcheck.errors.file_messages import FILE_ERRORS
from fieldcheck.errors.files import DiskFull, PathMissing, PathRefused, ReadOnlyPlace


def said(error):
    return FILE_ERRORS[type(error)](error)


def test_a_full_disk_says_that_what_was_stored_is_safe():
    assert said(DiskFull(Path("frames/7.png"))) == (
        "Disk full: cannot write frames/7.png. Data saved before is safe. Free up space, then "
        "try again."
    )
    assert said(DiskFull(Path("frames/7.png"), kept_free=True)) == (
        "Disk full: cannot write frames/7.png (200 MB are reserved for labels and report). "
        "Data saved before "
        "is safe. Free up space, then try again."
    )


def test_each_way_out_of_a_folder_is_told_apart():
    told = {
        said(PathRefused("a/b", problem))
        for problem in ("empty", "absolute", "outside", "link", "device", "name", "other")
    }
    assert len(told) == 7


def test_where_this_users_own_folders_cannot_be_written_the_way_to_others_is_told(
    monkeypatch, tmp_path
):
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "home"))
    for error in (
        ReadOnlyPlace(tmp_path / "home" / "sample"),
        PathMissing(tmp_path / "home"),
        ReadOnlyPlace(tmp_path / "home" / "logs" / "a"),
    ):
        assert "Set the environment variable FIELDCHECK_HOME to a writable folder." in said(error)
    for error in (
        ReadOnlyPlace(tmp_path / "out"),
        PathMissing(tmp_path / "homely"),
        ReadOnlyPlace(tmp_path),
    ):
        assert "FIELDCHECK_HOME" not in said(error)
