import pytest

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.evaluation_set import EvaluationSet
from fieldcheck.report.evaluation_sets import missing, name
from fieldcheck.words import language


@pytest.mark.parametrize("kind", ["clean", "damaged", "collected"])
def test_every_kind_has_a_name_and_every_reason_words(kind):
    with language.spoken("en"):
        assert name(EvaluationSet(kind, "", 0, Estimate.na("no_set")))
        said = {missing(EvaluationSet(kind, "", 0, Estimate.na(note))) for note in ("no_set", "gone", "not_run", "other")}
    assert len(said) == 4
