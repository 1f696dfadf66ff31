import pytest

from fieldcheck.ui.screens.help.blocks import HelpParagraph, HelpSteps
from fieldcheck.ui.screens.help.of_screens import about
from fieldcheck.ui.shell.actions_table import SCREENS


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
        about("bench")
