from pathlib import Path

import pytest

from fieldcheck.paths import locate, places, sample_project

HOME = Path("/home/ana").absolute()


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_fieldcheck_home_moves_all_four_folders(platform, tmp_path):
    found = locate({"FIELDCHECK_HOME": str(tmp_path), "XDG_CACHE_HOME": "/x"}, platform, HOME)
    assert [found.settings, found.logs, found.cache, found.sample] == [tmp_path / n for n in ("settings", "logs", "cache", "sample")]


def test_a_relative_fieldcheck_home_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert locate({"FIELDCHECK_HOME": "here"}, "linux", HOME).logs == tmp_path / "here" / "logs"


def test_linux_follows_the_base_directory_rules():
    found = locate({"XDG_CACHE_HOME": "/fast", "XDG_CONFIG_HOME": "not/absolute"}, "linux", HOME)
    assert found.cache == Path("/fast/fieldcheck")
    assert found.settings == HOME / ".config/fieldcheck"
    assert found.logs == HOME / ".local/state/fieldcheck"
    assert found.sample == HOME / ".local/share/fieldcheck/sample"


def test_macos_and_windows_follow_their_own_customs():
    assert locate({}, "darwin", HOME).logs == HOME / "Library/Logs/Fieldcheck"
    assert locate({}, "darwin", HOME).sample == HOME / "Library/Application Support/Fieldcheck/sample"
    assert locate({"APPDATA": "/roam"}, "win32", HOME).settings == Path("/roam/Fieldcheck")
    assert locate({}, "win32", HOME).cache == HOME / "AppData/Local/Fieldcheck/cache"


def test_this_machine_has_its_places_and_none_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "home"))
    assert places().cache == tmp_path / "home" / "cache"
    assert sample_project() == tmp_path / "home" / "sample"
    assert not (tmp_path / "home").exists()
