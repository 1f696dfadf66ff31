import dataclasses
import pickle
from pathlib import Path

import pytest

from fieldcheck import errors
from fieldcheck.errors import files, labels, models, projects
from fieldcheck.errors.file_messages import FILE_ERRORS, PROJECT_ERRORS
from fieldcheck.errors.files import FieldcheckError, PathMissing
from fieldcheck.errors.label_messages import LABEL_ERRORS
from fieldcheck.errors.messages import MODEL_ERRORS
from fieldcheck.errors.models import ModelRejected
from fieldcheck.errors.projects import NothingToUndo, ProjectDamaged

# Each is loaded with its first error, or here.
SENTENCES = {
    files: FILE_ERRORS, labels: LABEL_ERRORS, models: MODEL_ERRORS, projects: PROJECT_ERRORS,
}  # fmt: skip
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
def test_an_error_says_in_its_docstring_what_happened_and_nowhere_else(kind):
    assert kind.__doc__
    # what dataclasses write where nobody did
    assert not kind.__doc__.startswith(f"{kind.__name__}(")
    assert {name for name in vars(kind) if not name.startswith("__")} <= {
        field.name for field in dataclasses.fields(kind)
    }


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


def test_the_whole_family_is_imported_from_one_place():
    assert {getattr(errors, kind.__name__) for kind in FAMILY} == set(FAMILY)
    assert {kind.__module__ for kind in FAMILY} == {room.__name__ for room in SENTENCES}


@pytest.mark.parametrize("room", SENTENCES)
def test_every_error_of_a_room_has_its_sentence(room):
    own = {kind for kind in FAMILY if kind.__module__ == room.__name__}
    assert own == set(SENTENCES[room])
