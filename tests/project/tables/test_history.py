import pytest

from fieldcheck.project.tables import history
from fieldcheck.project.tables.history import HistoryStep
from fieldcheck.project.tables.rows import Key, TableRow
from fieldcheck.project.tables.values import UnfitValue

STEP = HistoryStep(Key("setting", "site"), None, TableRow("setting", {"key": "site", "value": '"x"'}))


def test_an_act_is_kept_with_the_rows_before_and_after(db):
    history.add(db, "settings.set", [STEP])
    edit = history.newest_done(db)
    assert edit.act == "settings.set"
    assert history.steps(db, edit) == (STEP,)
    assert history.depths(db) == (1, 0)
    assert history.oldest_undone(db) is None


def test_a_new_act_forgets_what_was_undone(db):
    for act in ("a", "b", "c"):
        history.add(db, act, [STEP])
    history.mark(db, history.newest_done(db), undone=True)
    history.mark(db, history.newest_done(db), undone=True)
    assert (history.newest_done(db).act, history.oldest_undone(db).act, history.depths(db)) == ("a", "b", (1, 2))
    history.add(db, "d", [STEP])
    assert (history.newest_done(db).act, history.depths(db)) == ("d", (2, 0))
    assert db.execute("SELECT count(*) FROM edit_row").fetchone()[0] == 2


def test_a_history_that_speaks_of_other_tables_is_not_followed(db):
    history.add(db, "a", [STEP])
    db.execute("UPDATE edit_row SET kind = 'frame'")
    with pytest.raises(UnfitValue, match="edit_row: frame"):
        history.steps(db, history.newest_done(db))
