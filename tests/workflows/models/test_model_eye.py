import json
import shutil

import numpy as np
import pytest

from fieldcheck.inference.input_picture import seen
from fieldcheck.inference.object_loss import losses, way_in
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import picks as picks_table
from fieldcheck.workflows.footage.thumbnails import pixels_of
from fieldcheck.workflows.models.model_eye import model_eye, object_losses
from fieldcheck.workflows.models.models import card_of, find_model
from fieldcheck.workflows.project.new_project import NewProjectRequest, new_project
from tests import makers


@pytest.fixture
def boxed(made_boxed):
    with open_project(made_boxed, write=False) as project:
        yield project


def test_a_picked_frame_is_shown_as_the_model_sees_it(drawn):
    found = model_eye(drawn)
    first = drawn.read(picks_table.all)[0].frame_id
    assert np.array_equal(found.rgb, pixels_of(drawn, first))
    assert np.array_equal(found.seen, seen(found.rgb, card_of(find_model(drawn)).input).rgb)
    assert (found.crop, found.share) == ((0, 0, 64, 48), 1)
    assert found.source == "belt.avi"


def test_before_the_draw_a_listed_frame_is_shown_and_before_footage_one_of_the_benchmark(footed, empty):
    assert model_eye(footed).source == "belt.avi"
    shutil.rmtree(footed.path / "recordings")
    assert model_eye(footed).source.endswith(".png"), "footage that is gone is passed over"
    assert model_eye(empty).source.endswith(".png")


def test_without_a_model_or_any_picture_there_is_nothing_to_show(tmp_path, material):
    with new_project(tmp_path / "bare.fieldcheck", NewProjectRequest(), makers.NOW).project as project:
        assert model_eye(project) is None
        assert object_losses(project) is None
    with new_project(tmp_path / "p.fieldcheck", NewProjectRequest(material / "net.onnx"), makers.NOW).project as project:
        assert model_eye(project) is None


def test_losses_are_over_the_boxes_drawn_on_picked_frames(boxed):
    found = object_losses(boxed)
    boxes = np.array([[4, 4, 32, 24], [40, 10, 56, 26]], float)
    assert found == losses([(boxes, way_in(48, 64, card_of(find_model(boxed)).input))], None)
    assert (found.n, found.n_cut) == (2, 0)
    assert found.surviving == pytest.approx(0.5 * 32 / 48)


def test_before_labels_they_are_over_the_benchmark(tmp_path, material):
    folder = tmp_path / "bench"
    images = [makers.save_picture(folder / f"{k}.png", "red") for k in range(3)]
    boxes = [{"id": k, "image_id": k, "category_id": 1, "bbox": [2, 2, 20, 10], "area": 200, "iscrowd": 0} for k in range(3)]
    coco = {
        "images": [{"id": k, "file_name": path.name, "width": 64, "height": 48} for k, path in enumerate(images)],
        "annotations": boxes,
        "categories": [{"id": 1, "name": "part"}],
    }
    (folder / "labels.json").write_text(json.dumps(coco))
    images[2].unlink()
    with new_project(tmp_path / "p.fieldcheck", NewProjectRequest(material / "box.onnx", benchmark=folder), makers.NOW).project as project:
        assert object_losses(project).n == 2


def test_a_classifier_has_no_objects_to_lose(labelled):
    assert object_losses(labelled) is None
