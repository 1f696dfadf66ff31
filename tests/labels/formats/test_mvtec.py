import numpy as np
import pytest
from PIL import Image

from fieldcheck.errors.labels import LabelsRefused
from fieldcheck.labels.formats.label_format import PartWish
from fieldcheck.labels.formats.registry import read_labels
from fieldcheck.models.benchmark import check_benchmark, read_benchmark_with_receipt


@pytest.fixture
def bottle(tmp_path):
    """One object as MVTec ships it: 3 good images for training, 2 good and 3 with defects for the
    test, one mask missing."""
    root = tmp_path / "bottle"
    for name in ("train/good/000", "train/good/001", "train/good/002", "test/good/000", "test/good/001", "test/crack/000", "test/crack/001",
                 "test/dent/000"):  # fmt: skip
        path = root / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 30)).save(path)
    for name, regions in (("crack/000", ((2, 2), (20, 20))), ("dent/000", ((10, 5),))):
        mask = np.zeros((30, 40), np.uint8)
        for x, y in regions:
            mask[y : y + 4, x : x + 6] = 255
        path = root / "ground_truth" / f"{name}_mask.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(mask).save(path)
    (root / "license.txt").write_text("CC")
    return root


def test_the_test_part_is_read_by_class_with_its_masks(bottle):
    found = read_labels(bottle)
    assert found.format == "mvtec"
    assert (found.skipped.part, found.classes) == ("test", ("good", "crack", "dent"))
    assert [(item.path, item.class_name, len(item.points)) for item in found.items] == [
        ("test/crack/000.png", "crack", 2), ("test/crack/001.png", "crack", 0), ("test/dent/000.png", "dent", 1),
        ("test/good/000.png", "good", 0), ("test/good/001.png", "good", 0),
    ]  # fmt: skip
    assert dict(found.skipped.losses) == {"masks": 3, "unmasked": 1}
    point = found.items[2].points[0]
    assert 10 <= point.x < 16
    assert 5 <= point.y < 9


def test_the_training_part_is_read_only_where_it_is_named(bottle):
    found = read_labels(bottle, wish=PartWish("train"))
    assert {item.class_name for item in found.items} == {"good"}
    assert (len(found.items), found.skipped.part) == (3, "train")


def test_several_objects_are_asked_and_the_only_one_is_entered(bottle):
    assert read_labels(bottle.parent).root == bottle
    Image.new("RGB", (4, 3)).save(bottle.parent / "x.png")
    other = bottle.parent / "cable" / "test" / "good"
    other.mkdir(parents=True)
    (bottle.parent / "cable" / "ground_truth").mkdir()
    with pytest.raises(LabelsRefused) as caught:
        read_labels(bottle.parent)
    assert (caught.value.problem, caught.value.detail) == ("several", "bottle, cable")


def test_a_model_that_gives_masks_is_held_to_the_masks_and_a_classifier_to_the_classes(bottle):
    benchmark, _ = read_benchmark_with_receipt(bottle, None, None, None, strict=False)
    masks = check_benchmark(benchmark, "segmentation", ("crack", "dent")).benchmark
    assert [(item.path, item.class_name, len(item.points)) for item in masks.items] == [
        ("test/crack/000.png", "", 2), ("test/dent/000.png", "", 1), ("test/good/000.png", "", 0), ("test/good/001.png", "", 0),
    ]  # fmt: skip
    classes = check_benchmark(benchmark, "classification", ("good", "crack", "dent")).benchmark
    assert [item.class_name for item in classes.items] == ["crack", "crack", "dent", "good", "good"]


def test_a_mask_that_cannot_be_read_is_refused_by_name(bottle):
    (bottle / "ground_truth" / "dent" / "000_mask.png").write_bytes(b"no image")
    with pytest.raises(LabelsRefused) as caught:
        read_labels(bottle)
    assert (caught.value.reason, caught.value.detail) == ("mask", "ground_truth/dent/000_mask.png")


def test_the_receipt_counts_images_by_class_and_not_their_masks(bottle):
    _, receipt = read_benchmark_with_receipt(bottle, None, None, None, strict=False)
    assert dict(receipt.per_class) == {"good": 2, "crack": 2, "dent": 1}
