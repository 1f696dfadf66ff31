import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.safe_text import (
    CONTROLS,
    LONGEST_NAME,
    LONGEST_NOTE,
    clean_name,
    clean_note,
    escape_formula,
    isolate_rtl_names,
    replace_bidi_controls,
    replace_missing_symbols,
    unescape_formula,
)

FORMULA = ("=", "+", "-", "@", "\t", "\r")
FIRE, GEAR = "\U0001f525", "\u2699"


@pytest.mark.parametrize(
    "control", ["\x00", "\x1b", "\x85", "\n", "\u2028", "\u202e", "\u2069", "\ud800"]
)
def test_a_plain_name_has_a_mark_for_every_control(control):
    assert clean_name(f" a{control}b ") == "a\N{REPLACEMENT CHARACTER}b"
    assert not CONTROLS.search(clean_name(control))


@pytest.mark.parametrize("name", ["می\u200cشود", "<b>x</b> & 'y'", "Größe 中", "=1+1"])
def test_what_is_no_control_stays(name):
    assert clean_name(name) == clean_note(name) == name


def test_lines_and_tabs_of_a_note_stay():
    assert clean_note(" a\r\nb\u2028c\td\x1b\n") == "a\nb\nc\td\N{REPLACEMENT CHARACTER}"


def test_what_is_too_long_is_cut_where_it_can_be_seen():
    assert clean_name("x" * 501) == "x" * (LONGEST_NAME - 1) + "…"
    assert len(clean_note("x" * 30_000)) == LONGEST_NOTE


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=8), st.text("'=+-@\ta", max_size=6)))
def test_no_cell_is_a_formula_and_each_reads_back_as_it_was(text):
    assert not escape_formula(text).startswith(FORMULA)
    assert unescape_formula(escape_formula(text)) == text


@pytest.mark.parametrize("text", ["red", "'quoted'", "it's", "", "Öl = 3"])
def test_other_texts_stand_as_they_are(text):
    assert (escape_formula(text), unescape_formula(text)) == (text, text)


def test_a_name_from_right_to_left_turns_nothing_beside_it():
    assert isolate_rtl_names("حديد 12 of 20") == "\u2068حديد\u2069 12 of 20"
    assert isolate_rtl_names("خط واحد, שלום: 5%") == "\u2068خط واحد\u2069, \u2068שלום\u2069: 5%"
    assert isolate_rtl_names("می\u200cشود") == "\u2068می\u200cشود\u2069"


def test_controls_in_a_name_are_marks_whatever_they_close_or_open():
    assert isolate_rtl_names("a\u202egnp.\u2069 b\u2066") == "a�gnp.� b�"
    assert replace_bidi_controls("\u202eحديد") == "�حديد"


def test_what_turns_nothing_stays_as_it_is():
    for said in ("Gap 36 points", "größer – 中文 ×2", ""):
        assert isolate_rtl_names(said) == said


def test_a_picture_without_a_font_is_named_and_one_with_a_font_stays():
    assert replace_missing_symbols(f"burr {FIRE}", lambda _sign: False) == "burr [fire]"
    expected = f"burr [fire]{GEAR}"
    assert replace_missing_symbols(f"burr {FIRE}{GEAR}", lambda sign: sign == GEAR) == expected


def test_what_dresses_a_named_picture_goes_with_it_and_letters_stay_whatever_the_font():
    assert replace_missing_symbols(f"{GEAR}\ufe0f Zahn", lambda _sign: False) == "[gear] Zahn"
    assert replace_missing_symbols("Grat ü 欠け", lambda _sign: False) == "Grat ü 欠け"
    assert replace_missing_symbols("می\u200cشود", lambda _sign: False) == "می\u200cشود"
