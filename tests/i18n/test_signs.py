from fieldcheck.safe_text import replace_missing_symbols

FIRE, GEAR = "\U0001f525", "\u2699"


def test_a_picture_without_a_font_is_named_and_one_with_a_font_stays():
    assert replace_missing_symbols(f"burr {FIRE}", lambda _sign: False) == "burr [fire]"
    assert replace_missing_symbols(f"burr {FIRE}{GEAR}", lambda sign: sign == GEAR) == f"burr [fire]{GEAR}"


def test_what_dresses_a_named_picture_goes_with_it_and_letters_stay_whatever_the_font():
    assert replace_missing_symbols(f"{GEAR}\ufe0f Zahn", lambda _sign: False) == "[gear] Zahn"
    assert replace_missing_symbols("Grat ü 欠け", lambda _sign: False) == "Grat ü 欠け"
    assert replace_missing_symbols("می\u200cشود", lambda _sign: False) == "می\u200cشود"
