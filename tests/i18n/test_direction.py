from fieldcheck.safe_text import isolate_rtl_names, replace_bidi_controls


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
