from fieldcheck.ui.screens.evidence.state import RunListState
from tests.ui.screens.evidence.test_session import LINES
from tests.ui.screens.evidence.test_view import view

__all__ = ["view"]


def test_the_row_that_is_looked_at_stays_and_another_one_is_told(view):
    page, chosen, pages = view.parts["runs"], [], RunListState()
    page.run_chosen.connect(chosen.append)
    pages.set_page(20, LINES)
    page.show_runs(pages.build_table(), pages.page_caption, 3)
    assert (page.table.currentIndex().row(), chosen) == (3, [])
    page.table.setCurrentIndex(page.table.lines.index(5, 1))
    assert chosen == [5]
    page.show_outcome(("The same digits.", "Version of onnxruntime: 1 saved, 2 now."))
    expected = ["The same digits.", "Version of onnxruntime: 1 saved, 2 now."]
    assert page.outcome.get_lines() == expected
    page.show_runs(None, "No run is stored yet.", 0)
    assert page.pages.current_page is page.placeholder
