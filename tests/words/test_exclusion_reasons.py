from fieldcheck.domain.pick import WHYS_OUT
from fieldcheck.words.exclusion_reasons import out_reason


def test_every_reason_has_words():
    assert all(out_reason(code) != code for code in WHYS_OUT)
    assert out_reason("later") == "later"
