import pytest

from fieldcheck.project.tables import history
from fieldcheck.project.tables.history import HistoryStep
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.values import UnfitValue

STEP = HistoryStep(Key("setting", "site"), None, TableRow("setting", {"key": "site", "value": '"x"'}))


def test_an_act_is_kept_with_the_rows_before_and_after(db):
    history.add_edit(db, "settings.set", [STEP])
    edit = history.get_newest_done(db)
    assert edit.act == "settings.set"
    assert history.list_steps(db, edit) == (STEP,)
    assert history.count_edits(db) == (1, 0)
    assert history.get_oldest_undone(db) is None


def test_a_new_act_forgets_what_was_undone(db):
    for act in ("a", "b", "c"):
        history.add_edit(db, act, [STEP])
    history.set_undone(db, history.get_newest_done(db), undone=True)
    history.set_undone(db, history.get_newest_done(db), undone=True)
    assert (history.get_newest_done(db).act, history.get_oldest_undone(db).act, history.count_edits(db)) == ("a", "b", (1, 2))
    history.add_edit(db, "d", [STEP])
    assert (history.get_newest_done(db).act, history.count_edits(db)) == ("d", (2, 0))
    assert db.execute("SELECT count(*) FROM edit_row").fetchone()[0] == 2


def test_a_history_that_speaks_of_other_tables_is_not_followed(db):
    history.add_edit(db, "a", [STEP])
    db.execute("UPDATE edit_row SET kind = 'frame'")
    with pytest.raises(UnfitValue, match="edit_row: frame"):
        history.list_steps(db, history.get_newest_done(db))
