from pathlib import Path

from fieldcheck import errors
from fieldcheck.msgid import msgid
from fieldcheck.words import remedies
from fieldcheck.words.formatting import coded, in_brackets, listed, plain, told


def test_a_value_is_one_printable_line_of_bounded_length():
    assert plain("a\nb\x07") == "a�b�"
    assert len(plain("x" * 1000)) == 301


def test_few_names_stand_whole():
    assert listed(("a", "b")) == "a, b"


def test_no_detail_makes_no_brackets():
    assert in_brackets("") == ""
    assert in_brackets("2 bytes") == " (2 bytes)"


def test_the_braces_of_a_sentence_hold_the_fields_of_its_error_and_what_is_to_be_done():
    say = told(msgid("{frame} lacks{remedy}{how}."), does="pick", types="ls", frame="frame_id")
    assert say(errors.FrameUnknown("f\n1")) == "f�1 lacks (Pick)."
    with remedies.told_by("terminal"):
        assert say(errors.FrameUnknown("f1")) == "f1 lacks (`fieldcheck pick`) (`ls`)."


def test_each_problem_has_its_sentence_and_all_others_have_one():
    say = coded(msgid("{path} is no model{seen}."), {"time": msgid("{path} is slow{seen}.")})
    assert say(errors.ModelRejected(Path("m"), "time", "9 s")) == "m is slow (9 s)."
    assert say(errors.ModelRejected(Path("m"), "tomorrow", "")) == "m is no model."
