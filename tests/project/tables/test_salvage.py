from fieldcheck.project.tables import redact
from fieldcheck.project.tables.redact import SalvagedRows
from tests.project.made import fill


def test_a_sound_table_is_saved_whole(db):
    fill(db, n=3)
    found = redact.read_rows(db, "frame", ("frame_id", "t_s"))
    assert found == SalvagedRows(
        "frame",
        ("frame_id", "t_s"),
        (("rec-000000", 0.0), ("rec-000015", 0.5), ("rec-000030", 1.0)),
        True,
    )
    assert redact.read_rows(db, "member", ("frame_id",)).whole


def test_only_tables_with_rows_of_the_project_are_saved(db):
    assert {"frame", "label", "edit_row"} <= set(redact.list_tables(db))
    assert "_sqlite_migrations" not in redact.list_tables(db)


def test_rows_are_put_where_none_stands_and_misfits_are_left_out(db):
    columns = ("key", "value")
    assert (
        redact.restore_rows(db, SalvagedRows("setting", columns, (("a", "1"), ("b", None)), False))
        == 1
    )
    actual = redact.restore_rows(
        db, SalvagedRows("setting", columns, (("a", "2"), ("c", b"\xff"), ("d", "3")), True)
    )
    assert actual == 1
    expected = [("a", "1"), ("d", "3")]
    assert db.execute("SELECT key, value FROM setting ORDER BY key").fetchall() == expected
