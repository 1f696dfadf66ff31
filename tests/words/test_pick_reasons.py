from fieldcheck.picking.hardness import GROUNDS
from fieldcheck.words.pick_reasons import reason


def test_a_reason_joins_its_grounds():
    assert reason("doubt+blur") == "the model is unsure, blurred"


def test_the_grounds_of_hardness_have_words():
    assert all(reason(code) != code for code in [*GROUNDS.values(), "spread", "census", "must", "backlight", "noise"])


def test_an_unknown_code_stands_for_itself():
    assert reason("tomorrow") == "tomorrow"
