import numpy as np
import pytest

from fieldcheck.domain.items import Facet, Items, get_benchmark_path, make_benchmark_subject


def test_a_benchmark_picture_has_a_name_among_frames():
    assert get_benchmark_path(make_benchmark_subject("ok/1.jpg")) == "ok/1.jpg"
    assert get_benchmark_path("0a-000001") == ""


def test_a_facet_of_one_value_each_leaves_out_rows_without_one():
    facet = Facet.from_codes(("a", "b"), np.array([1, -1, 0], np.int32))
    assert (facet.rows.tolist(), facet.codes.tolist()) == ([0, 2], [1, 0])
    assert Facet.make_empty().rows.size == 0


def test_columns_are_as_long_as_there_are_rows_and_not_writeable():
    with pytest.raises(ValueError, match="figures time of 2 rows"):
        Items(("a", "b"), {}, {"time": np.zeros(3)}, 2)
    with pytest.raises(ValueError, match="rows"):
        Facet(("a",), np.zeros(2, np.int32), np.zeros(1, np.int32))
    items = Items(("a", "b"), {}, {"time": np.zeros(2)}, 2)
    assert len(items) == 2
    with pytest.raises(ValueError, match="read-only"):
        items.figures["time"][0] = 1
