from fieldcheck.words.exclusion_reasons import out_reason
from fieldcheck.workflows.pick.exclude_picks import WHYS


def test_every_reason_has_words():
    assert all(out_reason(code) != code for code in WHYS)
    assert out_reason("later") == "later"
