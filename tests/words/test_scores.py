from fieldcheck.measure.interval import wilson
from fieldcheck.words.scores import ran


def test_a_run_says_over_what_it_ran_and_its_score_with_range_and_count():
    assert ran("m", "field", 100, "accuracy", wilson(61, 100)) == "m on picked frames: 100 answers; right answers 61 % (51–70 %, n = 100)."


def test_without_labels_there_is_no_score():
    assert ran("m", "footage", 1, "accuracy", None) == "m on footage: 1 answer; no score: nothing of it is labelled yet."


def test_a_detector_is_scored_by_frames_without_a_fault():
    assert "frames without a fault 50 %" in ran("m", "benchmark", 10, "frame_score", wilson(5, 10))
