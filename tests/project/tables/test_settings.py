import pytest

from fieldcheck.plain_json import NotPlain
from fieldcheck.project import edits
from fieldcheck.project.tables import settings


def test_a_setting_nobody_made_is_the_default(db):
    assert settings.get(db, "site") is None
    assert settings.get(db, "tolerance", 0.05) == 0.05


def test_a_setting_holds_anything_json_can_hold(db):
    value = {"classes": ["ß", "b"], "tolerance": 0.05, "on": True, "none": None}
    edits.apply(db, "settings.set", [settings.row("all", value)])
    assert settings.get(db, "all") == value
    assert settings.all(db) == {"all": value}


@pytest.mark.parametrize("value", [10**20, [[-(10**20)]]])
def test_a_number_that_could_not_be_read_back_is_not_written(db, value):
    with pytest.raises(NotPlain):
        settings.row("all", value)


def test_what_a_project_begins_with_is_no_act_and_is_not_overwritten(db):
    settings.begin(db, {"site": "Hall 3"})
    settings.begin(db, {"site": "Hall 4", "classes": ["a"]})
    assert settings.all(db) == {"classes": ["a"], "site": "Hall 3"}
    assert db.execute("SELECT count(*) FROM edit").fetchone()[0] == 0


def test_a_setting_can_be_deleted(db):
    edits.apply(db, "settings.set", [settings.row("site", "x")])
    edits.apply(db, "settings.clear", deletes=[settings.key("site")])
    assert settings.all(db) == {}
