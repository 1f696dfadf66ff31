from PySide6.QtCore import Qt

from fieldcheck.ui.screen import list_actions
from fieldcheck.ui.screens.help.presenter import HelpPresenter


class FakeView:
    def __init__(self):
        self.titles, self.open = [], ""

    def show_list(self, pages):
        self.titles = [page.title for page in pages]

    def show_page(self, at, page):
        self.open = page.name
        assert self.titles[at] == page.title


class FakeHeader:
    def show_head(self, head):
        self.head = head


def made(kept):
    view = FakeView()
    return view, HelpPresenter(view, list_actions(), kept, FakeHeader())


def test_help_opens_at_the_screen_that_was_left_for_it_once():
    kept = {"before": "label"}
    view, presenter = made(kept)
    presenter.enter()
    assert view.open == "label"
    presenter.show_page("numbers")
    presenter.enter()
    assert view.open == "numbers", "pressing the key again does not lose the page"


def test_the_page_is_open_again_after_everything_was_built_anew():
    kept = {}
    made(kept)[1].show_page("glossary")
    view, presenter = made(kept)
    presenter.enter()
    assert view.open == "glossary"


def test_a_screen_without_a_page_gives_the_first_one():
    view, presenter = made({"before": "fleet"})
    presenter.enter()
    assert view.open == "project"


def test_f1_shows_the_help_for_the_screen(window, press):
    window.show_screen("settings")
    press(Qt.Key.Key_F1)
    assert window.current_screen == "help"
    assert window.get_shown_screen().view.page.accessibleName() == "Help: Settings"
