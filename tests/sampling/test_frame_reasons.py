from fieldcheck.domain.label import WHYS_OUT
from fieldcheck.i18n.language import use_language
from fieldcheck.sampling.hardness import GROUNDS
from fieldcheck.sampling.messages import (
    SKIPS,
    get_exclusion_reason,
    get_pick_reason,
    get_skip_reason,
)


def test_a_reason_joins_its_grounds():
    assert get_pick_reason("doubt+blur") == "high model uncertainty, blurred"


def test_the_grounds_of_hardness_have_words():
    assert all(
        get_pick_reason(code) != code
        for code in [*GROUNDS.values(), "spread", "census", "must", "backlight", "noise"]
    )


def test_an_unknown_code_stands_for_itself():
    assert get_pick_reason("tomorrow") == "tomorrow"


def test_every_reason_has_words():
    with use_language("de"):
        assert all(get_exclusion_reason(code) != code for code in WHYS_OUT)
    assert get_exclusion_reason("later") == "later"


def test_every_reason_has_words_and_a_typed_one_stays():
    with use_language("de"):
        assert all(get_skip_reason(code) != code for code in SKIPS)
    assert get_skip_reason("forklift in front") == "forklift in front"
