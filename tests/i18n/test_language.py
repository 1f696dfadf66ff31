import threading

import pytest

from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr, tr_plural

SAID, SAGT = (
    "Nothing to undo. Nothing was changed.",
    "Nichts rückgängig zu machen. Es wurde nichts geändert.",
)


def test_english_stands_in_the_source():
    assert tr(SAID) == SAID
    assert tr_plural("{n} frame", "{n} frames", 1) == "{n} frame"
    assert tr_plural("{n} frame", "{n} frames", 0) == "{n} frames"


def test_german_is_spoken_inside_the_block_only():
    with language.use_language("de"):
        assert language.get_language() == "de"
        assert tr(SAID) == SAGT
    assert tr(SAID) == SAID


def test_a_language_set_inside_the_block_ends_with_it_too():
    with language.use_language("de"):
        language.set_language("en")
        assert tr(SAID) == SAID
    assert language.get_language() == "en"


def test_a_thread_does_not_change_the_language_of_another():
    with language.use_language("en"):
        thread = threading.Thread(target=language.set_language, args=("de",))
        thread.start()
        thread.join()
        assert tr(SAID) == SAID


def test_a_language_without_a_catalogue_is_english():
    with language.use_language("tlh"):
        assert language.get_language() == "en"


def test_a_sentence_without_a_translation_stays_as_it_is():
    with language.use_language("de"):
        assert tr("No such sentence anywhere.") == "No such sentence anywhere."


@pytest.mark.parametrize(("variables", "lang"), [
    ({"LANG": "de_DE.UTF-8"}, "de"),
    ({"LANG": "C.UTF-8"}, "en"),
    ({"LC_ALL": "en_GB.UTF-8", "LANG": "de_AT"}, "en"),
    ({"LC_MESSAGES": "de_CH"}, "de"),
])  # fmt: skip
def test_the_systems_language_is_read_from_its_settings(monkeypatch, variables, lang):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language.get_system_language() == lang


def test_the_pseudo_language_is_accented_and_two_fifths_longer_and_nobody_can_choose_it():
    assert "xx" not in language.LANGUAGES
    with language.use_language("xx"):
        assert language.get_language() == "xx"
        said = tr(SAID)
    letters = sum(letter.isalpha() for letter in SAID)
    assert len(said) >= len(SAID) + 0.4 * letters
    assert said.endswith(".")
    assert not set("aeiou") & set(said)
    assert language.pseudo_translate("OK") == "ÖÖĶ"


@pytest.mark.parametrize(
    "kept", ["{n}", "{value:.3f}", "%", "&", "`fieldcheck run`", "1234567890", "→ –"]
)
def test_the_pseudo_language_leaves_what_is_no_word(kept):
    assert f" {kept} " in language.pseudo_translate(f"Before it {kept} and after it.")


def test_the_pseudo_language_has_both_forms_of_a_plural_and_can_be_filled_in():
    with language.use_language("xx"):
        assert tr_plural("{n} frame", "{n} frames", 1).format(n=1).startswith("1 ")
        assert tr_plural("{n} frame", "{n} frames", 1) != tr_plural("{n} frame", "{n} frames", 2)


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("1", "1 Prozentpunkt"),
        ("−1", "−1 Prozentpunkt"),
        ("0", "0 Prozentpunkte"),
        ("11", "11 Prozentpunkte"),
        ("1,0", "1,0 Prozentpunkte"),
    ],
)
def test_a_difference_of_one_point_is_in_the_singular(figure, said):
    language.set_language("de")
    assert language.tr_points("{points} pp", figure).format(points=figure) == said
    language.set_language("en")
    assert language.tr_points("{points} pp", figure).format(points=figure) == f"{figure} pp"
