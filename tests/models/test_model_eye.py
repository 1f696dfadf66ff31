import json
import shutil

import numpy as np
import pytest

from fieldcheck.footage.thumbnails import load_pixels
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.models.preprocess import compute_input_geometry, count_losses, make_model_input
from fieldcheck.models.store import find_model, get_card
from fieldcheck.models.try_model import compute_object_losses, get_input_preview
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels as picks_table
from tests import makers


@pytest.fixture
def boxed(made_boxed):
    with open_project(made_boxed, write=False) as project:
        yield project


def test_a_picked_frame_is_shown_as_the_model_sees_it(drawn):
    found = get_input_preview(drawn)
    first = drawn.read(picks_table.list_picks)[0].frame_id
    assert np.array_equal(found.rgb, load_pixels(drawn, first))
    assert np.array_equal(
        found.input_image, make_model_input(found.rgb, get_card(find_model(drawn)).input).rgb
    )
    assert (found.crop, found.share) == ((0, 0, 64, 48), 1)
    assert found.source == "belt.avi"


def test_before_the_draw_a_listed_frame_is_shown_and_before_footage_one_of_the_benchmark(
    footed, empty
):
    assert get_input_preview(footed).source == "belt.avi"
    shutil.rmtree(footed.path / "recordings")
    assert get_input_preview(footed).source.endswith(".png"), "footage that is gone is passed over"
    assert get_input_preview(empty).source.endswith(".png")


def test_without_a_model_or_any_picture_there_is_nothing_to_show(tmp_path, material):
    with set_up_project(
        tmp_path / "bare.fieldcheck", NewProjectRequest(), makers.NOW
    ).project as project:
        assert get_input_preview(project) is None
        assert compute_object_losses(project) is None
    with set_up_project(
        tmp_path / "p.fieldcheck", NewProjectRequest(material / "net.onnx"), makers.NOW
    ).project as project:
        assert get_input_preview(project) is None


def test_losses_are_over_the_boxes_drawn_on_picked_frames(boxed):
    found = compute_object_losses(boxed)
    boxes = np.array([[4, 4, 32, 24], [40, 10, 56, 26]], float)
    assert found == count_losses(
        [(boxes, compute_input_geometry(48, 64, get_card(find_model(boxed)).input))], None
    )
    assert (found.n, found.n_cut) == (2, 0)
    assert found.surviving == pytest.approx(0.5 * 32 / 48)


def test_before_labels_they_are_over_the_benchmark(tmp_path, material):
    folder = tmp_path / "bench"
    images = [makers.save_picture(folder / f"{k}.png", "red") for k in range(3)]
    boxes = [
        {
            "id": k,
            "image_id": k,
            "category_id": 1,
            "bbox": [2, 2, 20, 10],
            "area": 200,
            "iscrowd": 0,
        }
        for k in range(3)
    ]
    coco = {
        "images": [
            {"id": k, "file_name": path.name, "width": 64, "height": 48}
            for k, path in enumerate(images)
        ],
        "annotations": boxes,
        "categories": [{"id": 1, "name": "part"}],
    }
    (folder / "labels.json").write_text(json.dumps(coco))
    images[2].unlink()
    with set_up_project(
        tmp_path / "p.fieldcheck",
        NewProjectRequest(material / "box.onnx", benchmark=folder),
        makers.NOW,
    ).project as project:
        assert compute_object_losses(project).n == 2


def test_a_classifier_has_no_objects_to_lose(labelled):
    assert compute_object_losses(labelled) is None
