from fieldcheck.words.outs import out_reason
from fieldcheck.workflows.take_out import WHYS


def test_every_reason_has_words():
    assert all(out_reason(code) != code for code in WHYS)
    assert out_reason("later") == "later"
