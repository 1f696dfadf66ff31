from fieldcheck.domain.pick import WHYS_OUT
from fieldcheck.picking.hardness import GROUNDS
from fieldcheck.words.frame_reasons import SKIPS, out_reason, reason, skip_reason
from fieldcheck.words.language import spoken


def test_a_reason_joins_its_grounds():
    assert reason("doubt+blur") == "high model uncertainty, blurred"


def test_the_grounds_of_hardness_have_words():
    assert all(reason(code) != code for code in [*GROUNDS.values(), "spread", "census", "must", "backlight", "noise"])


def test_an_unknown_code_stands_for_itself():
    assert reason("tomorrow") == "tomorrow"


def test_every_reason_has_words():
    with spoken("de"):
        assert all(out_reason(code) != code for code in WHYS_OUT)
    assert out_reason("later") == "later"


def test_every_reason_has_words_and_a_typed_one_stays():
    with spoken("de"):
        assert all(skip_reason(code) != code for code in SKIPS)
    assert skip_reason("forklift in front") == "forklift in front"
