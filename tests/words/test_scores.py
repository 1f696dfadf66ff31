from math import nan

from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import wilson
from fieldcheck.words.scores import embedded, left_out, ran, unreadable, without_people, without_spread


def test_a_run_without_labels_has_no_score():
    assert ran("net", "footage", 120, "accuracy", None) == "net on footage: 120 predictions; no score: no labels."
    assert ran("net", "field", 1, "accuracy", Estimate.na("no_labels")).startswith("net on picked frames: 1 prediction; no score")


def test_a_score_stands_with_its_range_and_n():
    said = ran("net", "benchmark", 100, "accuracy", wilson(65, 100))
    assert said == "net on benchmark: 100 predictions; accuracy 65% (55–74%, n = 100)."
    assert "frames without errors" in ran("net", "field", 100, "frame_score", wilson(65, 100))
    assert "kappa" in ran("net", "field", 100, "kappa", wilson(65, 100))
    assert str(nan) not in said


def test_embeddings_say_what_they_come_from():
    assert embedded("net", "footage", 1, "pool") == "footage: 1 embedding; from inside net (pool)."
    assert embedded("net", "benchmark", 2, "").startswith("benchmark: 2 embeddings; from image statistics: net has no suitable tensor")


def test_what_was_left_out_is_counted_and_named():
    assert left_out(["a"]).startswith("The saved image of 1 picked frame was modified later")
    assert unreadable(["a.png", "b.png"]).startswith("2 unreadable images skipped: a.png, b.png.")
    assert without_people(2).startswith("2 frames with a marked person were left out")
    assert "60 frames have" in without_spread("mAP", Estimate.of(1.0, 0.9, 1.0, n=60, n_eff=60.0, method="bootstrap"))
