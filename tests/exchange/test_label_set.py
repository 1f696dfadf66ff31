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
