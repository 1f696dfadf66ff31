from sqlite_utils import Database

from fieldcheck.project import schema


def test_the_text_of_a_database_is_the_same_however_it_was_filled(db):
    before = schema.read_schema(db)
    db.execute("INSERT INTO setting VALUES ('a', '1')")
    assert schema.read_schema(db) == before
    assert {name for kind, name, _, _ in before if kind == "table"} >= {"frame", "label", "edit"}


def test_every_table_of_ours_checks_its_types(db):
    tables = {name: sql for kind, name, _, sql in schema.read_schema(db) if kind == "table"}
    assert [
        name for name, sql in tables.items() if "STRICT" not in sql and name != "_sqlite_migrations"
    ] == []


def test_columns_of_a_table_that_is_not_there_are_none(db):
    assert schema.list_columns(db, "setting") == ("key", "value")
    assert schema.list_columns(db, "nothing") == ()


def test_what_could_run_by_itself_is_seen():
    for statement in (
        "CREATE VIEW v AS SELECT 1",
        "CREATE TRIGGER t AFTER INSERT ON plain BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE f USING fts5(a)",
    ):
        db = Database(memory=True)
        db.execute("CREATE TABLE plain (a)")
        assert schema.has_only_tables(db)
        db.execute(statement)
        assert not schema.has_only_tables(db)
        db.close()
