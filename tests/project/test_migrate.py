import pytest
from sqlite_utils import Database, Migrations

from fieldcheck.project import schema
from fieldcheck.project import schema as migrate
from fieldcheck.project import schema as versions


@pytest.fixture
def empty():
    db = Database(memory=True)
    yield db
    db.close()


def one_step_more(name="one_more", statement="ALTER TABLE setting ADD COLUMN note TEXT"):
    """Our steps and one that a later version might add."""
    later = Migrations("fieldcheck")
    for step in migrate.MIGRATIONS._migrations:
        later(name=step.name)(step.fn)

    @later(name=name)
    def _step(db):
        db.execute(statement)

    return later


def test_an_empty_database_is_not_ours_and_is_after_the_steps(empty):
    assert migrate.schema_state(empty) == "foreign"
    migrate.migrate_database(empty, "0.1.0")
    assert migrate.schema_state(empty) == "current"
    assert versions.get_newest_version(empty) == "0.1.0"


def test_steps_are_done_once(empty):
    migrate.migrate_database(empty, "0.1.0")
    before = schema.read_schema(empty)
    migrate.migrate_database(empty, "0.2.0")
    assert schema.read_schema(empty) == before
    assert versions.get_newest_version(empty) == "0.2.0"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE extra (a)",
        "CREATE VIEW peek AS SELECT * FROM label",
        "CREATE TRIGGER spy AFTER INSERT ON label BEGIN DELETE FROM pick; END",
        "ALTER TABLE label ADD COLUMN more TEXT",
        "DROP TABLE report",
        "DELETE FROM _sqlite_migrations",
        "UPDATE _sqlite_migrations SET name = '0_else' WHERE id = 1",
    ],
)
def test_a_database_that_differs_in_one_letter_is_foreign(empty, statement):
    migrate.migrate_database(empty, "0.1.0")
    empty.execute(statement)
    assert migrate.schema_state(empty) == "foreign"


def test_a_database_of_an_earlier_version_is_older_until_the_steps_are_done(empty, monkeypatch):
    migrate.migrate_database(empty, "0.1.0")
    monkeypatch.setattr(migrate, "MIGRATIONS", one_step_more())
    assert migrate.schema_state(empty) == "older"
    migrate.migrate_database(empty, "0.2.0")
    assert migrate.schema_state(empty) == "current"
    assert schema.list_columns(empty, "setting") == ("key", "value", "note")


def test_a_database_of_a_later_version_is_newer(empty):
    migrate.migrate_database(empty, "0.1.0")
    one_step_more().apply(empty)
    assert migrate.schema_state(empty) == "newer"


@pytest.mark.parametrize(
    "statement", ["CREATE VIEW peek AS SELECT * FROM label", "ALTER TABLE label DROP COLUMN why"]
)
def test_a_later_version_cannot_smuggle_in_what_runs_by_itself_or_take_away_what_we_read(
    empty, statement
):
    migrate.migrate_database(empty, "0.1.0")
    one_step_more(statement=statement).apply(empty)
    assert migrate.schema_state(empty) == "foreign"


def test_a_step_that_fails_leaves_the_database_as_it_was(empty, monkeypatch):
    migrate.migrate_database(empty, "0.1.0")
    before = schema.read_schema(empty)
    monkeypatch.setattr(
        migrate, "MIGRATIONS", one_step_more(statement="ALTER TABLE missing ADD COLUMN a")
    )
    with pytest.raises(Exception, match="no such table"):
        migrate.migrate_database(empty, "0.2.0")
    assert schema.read_schema(empty) == before
    assert migrate.schema_state(empty) == "older"
