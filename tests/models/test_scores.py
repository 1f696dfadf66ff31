from math import nan

from fieldcheck.domain.estimate import Estimate
from fieldcheck.models.messages import (
    describe_embedding_run,
    describe_excluded_people,
    describe_missing_interval,
    describe_run,
    list_left_out_frames,
    list_unreadable_images,
)
from fieldcheck.stats.intervals import estimate_wilson


def test_a_run_without_labels_has_no_score():
    expected = "net on footage: 120 predictions; no score: no labels."
    assert describe_run("net", "footage", 120, "accuracy", None) == expected
    assert describe_run(
        "net", "field", 1, "accuracy", Estimate.not_measured("no_labels")
    ).startswith("net on picked frames: 1 prediction; no score")


def test_a_score_stands_with_its_range_and_n():
    said = describe_run("net", "benchmark", 100, "accuracy", estimate_wilson(65, 100))
    assert said == "net on benchmark: 100 predictions; accuracy 65% (55–74%, n = 100)."
    expected = "frames without errors"
    assert expected in describe_run("net", "field", 100, "frame_score", estimate_wilson(65, 100))
    assert "kappa" in describe_run("net", "field", 100, "kappa", estimate_wilson(65, 100))
    assert str(nan) not in said


def test_embeddings_say_what_they_come_from():
    expected = "footage: 1 embedding; from inside net (pool)."
    assert describe_embedding_run("net", "footage", 1, "pool") == expected
    expected = "benchmark: 2 embeddings; from image statistics: net has no suitable tensor"
    assert describe_embedding_run("net", "benchmark", 2, "").startswith(expected)


def test_what_was_left_out_is_counted_and_named():
    expected = "The saved image of 1 picked frame was modified later"
    assert list_left_out_frames(["a"]).startswith(expected)
    expected = "2 unreadable images skipped: a.png, b.png."
    assert list_unreadable_images(["a.png", "b.png"]).startswith(expected)
    assert describe_excluded_people(2).startswith("2 frames with a marked person were left out")
    assert "60 frames have" in describe_missing_interval(
        "mAP", Estimate.from_limits(1.0, 0.9, 1.0, n=60, n_eff=60.0, method="bootstrap")
    )
