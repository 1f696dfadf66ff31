import numpy as np
import pytest

from fieldcheck.analyses.item_columns import load_items
from fieldcheck.domain.project_state import Changes
from fieldcheck.models.embeddings import set_tags
from fieldcheck.ui.screens.explore import items as captions
from fieldcheck.ui.screens.explore.items import (
    ItemStore,
    LazySubjectNames,
    read_image,
    read_thumbnails,
)


@pytest.fixture
def items(labelled):
    set_tags(labelled, ["benchmark:red/000.png"], add=["odd"])
    return load_items(labelled)[0]


def test_a_benchmark_picture_says_where_it_lies_and_that_it_is_one(items):
    row = items.subjects.index("benchmark:red/000.png")
    tile = captions.build_tile(items, row)
    assert (tile.first, tile.second, tile.alarm) == ("red →", "blue", True)
    assert (tile.badge, tile.sign) == ("B", "▲")
    assert float(tile.mark) > 0
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
    facts = captions.list_facts(items, row)
    assert all(value in captions.describe_row(items, row) for _, value in facts)


def test_a_frame_shows_what_the_model_gets_of_it(labelled, qapp, items):
    images = captions.read_frame_images(labelled, items.subjects[0], None)
    assert images.frame.width() == 64
    assert not images.model_input.isNull()
    assert images.nearest.isNull()
    left, top, right, bottom = images.crop
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    assert captions.read_frame_images(labelled, "nobody", None).frame.isNull()


def test_frames_and_benchmark_pictures_have_small_ones_and_whole_ones(labelled, qapp):
    from fieldcheck.analyses.item_columns import load_items

    first = load_items(labelled)[0].subjects[0]
    found = read_thumbnails(
        labelled, [first, "benchmark:red/000.png", "benchmark:gone.png", "nobody"]
    )
    assert set(found) == {first, "benchmark:red/000.png"}
    assert read_image(labelled, first).width() == 64
    assert read_image(labelled, "benchmark:red/000.png").height() == 48
    assert read_image(labelled, "benchmark:../../etc/passwd") is None
    assert read_image(labelled, "nobody") is None


def test_rows_are_named_without_a_list_of_them():
    rows = LazySubjectNames(("a", "b", "c"), np.array([2, 0], np.int32))
    assert (len(rows), rows[0], rows[-1], rows[0:2]) == (2, "c", "a", ["c", "a"])


@pytest.mark.long
def test_nothing_is_read_twice_while_nothing_changed(window, explore, folder, settle):
    explore(folder("labelled"))
    came = []
    shelf = ItemStore(window.context, None, lambda: came.append(1))
    for _ in range(3):
        shelf.load_items()
        settle()
    assert (len(came), len(shelf.items)) == (1, 138)
    shelf.invalidate(Changes("job"))
    shelf.load_items()
    settle()
    assert len(came) == 1
    shelf.invalidate(Changes("tag.set", frozenset({"tag"})))
    shelf.load_items()
    settle()
    assert len(came) == 2
    assert shelf.get_order("confidence", True).size == shelf.get_order("", False).size == 138
    shelf.invalidate(Changes("project.opened"))
    assert shelf.items is None


@pytest.mark.long
def test_the_first_page_of_a_long_list_comes_first(window, explore, folder, settle, monkeypatch):
    explore(folder("labelled"))
    monkeypatch.setattr("fieldcheck.ui.screens.explore.items.QUICK", 0)
    seen = []
    shelf = ItemStore(
        window.context, None, lambda: seen.append((len(shelf.first), shelf.items is not None))
    )
    shelf.load_items()
    settle()
    assert seen[-1] == (0, True)
    assert all(n == 120 for n, whole in seen[:-1] if not whole)
