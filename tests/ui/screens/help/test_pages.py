import pytest

from fieldcheck.i18n import language
from fieldcheck.ui.screen import SCREENS, list_actions
from fieldcheck.ui.screens.help.presenter import (
    GLOSSARY,
    KEYS,
    NUMBERS,
    HelpKeys,
    HelpLinks,
    HelpParagraph,
    HelpSteps,
    build_pages,
    build_screen_help,
)

ALL = {page.name: page for page in build_pages(list_actions())}


def shown(page):
    return [pair for block in page.blocks if isinstance(block, HelpKeys) for pair in block.pairs]


def test_every_screen_has_a_page_and_so_have_the_numbers_the_words_and_the_keys():
    assert list(ALL) == [*(name for name in SCREENS if name != "help"), NUMBERS, GLOSSARY, KEYS]


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
    assert targets == {NUMBERS, GLOSSARY, KEYS}


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
