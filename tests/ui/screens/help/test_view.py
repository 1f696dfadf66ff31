import pytest
from PySide6.QtCore import QUrl

from fieldcheck.ui.screens.help.presenter import HelpPage, HelpParagraph, HelpView

PAGES = (
    HelpPage("label", "Label", (HelpParagraph("One key a frame."),)),
    HelpPage("report", "Report", (HelpParagraph("Verdict first."),)),
)


@pytest.fixture
def view(look, qtbot):
    made = HelpView(look)
    qtbot.addWidget(made)
    made.show_list(PAGES)
    made.told = []
    made.page_requested.connect(made.told.append)
    return made


def test_a_page_is_shown_and_marked_in_the_list_and_nobody_is_told(view):
    view.show_page(1, PAGES[1])
    assert view.list.currentItem().text() == "Report"
    assert "Verdict first." in view.page.toPlainText()
    assert view.page.accessibleName() == "Help: Report"
    assert view.told == []


def test_a_page_is_wanted_by_the_list_and_by_a_link(view):
    view.show_page(0, PAGES[0])
    view.list.setCurrentRow(1)
    view.page.anchorClicked.emit(QUrl("help:label"))
    assert view.told == ["report", "label"]


def test_nothing_is_fetched(view):
    assert not view.page.openLinks()
    assert not view.page.openExternalLinks()
