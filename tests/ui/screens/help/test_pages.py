import pytest

from fieldcheck.ui.screens.help.blocks import HelpParagraph, HelpSteps, Keys, Links
from fieldcheck.ui.screens.help.pages import GLOSSARY, KEYS, NUMBERS, about, pages
from fieldcheck.ui.shell.actions_table import SCREENS, table
from fieldcheck.words import language

ALL = {page.name: page for page in pages(table())}


def shown(page):
    return [pair for block in page.blocks if isinstance(block, Keys) for pair in block.pairs]


def test_every_screen_has_a_page_and_so_have_the_numbers_the_words_and_the_keys():
    assert list(ALL) == [*(name for name in SCREENS if name != "help"), NUMBERS, GLOSSARY, KEYS]


def test_the_key_sheet_holds_every_key_of_the_table():
    assert sorted(shown(ALL[KEYS])) == sorted((entry.shown_key, entry.text) for entry in table() if entry.keys)


@pytest.mark.parametrize("name", ["label", "report", "stress"])
def test_a_screens_page_has_its_own_keys_and_no_others(name):
    assert shown(ALL[name]) == [(entry.shown_key, entry.text) for entry in table() if entry.screen == name and entry.keys]


def test_links_lead_to_pages_that_there_are():
    targets = {name for page in ALL.values() for block in page.blocks if isinstance(block, Links) for name, _ in block.pages}
    assert targets == {NUMBERS, GLOSSARY, KEYS}


def test_pages_are_made_in_the_language_that_is_spoken():
    with language.spoken("xx"):
        assert {page.name: page.title for page in pages(table())}["report"] == language.pseudo("Report")


@pytest.mark.parametrize("screen", [name for name in SCREENS if name != "help"])
def test_a_page_says_what_a_screen_is_for_and_what_to_do_in_few_sentences(screen):
    blocks = about(screen)
    assert isinstance(blocks[0], HelpParagraph)
    steps = [block for block in blocks if isinstance(block, HelpSteps)]
    assert len(steps) == 1
    assert 2 <= len(steps[0].said) <= 4
    for said in (blocks[0].said, *steps[0].said):
        assert said.endswith(".")
        assert len(said) < 200


def test_a_screen_that_there_is_not_has_no_page():
    with pytest.raises(KeyError):
        about("workshop")
