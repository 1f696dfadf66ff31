import pytest
from sqlite_utils import Database, Migrations

from fieldcheck.project import migrations, undo
from fieldcheck.project import migrations as migrate
from fieldcheck.project import migrations as versions
from fieldcheck.project.migrations import TABLES, MigrationStep, ProjectTable
from fieldcheck.project.tables import labels
from fieldcheck.project.tables.values import TableRow


def test_the_text_of_a_database_is_the_same_however_it_was_filled(db):
    before = migrations.read_schema(db)
    db.execute("INSERT INTO setting VALUES ('a', '1')")
    assert migrations.read_schema(db) == before
    assert {name for kind, name, _, _ in before if kind == "table"} >= {"frame", "label", "edit"}


def test_every_table_of_ours_checks_its_types(db):
    tables = {name: sql for kind, name, _, sql in migrations.read_schema(db) if kind == "table"}
    assert [
        name for name, sql in tables.items() if "STRICT" not in sql and name != "_sqlite_migrations"
    ] == []


def test_columns_of_a_table_that_is_not_there_are_none(db):
    assert migrations.list_columns(db, "setting") == ("key", "value")
    assert migrations.list_columns(db, "nothing") == ()


def test_what_could_run_by_itself_is_seen():
    for statement in (
        "CREATE VIEW v AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON plain BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE f USING fts5(a)",
    ):
        db = Database(memory=True)
        db.execute("CREATE TABLE plain (a)")
        assert migrations.has_only_tables(db)
        db.execute(statement)
        assert not migrations.has_only_tables(db)
        db.close()


@pytest.fixture
def empty():
    db = Database(memory=True)
    yield db
    db.close()


def one_step_more(name="one_more", statement="ALTER TABLE setting ADD COLUMN note TEXT"):
    """Our steps and one that a later version might add."""
    later = Migrations("fieldcheck")
    for step in migrations.MIGRATIONS._migrations:
        later(name=step.name)(step.fn)

    @later(name=name)
    def _step(db):
        db.execute(statement)

    return later


def test_an_empty_database_is_not_ours_and_is_after_the_steps(empty):
    assert migrations.schema_state(empty) == "foreign"
    migrations.migrate_database(empty, "0.1.0")
    assert migrations.schema_state(empty) == "current"
    assert migrations.get_newest_version(empty) == "0.1.0"


def test_steps_are_done_once(empty):
    migrate.migrate_database(empty, "0.1.0")
    before = migrations.read_schema(empty)
    migrate.migrate_database(empty, "0.2.0")
    assert migrations.read_schema(empty) == before
    assert versions.get_newest_version(empty) == "0.2.0"


@pytest.mark.parametrize("statement", [
    "CREATE TABLE extra (a)",
    "CREATE VIEW peek AS SELECT * FROM label",
    "CREATE TRIGGER spy AFTER INSERT ON label BEGIN DELETE FROM pick; END",
    "ALTER TABLE label ADD COLUMN more TEXT",
    "DROP TABLE report",
    "DELETE FROM _sqlite_migrations",
    "UPDATE _sqlite_migrations SET name = '0_else' WHERE id = 1",
])  # fmt: skip
def test_a_database_that_differs_in_one_letter_is_foreign(empty, statement):
    migrations.migrate_database(empty, "0.1.0")
    empty.execute(statement)
    assert migrations.schema_state(empty) == "foreign"


def test_a_database_of_an_earlier_version_is_older_until_the_steps_are_done(empty, monkeypatch):
    migrate.migrate_database(empty, "0.1.0")
    monkeypatch.setattr(migrate, "MIGRATIONS", one_step_more())
    assert migrate.schema_state(empty) == "older"
    migrate.migrate_database(empty, "0.2.0")
    assert migrate.schema_state(empty) == "current"
    assert migrations.list_columns(empty, "setting") == ("key", "value", "note")


def test_a_database_of_a_later_version_is_newer(empty):
    migrations.migrate_database(empty, "0.1.0")
    one_step_more().apply(empty)
    assert migrations.schema_state(empty) == "newer"


@pytest.mark.parametrize(
    "statement", ["CREATE VIEW peek AS SELECT * FROM label", "ALTER TABLE label DROP COLUMN why"]
)
def test_a_later_version_cannot_smuggle_in_what_runs_or_take_what_we_read(empty, statement):
    migrations.migrate_database(empty, "0.1.0")
    one_step_more(statement=statement).apply(empty)
    assert migrations.schema_state(empty) == "foreign"


def test_a_step_that_fails_leaves_the_database_as_it_was(empty, monkeypatch):
    migrate.migrate_database(empty, "0.1.0")
    before = migrations.read_schema(empty)
    monkeypatch.setattr(
        migrate, "MIGRATIONS", one_step_more(statement="ALTER TABLE missing ADD COLUMN a")
    )
    with pytest.raises(Exception, match="no such table"):
        migrate.migrate_database(empty, "0.2.0")
    assert migrations.read_schema(empty) == before
    assert migrate.schema_state(empty) == "older"


def test_a_step_makes_its_tables_with_their_indices_and_then_changes_others():
    table = ProjectTable("day", "CREATE TABLE day (d)", indices=("CREATE INDEX day_d ON day (d)",))
    step = MigrationStep("day", (table,), ("ALTER TABLE x",))
    expected = ("CREATE TABLE day (d)", "CREATE INDEX day_d ON day (d)", "ALTER TABLE x")
    assert step.statements == expected


def test_a_table_is_declared_once_and_under_the_name_that_its_sql_gives_it():
    names = [table.name for table in TABLES]
    assert len(set(names)) == len(names)
    assert [
        table.name for table in TABLES if not table.sql.startswith(f"CREATE TABLE {table.name} (")
    ] == []


def test_only_a_table_that_acts_change_says_which_frame_a_row_is_about():
    assert [
        table.name for table in TABLES if (table.frame or table.labels) and not table.edited_by
    ] == []


def test_what_a_table_speaks_of_is_declared():
    names = {table.name for table in TABLES}
    assert [
        table.name
        for table in TABLES
        if table.reference and table.reference.target_table not in names
    ] == []


def test_the_version_that_came_last_is_the_newest(db):
    for version in ("0.2.0", "0.3.0", "0.2.0"):
        migrations.store_version(db, version)
    assert migrations.get_newest_version(db) == "0.2.0"


def test_a_new_database_knows_who_made_it(db):
    assert migrations.get_newest_version(db) == "0.1.0"


OLDER = {
    "frame_id": "a", "round": 1, "place": 0, "how": "same", "state": "", "class_name": "",
    "boxes": "[]", "points": "[]", "by_whom": "", "at": "", "repeat_id": "1.a",
}  # fmt: skip
MERGED = OLDER | {"round": 0, "state": "done", "class_name": "dent", "repeat_id": "0.a"}


def make_older(db):
    """As the version before second labels had a reason, a time and a flag left it: one that was
    planned and answered, and one that was merged."""
    for statement in migrations.BOOKKEEPING:
        db.execute(statement)
    migrations.MIGRATIONS.apply(db, stop_before=["repeat_as_label"])
    answered = OLDER | {"state": "done", "class_name": "dent"}
    for act, values in (("repeat.plan", OLDER), ("repeat.set", answered), ("label.merge", MERGED)):
        with db.atomic():
            undo.apply_edit(db, act, [TableRow("repeat", values)])


def list_answers(db):
    return [(one.repeat_id, one.state, one.blind) for one in labels.list_repeats(db)]


def test_second_labels_of_an_earlier_version_are_kept_with_their_history(empty):
    make_older(empty)
    migrations.migrate_database(empty, "0.2.0")
    assert migrations.schema_state(empty) == "current"
    merged, asked = labels.list_repeats(empty)
    assert (merged.why, merged.seconds, merged.blind) == ("", None, None)
    assert (asked.why, asked.seconds, asked.blind) == ("", None, True)
    after = list_answers(empty)
    for expected in ([("1.a", "done", True)], [("1.a", "", None)], []):
        with empty.atomic():
            undo.undo_edit(empty)
        assert list_answers(empty) == expected
    for _ in range(3):
        with empty.atomic():
            undo.redo_edit(empty)
    assert list_answers(empty) == after
