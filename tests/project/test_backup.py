import os
from datetime import UTC, datetime, timedelta

import pytest

from fieldcheck.errors.files import DiskFull
from fieldcheck.project.backup import KEPT, create_backup, list_backups
from fieldcheck.project.connection import open_for_reading
from fieldcheck.project.tables import labels, values
from fieldcheck.project.tables.values import put_row
from tests.project.made import label

NOW = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_a_backup_is_one_sound_file_that_later_writing_does_not_change(db, tmp_path):
    put_row(db, values.make_setting_row("site", "before"))
    path = create_backup(db, tmp_path, NOW)
    put_row(db, values.make_setting_row("site", "after"))
    assert path.name == "project-20250102T030405000000Z.db"
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    copy = open_for_reading(path, unchanging=True)
    assert values.get_setting(copy, "site") == "before"
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()


def test_the_newest_ten_are_kept(db, tmp_path):
    paths = [create_backup(db, tmp_path, NOW + timedelta(hours=i)) for i in range(KEPT + 3)]
    assert list_backups(tmp_path) == tuple(reversed(paths[3:]))


@pytest.mark.skipif(os.name == "nt", reason="a link takes a right there")
def test_a_link_to_another_database_is_no_backup_of_this_one(db, tmp_path):
    """Whoever hands a project on could have a repair write into any database of this computer."""
    path = create_backup(db, tmp_path, NOW)
    (path.parent / "project-20990101T000000000000Z.db").symlink_to(path)
    assert list_backups(tmp_path) == (path,)


def test_a_project_without_backups_has_none(tmp_path):
    assert list_backups(tmp_path) == ()


def test_a_backup_that_finds_no_room_leaves_nothing_half_done(db, small_disk):
    old = create_backup(db, small_disk, NOW)
    with db.atomic():
        for number in range(5000):
            put_row(db, labels.make_label_row(label(f"f{number}", "x" * 1000)))
    with pytest.raises(DiskFull):
        create_backup(db, small_disk, NOW + timedelta(hours=1))
    assert [one.name for one in (small_disk / "backups").iterdir()] == [old.name]
