"""Exported labels in labelme, and its published examples in the product."""

import os
from pathlib import Path

import pytest

from fieldcheck.labels.formats.registry import read_labels
from tests.peers.sets import gone_through, pointed, written

# folder → format, pictures, boxes, points, classes of whole pictures, and what was passed over or
# became less
PUBLISHED = {
    "bbox_detection/data_annotated": ("labelme", 3, 9, 0, 0, {}),
    "bbox_detection/data_dataset_voc": ("voc", 3, 9, 0, 0, {}),
    "classification/data_annotated": ("labelme", 2, 0, 0, 2, {}),
    "instance_segmentation/data_annotated": ("labelme", 3, 12, 16, 0, {"masks": 16, "ignored": 2}),
    "instance_segmentation/data_dataset_coco": ("coco", 3, 12, 16, 0, {"masks": 12}),
    "instance_segmentation/data_dataset_voc": (
        "masks", 3, 0, 13, 0, {"masks": 13, "not_judged": 2, "specks": 1},
    ),
    "primitives": ("labelme", 1, 4, 3, 0, {"masks": 2, "shapes": 3}),
    "semantic_segmentation/data_annotated": ("labelme", 3, 16, 16, 0, {"masks": 16, "ignored": 2}),
    "semantic_segmentation/data_dataset_voc": (
        "masks", 3, 0, 13, 0, {"masks": 13, "not_judged": 2, "specks": 1},
    ),
    "tutorial/apc2016_obj3.json": ("labelme", 1, 4, 4, 0, {"masks": 4}),
    "video_annotation/data_annotated": ("labelme", 5, 15, 15, 0, {"masks": 15}),
}  # fmt: skip


@pytest.fixture(scope="module")
def published():
    """The examples of its source package."""
    place = Path(os.environ.get("FIELDCHECK_PEERS", "nowhere"))
    found = place / "labelme" / "published" / "examples"
    if not found.is_dir():
        pytest.skip("only in the share of peers: packaging/test.sh --peers labelme")
    return found


def boxes_of(folder):
    return {
        Path(item.path).stem: [[one.class_name, one.x, one.y, one.w, one.h] for one in item.boxes]
        for item in read_labels(folder).items
    }


def test_labelme_reads_every_box(ask_peer, tmp_path):
    truth = written(tmp_path, "labelme")
    gone_through(ask_peer("labelme", tmp_path), truth, 1e-9)


def test_it_reads_every_point(ask_peer, tmp_path):
    truth = pointed(tmp_path, "labelme")
    gone_through(ask_peer("labelme", tmp_path), truth, 1e-9)


@pytest.mark.parametrize("folder", PUBLISHED)
def test_its_published_examples_are_read_to_the_last_shape(published, folder):
    found = read_labels(published / folder)
    points = sum(len(item.points) for item in found.items)
    counted = (sum(len(item.boxes) for item in found.items), points)
    named = sum(bool(item.class_name) for item in found.items)
    actual = (found.format, len(found.items), *counted, named, dict(found.skipped.losses))
    assert actual == PUBLISHED[folder]


def test_they_say_the_same_in_its_own_files_and_in_what_its_converters_made_of_them(published):
    voc = boxes_of(published / "bbox_detection/data_dataset_voc")
    gone_through(boxes_of(published / "bbox_detection/data_annotated"), voc, 1.01)
    coco = boxes_of(published / "instance_segmentation/data_dataset_coco")
    gone_through(boxes_of(published / "instance_segmentation/data_annotated"), coco, 1.01)
