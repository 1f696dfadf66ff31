import threading

import pytest

from fieldcheck.words import language
from fieldcheck.words.language import plural, text

SAID, SAGT = (
    "There is no act left to take back; everything stays as it is.",
    "Es gibt nichts mehr zurückzunehmen; alles bleibt, wie es ist.",
)


def test_english_stands_in_the_source():
    assert text(SAID) == SAID
    assert plural("{n} frame", "{n} frames", 1) == "{n} frame"
    assert plural("{n} frame", "{n} frames", 0) == "{n} frames"


def test_german_is_spoken_inside_the_block_only():
    with language.spoken("de"):
        assert language.current() == "de"
        assert text(SAID) == SAGT
    assert text(SAID) == SAID


def test_a_language_set_inside_the_block_ends_with_it_too():
    with language.spoken("de"):
        language.use("en")
        assert text(SAID) == SAID
    assert language.current() == "en"


def test_a_thread_does_not_change_the_language_of_another():
    with language.spoken("en"):
        thread = threading.Thread(target=language.use, args=("de",))
        thread.start()
        thread.join()
        assert text(SAID) == SAID


def test_a_language_without_a_catalogue_is_english():
    with language.spoken("tlh"):
        assert language.current() == "en"


def test_a_sentence_without_a_translation_stays_as_it_is():
    with language.spoken("de"):
        assert text("No such sentence anywhere.") == "No such sentence anywhere."


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "de_AT"}, "en"),
        ({"LC_MESSAGES": "de_CH"}, "de"),
    ],
)
def test_the_systems_language_is_read_from_its_settings(monkeypatch, variables, lang):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language.of_system() == lang
