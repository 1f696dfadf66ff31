import pytest

from fieldcheck.models.doctor.findings import CODES, Diagnosis, Finding
from tests.models.doctor.patients import patient


def test_a_finding_has_one_of_the_codes_that_others_rely_on():
    assert len(CODES) == len(set(CODES)) == 19
    with pytest.raises(ValueError, match="guess"):
        Finding("guess", "error", "labels")


@pytest.mark.parametrize(("level", "ok"), [("error", False), ("warning", True), ("info", True)])
def test_only_an_error_makes_answers_wrong(level, ok):
    card = patient("plain").card
    assert Diagnosis(card, (Finding("scale", level, "labels"),), ()).ok is ok
