from fieldcheck.words.skip_reasons import SKIPS, skip_reason


def test_every_reason_has_words_and_a_typed_one_stays():
    assert all(skip_reason(code) != code for code in SKIPS)
    assert skip_reason("forklift in front") == "forklift in front"
