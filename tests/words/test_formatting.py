from fieldcheck.words.formatting import in_brackets, listed, plain


def test_a_value_is_one_printable_line_of_bounded_length():
    assert plain("a\nb\x07") == "a�b�"
    assert len(plain("x" * 1000)) == 301


def test_few_names_stand_whole():
    assert listed(("a", "b")) == "a, b"


def test_no_detail_makes_no_brackets():
    assert in_brackets("") == ""
    assert in_brackets("2 bytes") == " (2 bytes)"
