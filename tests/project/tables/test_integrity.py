from fieldcheck.project.tables import labels, project_state, values
from tests.project.made import fill, label


def test_a_sound_database_has_nothing_to_report(db):
    fill(db)
    assert project_state.check_quick(db) == ""
    assert project_state.check_thorough(db) == ()
    assert project_state.find_dangling_rows(db) == ()


def test_rows_that_speak_of_nothing_are_named(db):
    values.put_row(db, labels.make_label_row(label("ghost")))
    db.execute("INSERT INTO member VALUES (9, 'ghost', 'hard', 0.5)")
    assert project_state.find_dangling_rows(db) == (("label", "ghost"), ("member", "9"))


def test_an_index_that_misses_rows_is_a_fault(db):
    fill(db)
    db.execute("PRAGMA writable_schema = ON")
    db.execute(
        "UPDATE sqlite_master SET sql = 'CREATE INDEX pick_draw ON pick (place)' WHERE name = "
        "'pick_draw'"
    )
    db.execute("PRAGMA writable_schema = OFF")
    db.execute("INSERT INTO pick VALUES ('a', 7, 'hard', 0.5, 1, '', 3, '', '')")
    db.execute("PRAGMA writable_schema = RESET")
    assert project_state.check_thorough(db)
