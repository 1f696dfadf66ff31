from fieldcheck.domain.recording import CONDITIONS
from fieldcheck.footage.messages import get_condition_name


def test_every_condition_has_words_of_its_own():
    assert len({get_condition_name(code) for code in CONDITIONS}) == len(CONDITIONS)
    assert get_condition_name("dirty_lens") == "dirty lens"


def test_a_code_that_is_not_known_stands_for_itself():
    assert get_condition_name("fog") == "fog"
