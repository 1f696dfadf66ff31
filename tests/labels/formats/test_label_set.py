from pathlib import Path

import pytest

from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.labels.formats.label_set import (
    LabelSet,
    has_labels_for_task,
    list_losses,
    select_label_kind,
)


def test_every_item_has_a_name():
    with pytest.raises(ValueError, match="1 items with 0 names"):
        LabelSet("csv", Path(), ("a",), (BenchmarkItem("1.png", "a"),), ())


@pytest.mark.parametrize(
    ("item", "classification", "detection"),
    [
        (BenchmarkItem("1.png", "a"), True, False),
        (BenchmarkItem("1.png", boxes=(Box("a", 0, 0, 1, 1),)), False, True),
        (BenchmarkItem("1.png"), False, True),
    ],
)
def test_labels_fit_the_task_whose_answers_look_like_them(item, classification, detection):
    assert has_labels_for_task([item], "classification") == classification
    assert has_labels_for_task([item], "detection") == detection


@pytest.mark.parametrize(
    ("task", "of_class", "of_boxes"),
    [
        ("classification", True, False),
        ("anomaly", True, False),
        ("detection", False, True),
        ("instance", False, True),
        ("segmentation", False, False),
        ("multilabel", False, False),
    ],
)
def test_instances_are_labelled_in_boxes_and_no_file_holds_several_classes(
    task, of_class, of_boxes
):
    named = BenchmarkItem("1.png", "a")
    boxed = BenchmarkItem("2.png", boxes=(Box("a", 0, 0, 1, 1),))
    assert has_labels_for_task([named], task) == of_class
    assert has_labels_for_task([boxed], task) == of_boxes
    assert not has_labels_for_task([named, boxed], task)


def test_points_fit_maps_of_classes_and_an_outline_both_these_and_boxes():
    points, boxes = (Point("a", 1, 1),), (Box("a", 0, 0, 2, 2),)
    masked = BenchmarkItem("1.png", points=points)
    outlined = BenchmarkItem("2.png", boxes=boxes, points=points)
    empty = BenchmarkItem("3.png")
    assert has_labels_for_task([masked, outlined, empty], "segmentation")
    assert not has_labels_for_task([masked, outlined], "detection")
    assert select_label_kind([outlined], "points") == (BenchmarkItem("2.png", points=points),)
    assert select_label_kind([outlined], "boxes") == (BenchmarkItem("2.png", boxes=boxes),)
    assert outlined.names == masked.names == ("a",)


def test_only_what_was_lost_is_told():
    assert list_losses({"turned": 2, "specks": 0, "masks": 1}) == (("masks", 1), ("turned", 2))
