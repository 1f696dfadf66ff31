"""A project of every version of the database that there ever was is opened and brought to the
present one, with what stood in it."""

import sqlite3
from contextlib import closing

import pytest
from sqlite_utils import Database

from fieldcheck.project import migrations
from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.tables import project_state, recordings
from tests.project.made import recording

STEPS = [step.name for step in migrations.STEPS]


@pytest.mark.parametrize("count", range(1, len(STEPS)), ids=STEPS[:-1])
def test_a_project_after_so_many_steps_opens_as_a_present_one(tmp_path, count):
    path = tmp_path / "old.fieldcheck"
    create_project(path).close()
    file = path / "project.db"
    file.unlink()
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        db = Database(connection)
        for statement in migrations.BOOKKEEPING:
            db.execute(statement)
        migrations.MIGRATIONS.apply(db, stop_before=STEPS[count : count + 1])
        assert migrations.schema_state(db) == "older"
        recordings.put_recording(db, recording("kept"))
    with open_project(path) as project:
        assert project.read(migrations.schema_state) == "current"
        assert project.read(project_state.check_thorough) == ()
        assert [one.recording_id for one in project.read(recordings.list_recordings)] == ["kept"]
