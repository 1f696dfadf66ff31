from fieldcheck.domain.label_event import ANSWERS


def test_taking_back_is_no_answer():
    assert "class" in ANSWERS
    assert "back" not in ANSWERS
