"""Wheel and source package: the same bytes twice, and what an index asks of them."""

import hashlib
import os
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from trove_classifiers import classifiers

from tests.counts import rows
from tests.programs import run_python

CHECKOUT = Path(__file__).parents[2]
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
BEGAN = {**os.environ, "SOURCE_DATE_EPOCH": "1764547200"}


@pytest.mark.long
@pytest.mark.parametrize("target", rows(["wheel"], full=["sdist"]))
def test_two_builds_are_the_same_bytes(target, tmp_path):
    hashes = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        ran = run_python(
            "-m", "hatchling", "build", "-t", target, "-d", folder, cwd=CHECKOUT, env=BEGAN
        )
        assert ran.returncode == 0, ran.stderr
        (made,) = folder.iterdir()
        hashes.append(hashlib.sha256(made.read_bytes()).hexdigest())
    assert hashes[0] == hashes[1]
    with zipfile.ZipFile(made) if target == "wheel" else tarfile.open(made) as archive:
        names = archive.namelist() if target == "wheel" else archive.getnames()
    assert any(name.endswith("demo/model.onnx") for name in names)
    assert not [name for name in names if "/tests/" in name or ".venv" in name]


def test_classifiers_are_known_and_name_the_pythons_that_the_tests_ran_under():
    assert [one for one in PROJECT["classifiers"] if one not in classifiers] == []
    versions = [one.rsplit(" ", 1)[1] for one in PROJECT["classifiers"] if ":: 3." in one]
    assert versions == ["3.11", "3.13"]
    assert "tests run\nunder 3.11 and 3.13" in (CHECKOUT / "README.md").read_text("utf-8")
    assert PROJECT["requires-python"] == ">=3.11,<3.15"


def test_the_citation_names_this_version_and_licence():
    citation = yaml.safe_load((CHECKOUT / "CITATION.cff").read_text("utf-8"))
    assert (citation["version"], citation["license"]) == (PROJECT["version"], PROJECT["license"])


def test_hooks_of_a_commit_are_those_of_this_checkout():
    hooks = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [one["repo"] for one in hooks["repos"]] == ["local"]
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks["repos"][0]["hooks"])
