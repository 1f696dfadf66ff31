from math import nan

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import wilson
from fieldcheck.words.scores import ran


def test_a_run_without_labels_has_no_score():
    assert ran("net", "footage", 120, "accuracy", None) == "net on footage: 120 answers; no score: nothing of it is labelled yet."
    assert ran("net", "field", 1, "accuracy", Estimate.na("no_labels")).startswith("net on picked frames: 1 answer; no score")


def test_a_score_stands_with_its_range_and_n():
    said = ran("net", "benchmark", 100, "accuracy", wilson(65, 100))
    assert said == "net on benchmark: 100 answers; accuracy 65% (55–74%, n = 100)."
    assert "frames without a fault" in ran("net", "field", 100, "frame_score", wilson(65, 100))
    assert "kappa" in ran("net", "field", 100, "kappa", wilson(65, 100))
    assert str(nan) not in said
