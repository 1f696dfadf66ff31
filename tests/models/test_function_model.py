"""A function of a script as a model: its predictions are stored, it never is."""

import shutil

import numpy as np
import pytest

import fieldcheck
from fieldcheck.errors.files import ArgumentRefused
from fieldcheck.errors.models import ModelRejected
from fieldcheck.footage.frame_analysis import get_shared_runner, get_thread_runner
from fieldcheck.models.providers import FUNCTIONS
from fieldcheck.models.store import find_model, make_model_file
from fieldcheck.project.folder import open_project
from tests import makers

CLASSES = ("red", "green", "blue")


def name_colour(frame):
    """The strongest channel of the middle, surely."""
    height, width, _ = frame.shape
    strength = frame[height // 3 : -height // 3, width // 3 : -width // 3].mean(axis=(0, 1))
    shares = np.exp((strength - strength.max()) / 20)
    frame[:] = 0  # a picture of its own
    return shares / shares.sum()


@pytest.fixture(scope="module")
def bare(material, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bare")
    return makers.make_labelled_belt(folder / "line.fieldcheck", material)


@pytest.fixture
def door(bare, tmp_path):
    with fieldcheck.Project.open(shutil.copytree(bare, tmp_path / "line.fieldcheck")) as project:
        yield project


@pytest.mark.long
def test_a_visit_goes_through_the_function(door):
    name = door.set_model(name_colour, classes=CLASSES)
    assert name == "name_colour"
    assert {run.on: run.n_done for run in door.run().runs} == {
        "field": 20, "footage": 120, "benchmark": 18,
    }  # fmt: skip
    rows = door.stress(["gauss_noise"], severities=["moderate"]).rows()
    assert {row["on"] for row in rows} == {"benchmark", "field"}
    assert door.fix().state
    report = door.report()
    assert report.gap.measured
    assert report.summary["calibration"] is not None
    assert all(svg.startswith("<svg") for svg in report.figures.values())
    assert len(report.figures) >= 2
    (file,) = (door.path / "models" / name).iterdir()
    assert b"strength" not in file.read_bytes()


def test_another_process_reads_what_was_answered_and_says_that_it_cannot_ask(door):
    name = door.set_model(name_colour, classes=CLASSES, version="1")
    answered = len(door.run(on="field").runs)
    FUNCTIONS.clear()
    get_thread_runner.cache_clear()
    assert answered == 1
    assert door.predictions(model=name).predictions
    with pytest.raises(ModelRejected, match="a Python function of a script"):
        door.run(on="footage")
    again = door.set_model(name_colour, classes=CLASSES, version="1")
    assert again == name  # and its predictions count
    assert door.set_model(name_colour, classes=CLASSES) == "name_colour-2"


@pytest.mark.short_cases(6)
@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ([0.5, 0.5], "function_answer"),
        ("red", "function_answer"),
        (("purple", 0.9), "function_answer"),
        (("red", 1.2), "function_answer"),
        ([0.9, 0.9, 0.9], "function_answer"),
        (None, "function_answer"),
        (ZeroDivisionError("by hand"), "function_raised"),
    ],
)
def test_what_is_no_prediction_is_told(door, answer, problem):
    def predict(_frame):
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ModelRejected) as refused:  # noqa: PT012 - the claim asks it at once
        door.set_model(predict, classes=CLASSES)
        door.run(on="field")
    assert refused.value.problem == problem


def test_pairs_and_mappings_are_predictions(door):
    name = door.set_model(lambda _frame: ("green", 0.7), classes=CLASSES, name="pair")
    runner = get_shared_runner(make_model_file(door._project, find_model(door._project, name)))
    ((answer, nan),) = runner.predict([np.zeros((8, 8, 3), np.uint8)])
    assert answer.tolist() == pytest.approx([0.15, 0.7, 0.15])
    assert not nan
    shares = {"blue": 0.5, "red": 0.2, "green": 0.3}
    name = door.set_model(lambda _frame: shares, classes=CLASSES, name="shares")
    runner = get_shared_runner(make_model_file(door._project, find_model(door._project, name)))
    assert runner.predict([np.zeros((8, 8, 3), np.uint8)])[0][0].tolist() == pytest.approx(
        [0.2, 0.3, 0.5]
    )


def test_a_detector_returns_rows(material, tmp_path):
    path = tmp_path / "boxed.fieldcheck"
    with makers.empty_project(path, None, classes=("part", "hole")) as project:
        makers.add_footage(project, material / "night.avi", taken_at=makers.NOW)
        makers.draw(project, 4)
    with fieldcheck.Project.open(path) as door:
        boxes = [("hole", 0.4, 1, 2, 3, 4), ("part", 0.9, 0, 0, 5, 5)]
        name = door.set_model(
            lambda _frame: boxes, classes=("part", "hole"), task="detection", name="boxes"
        )
        door.run(on="field")
        rows = door.predictions(model=name).predictions
    assert len(rows) == 8
    assert {(row.class_name, round(row.score, 2), row.w) for row in rows} == {
        ("part", 0.9, 5.0), ("hole", 0.4, 3.0),
    }  # fmt: skip
    with open_project(path, write=False) as project:
        assert find_model(project).name == "boxes"


def test_what_is_no_function_is_refused(door):
    with pytest.raises(ArgumentRefused):
        door.set_model("model.onnx", classes=CLASSES)
