from fieldcheck import settings
from fieldcheck.ui.context import Preferences


def test_a_change_is_stored_at_once_and_told_by_name(qapp, tmp_path):
    preferences, told = Preferences(tmp_path), []
    preferences.changed.connect(told.append)
    preferences.update(theme="dark", size=100)
    assert told == [frozenset({"theme"})]
    assert settings.load_settings(tmp_path).theme == "dark"


def test_the_size_goes_in_steps_and_stops_at_the_ends(qapp, tmp_path):
    preferences = Preferences(tmp_path)
    for _ in range(10):
        preferences.change_size(1)
    assert preferences.settings.size == 175
    for _ in range(10):
        preferences.change_size(-1)
    assert preferences.settings.size == 90


def test_the_last_opened_project_comes_first_and_one_can_be_forgotten(qapp, tmp_path):
    preferences = Preferences(tmp_path)
    for name in ("a", "b", "a"):
        preferences.add_recent(tmp_path / name)
    assert preferences.settings.recent == (str(tmp_path / "a"), str(tmp_path / "b"))
    preferences.remove_recent(str(tmp_path / "a"))
    assert preferences.settings.recent == (str(tmp_path / "b"),)


def test_a_place_that_cannot_be_written_is_said_and_the_change_holds(qapp, tmp_path):
    (tmp_path / "file").write_text("in the way")
    preferences, told = Preferences(tmp_path / "file"), []
    preferences.save_failed.connect(told.append)
    preferences.update(theme="dark")
    assert len(told) == 1
    assert preferences.settings.theme == "dark"
