from pathlib import Path

import pytest

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.exchange.label_set import LabelSet


def test_every_item_has_a_name():
    with pytest.raises(ValueError, match="1 items with 0 names"):
        LabelSet("csv", Path(), ("a",), (BenchmarkItem("1.png", "a"),), ())
