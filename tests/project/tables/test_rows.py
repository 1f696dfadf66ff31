from fieldcheck.project.tables import labels
from fieldcheck.project.tables import values as rows
from fieldcheck.project.tables import values as settings
from fieldcheck.project.tables.values import KEYS, Key, TableRow
from tests.project.made import label


def test_every_edit_table_has_the_key_it_is_known_by(db):
    for table, key in KEYS.items():
        actual = db.execute("SELECT name FROM pragma_table_info(?) WHERE pk", [table]).fetchall()
        assert actual == [(key,)]


def test_a_row_knows_its_key():
    assert settings.make_setting_row("site", 1).key == Key("setting", "site")


def test_a_row_is_there_after_it_was_put_and_gone_after_it_was_removed(db):
    row = labels.make_label_row(label("a"))
    assert rows.get_row(db, row.key) is None
    rows.put_row(db, row)
    assert rows.get_row(db, row.key) == row.values
    rows.remove_row(db, row.key)
    assert rows.get_row(db, row.key) is None


def test_a_row_of_another_version_does_not_fit(db):
    row = labels.make_label_row(label("a"))
    assert rows.is_complete_row(db, row)
    assert not rows.is_complete_row(db, TableRow("label", {"frame_id": "a"}))
    assert not rows.is_complete_row(db, TableRow("label", {**row.values, "new": 1}))
