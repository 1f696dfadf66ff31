import pytest

from fieldcheck.project import undo
from fieldcheck.project.tables.values import Key, TableRow, UnfitValue
from fieldcheck.project.undo import HistoryStep

STEP = HistoryStep(
    Key("setting", "site"), None, TableRow("setting", {"key": "site", "value": '"x"'})
)


def test_an_act_is_kept_with_the_rows_before_and_after(db):
    undo.add_edit(db, "settings.set", [STEP])
    edit = undo.get_newest_done(db)
    assert edit.act == "settings.set"
    assert undo.list_steps(db, edit) == (STEP,)
    assert undo.count_edits(db) == (1, 0)
    assert undo.get_oldest_undone(db) is None


def test_a_new_act_forgets_what_was_undone(db):
    for act in ("a", "b", "c"):
        undo.add_edit(db, act, [STEP])
    undo.set_undone(db, undo.get_newest_done(db), undone=True)
    undo.set_undone(db, undo.get_newest_done(db), undone=True)
    assert undo.get_newest_done(db).act == "a"
    assert (undo.get_oldest_undone(db).act, undo.count_edits(db)) == ("b", (1, 2))
    undo.add_edit(db, "d", [STEP])
    assert (undo.get_newest_done(db).act, undo.count_edits(db)) == ("d", (2, 0))
    assert db.execute("SELECT count(*) FROM edit_row").fetchone()[0] == 2


def test_a_history_that_speaks_of_other_tables_is_not_followed(db):
    undo.add_edit(db, "a", [STEP])
    db.execute("UPDATE edit_row SET kind = 'frame'")
    with pytest.raises(UnfitValue, match="edit_row: frame"):
        undo.list_steps(db, undo.get_newest_done(db))
