import os
import shutil
import stat
import subprocess
import sys
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows

from fieldcheck import paths
from fieldcheck.paths import (
    get_app_paths,
    get_demo_folder,
    get_platform_paths,
    make_private,
    make_private_file,
)
from tests.programs import run_program


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A home of its own, nothing of the surroundings set."""
    for name in (
        "FIELDCHECK_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME",
    ):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_fieldcheck_home_moves_all_four_folders(monkeypatch, tmp_path):
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    found = get_app_paths()
    actual = [found.settings, found.logs, found.cache, found.sample]
    assert actual == [tmp_path / n for n in ("settings", "logs", "cache", "sample")]


def test_a_relative_fieldcheck_home_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIELDCHECK_HOME", "here")
    assert get_app_paths().logs == tmp_path / "here" / "logs"


def test_linux_follows_the_base_directory_rules(home, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/fast")
    monkeypatch.setenv("XDG_CONFIG_HOME", "not/absolute")
    found = get_app_paths()
    assert found == get_platform_paths(Unix("fieldcheck", appauthor=False, roaming=True))
    assert found.cache == Path("/fast/fieldcheck")
    assert found.settings == home / ".config/fieldcheck"
    assert found.logs == home / ".local/state/fieldcheck"
    assert found.sample == home / ".local/share/fieldcheck/sample"


def test_macos_and_windows_follow_their_own_customs(home, monkeypatch):
    monkeypatch.setattr("sys.platform", "darwin")
    mac = get_platform_paths(MacOS("Fieldcheck", appauthor=False, roaming=True))
    assert mac.logs == home / "Library/Logs/Fieldcheck"
    assert mac.sample == home / "Library/Application Support/Fieldcheck/sample"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr(
        "platformdirs.windows.get_win_folder",
        lambda name: {"CSIDL_APPDATA": "/roam"}.get(name, "/local"),
    )
    windows = get_platform_paths(Windows("Fieldcheck", appauthor=False, roaming=True))
    assert windows.settings == Path("/roam/Fieldcheck")
    assert windows.logs == Path("/local/Fieldcheck/Logs")
    assert windows.cache == Path("/local/Fieldcheck/Cache")
    assert windows.sample == Path("/local/Fieldcheck/sample")


def test_this_machine_has_its_places_and_none_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path / "home"))
    assert get_app_paths().cache == tmp_path / "home" / "cache"
    assert get_demo_folder() == tmp_path / "home" / "sample"
    assert not (tmp_path / "home").exists()


@pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")
def test_a_private_folder_and_file_are_closed_to_others_also_where_they_were_open(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open" / "log").write_text("before")
    (tmp_path / "open" / "log").chmod(0o644)
    for name in ("open", "new"):
        make_private(tmp_path / name)
        make_private_file(tmp_path / name / "log")
        cases = (tmp_path / name, tmp_path / name / "log")
        assert [stat.S_IMODE(one.stat().st_mode) for one in cases] == [0o700, 0o600]
    assert (tmp_path / "open" / "log").read_text() == "before"


CHECKOUT = Path(__file__).parent.parent
ASK = (
    "from fieldcheck.paths import get_resource_path as path; "
    "print(path('{}').read_bytes().decode())"
)


def test_a_checkout_has_its_resources_beside_the_package():
    assert paths.get_resource_path("README.md") == CHECKOUT / "resources" / "README.md"


def test_a_missing_resource_is_named_with_the_places_looked_at():
    with pytest.raises(FileNotFoundError, match=r"none/such.txt.*_resources.*resources"):
        paths.get_resource_path("none/such.txt")


def ask(relative: str, path: Path) -> str:
    """What a program with `path` as its only place for the package finds."""
    environment = {**os.environ, "PYTHONPATH": str(path)}
    command = [sys.executable, "-S", "-c", ASK.format(relative)]
    return run_program(command, env=environment, cwd=path, check=True).stdout.strip()


def small_checkout(folder: Path) -> Path:
    """The project's own build file over a package and resources of one file each."""
    (folder / "fieldcheck").mkdir(parents=True)
    (folder / "resources" / "report").mkdir(parents=True)
    for name in (
        "pyproject.toml", "README.md", "LICENSE", "fieldcheck/__init__.py",
        "fieldcheck/paths.py",
    ):  # fmt: skip
        shutil.copy(CHECKOUT / name, folder / name)
    (folder / "resources" / "report" / "a.txt").write_text("shipped")
    return folder


def test_a_bare_checkout_finds_them(tmp_path):
    assert ask("report/a.txt", small_checkout(tmp_path / "c")) == "shipped"


def test_a_wheel_carries_them(tmp_path):
    source = small_checkout(tmp_path / "c")
    build = "from hatchling.build import build_wheel; build_wheel('out')"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True)
    (wheel,) = (source / "out").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    assert ask("report/a.txt", tmp_path / "installed") == "shipped"


def test_an_editable_install_finds_those_of_its_checkout(tmp_path):
    source = small_checkout(tmp_path / "c")
    build = "from hatchling.build import build_editable; build_editable('out')"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True)
    (wheel,) = (source / "out").glob("*.whl")
    venv.create(tmp_path / "env", symlinks=os.name != "nt")
    (site,) = (tmp_path / "env").rglob("site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    python = tmp_path / "env" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    found = run_program([python, "-c", ASK.format("report/a.txt")], cwd=tmp_path, check=True)
    assert found.stdout.strip() == "shipped"


def test_what_came_with_the_program_is_told_from_what_did_not(tmp_path):
    assert paths.is_shipped(paths.get_resource_path("demo/benchmark"))
    assert not paths.is_shipped(tmp_path / "benchmark")


def test_a_fork_in_the_place_of_a_library_is_named_with_its_version(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "FORKS", {"absent-of-all": ("absent-too", "fieldcheck-fork")})
    with pytest.raises(metadata.PackageNotFoundError):
        paths.get_library_version("absent-of-all")
    described = tmp_path / "fieldcheck_fork-2.3.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: fieldcheck-fork\nVersion: 2.3.0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert paths.get_library_version("absent-of-all") == "fieldcheck-fork 2.3.0"
    assert paths.get_library_version("numpy") == metadata.version("numpy")
    with pytest.raises(metadata.PackageNotFoundError):
        paths.get_library_version("absent")
