import pytest
from PySide6.QtGui import QAction, QImage

from fieldcheck.ui.screens.report.panel import PageImage
from fieldcheck.ui.screens.report.view import WHOLE, ReportView
from fieldcheck.ui.widgets.buttons import KeyButton


def sheet():
    page = QImage(91, 129, QImage.Format.Format_RGB32)
    page.fill("white")
    return PageImage(page, page)


@pytest.fixture
def view(look, shown):
    actions = {}

    def action(name):
        actions[name] = actions.get(name) or QAction(name)
        return actions[name], "X"

    return shown(ReportView(look, action), 1100, 600)


def test_every_page_is_listed_and_the_shown_one_is_marked(view):
    view.show_content()
    view.show_sheets([sheet(), sheet(), sheet()])
    view.show_page(2, "Page 3 of 3", "")
    assert [view.pages.item(at).text() for at in range(3)] == ["Page 1", "Page 2", "Page 3"]
    assert view.pages.currentRow() == 2
    assert view.count.text() == "Page 3 of 3"
    assert view.canvas.accessibleName() == "Page 3 of 3"


def test_a_page_is_wanted_by_the_list_only_when_a_person_chooses_it(view):
    told = []
    view.page_wanted.connect(told.append)
    view.show_sheets([sheet(), sheet()])
    view.show_page(0, "Page 1 of 2", "")
    assert told == []
    view.pages.setCurrentRow(1)
    assert told == [1]


def test_the_pages_that_are_there_stay_while_others_are_made(view):
    view.show_content()
    view.show_sheets([sheet()])
    view.show_page(0, "Page 1 of 1", "")
    view.show_busy(True)
    assert view.busy.isVisible()
    assert view.pages.count() == 1
    view.show_busy(False)
    assert not view.busy.isVisible()


def test_the_chosen_way_of_showing_is_marked_on_its_button(view):
    view.show_mode(WHOLE)
    assert view.whole.isChecked()
    assert not view.width_button.isChecked()
    assert view.canvas.mode == WHOLE


def test_without_a_project_a_sentence_and_a_button_are_shown(view):
    done = []
    view.show_empty("No project is open.", ["go.project"])
    assert not view.canvas.isVisible()
    (button,) = view.placeholder.findChildren(KeyButton)
    action, key = view._actions("go.project")
    action.triggered.connect(lambda: done.append(True))
    button.click()
    assert (done, key) == ([True], "X")


def test_until_the_first_pages_are_there_their_outline_stands_and_no_page_of_another_project(view):
    view.show_content()
    view.show_sheets([sheet()])
    view.show_page(0, "Page 1 of 1", "")
    view.show_sheets([])
    view.show_busy(True)
    assert view.middle.current_page == view.outline
    assert (view.pages.count(), view.count.text()) == (0, "")
    assert view.canvas.get_page_rect().isEmpty()
    view.show_sheets([sheet()])
    assert view.middle.current_page is view.canvas


def test_the_sections_are_left_for_the_outline_while_the_pages_are_made(view):
    view.show_content()
    view.toggle_form()
    view.show_busy(True)
    assert view.middle.current_page is view.form
    view.toggle_form()
    assert view.middle.current_page is view.outline
