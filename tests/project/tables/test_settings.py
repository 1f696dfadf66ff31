import pytest

from fieldcheck.project import undo
from fieldcheck.project.tables import values
from fieldcheck.safe_json import InvalidDocument


def test_a_setting_nobody_made_is_the_default(db):
    assert values.get_setting(db, "site") is None
    assert values.get_setting(db, "tolerance", 0.05) == 0.05


def test_a_setting_holds_anything_json_can_hold(db):
    value = {"classes": ["ß", "b"], "tolerance": 0.05, "on": True, "none": None}
    undo.apply_edit(db, "settings.set", [values.make_setting_row("all", value)])
    assert values.get_setting(db, "all") == value
    assert values.list_settings(db) == {"all": value}


@pytest.mark.parametrize("value", [10**20, [[-(10**20)]]])
def test_a_number_that_could_not_be_read_back_is_not_written(db, value):
    with pytest.raises(InvalidDocument):
        values.make_setting_row("all", value)


def test_what_a_project_begins_with_is_no_act_and_is_not_overwritten(db):
    values.insert_initial_settings(db, {"site": "Hall 3"})
    values.insert_initial_settings(db, {"site": "Hall 4", "classes": ["a"]})
    assert values.list_settings(db) == {"classes": ["a"], "site": "Hall 3"}
    assert db.execute("SELECT count(*) FROM edit").fetchone()[0] == 0


def test_a_setting_can_be_deleted(db):
    undo.apply_edit(db, "settings.set", [values.make_setting_row("site", "x")])
    undo.apply_edit(db, "settings.clear", deletes=[values.make_setting_key("site")])
    assert values.list_settings(db) == {}
