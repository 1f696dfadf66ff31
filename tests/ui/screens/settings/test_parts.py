import tomllib
from email.message import Message
from pathlib import Path

import pytest

from fieldcheck.ui.screens.settings import parts

PROJECT = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text("utf-8"))["project"]


def told(**fields):
    made = Message()
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            made[name.replace("_", "-")] = one
    return made


class Part:
    """A package as far as its licence goes."""

    def __init__(self, **fields):
        self.metadata = told(**fields)


def test_everything_that_the_program_needs_is_named_with_what_that_needs_in_turn():
    names = {name.lower().replace("_", "-") for name, _, _ in parts.shipped_parts()}
    for line in PROJECT["dependencies"]:
        assert line.split(">")[0].split("=")[0].lower() in names
    assert {"shiboken6", "dejavu sans"} <= names, "what a needed package needs, and the font"
    assert "pytest" not in names, "tools of the makers do not ship"
    assert "fieldcheck" not in names


def test_each_has_a_version_and_a_licence():
    for name, version, licence in parts.shipped_parts():
        assert version[0].isdigit(), name
        assert 0 < len(licence) <= parts.LONGEST


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"License_Expression": "MIT", "License": "other"}, "MIT"),
        ({"License": "MIT License\n\nCopyright …"}, "MIT License"),
        ({"License": "x" * 300, "Classifier": ["License :: OSI Approved :: BSD License", "Topic :: A"]}, "BSD License"),
        ({}, "see the files of the package"),
    ],
)
def test_a_licence_is_said_as_short_as_it_can_be(fields, said):
    assert parts.licence(Part(**fields)) == said
