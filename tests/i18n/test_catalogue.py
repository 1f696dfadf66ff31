import ast
import gettext
import importlib.util
import re
import string
import threading
from pathlib import Path

import pytest

from fieldcheck.i18n import language
from fieldcheck.i18n.language import msgid, tr, tr_plural

CHECKOUT = Path(__file__).parents[2]


def load_tool():
    path = CHECKOUT / "packaging" / "translate.py"
    spec = importlib.util.spec_from_file_location("translate", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


translate = load_tool()
FOLDERS = translate.folders()


def forms(message):
    """The English forms of a sentence and the translated ones, as two tuples."""
    english = message.id if message.pluralizable else (message.id,)
    return tuple(english), message.string if message.pluralizable else (message.string,)


def sentences(folder):
    return [message for message in translate.read(folder) if message.id]


def placeholders(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.parent.name)
def folder(request):
    return request.param


def test_german_is_there():
    assert [folder.parent.name for folder in FOLDERS] == ["de"]


@pytest.mark.long
def test_every_sentence_of_the_program_is_in_the_catalogue_and_no_other(folder):
    source = {forms(message)[0] for message in translate.extracted() if message.id}
    assert {forms(message)[0] for message in sentences(folder)} == source


def test_every_sentence_is_translated_and_none_is_a_guess(folder):
    waiting = [
        message.id for message in sentences(folder) if message.fuzzy or not all(forms(message)[1])
    ]
    assert waiting == []


def test_placeholders_agree_in_every_form(folder):
    for message in sentences(folder):
        english, translated = forms(message)
        assert len(translated) == len(english)
        for said in translated:
            assert placeholders(said) in [placeholders(one) for one in english], message.id


def test_commands_and_sentence_ends_are_kept(folder):
    for message in sentences(folder):
        english, translated = forms(message)
        for said in translated:
            assert said.endswith(".") == english[-1].endswith("."), message.id
            assert said.count("`") == english[-1].count("`"), message.id


OTHER_WORDS = {
    "beschriften": r"\b(ge)?label(n|t|te|ten|tes|ter)\b",
    "Störung": r"\b(Schaden|Schäden|Beschädigung)\b", "Kasten": r"\b(Box|Boxen|Rahmen)\b",
    "Flackern": r"Flimmern", "Handschuhmodus": r"Handschuh-Modus", "Vorgang": r"\bAuftr[aä]g",
    "Modellkarte und Bildkarte": r"(?<!\w)Karten?\b",
}  # fmt: skip
"""German word → other words for the same thing."""


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("word", OTHER_WORDS)
def test_german_has_one_word_for_one_thing(word):
    (german,) = (folder for folder in FOLDERS if folder.parent.name == "de")
    said = [one for message in sentences(german) for one in forms(message)[1]]
    assert [
        one
        for one in said
        if re.search(OTHER_WORDS[word], one, re.IGNORECASE if word == "beschriften" else 0)
    ] == []


def test_the_compiled_file_is_that_of_the_catalogue(folder):
    kept = (folder / "fieldcheck.mo").read_bytes()
    assert kept == translate.compiled(translate.read(folder)), "run packaging/translate.py"


def test_the_catalogue_is_as_the_tool_writes_it(folder):
    wanted = translate.written(translate.read(folder))
    assert (folder / "fieldcheck.po").read_bytes() == wanted, "run packaging/translate.py"


def test_gettext_reads_the_compiled_file(folder):
    found = gettext.translation("fieldcheck", folder.parents[1], [folder.parent.name])
    assert found.ngettext("{n} frame", "{n} frames", 2) != "{n} frames"


def test_a_sentence_that_is_not_written_out_is_found(tmp_path):
    with pytest.raises(ValueError, match="tr\\(name\\)"):
        list(translate.sentences(ast.parse("said = tr(name)"), "x.py"))
    tree = ast.parse("said = f\"{tr('a')} {tr_plural('b', 'c', n)}\"")
    assert list(translate.sentences(tree, "x.py")) == ["a", ("b", "c")]


MARKED = msgid("Zoom blur")


def test_a_sentence_is_marked_where_it_is_declared_and_translated_where_it_is_printed():
    assert MARKED == "Zoom blur"
    with language.use_language("de"):
        assert language.tr_msgid(MARKED) == "Zoomunschärfe"


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
        assert tr_plural("{n} frame", "{n} frames", 1, n=1).startswith("1 ")
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
