import numpy as np

from tests.ui.screens.evidence.test_view import view

__all__ = ["view"]


def test_each_answer_stands_over_the_frame_and_none_where_nobody_differs(view):
    page = view.parts["people"]
    page.show_conflict("Conflict 1 of 1; resolved: 0.", ("red (me)", "blue (you)"))
    page.show_frame(np.zeros((30, 40, 3), np.uint8), ((), ()))
    assert [one.title for one in page.views] == ["red (me)", "blue (you)"]
    page.show_frame(None, ((), ()))
    assert page.views[0].get_frame_rect().isEmpty()
    page.show_nothing("No label conflicts.")
    assert page.pages.current_page is page.placeholder
