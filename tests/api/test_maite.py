"""A project as MAITE's data set and model; `packaging/test.sh --peers dataeval` holds both against
MAITE's own protocols."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

import fieldcheck
from fieldcheck.errors.files import ArgumentRefused
from fieldcheck.errors.models import ModelRejected
from fieldcheck.errors.projects import ProjectClosed
from fieldcheck.footage.frame_pixels import load_pixels
from fieldcheck.labels.store import LabelDecision, set_label
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from tests import makers


@pytest.fixture
def labelled(made):
    with fieldcheck.Project.open(made["labelled"], write=False) as project:
        yield project


def test_labelled_frames_are_images_one_hot_labels_and_what_is_known_of_them(labelled):
    field = fieldcheck.MaiteDataset(labelled)
    labels = {label.frame_id: label.class_name for label in labelled.labels().labels}
    names = field.metadata["index2label"]
    assert (field.metadata["id"], len(field)) == ("labelled/field", len(labels))
    assert tuple(names.values()) == makers.COLOURS
    for image, target, known in field:
        assert (image.dtype, image.shape) == (np.uint8, (3, *makers.SIZE))
        assert target.sum() == 1
        assert names[int(target.argmax())] == labels[known["id"]]
        assert (known["camera"], known["location"]) == ("left", "line 1")
        assert known["weight"] > 0
        assert set(known) == {"id", "stratum", "weight", "clip", "camera", "location", "t_s"}
    with open_project(labelled.path, write=False) as project:
        rgb = load_pixels(project, field.get_metadata(3)["id"])
    assert np.array_equal(field.get_input(3).transpose(1, 2, 0), rgb)


def test_the_benchmark_is_one_too(labelled):
    benchmark = fieldcheck.MaiteDataset(labelled, on="benchmark")
    assert len(benchmark) == 18
    for _, target, known in benchmark:
        folder = known["path"].split("/")[0]
        assert benchmark.metadata["index2label"][int(target.argmax())] == folder


def test_the_model_answers_as_the_project_does(labelled):
    field, model = fieldcheck.MaiteDataset(labelled), fieldcheck.MaiteModel(labelled)
    answers = model([image for image, _, _ in field])
    stored = {}
    for row in labelled.predictions().predictions:
        if row.on == "field":
            stored.setdefault(row.frame_id, {})[row.class_name] = row.score
    for answer, (_, _, known) in zip(answers, field, strict=True):
        names = model.metadata["index2label"]
        given = {names[at]: share for at, share in enumerate(answer.tolist())}
        assert given == pytest.approx(stored[known["id"]], abs=1e-6)
    assert model.metadata["id"].startswith("net/")


def test_numbers_of_any_kind_are_taken_and_other_shapes_are_refused(labelled):
    image, _, _ = fieldcheck.MaiteDataset(labelled)[0]
    model = fieldcheck.MaiteModel(labelled)
    whole, real = model([image, image.astype(np.float64) + 0.2])
    assert np.array_equal(whole, real)
    for wrong in ([image[0]], [image.transpose(1, 2, 0)], "image", [["a"]]):
        with pytest.raises(ArgumentRefused, match="batch cannot be"):
            model(wrong)


def test_boxes_are_corners_in_pixels(made_boxed):
    with fieldcheck.Project.open(made_boxed, write=False) as project:
        field, model = fieldcheck.MaiteDataset(project), fieldcheck.MaiteModel(project)
        with open_project(made_boxed, write=False) as opened:
            labels = {label.frame_id: label for label in opened.read(picks_table.list_labels)}
        assert sorted(len(target.boxes) for _, target, _ in field) == [0, 2]
        for image, target, known in field:
            boxes = labels[known["id"]].boxes
            corners = [[box.x, box.y, box.x + box.w, box.y + box.h] for box in boxes]
            assert target.boxes.tolist() == corners
            assert target.boxes.shape == (len(boxes), 4)
            named = [field.metadata["index2label"][at] for at in target.labels.tolist()]
            assert named == [box.class_name for box in boxes]
            (answer,) = model([image])
            assert (answer.scores >= 0.25).all()
            assert len(answer.boxes) == len(answer.labels) == len(answer.scores) > 0


def test_what_has_no_protocol_or_is_no_open_project_is_refused(made_pointed, made, tmp_path):
    with fieldcheck.Project.open(made_pointed, write=False) as project:
        for make in (fieldcheck.MaiteDataset, fieldcheck.MaiteModel):
            with pytest.raises(ArgumentRefused, match="segmentation"):
                make(project)
    with pytest.raises(ProjectClosed):
        fieldcheck.MaiteDataset(project)
    with pytest.raises(ArgumentRefused, match=r"project cannot be .*fieldcheck\.Project"):
        fieldcheck.MaiteDataset(tmp_path)
    with (
        fieldcheck.Project.open(made["labelled"], write=False) as project,
        pytest.raises(ArgumentRefused, match="field, benchmark"),
    ):
        fieldcheck.MaiteDataset(project, on="footage")


@pytest.mark.long
def test_a_frame_without_a_label_is_not_in_it(tmp_path, material):
    path = tmp_path / "some.fieldcheck"
    with makers.empty_project(path, material / "net.onnx") as project:
        makers.add_footage(project, material / "belt.avi", taken_at=makers.NOW)
        makers.draw(project, 6)
        makers.label_some(project, 3)
        left = project.read(picks_table.list_picks)
        done = {label.frame_id for label in project.read(picks_table.list_labels)}
        other = next(pick.frame_id for pick in left if pick.frame_id not in done)
        set_label(project, other, LabelDecision(unsure=True), annotator="tester", now=makers.NOW)
    with fieldcheck.Project.open(path, write=False) as project:
        assert {known["id"] for _, _, known in fieldcheck.MaiteDataset(project)} == done


def test_a_model_of_which_only_predictions_are_there_cannot_be_asked(made, tmp_path):
    path = shutil.copytree(made["labelled"], tmp_path / "labelled.fieldcheck")
    with fieldcheck.Project.open(path) as project:
        file = tmp_path / "p.csv"
        rows = [f"{label.frame_id},red,0.9" for label in project.labels().labels]
        file.write_text("\n".join(["id,class,confidence", *rows]))
        with pytest.warns(UserWarning, match="no prediction"):
            project.add_predictions(file)
        with pytest.raises(ModelRejected, match="not a model that can run here"):
            fieldcheck.MaiteModel(project)


@pytest.mark.long
def test_nothing_of_maite_is_imported():
    code = "import sys, fieldcheck; fieldcheck.MaiteDataset; print('maite' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
