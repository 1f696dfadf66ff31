import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from fieldcheck import resources
from tests.programs import run_program

CHECKOUT = Path(__file__).parent.parent
ASK = (
    "from fieldcheck.resources import get_resource_path as path; "
    "print(path('{}').read_bytes().decode())"
)


def test_a_checkout_has_its_resources_beside_the_package():
    assert resources.get_resource_path("README.md") == CHECKOUT / "resources" / "README.md"


def test_a_missing_resource_is_named_with_the_places_looked_at():
    with pytest.raises(FileNotFoundError, match=r"none/such.txt.*_resources.*resources"):
        resources.get_resource_path("none/such.txt")


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
        "fieldcheck/resources.py",
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
    assert resources.is_shipped(resources.get_resource_path("demo/benchmark"))
    assert not resources.is_shipped(tmp_path / "benchmark")
