import numpy as np

from fieldcheck.domain.project_state import Changes
from fieldcheck.ui.screens.explore.items import ItemStore, LazySubjectNames


def test_rows_are_named_without_a_list_of_them():
    rows = LazySubjectNames(("a", "b", "c"), np.array([2, 0], np.int32))
    assert (len(rows), rows[0], rows[-1], rows[0:2]) == (2, "c", "a", ["c", "a"])


def test_nothing_is_read_twice_while_nothing_changed(window, explore, folder, settle):
    explore(folder("labelled"))
    came = []
    shelf = ItemStore(window.context, lambda: came.append(1))
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


def test_of_a_long_list_the_first_page_comes_before_the_rest(
    window, explore, folder, settle, monkeypatch
):
    explore(folder("labelled"))
    monkeypatch.setattr("fieldcheck.ui.screens.explore.items.QUICK", 0)
    seen = []
    shelf = ItemStore(
        window.context, lambda: seen.append((len(shelf.first), shelf.items is not None))
    )
    shelf.load_items()
    settle()
    assert seen[-1] == (0, True)
    assert all(n == 120 for n, whole in seen[:-1] if not whole)
