from html.parser import HTMLParser

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest

from fieldcheck.i18n import language
from fieldcheck.ui.colours_and_high_contrast import DARK
from fieldcheck.ui.screens import SCREENS, list_actions
from fieldcheck.ui.screens.help.presenter import (
    GLOSSARY,
    KEYS,
    NUMBERS,
    UPDATE,
    HelpHeading,
    HelpKeys,
    HelpLinks,
    HelpPage,
    HelpPanel,
    HelpParagraph,
    HelpPresenter,
    HelpSteps,
    HelpTerms,
    HelpView,
    build_pages,
    build_screen_help,
    build_style_sheet,
    render_html,
)
from fieldcheck.ui.theme import Metrics


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


def get_panel(window):
    (panel,) = [one for one in window.findChildren(HelpPanel) if one.isVisible()]
    return panel


@pytest.mark.long
def test_f1_shows_the_help_beside_the_screen_until_escape(window, press):
    window.show_screen("settings")
    press(Qt.Key.Key_F1)
    assert window.current_screen == "settings"
    panel = get_panel(window)
    assert panel.page.accessibleName() == "Help: Settings"
    assert "If words are cut or too small" in panel.page.toPlainText()
    around = panel.parentWidget()
    assert around.width() == 360
    assert around.geometry().right() <= window.central.width()
    press(Qt.Key.Key_Escape)
    assert window.overlays.kind == ""
    assert window.current_screen == "settings"


@pytest.mark.long
def test_the_help_beside_a_screen_follows_the_screen_and_the_window(window, press):
    window.show_screen("settings")
    press(Qt.Key.Key_F1)
    window.show_screen("project")
    panel = get_panel(window)
    assert panel.page.accessibleName() == "Help: Project"
    window.resize(1200, 600)
    assert panel.parentWidget().geometry().right() == window.central.width() - 9
    panel.page.anchorClicked.emit(QUrl("help:glossary"))
    assert panel.page.accessibleName() == "Help: Glossary"
    panel.everything.click()
    assert (window.current_screen, window.overlays.kind) == ("help", "")
    press(Qt.Key.Key_Escape)
    assert window.current_screen == "project"


def test_a_press_beside_the_help_leaves_it_open_and_f1_closes_it(window, press):
    window.show_screen("settings")
    press(Qt.Key.Key_F1)
    QTest.mouseClick(window.get_shown_screen().view, Qt.MouseButton.LeftButton)
    assert window.overlays.kind == "help"
    press(Qt.Key.Key_F1)
    assert window.overlays.kind == ""


def test_a_page_is_found_by_its_words_and_enter_opens_the_first(window, press, qtbot):
    window.show_screen("help")
    view = window.get_shown_screen().view
    view.search.setText("escape key or whatever no page has")
    assert view.nothing.isVisible()
    assert all(view.list.item(at).isHidden() for at in range(view.list.count()))
    view.search.setText("SUPERVISED trial")
    left = [
        view.list.item(at).text()
        for at in range(view.list.count())
        if not view.list.item(at).isHidden()
    ]
    assert "Understanding the results" in left
    assert not view.nothing.isVisible()
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    assert view.page.accessibleName() == f"Help: {left[0]}"
    view.search.clear()
    assert not any(view.list.item(at).isHidden() for at in range(view.list.count()))


ALL = {page.name: page for page in build_pages(list_actions())}


def shown(page):
    return [pair for block in page.blocks if isinstance(block, HelpKeys) for pair in block.pairs]


def test_every_screen_has_a_page_and_so_have_the_numbers_the_words_and_the_keys():
    assert list(ALL) == [
        *(name for name in SCREENS if name != "help"),
        NUMBERS,
        GLOSSARY,
        UPDATE,
        KEYS,
    ]


def test_the_key_sheet_holds_every_key_of_the_table():
    actual = sorted(shown(ALL[KEYS]))
    assert actual == sorted((entry.shown_key, entry.text) for entry in list_actions() if entry.keys)


@pytest.mark.parametrize("name", ["label", "report", "stress"])
def test_a_screens_page_has_its_own_keys_and_no_others(name):
    assert shown(ALL[name]) == [
        (entry.shown_key, entry.text)
        for entry in list_actions()
        if entry.screen == name and entry.keys
    ]


def test_links_lead_to_pages_that_there_are():
    targets = {
        name
        for page in ALL.values()
        for block in page.blocks
        if isinstance(block, HelpLinks)
        for name, _ in block.pages
    }
    assert targets == {NUMBERS, GLOSSARY, UPDATE, KEYS}


def test_pages_are_made_in_the_language_that_is_spoken():
    with language.use_language("xx"):
        actual = {page.name: page.title for page in build_pages(list_actions())}["report"]
        assert actual == language.pseudo_translate("Report")


@pytest.mark.parametrize("screen", [name for name in SCREENS if name != "help"])
def test_a_page_says_what_a_screen_is_for_and_what_to_do_in_few_sentences(screen):
    blocks = build_screen_help(screen)
    assert isinstance(blocks[0], HelpParagraph)
    steps = [block for block in blocks if isinstance(block, HelpSteps)]
    assert len(steps) == 1
    assert 2 <= len(steps[0].steps) <= 4
    for said in (blocks[0].text, *steps[0].steps):
        assert said.endswith(".")
        assert len(said) < 200


def test_a_screen_that_there_is_not_has_no_page():
    with pytest.raises(KeyError):
        build_screen_help("workshop")


BLOCKS = (
    HelpHeading("A & B"), HelpParagraph("below <1%"), HelpSteps(("first", "second")),
    HelpTerms((("Gap", "a difference"),)), HelpKeys((("Ctrl+<", "smaller"),)),
    HelpLinks((("numbers", "Understanding the results"),)),
)  # fmt: skip


def read(source):
    found = []
    parser = HTMLParser()
    parser.handle_data = found.append
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(source)
    return found


def test_every_word_of_a_page_is_shown_as_it_is():
    found = read(render_html(HelpPage("x", "Title", BLOCKS)))
    for said in (
        "Title", "A & B", "below <1%", "first", "second", "Gap", "a difference", "Ctrl+<",
        "smaller", "Understanding the results",
    ):  # fmt: skip
        assert said in found
    assert [part[0] for part in found if isinstance(part, tuple)].count("li") == 2


def test_links_lead_to_other_pages_only():
    links = [
        part[1]["href"]
        for part in read(render_html(HelpPage("x", "Title", BLOCKS)))
        if isinstance(part, tuple) and part[0] == "a"
    ]
    assert links == ["help:numbers"]


def test_the_style_follows_theme_and_size():
    assert f"color: {DARK.accent}" in build_style_sheet(DARK, Metrics())
    assert ".title { font-size: 33px" in build_style_sheet(DARK, Metrics(percent=150))


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


def test_the_help_of_stress_lists_faults_of_the_line_how_they_look_and_what_shows_them():
    text = " ".join(str(block) for block in build_screen_help("stress"))
    assert "Camera and transmission faults" in text
    assert "An image buffer read while it is written" in text
    assert "The lower part lags behind the upper part → Tearing" in text
    assert "Camera and transmission faults" not in " ".join(
        str(one) for one in build_screen_help("label")
    )
