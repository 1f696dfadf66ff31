from fieldcheck.words.direction import isolated, without_turns


def test_a_name_from_right_to_left_turns_nothing_beside_it():
    assert isolated("حديد 12 of 20") == "\u2068حديد\u2069 12 of 20"
    assert isolated("خط واحد, שלום: 5%") == "\u2068خط واحد\u2069, \u2068שלום\u2069: 5%"
    assert isolated("می\u200cشود") == "\u2068می\u200cشود\u2069"


def test_controls_in_a_name_are_marks_whatever_they_close_or_open():
    assert isolated("a\u202egnp.\u2069 b\u2066") == "a�gnp.� b�"
    assert without_turns("\u202eحديد") == "�حديد"


def test_what_turns_nothing_stays_as_it_is():
    for said in ("Gap 36 points", "größer – 中文 ×2", ""):
        assert isolated(said) == said
