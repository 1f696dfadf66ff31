from pathlib import Path

from fieldcheck import errors
from fieldcheck.errors import message_format
from fieldcheck.errors.message_format import (
    format_in_brackets,
    format_names,
    make_message,
    make_message_by_code,
    to_one_line,
)
from fieldcheck.i18n.language import msgid


def test_a_value_is_one_printable_line_of_bounded_length():
    assert to_one_line("a\nb\x07") == "a�b�"
    assert len(to_one_line("x" * 1000)) == 301


def test_few_names_stand_whole():
    assert format_names(("a", "b")) == "a, b"


def test_no_detail_makes_no_brackets():
    assert format_in_brackets("") == ""
    assert format_in_brackets("2 bytes") == " (2 bytes)"


def test_the_braces_of_a_sentence_hold_the_fields_of_its_error_and_what_is_to_be_done():
    say = make_message(
        msgid("{frame} lacks{remedy}{how}."), does="pick", types="ls", frame="frame_id"
    )
    assert say(errors.FrameUnknown("f\n1")) == "f�1 lacks (Pick)."
    with message_format.use_audience("terminal"):
        assert say(errors.FrameUnknown("f1")) == "f1 lacks (`fieldcheck pick`) (`ls`)."


def test_each_problem_has_its_sentence_and_all_others_have_one():
    say = make_message_by_code(
        msgid("{path} is no model{seen}."), {"time": msgid("{path} is slow{seen}.")}
    )
    assert say(errors.ModelRejected(Path("m"), "time", "9 s")) == "m is slow (9 s)."
    assert say(errors.ModelRejected(Path("m"), "tomorrow", "")) == "m is no model."
