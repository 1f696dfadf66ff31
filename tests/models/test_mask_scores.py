import json
import shutil

import cv2
import numpy as np
import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.models.benchmark import read_benchmark, set_benchmark
from fieldcheck.models.mask_scores import load_mask_scores
from fieldcheck.models.runs_mlflow import run_and_score
from fieldcheck.progress import NullProgress
from tests import makers


def masked(path, *, left=1.0, ignored=0, names=("background", "red", "blue", "wood")):
    """Twelve images whose masks call the left part of every red or blue one so, and the rest
    ground; the first `ignored` rows of pixels were not judged. The model calls all of it so."""
    (path / "masks").mkdir(parents=True)
    (path / "classes.txt").write_text("\n".join(names) + "\n")
    for number, colour in enumerate(makers.cycle(12)):
        picture = cv2.imread(
            str(makers.save_picture(path / "images" / f"{number}.png", colour, number))
        )
        mask = np.zeros(picture.shape[:2], np.uint8)
        if colour in names:
            mask[:, : round(left * mask.shape[1])] = names.index(colour)
        mask[:ignored] = 255
        cv2.imwrite(str(path / "masks" / f"{number}.png"), mask)
    return path


@pytest.fixture
def scored(material, tmp_path):
    """Opens a project of masks with a benchmark of its own, run."""

    def make(**wanted):
        folder = masked(tmp_path / "set", **wanted)
        project = makers.empty_project(
            tmp_path / "p.fieldcheck", material / "mask.onnx", benchmark=folder
        )
        run_and_score(project, None, "benchmark", NullProgress(), makers.NOW)
        return project

    return make


def test_masks_that_agree_score_one_and_say_that_there_is_no_spread(scored):
    with scored() as project:
        found = load_mask_scores(project)
    assert (found.n, found.missing, found.mean_iou.value) == (12, "", 1.0)
    assert found.mean_iou.without_spread
    assert not found.boundary_f.measured  # every class fills its images: there is no boundary
    assert [(row.name, row.n) for row in found.classes] == [("ground", 4), ("red", 4), ("blue", 4)]


def test_points_are_hit_where_half_of_the_area_is_wrong(scored):
    """A quarter of each image is an object that the model makes four times as large."""
    with scored(left=0.25) as project:
        found = load_mask_scores(project)
        (ran,) = run_and_score(project, None, "benchmark", NullProgress(), makers.NOW)
    assert ran.score.value == 1.0
    by_name = {row.name: row.iou.value for row in found.classes}
    # ground: four images whole, and three quarters of eight others that the model calls objects
    assert by_name == {
        "ground": pytest.approx(4 / 10),
        "red": pytest.approx(0.25),
        "blue": pytest.approx(0.25),
    }
    assert found.mean_iou.value == pytest.approx(0.3)
    # a boundary in the label and none in the prediction
    assert {row.boundary_f.value for row in found.classes if row.boundary_f.measured} == {0.0}


def test_pixels_that_nobody_judged_are_left_out(scored):
    with scored(ignored=20) as project:
        found = load_mask_scores(project)
    assert found.mean_iou.value == 1.0
    assert not found.boundary_f.measured  # no outline against pixels that nobody judged


def test_a_class_that_the_model_lacks_is_a_wrong_prediction_of_another(scored):
    with scored(names=("background", "red", "green", "blue")) as project:
        found = load_mask_scores(project)
    assert [row.name for row in found.classes] == ["ground", "red", "blue"]
    by_name = {row.name: row.iou.value for row in found.classes}
    # what is green in the label is ground to the model, and nothing is ground in the label
    assert by_name == {"ground": 0.0, "red": 1.0, "blue": 1.0}


def test_without_masks_the_reason_stands_instead(scored, material, tmp_path):
    with scored() as project:
        shutil.rmtree(tmp_path / "set" / "masks")
        assert load_mask_scores(project).missing == "gone"
        (tmp_path / "points").mkdir()
        rows = ["file,class,x,y"]
        for number, colour in enumerate(makers.cycle(6)):
            makers.save_picture(tmp_path / "points" / f"{number}.png", colour, number)
            rows.append(f"{number}.png,red,5,5" if colour == "red" else f"{number}.png,,,")
        (tmp_path / "points" / "labels.csv").write_text("\n".join(rows) + "\n")
        set_benchmark(project, read_benchmark(tmp_path / "points", None, None))
        run_and_score(project, None, "benchmark", NullProgress(), makers.NOW)
        found = load_mask_scores(project)
    assert (found.missing, found.n, found.classes) == ("points_only", 0, ())
    assert found.mean_iou == Estimate.not_measured("points_only")


def write_coco_twin(folder, out, spoil=lambda document: None):
    """The same images and pixels as a COCO file: outlines of red, packed runs of blue, and runs in
    a list where the mask is not of one piece."""
    shutil.copytree(folder / "images", out / "val")
    names = (folder / "classes.txt").read_text().split()[1:]
    images, annotations = [], []
    for number, path in enumerate(sorted((out / "val").iterdir()), 1):
        mask = cv2.imread(str(folder / "masks" / path.name), cv2.IMREAD_UNCHANGED)
        height, width = mask.shape
        images.append({"id": number, "file_name": path.name, "height": height, "width": width})
        for index in sorted(set(mask.ravel().tolist()) - {0}):
            right = int((mask == index).any(0).sum())
            outline = [[0, 0, right, 0, right, height, 0, height]]
            runs = {"size": [height, width], "counts": [0, right * height]}
            runs["counts"] += [height * (width - right)] if right < width else []
            annotations.append({
                "id": len(annotations) + 1, "image_id": number, "category_id": index,
                "bbox": [0, 0, right, height], "area": right * height, "iscrowd": index - 1,
                "segmentation": outline if index == 1 else runs,
            })  # fmt: skip
    (out / "annotations").mkdir()
    document = {
        "info": {"images_without_annotation": "empty"}, "images": images,
        "annotations": annotations,
        "categories": [{"id": k, "name": name} for k, name in enumerate(names, 1)],
    }  # fmt: skip
    spoil(document)
    path = out / "annotations" / "instances_val.json"
    path.write_text(json.dumps(document))
    return path


def rescore(project, path):
    set_benchmark(project, read_benchmark(path, None, None))
    run_and_score(project, None, "benchmark", NullProgress(), makers.NOW)
    return load_mask_scores(project)


def test_outlines_and_runs_of_a_coco_file_score_as_masks_do(scored, tmp_path):
    with scored(left=0.25) as project:
        by_folder = load_mask_scores(project)
        path = write_coco_twin(tmp_path / "set", tmp_path / "coco")
        other = path.with_name("instances_train.json")
        other.write_text(path.read_text().replace(".png", ".jpg"))
        by_file = rescore(project, path)
        path.unlink()
        gone = load_mask_scores(project)
    assert by_file == by_folder
    assert (by_file.n, by_file.mean_iou.value) == (12, pytest.approx(0.3))
    assert gone.missing == "gone", "the file of another part names other images"


def test_an_image_with_an_object_without_pixels_is_left_out(scored, tmp_path):
    def spoil(document):
        spoilt = ([], [[0, 0, 1e6, 0, 1e6, 1e6]], {"size": [3, 3], "counts": [0, 9]})
        document["annotations"] += [
            {**row, "id": 90 + at, "segmentation": outline}
            for at, (row, outline) in enumerate(zip(document["annotations"], spoilt, strict=False))
        ]
        document["images"][-1]["height"] = None

    with scored() as project:
        found = rescore(project, write_coco_twin(tmp_path / "set", tmp_path / "coco", spoil))
    assert (found.n, found.missing, found.mean_iou.value) == (8, "", 1.0)


def test_pixels_that_two_classes_claim_are_not_judged(scored, tmp_path):
    def spoil(document):
        first = document["annotations"][0]
        other = {1: 2, 2: 1}[first["category_id"]]
        document["annotations"].append({**first, "id": 99, "category_id": other})

    with scored() as project:
        path = write_coco_twin(tmp_path / "set", tmp_path / "coco", spoil)
        found = rescore(project, path)
    assert (found.n, found.mean_iou.value) == (12, 1.0)
    assert sum(row.n for row in found.classes) == 11, "one image shows no class any more"


def test_other_models_have_no_masks(labelled, pointed):
    assert load_mask_scores(labelled) is None
    assert load_mask_scores(pointed) is None  # no benchmark
