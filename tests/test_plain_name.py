import pytest

from fieldcheck.safe_text import CONTROLS, LONGEST_NAME, LONGEST_NOTE, clean_name, clean_note


@pytest.mark.parametrize("control", ["\x00", "\x1b", "\x85", "\n", "\u2028", "\u202e", "\u2069", "\ud800"])
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
