from fieldcheck.report.registry import FIELD_SECTIONS, SECTIONS


def test_the_decision_comes_first_and_the_sections_of_the_field_before_those_of_the_model():
    assert FIELD_SECTIONS[0].key == "decision"
    assert SECTIONS[: len(FIELD_SECTIONS)] == FIELD_SECTIONS
