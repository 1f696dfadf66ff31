from fieldcheck.words.signs import named_signs

FIRE, GEAR = "\U0001f525", "\u2699"


def test_a_picture_without_a_font_is_named_and_one_with_a_font_stays():
    assert named_signs(f"burr {FIRE}", lambda _sign: False) == "burr [fire]"
    assert named_signs(f"burr {FIRE}{GEAR}", lambda sign: sign == GEAR) == f"burr [fire]{GEAR}"


def test_what_dresses_a_named_picture_goes_with_it_and_letters_stay_whatever_the_font():
    assert named_signs(f"{GEAR}\ufe0f Zahn", lambda _sign: False) == "[gear] Zahn"
    assert named_signs("Grat ü 欠け", lambda _sign: False) == "Grat ü 欠け"
    assert named_signs("می\u200cشود", lambda _sign: False) == "می\u200cشود"
