import pytest

from fieldcheck.i18n import language
from fieldcheck.ui.shell.shortcuts import GLOBAL, ActionSpec


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ((), ""),
        (("Ctrl+Return",), "Ctrl+Enter"),
        (("Alt+Shift+Left",), "Alt+Shift+←"),
        (("Ctrl++", "Ctrl+="), "Ctrl++"),
        (("PgDown",), "PgDn"),
        (("Backspace",), "⌫"),
    ],
)
def test_the_first_key_is_written_as_it_stands_on_a_keyboard(keys, shown):
    assert ActionSpec("one", "One", keys).shown_key == shown


def test_keys_are_named_as_in_the_language_that_is_spoken():
    with language.use_language("de"):
        assert ActionSpec("primary", "", ("Ctrl+Return",)).shown_key == "Strg+Enter"


def test_an_action_without_a_screen_is_valid_everywhere():
    assert ActionSpec("quit", "Quit").screen == GLOBAL
