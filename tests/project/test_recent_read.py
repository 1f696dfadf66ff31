from datetime import datetime

import pytest

from fieldcheck.errors.projects import NotAProject
from fieldcheck.project.folder import open_project
from fieldcheck.project.recent_reader import read_recent

MOMENT = datetime(2026, 1, 2, 3, 4, 5)


def test_reading_leaves_no_lock_and_tells_the_moment_it_was_given(drawn):
    path = drawn.path
    drawn.close()
    assert read_recent(path, MOMENT).changed == MOMENT
    open_project(path).close()


def test_no_project_is_told_apart(tmp_path):
    (tmp_path / "project.db").write_bytes(b"diary")
    with pytest.raises(NotAProject):
        read_recent(tmp_path, MOMENT)
