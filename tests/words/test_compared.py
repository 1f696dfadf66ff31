from fieldcheck.domain.estimate import Estimate
from fieldcheck.measure.interval import bonett_price
from fieldcheck.words.compared import changed, compared, exported, verdict


def test_the_four_counts_the_change_and_what_it_shows():
    said = compared("old", "new", (70, 5, 15, 10), 0.0414, bonett_price(15, 5, 100))
    assert said == (
        "old and new on the same 100 labelled frames:",
        "right in both 70, only in old 5, only in new 15, in neither 10",
        "Change: 10.0 pp (1.0–18.6).",
        "new is better, statistically significant (exact McNemar test, p = 0.041).",
    )


def test_chance_is_not_called_better():
    assert verdict("old", "new", 0.5, bonett_price(5, 3, 100)).startswith("These frames do not show")
    assert verdict("old", "new", 0.00001, bonett_price(0, 40, 100)).startswith("old is better")
    assert "below 0.001" in verdict("old", "new", 0.00001, bonett_price(0, 40, 100))


def test_no_frames_no_change():
    assert changed(Estimate.na("no_labels")) == "Change: cannot be told yet."


def test_frames_that_were_given_to_training_are_said():
    assert exported(3, 20) == "No test of a model trained since: 3 of these 20 frames were exported for training."
