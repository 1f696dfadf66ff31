from fieldcheck.domain.condition import CONDITIONS
from fieldcheck.words.conditions import condition


def test_every_condition_has_words_of_its_own():
    assert len({condition(code) for code in CONDITIONS}) == len(CONDITIONS)
    assert condition("dirty_lens") == "dirty lens"


def test_a_code_that_is_not_known_stands_for_itself():
    assert condition("fog") == "fog"
