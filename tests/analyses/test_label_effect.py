from fieldcheck.analyses.label_noise import LabelEffect
from fieldcheck.domain.estimate import Estimate


def test_labels_that_are_no_single_classes_have_no_corrected_score():
    score = Estimate.from_limits(0.65, 0.55, 0.74, n=100, n_eff=100.0, method="wilson")
    found = LabelEffect(
        "other", 30, score, score, score, Estimate.not_measured("not_single", 100), 0.95
    )
    assert not found.corrected.measured
