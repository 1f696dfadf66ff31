"""Arguments of scripts: what is not what it should be is refused before anything is done, by name,
in one sentence."""

import inspect
import pickle
from pathlib import Path

import numpy as np
import pytest

import fieldcheck
from fieldcheck.api.arguments import CHECKS
from fieldcheck.api.project import ScriptProject
from fieldcheck.errors.files import ArgumentRefused, FieldcheckError
from fieldcheck.errors.labels import LabelKindWrong
from fieldcheck.errors.projects import PathOccupied

WRONG = {
    "pick": [{"count": one} for one in (0, -1, 1.5, "5", True, [], float("nan"), 2**63)]
    + [{"seed": one} for one in (-1, 1.5, "5", True, 10**30)]
    + [{"design": one} for one in ("nope", "", 3, ["even"])]
    + [{"must": one} for one in ("19a0-000001", [3], 3, None, b"x")],
    "label": [{"frame_id": one} for one in (None, 3, b"a", ["a"])]
    + [{"frame_id": "x", "class_name": one} for one in (None, 3, b"red", ["red"])]
    + [{"frame_id": "x", "boxes": one} for one in (3, [3], "ab", [None], [("red", 0, 0, 1, 1)])]
    + [{"frame_id": "x", "points": one} for one in (3, [3], [fieldcheck.Box("red", 0, 0, 1, 1)])]
    + [{"frame_id": "x", "unsure": "yes"}, {"frame_id": "x", "skip": True}, {"frame_id": "x",
    "nothing": 1}, {"frame_id": "x", "by": None}]
    + [{"frame_id": "x", "class_name": "red", "unsure": True}, {"frame_id": "x", "skip": "dark",
    "nothing": True}],
    "import_labels": [{"path": one} for one in (3, None, "", b"x", "a\0b")]
    + [{"path": "x", "format": one} for one in ("nope", 3, "")]
    + [{"path": "x", "blind": "no"}],
    "run": [{"on": one} for one in (3, None, "nope", "", "Field")] + [{"model": one} for one in (3,
    "", b"s")],
    "replay": [{"run_id": one} for one in (3, None)],
    "gate": [{"model": one} for one in (3, None, "", b"x")]
    + [{"model": "net", "tolerance": one} for one in (-1, 2, float("nan"), float("inf"), "a", True)]
    + [{"model": "net", "require": one} for one in ("clean", ["nope"], [3], 3)]
    + [{"model": "net", **one} for one in ({"metric": 3}, {"trained_on": 3}, {"seed": -1},
    {"seed": 1.5}, {"against": 3}, {"card": 3})],
    "report": [{"out": one} for one in (3, "", "a\0b")] + [{"lang": one} for one in ("xx", 3, None,
    "", "DE")],
    "add_model": [{"model": one} for one in (3, None, "", b"x")],
    "import_footage": [
        {"camera": 3}, {"location": None}, {"conditions": "dark"}, {"conditions": [3]},
        {"conditions": ["nope"]}, {"taken_at": 3},
        {"taken_at": "yesterday"}, {"taken_at": "0001-01-01T00:00:00+14:00"},
    ],
}  # fmt: skip
NEW = [
    {"model": 3}, {"card": 3}, {"classes": "abc"}, {"classes": [3]}, {"classes": 3},
    {"benchmark": 3}, {"claimed": -1}, {"claimed": 97.1},
    {"claimed": "a"}, {"claimed": float("nan")}, {"claimed": True}, {"site": 3}, {"site": None},
    {"path": 3}, {"path": ""}, {"path": "a\0"},
]  # fmt: skip


def public():
    return [
        getattr(ScriptProject, name)
        for name in dir(ScriptProject)
        if not name.startswith("_") and name not in ("path", "close")
    ]


def test_every_argument_of_every_method_has_its_check():
    named = {name for one in public() for name in inspect.signature(one).parameters} - {"self"}
    assert named == set(CHECKS)


def test_what_is_no_such_thing_is_refused_by_name_before_anything_is_done(labelled, tmp_path):
    labelled.close()
    n = 0
    with ScriptProject.open(labelled.path) as project:
        before = project.labels()
        for method, all_wrong in WRONG.items():
            for wrong in all_wrong:
                given = (tmp_path,) if method == "import_footage" else ()
                with pytest.raises(ArgumentRefused) as caught:
                    getattr(project, method)(*given, **wrong)
                assert str(caught.value) == fieldcheck.sentence(caught.value)
                assert caught.value.name in {*wrong, "label"}
                assert "Nothing was changed" in str(caught.value)
                n += 1
        for paths in ((), (3,), (None,), ("",), ([tmp_path],), (b"x",)):
            with pytest.raises(ArgumentRefused):
                project.import_footage(*paths)
        assert project.labels() == before
    assert n > 70


def test_a_project_is_not_made_of_what_is_no_such_thing(tmp_path):
    for wrong in NEW:
        with pytest.raises(ArgumentRefused):
            ScriptProject.new(**{"path": tmp_path / "new", **wrong})
    with pytest.raises(ArgumentRefused):
        ScriptProject.open(tmp_path, write="no")
    assert list(tmp_path.iterdir()) == []


def test_figures_and_texts_of_numpy_and_any_row_of_texts_are_taken(drawn):
    drawn.close()
    with ScriptProject.open(drawn.path) as project:
        picked = project.pick(np.int64(4), seed=np.uint8(7), must=(one for one in ()))
        assert (len(picked.picks), picked.seed) == (4, 7)
        project.label(np.str_(picked.picks[0].frame_id), np.str_("red"), unsure=np.False_)
        assert project.labels().n_labelled == 1


def test_a_frame_is_not_labelled_with_nothing_where_the_model_gives_a_class(drawn):
    drawn.close()
    with ScriptProject.open(drawn.path) as project:
        frame = project.pick(3).picks[0].frame_id
        with pytest.raises(LabelKindWrong):
            project.label(frame)
        assert project.labels().labels == ()


def test_a_refusal_is_an_error_of_python_too_and_says_its_sentence_in_another_process(tmp_path):
    pattern = r"claimed cannot be 97\.1\. Nothing was changed\. Pass a fraction from 0 to 1, such as 0\.971\."
    with pytest.raises(ValueError, match=pattern) as caught:
        ScriptProject.new(tmp_path / "new", claimed=97.1)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), isinstance(again, TypeError)) == (str(caught.value), True)


def test_an_error_of_the_door_says_what_the_terminal_prints(tmp_path, labelled):
    (tmp_path / "none").mkdir()
    with pytest.raises(FieldcheckError) as caught:
        ScriptProject.open(tmp_path / "none")
    expected = f"{tmp_path / 'none'} is not a project folder (no project.db). Nothing was changed."
    assert str(caught.value).startswith(expected)
    assert "(`fieldcheck new`)" in str(caught.value)
    labelled.close()
    (tmp_path / "taken").write_text("mine")
    with (
        ScriptProject.open(labelled.path) as project,
        pytest.raises(
            PathOccupied,
            match=r"taken already contains other data\. It was not changed\. Choose another path\.",
        ),
    ):
        project.report(tmp_path / "taken")
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_closed_project_says_so_to_every_method(drawn):
    drawn.close()
    project = ScriptProject.open(drawn.path)
    project.close()
    needed = {
        "add_model": ("x",),
        "gate": ("x",),
        "import_footage": ("x",),
        "import_labels": ("x",),
        "label": ("x", "red"),
        "replay": ("x",),
    }
    methods = [one.__name__ for one in public() if "self" in inspect.signature(one).parameters]
    assert len(methods) == 11
    for name in (*methods, "__enter__"):
        pattern = r"is closed\. Data saved before is safe\. Open it again, then try again\."
        with pytest.raises(FieldcheckError, match=pattern):
            getattr(project, name)(*needed.get(name, ()))
    assert project.path == Path(drawn.path)
