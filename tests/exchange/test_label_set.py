from pathlib import Path

import pytest

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.domain.box import Box
from fieldcheck.exchange.label_set import LabelSet, fits


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
    assert (fits([item], "classification"), fits([item], "detection")) == (classification, detection)


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
def test_instances_are_labelled_in_boxes_and_no_file_holds_points_or_several_classes(task, of_class, of_boxes):
    named, boxed = BenchmarkItem("1.png", "a"), BenchmarkItem("2.png", boxes=(Box("a", 0, 0, 1, 1),))
    assert (fits([named], task), fits([boxed], task)) == (of_class, of_boxes)
    assert not fits([named, boxed], task)
