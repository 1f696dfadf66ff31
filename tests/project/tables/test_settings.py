import pytest

from fieldcheck.plain_json import InvalidDocument
from fieldcheck.project import edits
from fieldcheck.project.tables import settings


def test_a_setting_nobody_made_is_the_default(db):
    assert settings.get_setting(db, "site") is None
    assert settings.get_setting(db, "tolerance", 0.05) == 0.05


def test_a_setting_holds_anything_json_can_hold(db):
    value = {"classes": ["ß", "b"], "tolerance": 0.05, "on": True, "none": None}
    edits.apply_edit(db, "settings.set", [settings.make_setting_row("all", value)])
    assert settings.get_setting(db, "all") == value
    assert settings.list_settings(db) == {"all": value}


@pytest.mark.parametrize("value", [10**20, [[-(10**20)]]])
def test_a_number_that_could_not_be_read_back_is_not_written(db, value):
    with pytest.raises(InvalidDocument):
        settings.make_setting_row("all", value)


def test_what_a_project_begins_with_is_no_act_and_is_not_overwritten(db):
    settings.insert_initial_settings(db, {"site": "Hall 3"})
    settings.insert_initial_settings(db, {"site": "Hall 4", "classes": ["a"]})
    assert settings.list_settings(db) == {"classes": ["a"], "site": "Hall 3"}
    assert db.execute("SELECT count(*) FROM edit").fetchone()[0] == 0


def test_a_setting_can_be_deleted(db):
    edits.apply_edit(db, "settings.set", [settings.make_setting_row("site", "x")])
    edits.apply_edit(db, "settings.clear", deletes=[settings.make_setting_key("site")])
    assert settings.list_settings(db) == {}
