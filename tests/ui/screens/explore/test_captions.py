import pytest

from fieldcheck.analyses.item_columns import load_items
from fieldcheck.analyses.similar_items import set_tags
from fieldcheck.ui.screens.explore import items as captions


@pytest.fixture
def items(labelled):
    set_tags(labelled, ["benchmark:red/000.png"], add=["odd"])
    return load_items(labelled)[0]


def test_a_benchmark_picture_says_where_it_lies_and_that_it_is_one(items):
    row = items.subjects.index("benchmark:red/000.png")
    tile = captions.build_tile(items, row)
    assert (tile.first, tile.second.split()[:2]) == ("red", ["→", "blue"])
    assert (tile.badge, tile.sign) == ("B", "▲")
    assert ("Benchmark image", "red/000.png") in captions.list_facts(items, row)
    assert ("Tag", "odd") in captions.list_facts(items, row)


def test_a_frame_without_a_label_says_where_and_when_it_was_taken(items):
    row = next(
        at for at in range(items.n_frames) if not captions.list_facet_values(items, "class", at)
    )
    assert captions.build_tile(items, row).first == "left"
    assert captions.format_timestamp(items, row).startswith("2026-03-01 08:0")
    assert ("Location", "line 1") in captions.list_facts(items, row)


def test_the_description_holds_all_of_it(items):
    row = items.subjects.index("benchmark:red/000.png")
    assert all(
        value in captions.describe_row(items, row) for _, value in captions.list_facts(items, row)
    )
