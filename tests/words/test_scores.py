from math import nan

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import wilson
from fieldcheck.words.scores import embedded, left_out, ran, unreadable, without_people, without_spread


def test_a_run_without_labels_has_no_score():
    assert ran("net", "footage", 120, "accuracy", None) == "net on footage: 120 answers; no score: nothing of it is labelled yet."
    assert ran("net", "field", 1, "accuracy", Estimate.na("no_labels")).startswith("net on picked frames: 1 answer; no score")


def test_a_score_stands_with_its_range_and_n():
    said = ran("net", "benchmark", 100, "accuracy", wilson(65, 100))
    assert said == "net on benchmark: 100 answers; accuracy 65% (55–74%, n = 100)."
    assert "frames without a fault" in ran("net", "field", 100, "frame_score", wilson(65, 100))
    assert "kappa" in ran("net", "field", 100, "kappa", wilson(65, 100))
    assert str(nan) not in said


def test_embeddings_say_what_they_come_from():
    assert embedded("net", "footage", 1, "pool") == "footage: 1 embedding; from inside net (pool)."
    assert embedded("net", "benchmark", 2, "").startswith("benchmark: 2 embeddings; from image statistics: net has no tensor")


def test_what_was_left_out_is_counted_and_named():
    assert left_out(["a"]).startswith("The saved picture of 1 picked frame was changed")
    assert unreadable(["a.png", "b.png"]).startswith("2 pictures could not be read, so they were left out: a.png, b.png.")
    assert without_people(2).startswith("2 frames on which a person is marked were left out")
    assert "60 frames was answered alike" in without_spread("mAP", Estimate.of(1.0, 0.9, 1.0, n=60, n_eff=60.0, method="bootstrap"))
