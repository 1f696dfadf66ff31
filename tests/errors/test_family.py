import dataclasses
import pickle
from pathlib import Path

import pytest

from fieldcheck.errors import files, imported_files, labels, models, projects
from fieldcheck.errors.files import FieldcheckError, PathMissing
from fieldcheck.errors.models import ModelRejected
from fieldcheck.errors.projects import NothingToUndo, ProjectDamaged

MODULES = (files, imported_files, labels, models, projects)
FAMILY = sorted(FieldcheckError.__subclasses__(), key=lambda kind: kind.__name__)
VALUES = {
    "Path": Path("p"), "str": "seen", "int": 7, "bool": True, "tuple[str, ...]": ("a", "b"),
    "Path | None": None, "int | None": 3,
}  # fmt: skip


def made(kind):
    return kind(**{field.name: VALUES[field.type] for field in dataclasses.fields(kind)})


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_error_carries_its_facts_and_shows_them_in_the_log(kind):
    error = made(kind)
    assert str(error) == repr(error)
    assert all(f"{field.name}=" in str(error) for field in dataclasses.fields(kind))


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_error_says_in_its_docstring_what_happened_and_carries_its_message(kind):
    assert kind.__doc__
    # what dataclasses write where nobody did
    assert not kind.__doc__.startswith(f"{kind.__name__}(")
    assert {"message", "format_message"} & set(vars(kind))
    fields = {field.name for field in dataclasses.fields(kind)}
    assert not fields & {"message", "problems", "remedy", "command"}


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_error_comes_back_from_another_process(kind):
    error = made(kind)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert dataclasses.astuple(again) == dataclasses.astuple(error)


def test_two_errors_of_the_same_facts_are_two_errors():
    assert PathMissing(Path("a")) != PathMissing(Path("a"))
    assert len({NothingToUndo("undo"), NothingToUndo("undo")}) == 2


def test_what_is_not_always_known_may_be_left_out():
    assert ModelRejected(Path("m"), "rank").detail == ""
    assert ProjectDamaged(Path("p"), "x").repaired is None


def test_the_whole_family_stands_in_these_modules():
    assert {kind.__module__ for kind in FAMILY} == {module.__name__ for module in MODULES}
